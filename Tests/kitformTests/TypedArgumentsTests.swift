import Support
import Testing

@testable import kitform

struct TypedArgumentsTests {
  @Test(arguments: [
    (["plan", "--token", "hunter2"], "Unknown option '--token'; got hunter2", "Unknown option '--token'; got •••"),
    (["plan", "--token=hunter2"], "Unknown option '--token=hunter2'", "Unknown option '--token=•••'"),
    (["plan", "--tokn", "hunter2"], "Unknown option '--tokn' hunter2", "Unknown option '--tokn' •••"),
    (["plan", "--var", "TOKEN=abc def"], "--var `TOKEN=abc def` is wrong", "--var `TOKEN=•••` is wrong"),
    (["plan", "--var=API_KEY=hunter2"], "`API_KEY=hunter2`", "`API_KEY=•••`"),
    (["plan", "--var", "x=eyJhbGciOiJIUzI1NiJ9"], "x=eyJhbGciOiJIUzI1NiJ9", "x=•••"),
    (["plan", "sk_live_51Habcdef0123"], "Unexpected argument 'sk_live_51Habcdef0123'", "Unexpected argument '•••'"),
    (["--rate", "a1b2c3d4e5f6a7b8"], "The value 'a1b2c3d4e5f6a7b8' is invalid", "The value '•••' is invalid"),
    (["plan", "--env", "KjHgFdSaQwErTy"], "no environment `KjHgFdSaQwErTy`", "no environment `•••`"),
    (["-x", "AKIAIOSFODNN7EXAMPLE\u{1B}"], "got AKIAIOSFODNN7EXAMPLE\\u{001B}", "got •••"),
  ])
  func `what looks like a credential is not repeated`(arguments: [String], words: String, shown: String) {
    #expect(TypedArguments(arguments).hidden(in: words) == shown)
  }

  @Test(arguments: [
    ["plan", "--target", "ok.comunity-2024"], ["plan", "--env", "staging"], ["plan", "--rate", "fast"],
    ["aplly", "plan-2024-11-30.json"], ["plan", "--var", "botHost=bots.example.com"],
    ["apply", "kf1-0123456789abcdef"],
    ["plan", "-C", "/srv/anna/kitform-projects/acme-production"],
    ["import", "ok.a", "--uuid", "0f8fad5b-d9cb-469f-a165-70867728950e"],
    ["sandbox", "--token-file", "nowhere.txt"],
  ])
  func `other words are`(arguments: [String]) {
    let words = "wrong: " + arguments.joined(separator: " ")
    #expect(TypedArguments(arguments).hidden(in: words) == words)
  }

  @Test func `a path that is there is repeated, and a name that looks like a credential is not`() {
    let arguments = ["show", "/plans/0a1b2c3d4e5f.json", "tkn1234567:ABCDEFGHIJ"]
    let typed = TypedArguments(arguments) { $0.hasPrefix("/plans/") }
    #expect(typed.hidden(in: arguments.joined(separator: " ")) == "show /plans/0a1b2c3d4e5f.json •••")
    #expect(
      TypedArguments(["show", "/A1b2C3d4E5f6G7"]).hidden(in: "/A1b2C3d4E5f6G7") == "•••", "the root is no folder")
  }
}

/// Arguments in messages about files, directories and names.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct TypedPathTests {
  @Test(arguments: [
    "apply --approve CREDENTIAL", "apply CREDENTIAL", "show CREDENTIAL", "plan-diff CREDENTIAL CREDENTIAL",
    "plan -C CREDENTIAL", "plan --account-file CREDENTIAL", "plan --ca-file CREDENTIAL",
    "plan --sandbox --sandbox-file CREDENTIAL", "sandbox --port 0 --token-file CREDENTIAL",
    "state push CREDENTIAL", "state unlock CREDENTIAL",
    "export --account-file account.yaml --name CREDENTIAL", "plan --sandbox --out none/CREDENTIAL",
    "plan --sandbox --report markdown=none/CREDENTIAL", "profile allow -C CREDENTIAL", "explain CREDENTIAL",
    "channel verify CREDENTIAL", "plan --sandbox --target custom.CREDENTIAL",
  ])
  func `a credential that is typed where a path is meant is not repeated, in no form`(_ line: String) async throws {
    let project = try TestProject(Manifests.two, options: [])
    try project.workspace.write(LocalKitProcess.account, to: "account.yaml")
    for form in ["", " --format json"] {
      var started = project
      started.environment = LocalKitProcess.credentials
      let command = line.replacing("CREDENTIAL", with: "tkn1234567:ABCDEFGHIJ") + form
      let ended = try await started.run(command.split(separator: " ").map(String.init))
      #expect(!ended.all.contains("tkn1234567") && !ended.all.contains("ABCDEFGHIJ"), "\(command)\n\(ended.all)")
      #expect(!ended.all.isEmpty, "\(command)")
    }
  }
}

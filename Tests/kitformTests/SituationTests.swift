import Support
import Testing

@testable import kitform
import Wiring

/// Messages read in the situation in which they appear.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct SituationTests {
  private func lost(_ numbers: [Int]) async throws -> TestProject {
    let project = try TestProject(Manifests.bots(numbers))
    try await project.expect(0, "apply --auto-approve")
    for file in project.workspace.files(under: ".kitform/sandbox/default") where file.name.hasPrefix("state.json") {
      try project.workspace.remove(".kitform/sandbox/default/\(file.name)")
    }
    return project
  }

  @Test func `a lost state is one finding, in plan, apply and doctor`() async throws {
    let project = try await lost(Array(1...39))
    for command in ["plan", "apply --auto-approve"] {
      let json = try await project.json(3, command)
      #expect(json["diagnostics"].items.map { $0["id"].string } == ["state.lost"])
      #expect(json["summary"]["create"].int == 0)
      let text = try await project.expect(3, command)
      #expect(text.all.split(separator: "\n").count < 12, "\(text.all)")
      #expect(text.errors.contains("39 of the 39") && text.errors.contains("--adopt-matching"), "\(text.errors)")
      #expect(text.errors.contains(".backup-"), "\(text.errors)")
    }
    let doctor = try await project.run(["doctor"])
    #expect(doctor.output.contains("the account has 39 of the 39 channels"), "\(doctor.output)")
    let adopted = try await project.expect(0, "plan --adopt-matching")
    #expect(adopted.output.contains("39 channels adopted as they are"), "\(adopted.output)")
    #expect(adopted.output.split(separator: "\n").count < 60, "\(adopted.output)")
    let each = try await project.expect(0, "plan --adopt-matching -v")
    #expect(each.output.contains("= custom.bot-17"), "\(each.output)")
  }

  @Test func `a state that some channels of the account are unknown to is not lost`() async throws {
    let project = try await lost([1, 2, 3])
    try project.workspace.write(Manifests.bots(Array(1...7)), to: "kitform.yaml")
    let json = try await project.json(3, "plan")
    #expect(Set(json["diagnostics"].items.map { $0["id"].string }) == ["channel.exists"])
    #expect(json["summary"]["create"].int == 7)
    try project.workspace.write(Manifests.bots([8]), to: "kitform.yaml")
    try await project.expect(0, "plan")
    // A new project beside an account with other channels is the usual beginning.
    let first = try TestProject(Manifests.bots(Array(1...5)))
    #expect(try await first.json(0, "plan")["summary"]["create"].int == 5)
  }

  @Test func `what nobody can act on is said once in text, each time with -v and in JSON`() async throws {
    let project = try TestProject(Manifests.two)
    try await project.expect(0, "apply --auto-approve")
    let words = "cannot be checked"
    var shown: [Bool] = []
    for _ in 0..<3 { shown.append(try await project.expect(0, "plan").errors.contains(words)) }
    #expect(shown == [false, false, false], "the apply has shown it")
    #expect(!project.kept().keys.contains { $0.contains("advice") }, "no command that reads writes")
    #expect(try await project.expect(0, "plan -v").errors.contains(words))
    let json = try await project.json(0, "plan")
    #expect(json["diagnostics"].items.contains { $0["id"].string == "closing.agent.unchecked" })
    let other = try TestProject(Manifests.two)
    #expect(try await other.expect(0, "plan").errors.contains(words))
  }

  @Test(arguments: [
    ("explain guard.deletes", 64, "did you mean `guards.maxDeletes`?"),
    ("explain waiting", 64, "`closing.agent.waiting`"),
    ("apply --yes", 64, "did you mean --auto-approve?"), ("apply -auto-approve", 64, "two dashes"),
    ("apply --dry-run", 64, "`kitform plan`"), ("plan -target=ok.community", 64, "two dashes"),
    ("state unlock nonsense", 0, "so that `nonsense` has nothing to free"),
    ("export --name nomatch*", 0, "None of the 1 channel of the account matches --name 'nomatch*'."),
    ("export --name nomatch* --out files", 0, "Nothing was written."),
    ("export", 0, "has an address in the state already"),
  ])
  func `a message says what is so, and what to do`(_ command: String, _ code: Int32, _ words: String) async throws {
    let project = try TestProject(Manifests.bots([1]))
    try await project.expect(0, "apply --auto-approve")
    let ended = try await project.expect(
      code, command, plain: ["explain", "plan"].contains { command.hasPrefix($0) })
    #expect(ended.all.contains(words), "\(ended.all)")
  }

  @Test func `fmt says that nothing would change`() async throws {
    let project = try TestProject(Manifests.bots([1]), options: [])
    try await project.expect(0, "fmt")
    #expect(try await project.expect(0, "fmt --check").output.hasPrefix("Nothing would change: 1 file has"))
    #expect(try await project.expect(0, "fmt").output.hasPrefix("Nothing to format: 1 file has"))
  }

  @Test func `a token that is set and wrong is not called missing`() async throws {
    var project = try TestProject(Manifests.two, options: [])
    let unset = try await project.expect(1, "plan")
    #expect(unset.errors.contains("KIT_API_TOKEN is needed and has no value"), "\(unset.errors)")
    project.environment["KIT_API_TOKEN"] = " token"
    let padded = try await project.expect(1, "plan")
    #expect(padded.errors.contains("KIT_API_TOKEN is needed and cannot be used"), "\(padded.errors)")
    #expect(padded.errors.contains("correct it"), "\(padded.errors)")
  }

  @Test func `a port that is taken is called that`() async throws {
    let kit = try await LocalKitProcess()
    let port = try #require(kit.url.split(separator: ":").last)
    let project = try TestProject(Manifests.two, options: [])
    let ended = try await project.expect(1, "sandbox --port \(port)")
    #expect(ended.errors.contains("another process listens there already"), "\(ended.errors)")
    #expect(!ended.errors.contains("errno"), "\(ended.errors)")
    try await kit.stop()
  }

  @Test func `this machine without a scheme is pointed out, and an allowed host with a port too`() async throws {
    var project = try TestProject(Manifests.two.calling("127.0.0.1:8020"), options: [])
    let found = try await project.expect(0, "validate")
    #expect(found.output.contains("`http://127.0.0.1:8020`"), "\(found.output)")
    try project.workspace.replace("127.0.0.1:8020", with: "vm", in: "kitform.yaml")
    project.environment.merge(["KITFORM_ALLOW_HOSTS": "vm:18240", "KIT_API_TOKEN": "token"]) { $1 }
    let refused = try await project.expect(4, "plan")
    #expect(refused.errors.contains("list the host alone, without scheme, port and path"), "\(refused.errors)")
  }

  @Test func `a rule that only remarks need not be switched off`() async throws {
    let project = try TestProject(
      Manifests.two.replacing("channels:\n", with: "rules: {closing.agent.unchecked: off}\nchannels:\n"))
    let ended = try await project.expect(3, "validate")
    #expect(ended.output.contains("and stops nothing"), "\(ended.output)")
  }

  @Test func `a lock names who holds it, also where the environment has no user`() {
    #expect(!ended(Surroundings(environment: [:], workingDirectory: "/")).hasPrefix("unknown@"))
    let job = Surroundings(environment: ["BUILD_URL": "https://ci.example.com/7"], workingDirectory: "/")
    #expect(ended(job) == "https://ci.example.com/7")
  }

  private func ended(_ surroundings: Surroundings) -> String { surroundings.who }

  @Test func `a deletion names the place of the channel, and not that of its adoption`() async throws {
    let project = try await lost([1, 2])
    let entries = "adopt: {custom.bot-1: {name: Bot 1}, custom.bot-2: {name: Bot 2}}\n"
    try project.workspace.write(entries, to: "channels/adopt.yaml")
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.remove("channels/adopt.yaml")
    try project.workspace.write(Manifests.bots([2]), to: "kitform.yaml")
    let plan = try await project.json(0, "plan")
    #expect(plan["changes"][0]["action"].string == "delete")
    #expect(plan["changes"][0]["source"]["file"].string == "kitform.yaml")
  }
}

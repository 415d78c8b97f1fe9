import Support
import Testing

/// Planted secrets, looked for in everything that a run leaves behind.
@Suite(.startsProcesses, .timeLimit(.minutes(20)))
struct SecretTests {
  private static let planted = [
    "KIT_API_TOKEN": "full-token-Zq7vK2", "OK_COMMUNITY_TOKEN": "tknPLANTED7d4:xK91/+=",
    "PARTNER_API_TOKEN": "p4rtner-PLANTED-88",
    "CALLBACK": "https://bots.example.com/secret-path-PLANTED?key=q-PLANTED-9",
  ]
  private static let needles = ["Zq7vK2", "PLANTED", "FROMFILE"]

  private func project(_ kit: LocalKitProcess) throws -> TestProject {
    var project = try kit.project(
      Manifests.two
        .replacing("apiToken: {id: 42}", with: "apiToken: {id: 42, value: {env: PARTNER_API_TOKEN}}")
        .replacing("callbackURL: https://bots.example.com/kit/partner", with: "callbackURL: {env: CALLBACK}")
        .replacing(
          "  custom:\n",
          with: "    second: {name: Second, accessToken: {file: token.txt}, redirect: {queue: Sales}}\n  custom:\n"))
    try project.workspace.write("tknFROMFILE55:aa\n", to: "token.txt")
    project.environment = Self.planted
    return project
  }

  private func expectNone(_ texts: [(name: String, text: String)], at location: SourceLocation = #_sourceLocation) {
    for (name, text) in texts {
      for needle in Self.needles {
        #expect(!text.contains(needle), "\(name) tells \(needle):\n\(text)", sourceLocation: location)
      }
    }
  }

  private func left(_ project: TestProject) -> [(name: String, text: String)] {
    project.workspace.files().filter { $0.name != "token.txt" }.map {
      ($0.name, String(decoding: $0.bytes, as: UTF8.self))
    }
  }

  @Test func `no secret is in any output or file of runs that go well`() async throws {
    let kit = try await LocalKitProcess()
    let project = try project(kit)
    for command in [
      "validate --secrets", "plan -v", "plan --format json --out plan.json", "show plan.json", "apply plan.json -v",
      "plan", "output", "show state", "state show --format json", "apply --auto-approve --format json",
    ] {
      let ended = try await project.expect(0, command)
      expectNone([("\(command): stdout", ended.output), ("\(command): stderr", ended.errors)])
    }
    expectNone(left(project))
    let url = try await project.json(0, "show state")
    #expect(url["channels"].names.count == 3)
    // A changed secret is seen, and still told to nobody.
    var changed = project
    changed.environment["OK_COMMUNITY_TOKEN"] = "tknPLANTEDnew:1"
    let plan = try await changed.json(0, "plan --out next.json")
    #expect(plan["changes"].at("ok.community").field("accessToken")["secret"].string == "changed")
    #expect(plan["changes"].at("ok.community").field("accessToken")["after"].isNull)
    try await changed.expect(0, "apply next.json")
    #expect(try await changed.json(0, "plan")["outcome"].string == "no-changes")
    expectNone(left(project))
    // The account knows the callback URL, which Kit shows to its users, and no other value.
    let account = try await kit.stop()
    expectNone([("the account", account.replacing("secret-path-PLANTED?key=q-PLANTED-9", with: ""))])
  }

  static let failures = [
    ["--fault", "500-before@create:1"], ["--fault", "500-after@create:1"], ["--fault", "html@create:1"],
    ["--fault", "drop-after@create:2"], ["--fault", "half-body@write:1"], ["--fault", "html@read:2"],
    ["--fault", "reset@every"], ["--fault", "503@every"],
  ]

  @Test(arguments: failures)
  func `no secret is in any output or file of runs that fail`(_ options: [String]) async throws {
    let kit = try await LocalKitProcess(options: options)
    let project = try project(kit)
    for command in [
      "plan -v --timeout 10s", "apply --auto-approve -v --settle 1s --timeout 15s",
      "apply --auto-approve --format json --settle 1s --timeout 15s", "show state",
    ] {
      let ended = try await project.run(command.split(separator: " ").map(String.init))
      expectNone([("\(command): stdout", ended.output), ("\(command): stderr", ended.errors)])
    }
    expectNone(left(project))
    try await kit.stop()
  }

  @Test func `a secret that stands in a manifest is refused by findings that do not show it`() async throws {
    let project = try TestProject(
      Manifests.two.replacing("{env: KIT_API_TOKEN}", with: "full-token-Zq7vK2")
        .replacing("{env: OK_COMMUNITY_TOKEN}", with: "\"tknPLANTED7d4:xK91\"")
        .replacing("agent: 12h", with: "agent: 1s"), options: [])
    for command in ["validate", "validate --format json", "plan --sandbox", "apply --sandbox --auto-approve"] {
      let ended = try await project.expect(3, command)
      expectNone([("\(command): stdout", ended.output), ("\(command): stderr", ended.errors)])
      #expect(ended.all.contains("account.token") || ended.all.contains("secret"), "\(ended.all)")
    }
  }

  @Test func `the sandbox reads no secret, even one that is set`() async throws {
    var project = try TestProject(Manifests.two)
    project.environment = Self.planted
    try await project.expect(0, "apply --auto-approve")
    project.environment = [:]
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
    expectNone(left(project))
  }
}

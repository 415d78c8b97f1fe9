import Support
import Testing

/// The key under which secrets are remembered and states encrypted: other keys, new keys and missing ones.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct SecretKeyTests {
  private static let reader = "reading-token-8Lm3"

  private static func addKey(_ project: TestProject, _ settings: String = "") throws {
    try project.workspace.replace(
      "channels:\n", with: "state: {backend: local, key: {env: STATE_KEY}\(settings)}\nchannels:\n", in: "kitform.yaml")
  }

  @Test func `a plan by a token that reads holds for an apply by another, without a false change`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project()
    project.environment["KIT_API_TOKEN"] = Self.reader
    try await project.expect(0, "plan --out first.json")
    project.environment = LocalKitProcess.credentials
    try await project.expect(0, "apply first.json")
    project.environment["KIT_API_TOKEN"] = Self.reader
    let same = try await project.json(0, "plan")
    #expect(same["outcome"].string == "no-changes")
    #expect(same["diagnostics"].items.contains { $0["id"].string == "secret.otherKey" })
    try project.workspace.replace("agent: 12h", with: "agent: 24h", in: "kitform.yaml")
    let plan = try await project.json(0, "plan")
    #expect(plan["changes"].items.map { $0["address"].string } == ["ok.community"])
    let digest = try #require(plan["digest"].string)
    project.environment = LocalKitProcess.credentials
    try await project.expect(0, "apply --approve \(digest)")
    let after = try await project.json(0, "plan")
    #expect(after["outcome"].string == "no-changes")
    #expect(!after["diagnostics"].items.contains { $0["id"].string == "secret.otherKey" }, "its own key still compares")
    try await kit.stop()
  }

  @Test func `a key that is added takes over at an apply without changes, before the token is renewed`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project()
    try await project.expect(0, "apply --auto-approve")
    let doctor = try await project.expect(0, "doctor")
    #expect(doctor.output.contains("before the token is renewed"), "\(doctor.output)")
    try Self.addKey(project)
    project.environment["STATE_KEY"] = "a-state-key-of-thirty-two-bytes-or-more"
    let applied = try await project.expect(0, "apply --auto-approve")
    #expect(applied.errors.contains("1 fingerprint of secrets made anew"), "\(applied.all)")
    #expect(try await !project.expect(0, "apply --auto-approve").errors.contains("anew"), "written once")
    project.environment["KIT_API_TOKEN"] = Self.reader
    let plan = try await project.json(0, "plan")
    #expect(
      plan["outcome"].string == "no-changes"
        && plan["diagnostics"].items.allSatisfy { $0["id"].string != "secret.otherKey" })
    try await kit.stop()
  }

  @Test func `a rotated key names its cause, and with the former one an apply makes fingerprints anew`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project()
    try Self.addKey(project)
    project.environment["STATE_KEY"] = "a-state-key-of-thirty-two-bytes-or-more"
    try await project.expect(0, "apply --auto-approve")
    project.environment["STATE_KEY"] = "another-state-key-of-thirty-two-bytes"
    let plan = try await project.expect(0, "plan --detailed-exitcode")
    #expect(plan.errors.contains("under another key than the present `state.key`"), "\(plan.all)")
    #expect(plan.errors.contains("KITFORM_FORMER_KEY"))
    #expect(try await project.expect(0, "doctor").output.contains("KITFORM_FORMER_KEY"))
    project.environment["KITFORM_FORMER_KEY"] = "a-state-key-of-thirty-two-bytes-or-more"
    let applied = try await project.expect(0, "apply --auto-approve")
    #expect(applied.errors.contains("made anew"), "\(applied.all)")
    project.environment["KITFORM_FORMER_KEY"] = nil
    #expect(try await !project.expect(0, "plan --detailed-exitcode").errors.contains("secret.otherKey"))
    try await kit.stop()
  }

  @Test func `a change of encryption is written by an apply without changes, and by migrate`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project()
    try Self.addKey(project)
    project.environment["STATE_KEY"] = "a-state-key-of-thirty-two-bytes-or-more"
    try await project.expect(0, "apply --auto-approve")
    func state() throws -> String { try project.workspace.read(".kitform/default/state.json") }
    try project.workspace.replace("STATE_KEY}}", with: "STATE_KEY}, encrypt: true}", in: "kitform.yaml")
    let plan = try await project.expect(0, "plan --detailed-exitcode")
    #expect(plan.errors.contains("the state is not encrypted yet"))
    let applied = try await project.expect(0, "apply --auto-approve")
    #expect(applied.errors.contains("it is encrypted now"), "\(applied.all)")
    #expect(try !state().contains("Partner bot"))
    #expect(try await !project.expect(0, "apply --auto-approve").errors.contains("The state is written"))

    project.environment["STATE_KEY"] = "another-state-key-of-thirty-two-bytes"
    let refused = try await project.expect(1, "plan")
    #expect(refused.errors.contains("KITFORM_FORMER_KEY"))
    project.environment["KITFORM_FORMER_KEY"] = "a-state-key-of-thirty-two-bytes-or-more"
    let migrated = try await project.expect(0, "state migrate")
    #expect(migrated.output.contains("under the present key now"), "\(migrated.all)")
    let renewed = try await project.expect(0, "apply --auto-approve")
    #expect(renewed.errors.contains("fingerprint of secrets made anew"), "\(renewed.all)")
    project.environment["KITFORM_FORMER_KEY"] = nil
    try await project.expect(0, "plan --detailed-exitcode")

    try project.workspace.replace(", encrypt: true", with: "", in: "kitform.yaml")
    let plain = try await project.expect(0, "state migrate")
    #expect(plain.output.contains("in plain text now"), "\(plain.all)")
    #expect(try state().contains("Partner bot"))
    #expect(try await project.expect(0, "state migrate").output.contains("There is nothing to move"))
    try await kit.stop()
  }

  @Test func `a missing key is explained; a plan goes on without, and an apply does not`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project()
    try Self.addKey(project)
    let plan = try await project.expect(0, "plan")
    #expect(plan.errors.contains("secrets are not compared, because STATE_KEY has no value"), "\(plan.all)")
    let apply = try await project.expect(1, "apply --auto-approve")
    #expect(apply.errors.contains("openssl rand -hex 32"), "\(apply.all)")
    project.environment["STATE_KEY"] = "a-state-key-of-thirty-two-bytes-or-more"
    try await project.expect(0, "plan --out plan.json")
    try await project.expect(0, "apply plan.json")
    project.environment["STATE_KEY"] = nil
    try project.workspace.replace("agent: 12h", with: "agent: 24h", in: "kitform.yaml")
    try await project.expect(0, "plan --out plan.json")
    project.environment["STATE_KEY"] = "a-state-key-of-thirty-two-bytes-or-more"
    try await project.expect(0, "apply plan.json")
    let after = try await project.json(0, "plan --detailed-exitcode")
    #expect(after["outcome"].string == "no-changes", "the fingerprint was kept")
    try await kit.stop()
  }

  @Test func `an apply needs the secrets that it sends, and no others`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project(
      Manifests.two.replacing(
        "  custom:\n",
        with: "    second: {name: OK second, accessToken: {env: OK_SECOND}, redirect: {queue: Sales}}\n  custom:\n"))
    project.environment["OK_SECOND"] = "tknPLANTED8e4:xK92"
    try await project.expect(0, "apply --auto-approve")
    project.environment["OK_SECOND"] = nil
    project.environment["OK_COMMUNITY_TOKEN"] = nil
    try project.workspace.replace("agent: 12h", with: "agent: 24h", in: "kitform.yaml")
    let applied = try await project.expect(0, "apply --auto-approve")
    #expect(applied.all.contains("(secret) not compared: OK_SECOND is not set"), "\(applied.all)")
    #expect(try await project.json(0, "apply --auto-approve")["outcome"].string == "no-changes")
    project.environment["OK_COMMUNITY_TOKEN"] = "tknPLANTED7d4:xK91"
    project.environment["OK_SECOND"] = "tknPLANTED8e4:xK92"
    #expect(try await project.json(0, "plan --detailed-exitcode")["outcome"].string == "no-changes")
    // A secret that is sent is asked for before anything is written.
    try project.workspace.replace("OK_SECOND}", with: "OK_THIRD}", in: "kitform.yaml")
    try project.workspace.replace("    second:", with: "    third:", in: "kitform.yaml")
    let missing = try await project.expect(1, "apply --auto-approve --allow-delete ok.second")
    #expect(missing.errors.contains("ok.third.accessToken: OK_THIRD is not set"), "\(missing.all)")
    try await kit.stop()
  }
}

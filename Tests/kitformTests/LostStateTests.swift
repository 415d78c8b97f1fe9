import Support
import Testing

/// `plan --adopt-matching` and `plan --account-file`: plans where state or account are not at hand.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct LostStateTests {
  private let state = ".kitform/sandbox/default/state.json"

  /// A project that was applied, and whose state is lost with all its backups.
  private func lost(_ manifest: String = Manifests.two) async throws -> TestProject {
    let project = try TestProject(manifest)
    try await project.expect(0, "apply --auto-approve")
    for file in project.workspace.files(under: ".kitform/sandbox/default") where file.name.hasPrefix("state.json") {
      try project.workspace.remove(".kitform/sandbox/default/\(file.name)")
    }
    return project
  }

  @Test func `after a lost state, the plan adopts what it finds and prints the entries`() async throws {
    let project = try await lost()
    let clash = try await project.expect(3, "plan")
    #expect(clash.errors.contains("state.lost") && clash.errors.contains("2 of the 2 channels"), "\(clash.errors)")
    #expect(clash.errors.contains("adopt: {custom.partner-bot: {uuid: "), "\(clash.errors)")
    let json = try await project.json(0, "plan --adopt-matching")
    #expect(json["summary"]["adopt"].int == 2 && json["summary"]["create"].int == 0)
    #expect(json["proposedAdoptions"].items.map { $0["address"].string } == ["custom.partner-bot", "ok.community"])
    let text = try await project.expect(0, "plan --adopt-matching")
    let both = try await project.expect(64, "plan --adopt-matching --out plan.json")
    #expect(both.errors.contains("write them into a manifest, then make the plan with --out"), "\(both.errors)")
    #expect(!project.workspace.exists("plan.json"))
    let entries = try #require(text.output.split(separator: "\nadopt:\n").last)
    #expect(entries.split(separator: "\n").count == 2)
    try project.workspace.write("adopt:\n\(entries)", to: "channels/adopt.yaml")
    let plan = try await project.json(0, "plan")
    #expect(plan["summary"]["adopt"].int == 2)
    #expect(plan["digest"].string == json["digest"].string)
    try await project.expect(0, "apply --auto-approve")
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
    let after = try await project.json(0, "plan --adopt-matching")
    #expect(after["outcome"].string == "no-changes" && after["proposedAdoptions"].items.isEmpty)
  }

  @Test func `the lost state of one channel is recognised, and a namesake of a new one is not`() async throws {
    let project = try await lost(Manifests.bots([1]))
    let json = try await project.json(3, "plan")
    #expect(json["diagnostics"].items.map { $0["id"].string }.contains("state.lost"))
    #expect(json["summary"]["create"].int == 0)
    try project.workspace.write(Manifests.bots([1, 2]), to: "kitform.yaml")
    let ids = try await project.json(3, "plan")["diagnostics"].items.map { $0["id"].string }
    #expect(ids.contains("channel.exists") && !ids.contains("state.lost"), "\(ids)")
  }

  @Test func `what is ambiguous is an error that lists the UUIDs`() async throws {
    let project = try await lost()
    try project.workspace.replace(
      "\"channels\": [",
      with:
        "\"channels\": [{\"id\": 7, \"uuid\": \"0f6c2c3e-93e3-4b5a-9d3a-0d8b3b6f1a01\", \"kind\": \"ok\", \"name\": \"OK community\"},",
      in: ".kitform/sandbox/default/account.json")
    let ended = try await project.expect(3, "plan --adopt-matching")
    #expect(ended.errors.contains("2 channels “OK community”"), "\(ended.errors)")
    #expect(ended.errors.contains("0f6c2c3e-93e3-4b5a-9d3a-0d8b3b6f1a01"), "\(ended.errors)")
  }

  @Test func `in an environment the entries stand under it`() async throws {
    let project = try TestProject(
      Manifests.bots([1]).replacing("channels:\n", with: "environments: {production: {}}\nchannels:\n"),
      options: ["--sandbox", "--env", "production"])
    try await project.expect(0, "apply --auto-approve")
    for file in project.workspace.files(under: ".kitform/sandbox/production") where file.name.hasPrefix("state.json") {
      try project.workspace.remove(".kitform/sandbox/production/\(file.name)")
    }
    let text = try await project.expect(0, "plan --adopt-matching")
    #expect(
      text.output.contains(
        "write into kitform.yaml:\n\nenvironments:\n  production:\n    adopt:\n      custom.bot-1: {uuid: "),
      "\(text.output)")
  }

  private static let record = """
    format: kitform.account/v1
    name: acme
    contactCentre: false
    apiTokens: [{id: 42, name: Bots}]
    queues: [{id: 12, title: Support, maxWaitingTime: 600}]
    functions: [{id: 1207, title: Router}]
    skills: [{id: 3, title: russian}, {id: 9, title: billing}]
    topicSets: [{id: 5, title: Retail}]
    channels:
      - {id: 100, uuid: 0f6c2c3e-93e3-4b5a-9d3a-0d8b3b6f1a01, kind: custom, name: Partner bot, redirect: {queue: 12}, callbackURL: "https://bots.example.com/kit/partner", apiToken: 42}

    """

  @Test func `a recorded account is compared without network and credentials, and nothing can be applied`() async throws
  {
    let project = try TestProject(Manifests.two, options: ["--account-file", "record.yaml"])
    try project.workspace.write(LostStateTests.record, to: "record.yaml")
    let json = try await project.json(0, "plan")
    #expect(json["account"]["host"].string == "recorded")
    #expect(json["diagnostics"].items.contains { $0["id"].string == "plan.recorded" })
    #expect(
      json["changes"].items.map { "\($0["address"].string ?? "") \($0["action"].string ?? "")" } == [
        "custom.partner-bot adopt", "custom.partner-bot update", "ok.community create",
      ])
    #expect(
      json["changes"].items.first { $0["action"].string == "update" }?.field("redirect")["after"]["function"]["id"].int
        == 1207)
    let text = try await project.expect(2, "plan --detailed-exitcode --report steps=steps.txt")
    #expect(try project.workspace.read("steps.txt").contains("OK community"))
    #expect(text.errors.contains("nothing can be applied from this plan"), "\(text.errors)")
    #expect(project.workspace.files(under: ".kitform").isEmpty)
    #expect(try project.workspace.read("record.yaml") == LostStateTests.record)
    let digest = try #require(json["digest"].string)
    let other = try TestProject(Manifests.two)
    try await other.expect(5, "apply --approve \(digest)")
  }

  @Test func `a record of another account, of another form or beside other flags is refused`() async throws {
    let project = try TestProject(Manifests.two, options: [])
    try project.workspace.write(LostStateTests.record.replacing("name: acme", with: "name: other"), to: "record.yaml")
    let other = try await project.expect(64, "plan --account-file record.yaml")
    #expect(other.errors.contains("records the account `other`"), "\(other.errors)")
    try await project.expect(64, "plan --account-file record.yaml --sandbox")
    try await project.expect(64, "plan --account-file record.yaml --out plan.json")
    let missing = try await project.expect(1, "plan --account-file nothing.yaml")
    #expect(missing.errors.contains("there is no account file"), "\(missing.errors)")
    try project.workspace.write("format: [", to: "record.yaml")
    let damaged = try await project.expect(3, "plan --account-file record.yaml")
    #expect(damaged.errors.contains("record.yaml has errors: correct it"), "\(damaged.errors)")
    #expect(!damaged.errors.contains("sandbox") && !damaged.errors.contains("delete"), "\(damaged.errors)")
    try await project.expect(1, "plan --account-file .")
  }

  @Test func `a record is reported in its own words, with what it holds alone`() async throws {
    let project = try TestProject(
      Manifests.two.replacing("apiToken: {id: 42}", with: "apiToken: {name: Nobody}"), options: [])
    try project.workspace.write(LostStateTests.record, to: "record.yaml")
    let ended = try await project.expect(3, "plan --account-file record.yaml")
    #expect(ended.errors.contains("the account has no API token `Nobody`"), "\(ended.errors)")
    #expect(!ended.errors.contains("reader"), "\(ended.errors)")
  }

  @Test func `a state that is kept elsewhere is not asked for`() async throws {
    let project = try TestProject(
      Manifests.two.replacing(
        "channels:\n", with: "state: {backend: http, address: \"https://gitlab.invalid/state\"}\nchannels:\n"),
      options: ["--account-file", "record.yaml"])
    try project.workspace.write(LostStateTests.record, to: "record.yaml")
    let json = try await project.json(0, "plan")
    #expect(json["summary"]["adopt"].int == 1 && json["summary"]["create"].int == 1)
  }
}

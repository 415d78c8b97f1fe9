import Support
import Testing

/// The three-way cause of every difference: the manifest, the account, or both.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct DriftTests {
  private let account = ".kitform/sandbox/default/account.json"

  /// An account file with what `Manifests.two` names.
  private static let ownAccount = """
    format: kitform.account/v1
    name: acme
    queues: [{id: 12, title: Support, maxWaitingTime: 600}]
    topicSets: [{id: 5, title: Retail}]

    """

  private func applied(_ manifest: String = Manifests.two) async throws -> TestProject {
    let project = try TestProject(manifest)
    try await project.expect(0, "apply --auto-approve")
    return project
  }

  @Test func `a difference says who made it, and an apply ends it`() async throws {
    let project = try await applied()
    try project.workspace.replace("\"agent\": 43200", with: "\"agent\": 7200", in: account)
    try project.workspace.replace("\"bot\": 3600", with: "\"bot\": 1800", in: account)
    try project.workspace.replace("bot: 1h", with: "bot: 2h", in: "kitform.yaml")
    try project.workspace.replace("russian: 3", with: "russian: 4", in: "kitform.yaml")
    let plan = try await project.json(0, "plan")
    let change = plan["changes"].at("ok.community")
    #expect(change["fields"].items.count == 3)
    let agent = change.field("closing.agent")
    #expect(agent["cause"].string == "account")
    #expect(agent["before"].int == 7200)
    #expect(agent["after"].int == 43200)
    let bot = change.field("closing.bot")
    #expect(bot["cause"].string == "both")
    #expect(bot["applied"].int == 3600)
    #expect(change.field("skills")["cause"].string == "manifest")
    let text = try await project.expect(0, "plan")
    #expect(text.output.contains("2h → 12h"), "\(text.output)")
    #expect(text.output.contains("changed in Kit since the last apply"), "\(text.output)")
    #expect(text.output.contains("30m → 2h (1h at the last apply)"), "\(text.output)")
    try await project.expect(0, "apply --auto-approve")
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
    #expect(try project.workspace.read(account).contains("\"agent\": 43200"))
  }

  @Test func `a queue that is made anew under its title is drift, and no change of the manifests`() async throws {
    var project = try TestProject(Manifests.two, options: [])
    try project.workspace.write(Self.ownAccount, to: "account.yaml")
    project.options = ["--sandbox-file", "account.yaml"]
    try await project.expect(0, "apply --auto-approve")
    let new = "\"id\": 13, \"title\": \"Support\", \"maxWaitingTime\": 600}, {\"id\": 12,"
    try project.workspace.replace("\"id\": 12,", with: new, in: "account.yaml")
    try project.workspace.replace(
      "{\"id\": 12,\n      \"title\": \"Support\"", with: "{\"id\": 12, \"title\": \"Support before\"",
      in: "account.yaml")
    let words = "the queue 12 is now called `Support before`, and the queue 13 is called `Support` now"
    let plan = try await project.expect(0, "plan")
    #expect(plan.output.contains(words), "\(plan.output)")
    #expect(!plan.output.contains("changed here"), "\(plan.output)")
    let drift = try await project.expect(2, "drift")
    #expect(drift.output.contains(words), "\(drift.output)")
  }

  @Test func `an account file of one's own is edited between the runs`() async throws {
    var project = try TestProject(Manifests.two, options: [])
    try project.workspace.write(
      Self.ownAccount + """
        channels:
          - {id: 7, uuid: 0f6c2c3e-93e3-4b5a-9d3a-0d8b3b6f1a01, kind: custom, name: Partner bot, redirect: {queue: 12}}
        """, to: "account.yaml")
    project.options = ["--sandbox-file", "account.yaml"]
    try await project.expect(3, "plan")
    try project.workspace.replace(
      "channels:\n", with: "adopt: {custom.partner-bot: {id: 7}}\nchannels:\n", in: "kitform.yaml")
    let applied = try await project.json(0, "apply --auto-approve")
    #expect(applied["summary"]["adopt"].int == 1)
    #expect(applied["summary"]["create"].int == 1)
    #expect(
      try await project.json(0, "output")["channels"]["custom.partner-bot"]["uuid"].string
        == "0f6c2c3e-93e3-4b5a-9d3a-0d8b3b6f1a01")
    try project.workspace.replace("\"OK community\"", with: "\"Renamed at Kit\"", in: "account.yaml")
    let drift = try await project.json(0, "plan")
    #expect(drift["changes"].at("ok.community").field("name")["cause"].string == "account")
    #expect(drift["changes"].at("ok.community").field("name")["before"].string == "Renamed at Kit")
  }

  @Test func `guards can refuse to overwrite what was changed in Kit`() async throws {
    let manifest = Manifests.two.replacing("channels:\n", with: "guards: {drift: refuse}\nchannels:\n")
    let project = try await applied(manifest)
    try project.workspace.replace("\"agent\": 43200", with: "\"agent\": 7200", in: account)
    let refused = try await project.json(4, "plan")
    #expect(refused["refusals"][0]["rule"].string == "guards.drift")
    try await project.expect(4, "apply --auto-approve")
    try await project.expect(0, "apply --approve \(refused["digest"].string ?? "")")
    try project.workspace.replace("\"agent\": 43200", with: "\"agent\": 7200", in: account)
    try await project.expect(0, "apply --auto-approve --overwrite-drift ok.community")
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
  }

  @Test func `a field that is no longer written is released and stays as it is in Kit`() async throws {
    let project = try await applied()
    try project.workspace.replace("      skills: {russian: 3, billing: 2}\n", with: "", in: "kitform.yaml")
    let plan = try await project.json(0, "plan")
    #expect(plan["summary"]["release"].int == 1)
    #expect(plan["summary"]["calls"].int == 0)
    let text = try await project.expect(0, "plan")
    #expect(text.output.contains("no longer managed: it keeps its value in Kit"), "\(text.output)")
    try await project.expect(0, "apply --auto-approve")
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
    let kept = try project.workspace.read(account)
    #expect(kept.contains("\"level\": 3") && kept.contains("\"level\": 2"))
  }

  @Test func `clearing is written, and is planned once`() async throws {
    let project = try await applied()
    try project.workspace.replace("skills: {russian: 3, billing: 2}", with: "skills: {}", in: "kitform.yaml")
    try project.workspace.replace("topicSet: Retail", with: "topicSet: none", in: "kitform.yaml")
    let plan = try await project.json(0, "apply --auto-approve")
    #expect(plan["changes"].at("ok.community")["fields"].items.count == 2)
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
    #expect(try project.workspace.read(account).contains("\"useTopicSet\": false"))
  }

  @Test func `targets narrow what changes, and a partial plan says so`() async throws {
    let project = try TestProject(Manifests.two)
    let partial = try await project.json(0, "apply --auto-approve --target ok.*")
    #expect(partial["summary"]["partial"]["channels"].int == 1)
    #expect(partial["summary"]["partial"]["of"].int == 2)
    #expect(partial["results"].items.count == 1)
    let text = try await project.expect(0, "plan --target ok.*")
    #expect(text.output.contains("partial: 1 of 2 channels"), "\(text.output)")
    #expect(try await project.json(0, "plan")["summary"]["create"].int == 1)
  }
}

import Foundation
import Support
import Testing

/// `kitform drift`: what changed in Kit, and how it comes back into the manifests.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct DriftCommandTests {
  private let account = ".kitform/sandbox/default/account.json"

  private func applied(_ manifest: String = Manifests.two) async throws -> TestProject {
    let project = try TestProject(manifest)
    try await project.expect(0, "apply --auto-approve")
    return project
  }

  @Test func `drift tells three sides, exits with 2, and writes nothing`() async throws {
    let project = try await applied()
    let none = try await project.json(0, "drift")
    #expect(none["outcome"].string == "done" && none["channels"].items.isEmpty)
    #expect(none["unreadable"].items.map { $0["address"].string } == ["ok.community"])
    try project.workspace.replace("\"agent\": 43200", with: "\"agent\": 7200", in: account)
    try project.workspace.replace("agent: 12h", with: "agent: 6h", in: "kitform.yaml")
    let kept = project.kept()
    let manifest = try project.workspace.read("kitform.yaml")
    let drift = try await project.json(2, "drift")
    #expect(drift["format"].string == "kitform.drift/v1")
    #expect(drift["outcome"].string == "changes")
    #expect(drift["account"]["sandbox"].bool == true)
    let channel = drift["channels"].at("ok.community")
    #expect(channel["missing"].bool == false)
    let field = channel.field("closing.agent")
    #expect(field["applied"].int == 43200 && field["account"].int == 7200 && field["manifest"].int == 21600)
    let text = try await project.expect(2, "drift")
    #expect(text.output.contains("12h → 2h"), "\(text.output)")
    #expect(text.output.contains("manifest: 6h"), "\(text.output)")
    #expect(text.output.contains("Kit never shows these values"), "\(text.output)")
    #expect(project.kept() == kept)
    #expect(try project.workspace.read("kitform.yaml") == manifest)
  }

  @Test func `an apply without other changes takes new titles from Kit into the state, once`() async throws {
    let project = try await applied()
    try project.workspace.replace("\"title\": \"Support\"", with: "\"title\": \"Help\"", in: account)
    try project.workspace.replace("{queue: Support}", with: "{queue: Help}", in: "kitform.yaml")
    let apply = try await project.expect(0, "apply --auto-approve")
    #expect(apply.errors.contains("The state is written: new titles from Kit in 1 field."), "\(apply.errors)")
    let state = try project.workspace.read(".kitform/sandbox/default/state.json")
    #expect(state.contains("\"Help\""))
    #expect(try await !project.expect(0, "apply --auto-approve").errors.contains("The state is written"))
  }

  /// A project after its apply, and an account in which the queue Support has another title since.
  private func withRenamedQueue(_ body: (TestProject) async throws -> Void) async throws {
    let first = try await LocalKitProcess()
    let project = try first.project()
    try await project.expect(0, "apply --auto-approve")
    let account = try await first.stop()
    let kit = try await LocalKitProcess(
      account: account.replacing("\"title\": \"Support\"", with: "\"title\": \"Help\""))
    try project.workspace.write(kit.manifest(), to: "kitform.yaml")
    try await project.expect(0, "state rebind --confirm-account acme")
    try await body(project)
    try await kit.stop()
  }

  @Test func `the error about a renamed queue names its new title, and drift --write writes it`() async throws {
    try await withRenamedQueue { project in
      let plan = try await project.expect(3, "plan")
      #expect(plan.all.contains("which had this title at the last apply, is now called `Help`"), "\(plan.all)")
      #expect(plan.all.contains("write `Help`; `kitform drift --write` does it"), "\(plan.all)")
      try await project.expect(3, "drift")
      let written = try await project.expect(0, "drift --write")
      #expect(!written.errors.contains("account.reference"), "\(written.errors)")
      #expect(try project.workspace.read("kitform.yaml").contains("redirect: {queue: Help}"))
      try await project.expect(0, "plan --detailed-exitcode")
    }
  }

  @Test func `drift --write writes nothing while the manifests name another object that Kit does not have`()
    async throws
  {
    try await withRenamedQueue { project in
      try project.workspace.replace("topicSet: Retail", with: "topicSet: Nowhere", in: "kitform.yaml")
      let manifest = try project.workspace.read("kitform.yaml")
      let drift = try await project.expect(3, "drift --write")
      #expect(drift.errors.contains("no topic set `Nowhere`"), "\(drift.errors)")
      #expect(try project.workspace.read("kitform.yaml") == manifest)
    }
  }

  @Test func `drift takes no lock`() async throws {
    let project = try await applied()
    let holder = try FileHandle(
      forWritingTo: URL(fileURLWithPath: "\(project.workspace.path)/.kitform/sandbox/default/state.json.lock"))
    #expect(flock(holder.fileDescriptor, LOCK_EX | LOCK_NB) == 0)
    try await project.expect(0, "drift")
    try await project.expect(7, "apply --auto-approve")
    try holder.close()
  }

  @Test func `a channel that is gone from Kit is missing`() async throws {
    let project = try await applied()
    let text = try project.workspace.read(account)
    var json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    json["channels"] = (json["channels"] as? [[String: Any]])?.filter { $0["kind"] as? String == "ok" }
    try project.workspace.write(
      String(decoding: JSONSerialization.data(withJSONObject: json), as: UTF8.self), to: account)
    let drift = try await project.json(2, "drift")
    #expect(drift["channels"].at("custom.partner-bot")["missing"].bool == true)
    let written = try await project.json(2, "drift --write")
    #expect(written["left"][0]["field"].isNull && written["left"][0]["reason"].string?.contains("--recreate") == true)
  }

  @Test func `written drift leaves an empty plan and no drift, over several files`() async throws {
    let project = try TestProject(Manifests.header)
    try project.workspace.write(
      """
      # channels of the shop
      channels:
        ok:
          community:
            name: OK community   # as agents see it
            accessToken: {env: OK_COMMUNITY_TOKEN}
            redirect: {queue: Support}   # day shift
            # patience
            closing: {agent: 12h, bot: 1h}
            skills:
              russian: 3   # most
              billing: 2

      """, to: "channels/ok.yaml")
    try project.workspace.write(
      "\u{FEFF}channels: {custom: {partner-bot: {name: \"Partner bot\", callbackURL: \"https://bots.example.com/kit/partner\",\r\n"
        + "  apiToken: {id: 42}, redirect: {function: 1207}}}} # one line\r\n", to: "channels/custom.yml")
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.replace("\"agent\": 43200", with: "\"agent\": 5400", in: account)
    try project.workspace.replace("\"name\": \"OK community\"", with: "\"name\": \"${x}: \\u0416 # 1\"", in: account)
    try project.workspace.replace("\"name\": \"Partner bot\"", with: "\"name\": \"no\"", in: account)
    try project.workspace.replace("\"level\": 3", with: "\"level\": 5", in: account)
    let written = try await project.json(0, "drift --write")
    #expect(written["written"].items.count == 4 && written["left"].items.isEmpty)
    #expect(
      try project.workspace.read("channels/ok.yaml") == """
        # channels of the shop
        channels:
          ok:
            community:
              name: "$${x}: Ж # 1"   # as agents see it
              accessToken: {env: OK_COMMUNITY_TOKEN}
              redirect: {queue: Support}   # day shift
              # patience
              closing: {agent: 1h30m, bot: 1h}
              skills:
                russian: 5   # most
                billing: 2

        """)
    let custom = try #require(project.workspace.files(under: "channels").first { $0.name == "custom.yml" })
    #expect(
      String(decoding: custom.bytes, as: UTF8.self)
        == "\u{FEFF}channels: {custom: {partner-bot: {name: \"no\", callbackURL: \"https://bots.example.com/kit/partner\",\r\n"
        + "  apiToken: {id: 42}, redirect: {function: 1207}}}} # one line\r\n")
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
    #expect(try await project.json(0, "drift")["channels"].items.isEmpty)
  }

  @Test func `a variable is left alone, reported, and exits with 2; the rest is written`() async throws {
    let project = try await applied(
      Manifests.two.replacing("channels:\n", with: "variables: {wait: 12h}\nchannels:\n").replacing(
        "agent: 12h", with: "agent: \"${wait}\""))
    try project.workspace.replace("\"agent\": 43200", with: "\"agent\": 7200", in: account)
    try project.workspace.replace("\"bot\": 3600", with: "\"bot\": 1800", in: account)
    let ended = try await project.expect(2, "drift --write")
    #expect(ended.output.contains("Written to kitform.yaml: ok.community closing.bot."), "\(ended.output)")
    #expect(
      ended.output.contains(
        "Left alone: ok.community closing.agent (kitform.yaml:10): it comes from the variable `wait`."),
      "\(ended.output)")
    #expect(ended.output.contains("to write it by hand: closing: {agent: 2h}"), "\(ended.output)")
    #expect(try project.workspace.read("kitform.yaml").contains("closing: {agent: \"${wait}\", bot: 30m}"))
  }

  @Test func `a value that another environment takes too is left alone`() async throws {
    let manifest = Manifests.two.replacing(
      "channels:\n", with: "environments: {production: {}, staging: {account: {name: acme-staging}}}\nchannels:\n")
    let project = try TestProject(manifest)
    try await project.expect(0, "apply --auto-approve --env staging")
    let account = ".kitform/sandbox/staging/account.json"
    try project.workspace.replace("\"agent\": 43200", with: "\"agent\": 7200", in: account)
    let left = try await project.json(2, "drift --write --env staging")
    #expect(left["left"][0]["reason"].string?.contains("`production` uses the same value") == true)
    #expect(try project.workspace.read("kitform.yaml") == manifest)
    try project.workspace.replace(
      "      useTags: true\n", with: "      useTags: true\n      only: [staging]\n", in: "kitform.yaml")
    try await project.expect(0, "drift --write --env staging")
    #expect(try project.workspace.read("kitform.yaml").contains("closing: {agent: 2h, bot: 1h}"))
    #expect(try await project.json(0, "plan --env staging")["outcome"].string == "no-changes")
  }

  @Test func `a manifest behind a link is not written`() async throws {
    let project = try TestProject(Manifests.header)
    try project.workspace.write(Manifests.two.replacing(Manifests.header, with: ""), to: "shared/real.yaml")
    try FileManager.default.createDirectory(
      atPath: "\(project.workspace.path)/channels", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: "\(project.workspace.path)/channels/link.yaml", withDestinationPath: "../shared/real.yaml")
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.replace("\"agent\": 43200", with: "\"agent\": 7200", in: account)
    let before = try project.workspace.read("shared/real.yaml")
    let ended = try await project.expect(1, "drift --write")
    #expect(ended.errors.contains("symbolic link") && ended.errors.contains("nothing was written"), "\(ended.errors)")
    #expect(try project.workspace.read("shared/real.yaml") == before)
  }

  @Test func `reports carry each difference at its line`() async throws {
    let project = try await applied()
    try project.workspace.replace("\"agent\": 43200", with: "\"agent\": 7200", in: account)
    let ended = try await project.expect(
      2,
      "drift --report sarif=drift.sarif --report github --report json=drift.json --report markdown=drift.md --report html=drift.html"
    )
    let sarif = try ParsedJSON(try project.workspace.read("drift.sarif"))
    let result = sarif["runs"][0]["results"].items.first { $0["ruleId"].string == "drift.changed" }
    #expect(result?["locations"][0]["physicalLocation"]["region"]["startLine"].int == 9)
    #expect(ended.errors.contains("title=drift") || ended.errors.contains("drift"), "\(ended.errors)")
    #expect(ended.errors.split(separator: "\n").count { $0.hasPrefix("::") } == 1, "\(ended.errors)")
    #expect(try project.workspace.read("drift.md").contains("12h"))
    #expect(try project.workspace.read("drift.html").contains("Changed in Kit"))
    #expect(try ParsedJSON(try project.workspace.read("drift.json"))["exitCode"].int == 2)
  }

  @Test func `without a state there is a warning, and nothing drifts`() async throws {
    let project = try TestProject(Manifests.two)
    let ended = try await project.json(0, "drift")
    #expect(ended["diagnostics"].items.map { $0["id"].string } == ["drift.no-state"])
  }
}

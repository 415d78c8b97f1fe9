import Support
import Testing

/// `apply FILE`: the plan in the file, or nothing at all; every refusal with a real second writer.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct SavedPlanTests {
  private let account = ".kitform/sandbox/default/account.json"
  private let directory = ".kitform/sandbox/default"

  /// Two applied channels, and a saved plan that changes `ok.community` alone.
  private func planned() async throws -> TestProject {
    let project = try TestProject(Manifests.two)
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.replace("agent: 12h", with: "agent: 6h", in: "kitform.yaml")
    try await project.expect(0, "plan --out plan.json")
    return project
  }

  @Test func `a saved plan reports the first write under a profile as a fresh one does`() async throws {
    let words = "First write under this profile: 1 channel (ok.community), then the rest."
    let project = try await planned()
    #expect(try await project.expect(0, "plan").output.contains(words))
    #expect(try await project.json(0, "plan")["firstWrites"].items.compactMap(\.string) == ["ok.community"])
    #expect(try await project.expect(0, "apply plan.json").output.contains(words))
    let other = try await planned()
    let applied = try await other.json(0, "apply plan.json")
    #expect(applied["firstWrites"].items.compactMap(\.string) == ["ok.community"])
    // The kind is verified by now, so the next plan of it has no first write.
    try other.workspace.replace("agent: 6h", with: "agent: 8h", in: "kitform.yaml")
    try await other.expect(0, "plan --out next.json")
    #expect(try await !other.expect(0, "apply next.json").output.contains("First write"))
  }

  /// Applies the saved plan and expects that nothing is written and the plan of now is shown.
  @discardableResult
  private func refuse(
    _ project: TestProject, _ words: String, code: Int32 = 5, options: String = "",
    at location: SourceLocation = #_sourceLocation
  ) async throws -> ParsedJSON {
    let kept = written(project)
    let text = try await project.expect(code, "apply plan.json\(options)", at: location)
    #expect(text.errors.contains("the saved plan may not be applied"), "\(text.errors)", sourceLocation: location)
    #expect(text.errors.contains(words), "\(text.errors)", sourceLocation: location)
    #expect(text.output.contains("Plan digest: kf1-"), "\(text.output)", sourceLocation: location)
    let json = try await project.json(code, "apply plan.json\(options)", at: location)
    #expect(json["digest"].string != nil && json["results"].items.isEmpty, sourceLocation: location)
    #expect(written(project) == kept, "something was written", sourceLocation: location)
    Scorecard.count(11, ["refused": 1])
    return json
  }

  /// The states, and the accounts with channels: neither locks nor a sandbox that was only just made.
  private func written(_ project: TestProject) -> [String: String] {
    project.kept().filter { !$0.key.hasSuffix(".lock") && !$0.value.contains("\"channels\": []") }
  }

  @Test func `the plan in the file is applied, whatever the manifests say by now`() async throws {
    let project = try await planned()
    try project.workspace.replace("agent: 6h", with: "agent: 5h", in: "kitform.yaml")
    let applied = try await project.json(0, "apply plan.json")
    #expect(applied["results"].items.map { $0["address"].string } == ["ok.community"])
    #expect(try project.workspace.read(account).contains("\"agent\": 21600"))
    let next = try await project.json(0, "plan")
    #expect(next["changes"].at("ok.community").field("closing.agent")["before"].int == 21600)
  }

  @Test func `a plan is applied once`() async throws {
    let project = try await planned()
    try await project.expect(0, "apply plan.json")
    try await refuse(project, "it was applied on ")
    try project.workspace.replace("agent: 6h", with: "agent: 12h", in: "kitform.yaml")
    try await project.expect(0, "apply --auto-approve")
    try await refuse(project, "it was applied on ")
    try project.workspace.replace("agent: 12h", with: "agent: 6h", in: "kitform.yaml")
    try await project.expect(0, "plan --out plan.json")
    try await project.expect(0, "apply plan.json")
  }

  @Test func `another apply to the same channel makes it stale, one to another channel does not`() async throws {
    let project = try await planned()
    let manifest = try project.workspace.read("kitform.yaml")
    try project.workspace.replace("name: Partner bot", with: "name: Partner robot", in: "kitform.yaml")
    try await project.expect(0, "apply --auto-approve --target custom.*")
    try await project.expect(0, "apply plan.json")
    #expect(try project.workspace.read(account).contains("\"agent\": 21600"))
    #expect(try project.workspace.read(account).contains("Partner robot"))

    let second = try await planned()
    try second.workspace.write(manifest.replacing("agent: 6h", with: "agent: 3h"), to: "kitform.yaml")
    try await second.expect(0, "apply --auto-approve")
    let json = try await refuse(second, "ok.community is not what the state had")
    #expect(json["difference"]["removed"][0]["address"].string == "ok.community")
  }

  @Test func `a change in Kit makes it stale for that channel alone`() async throws {
    let project = try await planned()
    try project.workspace.replace("\"bot\": 3600", with: "\"bot\": 60", in: account)
    let json = try await refuse(project, "ok.community was changed in the account since it was planned")
    let fields = json["difference"]["changed"].at("ok.community")["fields"].items
    #expect(fields.map { $0["name"].string } == ["closing.bot"])
    #expect(fields.first?["old"].isNull == true && fields.first?["new"]["cause"].string == "account")

    let other = try await planned()
    try other.workspace.replace("\"Partner bot\"", with: "\"Renamed in Kit\"", in: account)
    try await other.expect(0, "apply plan.json")
  }

  @Test func `a second Kitform on the account makes it stale, or does not concern it`() async throws {
    let kit = try await LocalKitProcess()
    let first = try kit.project(Manifests.bots([1, 2]))
    try await first.expect(0, "apply --auto-approve")
    try first.workspace.replace("name: Bot 1", with: "name: Bot one", in: "kitform.yaml")
    try await first.expect(0, "plan --out plan.json")
    let second = try kit.project(Manifests.bots([2], top: "adopt: {custom.bot-2: {name: Bot 2}}\n"))
    try second.workspace.replace("{queue: Support}", with: "{queue: Sales}", in: "kitform.yaml")
    try await second.expect(0, "apply --auto-approve")
    try await first.expect(0, "apply plan.json")

    try first.workspace.replace("name: Bot one", with: "name: Bot 1", in: "kitform.yaml")
    try await first.expect(0, "plan --out plan.json --target custom.bot-1")
    let third = try kit.project(
      Manifests.bots([1], top: "adopt: {custom.bot-1: {name: Bot one}}\n").replacing("Bot 1", with: "Bot one"))
    try third.workspace.replace("{queue: Support}", with: "{queue: Sales}", in: "kitform.yaml")
    try await third.expect(0, "apply --auto-approve")
    try await refuse(first, "custom.bot-1 was changed in the account")
    try await third.expect(0, "destroy --confirm-account acme")
    try await refuse(first, "custom.bot-1 is gone from the account")
    try await kit.stop()
  }

  @Test func `a channel of the planned name that somebody made meanwhile is not doubled`() async throws {
    let kit = try await LocalKitProcess()
    let first = try kit.project(Manifests.bots([1]))
    try await first.expect(0, "plan --out plan.json")
    let second = try kit.project(Manifests.bots([1]))
    try await second.expect(0, "apply --auto-approve")
    // The plan of now has an error of its own, which weighs more than the staleness.
    try await refuse(first, "custom.bot-1 would be a second channel of its name", code: 3)
    try await kit.stop()
  }

  @Test func `another lineage makes it stale`() async throws {
    let project = try await planned()
    let manifest = try project.workspace.read("kitform.yaml")
    for file in project.workspace.files(under: directory) where file.name.hasPrefix("state.json") {
      try project.workspace.remove("\(directory)/\(file.name)")
    }
    try project.workspace.write(
      manifest.replacing(
        "channels:\n",
        with: "adopt: {ok.community: {name: OK community}, custom.partner-bot: {name: Partner bot}}\nchannels:\n"
      ).replacing("agent: 6h", with: "agent: 12h"), to: "kitform.yaml")
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.write(manifest, to: "kitform.yaml")
    try await refuse(project, "the state has another lineage")
  }

  @Test func `another environment makes it stale`() async throws {
    let project = try TestProject(
      Manifests.two.replacing("channels:\n", with: "environments: {production: {}, staging: {}}\nchannels:\n"))
    try await project.expect(0, "plan --env staging --out plan.json")
    try await refuse(project, "for the environment `staging`, not for `production`", options: " --env production")
    try await project.expect(0, "apply plan.json --env staging")
  }

  @Test func `an edited file is refused, and the plan of now is shown`() async throws {
    let project = try await planned()
    try project.workspace.replace("OK community", with: "OK communitx", in: "plan.json")
    try await refuse(project, "its checksum differs")
    try await project.expect(1, "show plan.json", plain: true)
    try await project.expect(1, "apply --approve plan.json")
    try project.workspace.write("{}\n", to: "plan.json")
    let foreign = try await project.expect(1, "apply plan.json")
    #expect(foreign.errors.contains("is not a saved plan"), "\(foreign.errors)")
  }

  @Test func `a plan of the sandbox is not accepted for the account, nor the other way round`() async throws {
    let kit = try await LocalKitProcess()
    let project = try kit.project()
    try await project.expect(0, "plan --sandbox --out plan.json")
    try await refuse(project, "not for `acme` on 127.0.0.1")
    try await project.expect(0, "plan --out plan.json")
    try await refuse(project, "(a sandbox)", options: " --sandbox")
    try await kit.stop()
  }

  @Test func `another value of a secret makes it stale, and none is a failure`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project()
    try await project.expect(0, "plan --out plan.json")
    project.environment["OK_COMMUNITY_TOKEN"] = "tknOTHER:value-77"
    let json = try await refuse(project, "accessToken of ok.community has another value than the planned one")
    #expect(json["difference"].isNull || json["difference"]["equal"].bool != false, "a digest knows no value")
    project.environment["OK_COMMUNITY_TOKEN"] = nil
    let missing = try await project.expect(1, "apply plan.json")
    #expect(missing.errors.contains("OK_COMMUNITY_TOKEN is not set"), "\(missing.errors)")
    project.environment = LocalKitProcess.credentials
    try await project.expect(0, "apply plan.json")
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
    #expect(!project.kept().values.contains { $0.contains("tknPLANTED") })
    try await kit.stop()
  }

  @Test func `a secret that the plan was made without is sent and remembered`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project()
    project.environment["OK_COMMUNITY_TOKEN"] = nil
    try await project.expect(0, "plan --out plan.json")
    project.environment = LocalKitProcess.credentials
    try await project.expect(0, "apply plan.json")
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
    try await kit.stop()
  }

  @Test func `under another key nothing can be told of a secret`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project(
      Manifests.two.replacing("channels:\n", with: "state: {backend: local, key: {env: STATE_KEY}}\nchannels:\n"))
    project.environment["STATE_KEY"] = "a first key of thirty-two bytes!"
    try await project.expect(0, "plan --out plan.json")
    project.environment["STATE_KEY"] = "another key of thirty-two bytes!"
    try await refuse(project, "its fingerprint was made under another key")
    try await kit.stop()
  }

  @Test func `guards that were tightened meanwhile hold for a saved plan too`() async throws {
    let project = try TestProject(Manifests.bots([1, 2]))
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.write(Manifests.bots([2]), to: "kitform.yaml")
    try await project.expect(0, "plan --out plan.json")
    try project.workspace.write(
      Manifests.bots([1, 2], top: "guards: {maxDeletes: 0}\n").replacing("Bot 2", with: "Bot two"), to: "kitform.yaml")
    try await project.expect(0, "apply --auto-approve")
    let kept = written(project)
    let refused = try await project.json(4, "apply plan.json")
    #expect(refused["refusals"][0]["rule"].string == "guards.maxDeletes")
    #expect(refused["changes"][0]["address"].string == "custom.bot-1")
    #expect(written(project) == kept)
  }

  @Test func `a loosening of the guards is applied once, and only from where it was planned`() async throws {
    let project = try TestProject(Manifests.bots([1]))
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.write(Manifests.bots([1], top: "guards: {maxDeletes: 3}\n"), to: "kitform.yaml")
    try await project.expect(0, "plan --out plan.json")
    try project.workspace.write(Manifests.bots([1], top: "guards: {maxDeletes: 2}\n"), to: "kitform.yaml")
    try await project.expect(0, "apply --auto-approve")
    try await refuse(project, "the guards that it loosens are no longer those of the last apply")
    try project.workspace.write(Manifests.bots([1], top: "guards: {maxDeletes: 3}\n"), to: "kitform.yaml")
    try await project.expect(0, "plan --out plan.json")
    try await project.expect(0, "apply plan.json")
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
  }

  @Test func `approve binds the file to what was reviewed`() async throws {
    let project = try await planned()
    let digest = try #require(try await project.json(0, "plan")["digest"].string)
    try await project.expect(0, "plan --out reviewed.json")
    try project.workspace.replace("agent: 6h", with: "agent: 7h", in: "kitform.yaml")
    try await project.expect(0, "plan --out plan.json")
    try await refuse(project, "it is not the plan that was approved", options: " --approve \(digest)")
    try await refuse(project, "it is not the plan that was approved", options: " --approve reviewed.json")
    try await project.expect(0, "apply reviewed.json --approve \(digest)")
  }

  @Test func `options that make another plan do not go with a saved one`() async throws {
    let project = try await planned()
    for option in [
      "--target ok.*", "--allow-delete ok.community", "--recreate ok.community", "--require-secrets",
      "--overwrite-drift ok.community", "--delete-first ok.community",
    ] {
      let ended = try await project.expect(64, "apply plan.json \(option)")
      #expect(ended.errors.contains("a saved plan is applied as it is"), "\(ended.errors)")
    }
    try await project.expect(64, "apply --auto-approve --approve plan.json")
    try await project.expect(64, "apply --approve kf1-123")
    try await project.expect(1, "apply --approve nowhere.json")
  }
}

import Basics
import Documents
import Manifest
import KitProfile
import KitSandbox
import KitformEngine
import Provisioning
import Support
import Testing

/// Plan and apply through profile, client and account, in the words of two profiles.
@Suite(.timeLimit(.minutes(60)))
struct EngineTests {
  /// Which words client and account speak.
  enum Words: String, Sendable, CaseIterable {
    case builtIn, other

    func profile() throws -> APIProfile {
      switch self {
      case .builtIn: .builtIn
      case .other: try OtherWords.profile()
      }
    }
  }

  @Test func `the other profile shares no path and no name with the built-in one`() {
    // Words of the profile's own format, which both must use.
    let format: Set<String> = ["query", "body", "pages", "cursor", "minutes", "seconds", "unconfirmed", "confirmed"]
    let shared = OtherWords.words(of: APIProfile.builtIn.rendered)
      .intersection(OtherWords.words(of: OtherWords.text)).subtracting(format)
    #expect(shared == ["50"], "\(shared)")
  }

  @Test(arguments: Words.allCases)
  func `what is applied is planned no more, created, updated and deleted`(_ words: Words) async throws {
    let scene = try EngineScene(EngineScene.manifest, profile: words.profile())
    #expect(try await scene.plan().count(.create) == 3)
    #expect(scene.channels.isEmpty)
    #expect(!scene.workspace.exists(".kitform"))
    let created = try #require(try await scene.apply())
    #expect(created.outcome == .done)
    #expect(try await scene.plan().isEmpty)
    #expect(try await scene.apply() == nil)
    let community = try #require(scene.channels.first)
    #expect(community.name == "OK community")
    #expect(community.route == .queue(12))
    #expect(community.closingAgent == 43_200)
    #expect(community.closingBot == 3600)
    #expect(community.useTags && community.useTopicSet && community.topicSet == 5)
    #expect(community.skills.map(\.id).sorted() == [3, 9])
    #expect(community.accessToken?.matches("tkn0123:abcDEF") == true)

    try scene.workspace.replace("agent: 12h", with: "agent: 6h", in: "kitform.yaml")
    try scene.workspace.replace("redirect: {function: 1207}", with: "redirect: {queue: Sales}", in: "kitform.yaml")
    try scene.workspace.replace("topicSet: Retail", with: "topicSet: none", in: "kitform.yaml")
    try scene.workspace.replace("skills: {russian: 3, billing: 2}", with: "skills: {billing: 5}", in: "kitform.yaml")
    let plan = try await scene.plan()
    #expect(plan.count(.update) == 2)
    #expect(plan.calls == 2)
    #expect(plan.changes.flatMap(\.fields).allSatisfy { $0.cause == .manifest })
    #expect(try await scene.apply()?.outcome == .done)
    #expect(try await scene.plan().isEmpty)
    #expect(scene.channels[0].closingAgent == 21_600)
    #expect(!scene.channels[0].useTopicSet)
    #expect(scene.channels[0].skills.map(\.level) == [5])
    #expect(scene.channels[1].route == .queue(13))

    scene.sandbox.edit { account in
      if let id = account.channels.first(where: { $0.name == "Second" })?.id {
        account[channel: id]?.name = "Renamed at Kit"
      }
    }
    let drift = try await scene.plan()
    #expect(drift.changes.flatMap(\.fields).map(\.cause) == [.account])

    let text = try scene.workspace.read("kitform.yaml")
    let second = try #require(text.firstRange(of: "    second:\n"))
    let custom = try #require(text.firstRange(of: "  custom:\n"))
    try scene.workspace.write(text[..<second.lowerBound] + String(text[custom.lowerBound...]), to: "kitform.yaml")
    #expect(try await scene.apply()?.outcome == .done)
    #expect(scene.channels.map(\.name) == ["OK community", "Partner bot"])
    #expect(try await scene.plan().isEmpty)
  }

  static let faults = ["drop-after@create:1", "drop-after@create:2", "half-body@create:3", "500-after@create:2"]

  @Test(arguments: Words.allCases, faults)
  func `a creation whose answer is lost is adopted`(_ words: Words, _ fault: String) async throws {
    var faults = Faults()
    faults.rules = [try #require(Faults.FaultRule(fault))]
    let scene = try EngineScene(EngineScene.manifest, profile: words.profile(), faults: faults)
    let result = try #require(try await scene.apply())
    #expect(result.outcome == .done, "\(result.changes)")
    #expect(scene.channels.map(\.name) == ["OK community", "Partner bot", "Second"])
    #expect(try await scene.plan().isEmpty)
  }

  @Test(arguments: Words.allCases, ["sent:1", "sent:3", "answered:2", "noted:1", "recorded:1", "verified:1"])
  func `a run that dies is brought to its end without duplicates`(_ words: Words, _ point: String) async throws {
    let scene = try EngineScene(EngineScene.manifest, profile: words.profile())
    let passings = Counter()
    let crash = CrashPlan(point)
    let died = await #expect(throws: (any Error).self) {
      let result = try await scene.apply(crashPoint: { checkpoint throws(Crash) in
        guard let crash, checkpoint == crash.checkpoint, passings.next() == crash.passing else { return }
        throw Crash(at: checkpoint)
      })
      if result?.outcome == .done { Issue.record("the run did not die at \(point)") }
    }
    guard died != nil else { return }
    #expect(try await !scene.plan().interrupted.isEmpty)
    _ = try await scene.apply()
    #expect(scene.channels.map(\.name) == ["OK community", "Partner bot", "Second"])
    #expect(try await scene.plan().isEmpty)
    #expect(try await scene.engine().readState()?.run == nil)
  }

  @Test func `a second writer finds the state locked, and outcome and words say so`() async throws {
    let scene = try EngineScene(EngineScene.manifest)
    let engine = try scene.engine()
    let held = try await engine.lock(EngineScene.holder, timeout: .zero, stop: Stop())
    let failure = await #expect(throws: EngineFailure.self) {
      _ = try await engine.lock(EngineScene.holder, timeout: .seconds(2), stop: Stop(), clock: InstantClock())
    }
    #expect(failure?.outcome.exitCode == 7)
    #expect(failure?.words.message.contains("tester on here (process 1)") == true)
    #expect(try await scene.plan().count(.create) == 3, "a plan needs no lock")
    await held.release()
    let free = try await engine.lock(EngineScene.holder, timeout: .zero, stop: Stop())
    await free.release()
  }

  @Test func `a damaged state names its newest whole backup`() async throws {
    let scene = try EngineScene(EngineScene.manifest)
    _ = try await scene.apply()
    let whole = try scene.workspace.read(".kitform/default/state.json")
    try scene.workspace.write(String(whole.dropLast(20)), to: ".kitform/default/state.json")
    let failure = await #expect(throws: EngineFailure.self) { _ = try await scene.plan() }
    #expect(failure?.outcome.exitCode == 1)
    #expect(failure?.words.remedy?.contains("state.json.backup-1") == true, "\(String(describing: failure?.words))")
  }

  @Test func `a state of another account is refused before the first call`() async throws {
    var scene = try EngineScene(EngineScene.manifest)
    _ = try await scene.apply()
    let bytes = try scene.workspace.read(".kitform/default/state.json")
    scene.accountName = "umbra"
    let failure = await #expect(throws: EngineFailure.self) { _ = try await scene.plan() }
    #expect(failure?.outcome.exitCode == 4)
    #expect(failure?.words.remedy?.contains("kitform state rebind") == true)
    await #expect(throws: EngineFailure.self) { _ = try await scene.apply() }
    #expect(try scene.workspace.read(".kitform/default/state.json") == bytes)
  }

  @Test func `a saved plan is reviewed as it was made, and not as it was altered under its digest`() async throws {
    let scene = try EngineScene(EngineScene.manifest)
    let engine = try scene.engine()
    var generator = SeededGenerator(seed: 3)
    let state = engine.newState(using: &generator)
    var plan = try await scene.plan()
    #expect(try await engine.review(PlanFile(plan, tool: "t"), state: state).reasons.isEmpty)
    let index = try #require(plan.changes.firstIndex { $0.address.kind == "custom" })
    let slot = try #require(plan.changes[index].wanted.firstIndex { $0.name == "callbackURL" })
    let digest = plan.digest
    plan.changes[index].wanted[slot].value = "https://evil.example.com"
    #expect(plan.digest == digest)
    let reasons = try await engine.review(PlanFile(plan, tool: "t"), state: state).reasons
    #expect(reasons.count == 1 && reasons[0].contains("its callbackURL does not follow"), "\(reasons)")
  }

  @Test func `secrets that do not resolve stop an apply before its first write`() async throws {
    var scene = try EngineScene(EngineScene.manifest)
    scene.environment = [:]
    #expect(try await scene.plan().count(.create) == 3)
    let failure = await #expect(throws: EngineFailure.self) { _ = try await scene.apply() }
    #expect(failure?.outcome.exitCode == 1)
    #expect(failure?.words.message.contains("OK_COMMUNITY_TOKEN is not set") == true)
    #expect(scene.channels.isEmpty)
    #expect(!scene.workspace.exists(".kitform/default/state.json"))
  }

  @Test func `a lock without a holder is described by what frees it`() {
    let store = EngineFailure.state(.locked(holder: nil, label: "s3://acme/kitform/default.json")).words
    #expect(store.message.contains("the lock object s3://acme/kitform/default.json.lock does not say by whom"))
    #expect(store.remedy?.contains("`kitform state unlock unknown`") == true)
    let server = EngineFailure.state(.locked(holder: nil, label: "https://state.example.com/x")).words
    #expect(server.message.hasSuffix("is locked, and the server does not say by whom"))
    #expect(server.remedy?.contains("`kitform state unlock` and the id of the lock") == true)
  }

  @Test func `a deleted queue that a channel in Kit still names is a warning until its id would be sent`() async throws
  {
    let scene = try EngineScene(EngineScene.manifest.replacing("{queue: Sales}", with: "{queue: 13}"))
    _ = try await scene.apply()
    scene.sandbox.edit { $0.queues.removeLast() }
    func found() async throws -> [Diagnostic] {
      try await scene.plan().diagnostics.filter { $0.rule == .accountReference }
    }
    #expect(try await found().map(\.severity) == [.warning])
    try scene.workspace.replace("agent: 12h", with: "agent: 6h", in: "kitform.yaml")
    #expect(try await scene.apply()?.outcome == .done)
    try scene.workspace.replace("{queue: 13}", with: "{queue: 14}", in: "kitform.yaml")
    #expect(try await found().map(\.severity) == [.error])
  }

  @Test func `a target and a destruction are not stopped by what other channels name`() async throws {
    let scene = try EngineScene(EngineScene.manifest)
    _ = try await scene.apply()
    scene.sandbox.edit { $0.queues.removeLast() }
    #expect(try await scene.plan().errors == 1)
    let target = try #require(Target("custom.*"))
    #expect(try await scene.plan(PlanOptions(targets: [target])).errors == 0)
    #expect(try await scene.plan(PlanOptions(targets: [try #require(Target("ok.second"))])).errors == 1)
    #expect(try await scene.plan(PlanOptions(isDestroy: true)).errors == 0)
  }
}

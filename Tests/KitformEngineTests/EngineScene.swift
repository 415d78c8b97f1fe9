import Basics
import Channels
import Documents
import KitAPI
import KitProfile
import KitSandbox
import KitformEngine
import Manifest
import Provisioning
import StateBackends
import Support
import Testing
import Transport

/// A project on disk, an account in the same process, and the engine between them.
struct EngineScene {
  let workspace: Workspace
  let sandbox: Sandbox
  var environment = ["OK_COMMUNITY_TOKEN": "tkn0123:abcDEF", "SECOND_TOKEN": "tkn4567:ghiJKL"]
  var accountName = "acme"

  private static let token = "a-token-of-at-least-thirty-two-bytes"

  init(
    _ manifest: String, profile: APIProfile = .builtIn, faults: Faults = Faults(),
    objects: ObjectHabits = ObjectHabits()
  ) throws {
    workspace = try Workspace(["kitform.yaml": manifest])
    sandbox = Sandbox(account: EngineScene.account(), profile: profile, faults: faults, objects: objects)
  }

  static func account() -> Account {
    var generator = SeededGenerator(seed: 7)
    var account = Account(name: "acme")
    account.apiTokens = [
      APIToken(id: 41, name: "Deploy", hash: SaltedHash(token, using: &generator)), APIToken(id: 42, name: "Bots"),
    ]
    account.queues = [.init(id: 12, title: "Support", maxWaitingTime: 600), .init(id: 13, title: "Sales")]
    account.functions = [.init(id: 1207, title: "Router")]
    account.skills = [.init(id: 3, title: "russian"), .init(id: 9, title: "billing")]
    account.topicSets = [.init(id: 5, title: "Retail"), .init(id: 6, title: "Wholesale")]
    account.raiseNextID()
    return account
  }

  static let manifest = """
    kitform: 1
    account: {name: acme, region: eu, token: {env: KIT_API_TOKEN}}
    channels:
      ok:
        community:
          name: OK community
          accessToken: {env: OK_COMMUNITY_TOKEN}
          redirect: {queue: Support}
          closing: {agent: 12h, bot: 1h}
          useTags: true
          topicSet: Retail
          skills: {russian: 3, billing: 2}
        second:
          name: Second
          accessToken: {env: SECOND_TOKEN}
          redirect: {queue: Sales}
      custom:
        partner-bot:
          name: Partner bot
          callbackURL: https://bots.example.com/kit
          apiToken: {id: 42}
          redirect: {function: 1207}

    """

  var statePath: String { "\(workspace.path)/.kitform/default/state.json" }

  /// The engine for the project as it is on disk now.
  func engine() throws -> Engine {
    let loaded = ProjectLoader.load(PosixProjectFiles(root: workspace.path))
    let validation = Validation(loaded.project, environments: [nil], options: DecodingOptions())
    #expect(validation.findings.filter { $0.severity == .error }.map(\.message) == [])
    let clock = InstantClock()
    let caller = Caller(
      transport: SandboxTransport(sandbox), limiter: RateLimiter(callsPerSecond: nil, clock: clock),
      budget: RetryBudget(), clock: clock, now: { 0 })
    let token = Secret(EngineScene.token)
    return Engine(
      loaded: loaded, configuration: try #require(validation.configurations.first),
      remote: KitRemote(
        profile: sandbox.profile, kinds: loaded.project.kinds, account: accountName,
        origin: Origin(scheme: "http", host: "127.0.0.1"), token: token, caller: caller),
      store: LocalStateStore(disk: PosixDisk(), path: statePath),
      binding: State.AccountBinding(host: "127.0.0.1", name: accountName, isSandbox: false),
      secrets: SecretResolver(
        environment: environment, projectDirectory: workspace.path, files: PosixSecretFiles()),
      fingerprinter: SecretFingerprinter(source: token, host: "127.0.0.1", account: "acme"))
  }

  /// Plans as `plan` does: without a lock, writing nothing.
  func plan(_ options: PlanOptions = PlanOptions()) async throws -> Plan {
    let engine = try engine()
    return try await engine.plan(try await engine.readState(), options: options, ended: "2026-01-01T00:00:00Z").plan
  }

  /// Applies as `apply --auto-approve` does, and returns nil where there was nothing to do.
  func apply(crashPoint: @escaping CrashPoint = { _ in }) async throws -> ApplyResult? {
    let engine = try engine()
    let context = Engine.RunContext(
      now: { "2026-01-01T00:00:00Z" }, stop: Stop(), events: { _ in }, crashPoint: crashPoint,
      settleWindow: .seconds(1))
    let lock = try await engine.lock(EngineScene.holder, timeout: .zero, stop: context.stop)
    do {
      _ = try await engine.recover(lock, context, clock: InstantClock())
      var generator = SeededGenerator(seed: 3)
      let state = try await engine.readState(lock) ?? engine.newState(using: &generator)
      let planned = try await engine.plan(state, options: PlanOptions(), ended: "2026-01-01T00:00:00Z")
      #expect(planned.plan.refusals.isEmpty)
      #expect(planned.plan.diagnostics.filter { $0.severity == .error }.map(\.message) == [])
      guard !planned.plan.isEmpty else {
        await lock.release()
        return nil
      }
      let prepared = try await engine.prepare(
        planned, to: state, lock: lock,
        options: ApplyOptions(
          runID: "run-\(state.serial)", command: "apply", digest: planned.plan.digest, who: "test",
          settleWindow: .seconds(1)),
        context: context, clock: InstantClock())
      let result = try await engine.apply(prepared)
      await lock.release()
      return result
    } catch {
      await lock.release()
      throw error
    }
  }

  static let holder = LockInformation(
    id: "1", who: "tester", host: "here", processID: 1, since: "2026-01-01T00:00:00Z", command: "apply")

  /// The channels of the account, by name.
  var channels: [SandboxChannel] { sandbox.snapshot.account.channels.sorted { $0.name < $1.name } }
}

import Basics
import Documents
import Manifest
import Support
import Synchronization

@testable import Provisioning

/// One account, one state and one project in a simulated world; processes come and go.
final class ApplyWorld: Sendable {
  let world: SimulatedWorld
  let account: SimulatedAccount<SimulatedClock>
  let store: MemoryStateStore
  let power = PowerSwitch()
  let stop = Stop()
  /// Events of all processes, in order.
  let events = Mutex<[ApplyEvent]>([])
  private let runs = Mutex(0)

  static let binding = State.AccountBinding(host: "kitapi-eu.voximplant.com", name: "acme", isSandbox: false)
  static let fingerprinter = SecretFingerprinter(
    source: Secret("a key of at least thirty-two bytes, for HKDF"), host: "kitapi-eu.voximplant.com", account: "acme")
  static let comparison = AccountComparison(kinds: [SampleKind.bot], fingerprinter: fingerprinter)

  init(seed: UInt64 = 1, hasJournal: Bool = true, wantsCheckpoints: Bool = false, latency: Duration = .milliseconds(20))
  {
    world = SimulatedWorld(seed: seed, isDead: { [power] in !power.isOn })
    account = SimulatedAccount(clock: world.clock, latency: latency, power: power)
    store = MemoryStateStore(hasJournal: hasJournal, wantsCheckpoints: wantsCheckpoints, power: power)
  }

  /// The state on the simulated disk.
  var state: State? { store.contents.state }

  /// Changes what the account holds or does next.
  func arrange(_ body: (inout AccountContents) -> Void) {
    var contents = account.snapshot
    body(&contents)
    account.snapshot = contents
  }

  /// Changes what lies on the simulated disk.
  func disturb(_ body: (inout MemoryStateStore.Contents) -> Void) {
    var contents = store.contents
    body(&contents)
    store.contents = contents
  }

  /// How one process is run.
  struct Process: Sendable {
    var parallelism = 4
    var deleteFirst: Set<Address> = []
    var approval: String?
    var crashPoint: CrashPoint = { _ in }
  }

  /// Locks, recovers, plans and applies, as the command does; throws what stopped it.
  func apply(_ bots: [Bot], _ process: Process = Process()) throws -> Report {
    disturb { $0.holder = nil }
    guard let result = world.run({ await self.perform(bots, process) }) else { throw Stuck() }
    return try result.get()
  }

  /// What a plan would do now; it looks at the account as it is, late channels included.
  func plan(_ bots: [Bot]) -> Plan { plan(bots, state: state, channels: account.snapshot.channels) }

  /// What a process has seen and done.
  struct Report: Sendable {
    var plan: Plan
    var recovered: Recovered?
    var result: ApplyResult
  }

  /// The simulation came to a are.
  struct Stuck: Error {}
  /// The plan has errors.
  struct Invalid: Error { var diagnostics: [Diagnostic] }

  private func perform(_ bots: [Bot], _ process: Process) async -> Result<Report, any Error> {
    do {
      let number = runs.withLock { runs in
        runs += 1
        return runs
      }
      let lock = try await store.lock(
        LockInformation(id: "lock-\(number)", who: "test", host: "here", processID: 1, since: "now", command: "apply"))
      let recovery = Recovery(comparison: ApplyWorld.comparison)
      let recovered = try await recovery.run(
        lock: lock, remote: account, clock: world.clock, settleWindow: .seconds(30), now: { "recovered" }, stop: stop)
      let state = try await lock.read()
      let channels = try await account.channels()
      let doubtful = Set((recovered?.recovered.uncertain ?? []).map(\.operation.address))
      var plan = plan(bots.filter { !doubtful.contains($0.address) }, state: state, channels: channels)
      plan.deleteFirst = process.deleteFirst.sorted()
      let errors = plan.diagnostics.filter { $0.severity == .error }
      guard errors.isEmpty else { throw Invalid(diagnostics: errors) }
      let prepared = try await applier(lock, process).prepare(
        plan, to: state ?? State(lineage: "lineage", serial: 0, environment: "default", account: ApplyWorld.binding),
        channels: channels, secrets: Bot.secrets(bots),
        options: ApplyOptions(
          runID: "run-\(number)", command: "apply", digest: plan.digest, who: "test", commit: "abc",
          parallelism: process.parallelism, approval: process.approval))
      let result = try await prepared.execute()
      await lock.release()
      return .success(Report(plan: plan, recovered: recovered?.recovered, result: result))
    } catch {
      return .failure(error)
    }
  }

  private func applier(_ lock: any StateLock, _ process: Process) -> Applier<SimulatedClock> {
    Applier(
      remote: account, lock: lock, comparison: ApplyWorld.comparison, clock: world.clock, now: { "now" }, stop: stop,
      events: { event in self.events.withLock { $0.append(event) } }, crashPoint: process.crashPoint)
  }

  private func plan(_ bots: [Bot], state: State?, channels: [RemoteChannel]) -> Plan {
    var configuration = Configuration(environment: "default")
    let place = SourcePlace(file: 0, start: 0, end: 0)
    configuration.guards.maxDeletes = Located(1000, at: place)
    configuration.guards.maxDeletePercent = Located(100, at: place)
    configuration.records = bots.map { $0.record(at: place) }.sorted { $0.address < $1.address }
    var sources = SourceMap()
    _ = sources.add(SourceFile(path: "kitform.yaml", text: "kitform: 1\n"))
    var options = PlanOptions()
    options.recreate = Set(bots.map(\.address))
    options.allowDelete = Set((state?.channels ?? []).map(\.address))
    return Planner.plan(
      PlanInput(
        configuration: configuration, state: state, account: ApplyWorld.binding, channels: channels,
        secrets: Bot.secrets(bots), fingerprinter: ApplyWorld.fingerprinter, sources: sources, options: options))
  }
}

/// One wanted channel.
struct Bot: Sendable, Equatable {
  var key: String
  var name: String
  /// Seconds.
  var closing: Int?
  var token: String?
  /// A readable field whose value comes from a secret reference.
  var callback: String?

  init(_ key: String, name: String? = nil, closing: Int? = 60, token: String? = "secret", callback: String? = nil) {
    self.key = key
    self.name = name ?? "Bot \(key)"
    self.closing = closing
    self.token = token
    self.callback = callback
  }

  var address: Address { SampleKind.address(key) }

  func record(at place: SourcePlace) -> Record {
    let values: [String: Value?] = [
      "name": .text(name), "closing.agent": closing.map { .seconds($0) },
      "token": token.map { _ in .secret(.environment("TOKEN")) },
      "callbackURL": callback.map { _ in .secret(.environment("CALLBACK")) },
    ]
    let slots = SampleKind.bot.fields.map { field in (values[field.name] ?? nil).map { Slot($0, at: place) } }
    return Record(address: address, kind: SampleKind.bot, place: place, slots: slots)
  }

  static func secrets(_ bots: [Bot]) -> ResolvedSecrets {
    var secrets = ResolvedSecrets()
    for bot in bots {
      secrets[bot.address, "token"] = bot.token.map { Secret($0) }
      secrets[bot.address, "callbackURL"] = bot.callback.map { Secret($0) }
    }
    return secrets
  }
}

import Basics
import Manifest

// Circle with Applier.swift: an applier starts one run, and the run uses the parts that the applier was given.

/// One apply in progress.
///
/// A single loop owns everything that changes: calls and waits run as child tasks and hand a signal back, so that no state
/// is shared and nothing is locked.
struct ApplyRun<RunClock: Clock> where RunClock.Duration == Duration {
  typealias RunCall = PlannedCall<RunClock.Instant>

  let applier: Applier<RunClock>
  let plan: Plan
  let options: ApplyOptions
  /// When the run began; until it does, when it was prepared.
  var begun: RunClock.Instant
  /// Results to report for creations whose outcome an earlier run could not determine.
  let carried: [ChangeResult]
  /// Keys that an earlier run left in doubt, with the address concerned.
  let blocked: [NaturalKey: Address]

  var calls: [RunCall]
  var results: [ChangeResult?]
  var ledger: Ledger
  var journal: RunJournal
  var queue = CallQueue()
  /// Lets the calls out that were started.
  let gate: CallGate
  /// Numbers of creations that stay uncertain when the run ends.
  var uncertain: Set<Int>
  /// Calls that were started and are not answered, those behind the gate included.
  var running = 0
  /// Indices of calls whose outcome is not known and which wait for their settle window.
  var settling: [Int] = []
  var halt: Halt?
  /// What was said of the first creation whose path is not Kit's: no further creation starts, and none is sent again.
  var wrongPath: RemoteFailure?
  var scheduled: Set<Timer> = []
  /// The serial of the last state that is known to be written.
  var serial: Int
  var nextCheckpoint: RunClock.Instant
  /// Listings of the account that the run made.
  var listings = 0
  /// The account as it was last listed for updates that write an object whole.
  var listing: ChannelListing<RunClock.Instant>
  /// Channels of which a creation's answer cannot speak: those from before the run, and those that it has made.
  var taken: TakenIdentities
  /// The call that goes alone, while it does.
  var canary: Int?
  /// Why the first update of a kind stopped the run.
  var canaryFailures: [ApplyResult.Unverified] = []

  init(
    applier: Applier<RunClock>, plan: Plan, options: ApplyOptions, calls: [RunCall], carried: [ChangeResult],
    blocked: [NaturalKey: Address], base: State, record: RunRecord, listing: ChannelListing<RunClock.Instant>,
    taken: TakenIdentities
  ) {
    self.applier = applier
    self.plan = plan
    self.options = options
    self.calls = calls
    self.carried = carried
    self.blocked = blocked
    self.listing = listing
    self.taken = taken
    begun = applier.clock.now
    results = Array(repeating: nil, count: plan.changes.count)
    ledger = Ledger(base: base, record: record)
    gate = CallGate(places: options.parallelism)
    journal = RunJournal(applier.lock.journal)
    uncertain = Set(record.operations.prefix(record.operations.count - calls.count).map(\.number))
    serial = base.serial
    nextCheckpoint = begun
  }

  /// What a child task hands back to the loop.
  enum Signal: Sendable {
    case answered(Int, Attempt<ChannelIdentity?>, start: RunClock.Instant)
    /// A call was started and did not leave.
    case keptBack(Int)
    case timer(Timer)
    /// A flush of the journal came to its end.
    case flushed(StateFailure?)
    /// The account as it shows after a settle window; nil where the wait was cut short.
    case settled(Result<[RemoteChannel], RemoteFailure>?, deadline: RunClock.Instant)
  }

  /// A wait that is started at most once.
  enum Timer: Sendable {
    case flush, checkpoint, settle
  }

  /// Why no new call starts.
  enum Halt {
    case stopped(Stop.Reason)
    case lockLost(String)
    case unsaved(StateFailure)
    case unjournaled(StateFailure)
    /// The state's place takes so long for a write that the lock could not be proved to be held.
    case unproved
    /// The first update of a kind under a profile could not be shown to change what it was to change and nothing else.
    case canary(Address)

    /// The reason as a change that was not attempted gives it.
    var words: String {
      switch self {
      case .stopped(let reason): reason.words
      case .lockLost(let label): "the lock on \(label) was lost: another run has written the state"
      case .unsaved: "the state could not be written before the lock may have expired"
      case .unjournaled: "the journal of the run could not be written"
      case .unproved: "writing the state took so long that another run may hold its lock by now"
      case .canary(let address): "the first write under this profile, to \(address), was not confirmed"
      }
    }
  }

  /// Works out the state that is written before the first call, and its bytes: they hold where the run begins within the
  /// second.
  mutating func prepare() async {
    ledger.applyQuietly(plan.changes.filter { !$0.isCall }, refreshed: plan.refreshed)
    if !calls.isEmpty { await applier.lock.prepare(ledger.snapshot(serial: serial + 1)) }
  }

  /// Runs the whole plan, which was prepared.
  mutating func execute() async throws(ApplyFailure) -> ApplyResult {
    begun = applier.clock.now
    nextCheckpoint = begun
    ledger.begin(at: applier.now())
    do throws(StateFailure) {
      if !calls.isEmpty {
        try journal.begin(run: options.runID, carried: uncertain)
        try await write(ledger.snapshot(serial: serial + 1))
        ledger.markSaved()
      }
    } catch {
      throw .state(error)
    }
    applier.events(.began(changes: plan.changes.count))
    if !calls.isEmpty {
      for (index, change) in plan.changes.enumerated() where !change.isCall { finish(index, quietly(change)) }
    }
    do throws(Crash) {
      if !calls.isEmpty {
        try applier.crashPoint(.recorded)
        try await performAll()
      }
      return try await conclude()
    } catch {
      throw .crashed(error)
    }
  }

  /// A state-only change is complete as soon as the state is saved.
  func quietly(_ change: Change) -> ChangeResult {
    ChangeResult(address: change.address, action: change.action, verdict: .done, uuid: change.uuid)
  }

  /// The phases: deletions that come first on purpose, then everything but deletions, then deletions.
  private mutating func performAll() async throws(Crash) {
    let deleteFirst = Set(plan.deleteFirst)
    let isDelete = { (call: RunCall) in call.change.action == .delete }
    let indices = calls.indices
    try await perform(indices.filter { isDelete(calls[$0]) && deleteFirst.contains(calls[$0].change.address) })
    try await performCanaries()
    let rest = indices.filter { !isDelete(calls[$0]) && results[calls[$0].index] == nil }
    try await perform(
      rest.filter { calls[$0].change.action == .create } + rest.filter { calls[$0].change.action == .update })
    let last = indices.filter { isDelete(calls[$0]) && !deleteFirst.contains(calls[$0].change.address) }
    if let reason = holdingBack(last) {
      for index in last { fail(index, .notAttempted, RemoteFailure(reason)) }
    } else {
      try await perform(last)
    }
  }

  /// Why the last deletions may not start; nil where everything before them is done.
  private func holdingBack(_ last: [Int]) -> String? {
    if let halt { return halt.words }
    let held = Set(last)
    for (index, call) in calls.enumerated() where !held.contains(index) {
      guard let result = results[call.index] else { continue }
      switch result.verdict {
      case .done: continue
      case .failed: return "held back because \(result.address) failed"
      case .uncertain: return "held back because the outcome of \(result.address) is uncertain"
      case .notAttempted: return "held back because \(result.address) was not attempted"
      }
    }
    return nil
  }

  /// Runs one phase to its end.
  mutating func perform(_ phase: [Int]) async throws(Crash) {
    queue = CallQueue()
    for index in phase {
      if let key = calls[index].key, let other = blocked[key] {
        refuse(index, inDoubt: other)
      } else {
        queue.append(index, key: calls[index].key)
      }
    }
    let result: Result<Void, Crash> = await withTaskGroup(of: Signal.self) { group in
      defer { group.cancelAll() }
      do throws(Crash) {
        return .success(try await loop(&group))
      } catch {
        // Who waits there would wait for ever, and the group for them.
        gate.close()
        return .failure(error)
      }
    }
    scheduled = []
    try result.get()
  }

  private mutating func loop(_ group: inout TaskGroup<Signal>) async throws(Crash) {
    while true {
      try await launch(&group)
      // The result of a flush counts too: a disk reports a failure once.
      guard running > 0 || !settling.isEmpty || journal.isFlushing else { return }
      schedule(&group)
      guard let signal = await group.next() else { return }
      switch signal {
      case .answered(let index, let attempt, let start):
        running -= 1
        try handleAttempt(attempt, of: index, from: start)
      case .keptBack(let index):
        running -= 1
        takeBack(index)
      case .timer(let timer): try await handleTimer(timer, &group)
      case .flushed(let failure):
        journal.noteFlushed(failure)
        if let failure { end(with: .unjournaled(failure)) }
      case .settled(let listing, let deadline):
        scheduled.remove(.settle)
        settleUncertain(listing, deadline: deadline)
      }
    }
  }

  /// Starts as many calls as may run at once, and as many that wait: one is sent as soon as another is answered.
  private mutating func launch(_ group: inout TaskGroup<Signal>) async throws(Crash) {
    if halt == nil, let reason = applier.stop.reason {
      end(with: .stopped(reason))
      if running > 0, ledger.hasUnsaved { try await checkpoint() }
    }
    if let failure = journal.failure { end(with: .unjournaled(failure)) }
    while halt == nil, running < 2 * options.parallelism, !queue.isEmpty {
      try await proveLock()
      guard halt == nil, let index = queue.popFirst() else { return }
      if let wrongPath, calls[index].key != nil {
        holdBack(index, wrongPath)
        continue
      }
      guard let (request, limit) = await current(index) else { continue }
      let operation = calls[index].operation
      journal.append(.sent(operation: operation.number))
      if let failure = journal.failure {
        queue.putBack(index)
        end(with: .unjournaled(failure))
        return
      }
      try applier.crashPoint(.sent)
      calls[index].sends += 1
      running += 1
      let (call, gate, applier) = (calls[index], gate, applier)
      group.addTask(executorPreference: applier.remote.executor) {
        guard await gate.enter() else { return .keptBack(index) }
        defer { gate.leave() }
        guard applier.mayCall, call.key == nil || !gate.refusesCreations,
          limit.map({ applier.clock.now <= $0 }) ?? true
        else { return .keptBack(index) }
        if call.sends == 1 { applier.events(.started(operation.address, operation.action)) }
        let start = applier.clock.now
        let attempt = await request.send(to: applier.remote)
        // Before the slot is released, or a waiting call would take it.
        if call.key != nil, case .unknown(let failure) = attempt.outcome, failure.pathIsWrong { gate.refuseCreations() }
        return .answered(index, attempt, start: start)
      }
    }
  }

  /// Takes back a call that did not leave: it is as if it had not been started.
  private mutating func takeBack(_ index: Int) {
    calls[index].sends -= 1
    let number = calls[index].operation.number
    // The last line of an operation counts; one that left before stays what it was then.
    journal.append(calls[index].sends == 0 ? .refused(operation: number) : .unknown(operation: number))
    queue.putBack(index)
  }

  /// Notes what a call's answer says.
  private mutating func handleAttempt(
    _ attempt: Attempt<ChannelIdentity?>, of index: Int, from start: RunClock.Instant
  ) throws(Crash) {
    try applier.crashPoint(.answered)
    calls[index].started = calls[index].started ?? start
    calls[index].calls += attempt.calls
    let number = calls[index].operation.number
    switch attempt.outcome {
    case .keptBack: takeBack(index)
    case .done(let identity):
      if calls[index].key != nil, let objection = identity.flatMap({ taken.objection(to: $0) }) {
        calls[index].namesOtherChannel = true
        leaveUnknown(index, RemoteFailure(objection))
      } else {
        succeed(index, identity)
      }
    case .refused(let failure) where calls[index].sends == 1:
      journal.append(.refused(operation: number))
      ledger.close(number)
      fail(index, .failed, failure)
      if let key = calls[index].key { queue.free(key) }
    case .refused(let failure), .unknown(let failure): leaveUnknown(index, failure)
    }
    try applier.crashPoint(.noted)
  }

  /// Notes that a call's outcome is not known: the account is looked at for it after the settle window.
  private mutating func leaveUnknown(_ index: Int, _ failure: RemoteFailure) {
    journal.append(.unknown(operation: calls[index].operation.number))
    calls[index].failure = failure
    calls[index].deadline = applier.clock.now.advanced(by: options.settleWindow)
    settling.append(index)
    if failure.pathIsWrong, calls[index].key != nil { wrongPath = wrongPath ?? failure }
    let change = calls[index].change
    applier.events(.waiting(change.address, change.action, window: options.settleWindow))
  }

  /// Stops the start of new calls.
  mutating func end(with reason: Halt) {
    guard halt == nil else { return }
    halt = reason
    gate.close()
    applier.events(.halted(reason.words))
  }
}

package import Basics
package import Manifest

/// Carries a plan out: nothing lost, nothing twice (ApplyProtocol.md, "Call and note").
///
/// It takes a plan as it is and never derives one. The state has everything that recovery needs before the first call is sent.
package struct Applier<RunClock: Clock>: Sendable where RunClock.Duration == Duration {
  package var remote: any Remote
  /// The held lock that the state is written through.
  package var lock: any StateLock
  package var comparison: AccountComparison
  package var clock: RunClock
  /// The wall clock, UTC, ISO 8601.
  package var now: @Sendable () -> String
  package var stop: Stop
  package var fence: RunFence
  /// Takes what happens, from more than one thread; it must not block.
  package var events: @Sendable (ApplyEvent) -> Void
  package var crashPoint: CrashPoint

  package init(
    remote: any Remote, lock: any StateLock, comparison: AccountComparison, clock: RunClock,
    now: @escaping @Sendable () -> String, stop: Stop = Stop(), fence: RunFence = RunFence(),
    events: @escaping @Sendable (ApplyEvent) -> Void = { _ in }, crashPoint: @escaping CrashPoint = { _ in }
  ) {
    self.remote = remote
    self.lock = lock
    self.comparison = comparison
    self.clock = clock
    self.now = now
    self.stop = stop
    self.fence = fence
    self.events = events
    self.crashPoint = crashPoint
  }

  /// Works out everything that the apply of `plan` needs before its first write; nothing is written or sent.
  ///
  /// - Parameters:
  ///   - plan: as it was shown, or read from a file; it has no refusals.
  ///   - state: as it was read under the lock and recovered; where there was none, a new one with serial 0.
  ///   - channels: the account's complete listing that the plan was made of.
  ///   - secrets: the values for what the plan sends.
  ///   - options: how the plan is applied, and what the state remembers of it.
  ///   - age: how long ago the listing was read.
  package func prepare(
    _ plan: Plan, to state: State, channels: [RemoteChannel], secrets: ResolvedSecrets, options: ApplyOptions,
    listed age: Duration = .zero
  ) async throws(ApplyFailure) -> PreparedApply<RunClock> {
    guard plan.refusals.isEmpty else { throw .refused(plan.refusals) }
    var state = state
    state.profile = plan.profile?.digest
    var preparation = Preparation(state: state, channels: channels, comparison: comparison, remote: remote)
    let calls: [PlannedCall<RunClock.Instant>] = try preparation.calls(of: plan, secrets: secrets)
    let carried = preparation.carried.map(\.result)
    if plan.isEmpty, options.approval == nil, !options.writesAnyway, state.guards == plan.guards || state.serial == 0 {
      return PreparedApply(
        nothing: ApplyResult(
          outcome: carried.isEmpty ? .noChanges : .partial, changes: carried, state: state, calls: 0, duration: .zero))
    }
    var taken = TakenIdentities(channels)
    let created = Set(calls.lazy.filter { $0.key != nil }.map(\.change.address))
    for entry in state.channels where !created.contains(entry.address) { taken.insert(entry.identity) }
    var run = ApplyRun(
      applier: self, plan: plan, options: options, calls: calls, carried: carried, blocked: preparation.blocked,
      base: state,
      record: preparation.record(of: calls.map(\.operation), options: options, started: now()),
      listing: ChannelListing(channels, at: clock.now.advanced(by: .zero - age)), taken: taken)
    await run.prepare()
    return PreparedApply(run: run)
  }

  /// Whether a call may leave now.
  var mayCall: Bool { stop.reason == nil && fence.isOpen }

  /// Waits and listings, for calls whose outcome is not known.
  var settling: Settling<RunClock> { Settling(remote: remote, clock: clock, stop: stop) }
}

/// A plan that only has to be carried out.
package struct PreparedApply<RunClock: Clock>: Sendable where RunClock.Duration == Duration {
  private let form: Form

  private enum Form {
    case nothing(ApplyResult)
    case run(ApplyRun<RunClock>)
  }

  /// A plan that asks for no write.
  init(nothing result: ApplyResult) { form = .nothing(result) }

  init(run: ApplyRun<RunClock>) { form = .run(run) }

  /// Carries the plan out, once.
  ///
  /// - Returns: the full account, whatever came of the calls.
  /// - Throws: `ApplyFailure` while nothing has been sent; from then on every end is an `ApplyResult`.
  package consuming func execute() async throws(ApplyFailure) -> ApplyResult {
    switch form {
    case .nothing(let result): return result
    case .run(var run): return try await run.execute()
    }
  }
}

/// What is worked out before the first write: the calls of a plan, and what earlier runs left open.
private struct Preparation {
  private let state: State
  private let channels: [RemoteChannel]
  private let comparison: AccountComparison
  private let remote: any Remote
  /// Creations of an earlier run whose outcome stays uncertain, numbered from 1.
  private(set) var carried: [UncertainCreation] = []
  /// Their natural keys, each with the address that is in doubt: no other creation of the key may start.
  private(set) var blocked: [NaturalKey: Address] = [:]

  init(state: State, channels: [RemoteChannel], comparison: AccountComparison, remote: any Remote) {
    self.state = state
    self.channels = channels
    self.comparison = comparison
    self.remote = remote
  }

  /// The calls of a plan in its order, with operations numbered behind the carried ones.
  mutating func calls<Instant>(
    of plan: Plan, secrets: ResolvedSecrets
  ) throws(ApplyFailure) -> [PlannedCall<Instant>] {
    carry(plan)
    let current = ShownChannels(channels)
    var calls: [PlannedCall<Instant>] = []
    for (index, change) in plan.changes.enumerated() where change.isCall {
      let operation = RunRecord.RunOperation(
        number: carried.count + calls.count + 1, address: change.address, action: change.action, name: change.name,
        channelID: change.action == .create ? nil : change.id, uuid: change.action == .create ? nil : change.uuid,
        source: change.source?.position, isProtected: change.isProtected, wanted: change.wanted)
      let request = try request(for: change, current: current, secrets: secrets) as PlannedCall<Instant>.Request
      calls.append(PlannedCall(index: index, change: change, operation: operation, request: request))
    }
    return calls
  }

  /// The run record: every id that the run cannot have made, and every call that it wants to make.
  ///
  /// What an earlier, uncertain creation may have made stays out of the known ids, or it could never be found again.
  func record(of operations: [RunRecord.RunOperation], options: ApplyOptions, started: String) -> RunRecord {
    var known = Set(state.channels.map(\.id))
    for channel in channels where channel.kind != nil { known.insert(channel.id) }
    for creation in carried { known.subtract(creation.candidates.map(\.id)) }
    return RunRecord(
      id: options.runID, command: options.command, digest: options.digest, started: started, who: options.who,
      known: known.sorted(), operations: carried.map(\.operation) + operations,
      fence: RunFence.validity(settleWindow: options.settleWindow))
  }

  /// Takes over the uncertain creations of the state's record, but for addresses that the plan binds otherwise.
  private mutating func carry(_ plan: Plan) {
    guard let earlier = state.run else { return }
    let bound = Set(plan.changes.filter { $0.action == .adopt }.map(\.address))
    let excluded = Set(earlier.known).union(state.channels.map(\.id))
    let match = CreationMatch(channels: channels, excluded: excluded, comparison: comparison)
    for var operation in earlier.operations where operation.action == .create {
      if bound.contains(operation.address) { continue }
      operation.number = carried.count + 1
      carried.append(
        UncertainCreation(operation: operation, candidates: match.candidates(of: NaturalKey(operation))))
      blocked[NaturalKey(operation)] = operation.address
    }
  }

  private func request<Instant>(
    for change: Change, current: ShownChannels, secrets: ResolvedSecrets
  ) throws(ApplyFailure) -> PlannedCall<Instant>.Request {
    if change.action == .create {
      return .create(try draft(of: change, secrets))
    }
    guard let id = change.id else { throw .unusable(change.address, reason: "the plan names no channel for it") }
    let identity = ChannelIdentity(id: id, uuid: change.uuid)
    if let other = current.otherUUID(at: identity) {
      throw .unusable(
        change.address,
        reason:
          "the id \(id) now belongs to another channel, with the UUID \(SafeText.escape(other)); nothing is sent to it")
    }
    if change.action == .delete { return .delete(identity) }
    guard let channel = current[identity] else {
      throw .unusable(change.address, reason: "the account has no channel with the id \(id) any more")
    }
    let draft = try draft(of: change, secrets)
    let lost = remote.hidden(channel, writing: draft.fields)
      .lost(sending: draft.fields.map(\.name), accepting: draft.acceptedLosses)
    guard lost.isEmpty else {
      let words = lost.map { SafeText.escape($0) }.joined(separator: ", ")
      throw .unusable(change.address, reason: "its update may delete \(words), which the account no longer shows")
    }
    return .update(channel, draft)
  }

  private func draft(of change: Change, _ secrets: ResolvedSecrets) throws(ApplyFailure) -> ChannelDraft {
    guard let kind = comparison.kind(of: change.address) else {
      throw .unusable(change.address, reason: "\(change.address.kind) is not a kind that can be written")
    }
    return try ChannelDraft(of: change, kind: kind, secrets: secrets)
  }
}

import Basics
import Manifest

extension ApplyRun {
  /// Verifies, writes the last state, and gives the full account.
  mutating func conclude() async throws(Crash) -> ApplyResult {
    for (index, call) in calls.enumerated() where results[call.index] == nil {
      fail(index, .notAttempted, RemoteFailure(halt?.words ?? "the run ended before this change"))
    }
    let quiet = calls.isEmpty ? plan.changes.indices.filter { !plan.changes[$0].isCall } : []
    for index in quiet { results[index] = quietly(plan.changes[index]) }
    let ended = applier.now()
    // The account is asked meanwhile, and mostly shows what it should.
    let (run, asks) = (self, applier.stop.reason == nil)
    async let preparation: Void = asks ? run.prepareEnd(ended) : ()
    let read = await verify()
    let unverified = read.map {
      $0.filter { one in !canaryFailures.contains { $0.address == one.address } } + canaryFailures
    }
    await preparation
    if !calls.isEmpty { try applier.crashPoint(.verified) }
    journal.flush()
    let changes = allResults
    let outcome = outcome(of: changes, unverified: unverified)
    var result = ApplyResult(
      outcome: outcome, changes: changes, unverified: unverified ?? canaryFailures,
      state: lastState(outcome, ended: ended),
      calls: calls.reduce(listings) { $0 + $1.calls }, duration: .zero)
    do throws(StateFailure) {
      try await write(result.state)
      applier.events(.saved(serial: serial))
      for index in quiet { finish(index, quietly(plan.changes[index])) }
    } catch {
      result.saveFailure = error
      // What is of the state alone came to nothing where nothing was written.
      for index in quiet {
        finish(
          index,
          ChangeResult(
            address: plan.changes[index].address, action: plan.changes[index].action, verdict: .failed,
            error: RemoteFailure("the state could not be written")))
      }
      result.changes = allResults
      switch outcome {
      case .failed, .partial, .interrupted: break
      case .done, .noChanges, .unverified:
        result.outcome = ApplyRun.hasTakenEffect(result.changes) ? .partial : .failed
      }
    }
    if result.saveFailure == nil, !calls.isEmpty {
      try applier.crashPoint(.saved)
      // A journal that cannot be removed does no harm: it names a run that no state knows.
      try? journal.remove()
      try applier.crashPoint(.cleared)
    }
    result.duration = begun.duration(to: applier.clock.now)
    return result
  }

  /// Works out the state that is written last where the account shows what it should.
  private func prepareEnd(_ ended: String) async {
    await applier.lock.prepare(lastState(outcome(of: allResults, unverified: []), ended: ended))
  }

  /// What became of every change, and of what an earlier run left uncertain.
  private var allResults: [ChangeResult] {
    results.compactMap { $0 } + carried.filter { one in !calls.contains { $0.change.address == one.address } }
  }

  /// Reads the channels touched again; nil where the run was stopped before it could.
  private mutating func verify() async -> [ApplyResult.Unverified]? {
    let touched = calls.filter { results[$0.index]?.verdict == .done }
    guard !touched.isEmpty else { return [] }
    guard applier.stop.reason == nil else { return unread(touched) }
    applier.events(.verifying)
    var listing = await applier.settling.listing(after: applier.clock.now, expecting: expectedChannels)
    listings += 1
    if case .success(let channels)? = listing, !shows(channels, touched) {
      listing = await applier.settling.listing(
        after: applier.clock.now.advanced(by: options.settleWindow), expecting: expectedChannels)
      listings += 1
    }
    switch listing {
    case nil: return unread(touched)
    case .failure(let failure)?:
      return touched.map {
        .init(address: $0.change.address, reason: "the account could not be read again: \(failure.message)")
      }
    case .success(let channels)?: return compare(touched, with: channels)
    }
  }

  /// Messages about channels that were not read again; none after Ctrl-C.
  private func unread(_ touched: [RunCall]) -> [ApplyResult.Unverified]? {
    guard let reason = applier.stop.reason, reason == .timeIsUp else { return nil }
    return touched.map { .init(address: $0.change.address, reason: "not read again: \(reason.words)") }
  }

  /// About how many channels the account has by now.
  var expectedChannels: Int { plan.unmanaged + ledger.entries.count }

  /// Whether what was created shows and what was deleted does not; an account may take a while for either.
  private func shows(_ channels: [RemoteChannel], _ touched: [RunCall]) -> Bool {
    let shown = ShownChannels(channels)
    return touched.allSatisfy { call in
      switch call.request {
      case .create: ledger.entries[call.change.address].map { shown[$0.identity] != nil } ?? true
      case .update: true
      case .delete(let identity): shown[identity] == nil
      }
    }
  }

  private mutating func compare(_ touched: [RunCall], with channels: [RemoteChannel]) -> [ApplyResult.Unverified] {
    let shown = ShownChannels(channels)
    var unverified: [ApplyResult.Unverified] = []
    for call in touched {
      let address = call.change.address
      if case .delete(let identity) = call.request {
        if shown[identity] != nil {
          unverified.append(.init(address: address, reason: "Kit answered that it was deleted, and still lists it"))
        }
      } else if let entry = ledger.entries[address], let channel = shown[entry.identity] {
        ledger.complete(address, uuid: channel.uuid)
        if results[call.index]?.uuid == nil { results[call.index]?.uuid = channel.uuid }
        let differing = applier.comparison.differing(channel, from: call.change.wanted, at: address)
        // Another difference comes from elsewhere: the call did not write the field.
        for one in differing where call.writes(one.field.name) {
          let readBack = applier.comparison.readBack(one, at: address)
          // A value that stayed what it was is no other form of the written one: the next plan sends it again.
          let before = call.change.fields.first { $0.name == one.field.name }?.before
          if case .value(let shown)? = readBack, case .value(let old)? = before, shown == old { continue }
          ledger.remember(readBack, of: one.field.name, at: address)
        }
        if !differing.isEmpty {
          unverified.append(
            .init(
              address: address, fields: differing.map(\.field.name),
              reason: differing.map { StoredOtherwise($0).words(isWritten: call.writes($0.field.name)) }.joined(
                separator: "; ")))
        }
      } else {
        unverified.append(.init(address: address, reason: "Kit answered that it was written, and does not list it"))
      }
    }
    return unverified
  }

  /// The state without the run, but for creations that stay uncertain.
  ///
  /// - Parameter ended: when the last change ended, UTC, ISO 8601.
  private func lastState(_ outcome: ApplyOutcome, ended: String) -> State {
    var state = ledger.conclusion(serial: serial + 1, uncertain: uncertain)
    let isComplete = outcome == .done || outcome == .noChanges || outcome == .unverified && canaryFailures.isEmpty
    state.guards = isComplete ? plan.guards : plan.guards.stricter(than: state.guards)
    state.remember(
      State.PastRun(
        id: options.runID, command: options.command, digest: options.digest, started: ledger.record.started,
        ended: ended, who: options.who, outcome: outcome.rawValue, commit: options.commit, changes: pastChanges))
    if outcome == .done || outcome == .noChanges, let approval = options.approval { state.spend(approval, at: ended) }
    return state
  }

  /// What the run has changed, for the history.
  private var pastChanges: [State.PastChange] {
    zip(plan.changes, results).compactMap { change, result in
      result.flatMap { State.PastChange(change, $0, id: ledger.entries[change.address]?.id) }
    }
  }

  private func outcome(of changes: [ChangeResult], unverified: [ApplyResult.Unverified]?) -> ApplyOutcome {
    if plan.isEmpty, changes.isEmpty { return .noChanges }
    let isUndone = changes.contains { $0.verdict != .done }
    let hasFailed = changes.contains { $0.verdict == .failed }
    let hasTakenEffect = ApplyRun.hasTakenEffect(changes)
    if !canaryFailures.isEmpty, hasTakenEffect { return .unverified }
    if isUndone, hasFailed, !hasTakenEffect { return .failed }
    if isUndone || unverified == nil, isInterrupted { return .interrupted }
    if isUndone { return hasTakenEffect ? .partial : .failed }
    return unverified?.isEmpty == true ? .done : .unverified
  }

  private var isInterrupted: Bool {
    switch applier.stop.reason {
    case .interrupted, .terminated: true
    case .timeIsUp, nil: false
    }
  }

  private static func hasTakenEffect(_ changes: [ChangeResult]) -> Bool {
    changes.contains { $0.verdict == .done || $0.verdict == .uncertain }
  }
}

extension State {
  /// Marks an approval as used by the state's serial; the last 200 stay.
  package mutating func spend(_ digest: String, at time: String) {
    approvals = (approvals + [SpentApproval(digest: digest, at: time, serial: serial)]).suffix(200)
  }
}

extension GuardLimits {
  /// The stricter of both limits, each by itself.
  func stricter(than other: GuardLimits?) -> GuardLimits {
    guard let other else { return self }
    return stricter(than: other)
  }
}

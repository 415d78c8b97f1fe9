extension ApplyRun {
  /// How often a remote state is written while there is something to save or to wait for.
  private var checkpointInterval: Duration { min(.seconds(15), longestUnsaved / 2) }
  /// How old the last write may be before a call: a lock may be taken over from a runner that was paused.
  private var longestUnsaved: Duration { .seconds(RunFence.validity(settleWindow: options.settleWindow)) }

  /// Proves that the lock is still held, where the last proof is too old: before a call, the state is written.
  mutating func proveLock() async throws(Crash) {
    for _ in 0..<3 where halt == nil && !applier.fence.isOpen { try await checkpoint(isRequired: true) }
    if halt == nil, !applier.fence.isOpen { end(with: .unproved) }
  }

  /// The waits that are due and not started.
  private func timers() -> [Timer] {
    var timers: [Timer] = []
    // A cancelled task cannot sleep; the end of the run writes the rest.
    if journal.isDirty, !Task.isCancelled { timers.append(.flush) }
    // A call may wait long for its turn: the run keeps proving that it holds its lock.
    let wantsCheckpoint = ledger.hasUnsaved || running > 0
    if applier.lock.wantsCheckpoints, wantsCheckpoint, !Task.isCancelled { timers.append(.checkpoint) }
    if settleDeadline != nil { timers.append(.settle) }
    return timers.filter { !scheduled.contains($0) }
  }

  /// When the account is looked at for the calls whose outcome is not known; nil while that can wait.
  ///
  /// Creations that a server with too many calls or a wrong path has answered are looked for together, once nothing else is
  /// left to be sent: many of them come at a time.
  private var settleDeadline: RunClock.Instant? {
    let isQuiet = running == 0 && (queue.isEmpty || halt != nil)
    return settling.filter { isQuiet || !calls[$0].isLookedForLast }.compactMap { calls[$0].deadline }.max()
  }

  /// Starts the waits that are due and not started.
  mutating func schedule(_ group: inout TaskGroup<Signal>) {
    let clock = applier.clock
    for timer in timers() {
      scheduled.insert(timer)
      switch timer {
      case .flush: wait(until: clock.now.advanced(by: RunJournal.interval), for: timer, &group)
      case .checkpoint: wait(until: nextCheckpoint, for: timer, &group)
      case .settle:
        let deadline = settleDeadline ?? clock.now
        let settling = applier.settling
        let count = expectedChannels
        group.addTask { .settled(await settling.listing(after: deadline, expecting: count), deadline: deadline) }
      }
    }
  }

  private func wait(until instant: RunClock.Instant, for timer: Timer, _ group: inout TaskGroup<Signal>) {
    let clock = applier.clock
    group.addTask {
      try? await clock.sleep(until: instant, tolerance: nil)
      return .timer(timer)
    }
  }

  /// Does what a wait was for.
  mutating func handleTimer(_ timer: Timer, _ group: inout TaskGroup<Signal>) async throws(Crash) {
    scheduled.remove(timer)
    switch timer {
    case .flush:
      // A disk takes milliseconds: calls go on meanwhile.
      if let flush = journal.beginFlush() { group.addTask { .flushed(flush()) } }
    case .checkpoint: if ledger.hasUnsaved || running > 0 { try await checkpoint() }
    case .settle: break
    }
  }

  /// Writes the outcomes so far to a remote state; where it `isRequired`, no call may start unless that succeeds.
  mutating func checkpoint(isRequired: Bool = false) async throws(Crash) {
    guard applier.lock.wantsCheckpoints else { return }
    journal.flush()
    nextCheckpoint = applier.clock.now.advanced(by: checkpointInterval)
    do throws(StateFailure) {
      try await write(ledger.snapshot(serial: serial + 1))
      ledger.markSaved()
      applier.events(.checkpointed(serial: serial))
    } catch {
      applier.events(.checkpointFailed(error))
      switch error {
      case .conflict(let label), .locked(holder: _, let label): end(with: .lockLost(label))
      case .damaged, .newer, .sealedByOtherKey, .failed: if isRequired { end(with: .unsaved(error)) }
      }
      return
    }
    try applier.crashPoint(.checkpointed)
  }

  /// Writes a state; one whose answer was lost is read back before it counts as not written.
  mutating func write(_ state: State) async throws(StateFailure) {
    let begin = applier.clock.now
    do throws(StateFailure) {
      try await applier.lock.write(state)
    } catch {
      guard case .failed = error, let stored = try? await applier.lock.read(), stored == state else { throw error }
    }
    serial = state.serial
    nextCheckpoint = applier.clock.now.advanced(by: checkpointInterval)
    // When the answer comes, the proof is as old as the question.
    if applier.lock.wantsCheckpoints { applier.fence.renew(at: begin, for: longestUnsaved, applier.clock) }
  }
}

package import Basics

/// Why a recovery failed; nothing was written.
package enum RecoveryFailure: Error, Sendable, Equatable {
  case state(StateFailure)
  case remote(RemoteFailure)
  case stopped(Stop.Reason)
}

extension Recovery {
  /// Recovers the state under its lock and writes it, waiting one settle window where that can settle more.
  ///
  /// - Returns: the recovered state as written, with its new serial, and the listing that it was made of; nil where the
  ///   state has no run record.
  package func run<RunClock: Clock>(
    lock: any StateLock, remote: any Remote, clock: RunClock, settleWindow: Duration, now: @Sendable () -> String,
    stop: Stop = Stop()
  ) async throws(RecoveryFailure) -> (recovered: Recovered, channels: [RemoteChannel])?
  where RunClock.Duration == Duration {
    let state: State
    let run: RunRecord
    let journal: [JournalEntry]?
    do throws(StateFailure) {
      guard let found = try await lock.read(), let unfinished = found.run else { return nil }
      state = found
      run = unfinished
      journal = try lock.journal?.entries(run: run.id)
    } catch {
      throw .state(error)
    }
    let settling = Settling(remote: remote, clock: clock, stop: stop)
    // A holder whose lock was taken over may have calls in progress until its last proof expires.
    let isTakenOver = lock.wasTakenOver || run.isTakenOver
    let quiet: Duration = isTakenOver ? .seconds(RunFence.validity(of: run)) : .zero
    var channels = try await list(settling, after: clock.now.advanced(by: quiet), state)
    guard var recovered = recover(state, journal: journal, channels: channels, ended: now()) else { return nil }
    if recovered.needsSettling {
      channels = try await list(settling, after: clock.now.advanced(by: settleWindow), state)
      recovered = recover(state, journal: journal, channels: channels, ended: now()) ?? recovered
    }
    guard recovered.state != state else { return (recovered, channels) }
    recovered.state.serial += 1
    do throws(StateFailure) {
      try await lock.write(recovered.state)
    } catch {
      throw .state(error)
    }
    // A journal that cannot be removed does no harm: it names a run that no state knows.
    try? lock.journal?.remove()
    return (recovered, channels)
  }

  private func list<RunClock: Clock>(
    _ settling: Settling<RunClock>, after instant: RunClock.Instant, _ state: State
  ) async throws(RecoveryFailure) -> [RemoteChannel] {
    switch await settling.listing(after: instant, expecting: state.channels.count) {
    case .success(let channels)?: return channels
    case .failure(let failure)?: throw .remote(failure)
    case nil: throw .stopped(settling.stop.reason ?? .interrupted)
    }
  }
}

package import Basics
import Synchronization

/// The end of the time that a run has, by `--timeout` or because it is to stop: calls in progress are cancelled then, and none is
/// begun any more.
///
/// A run that writes keeps to it only until its first write: from then on it ends by its own rules, so that no outcome is lost.
package final class Deadline: Sendable {
  private struct State {
    var isLifted = false
    var hasCut = false
  }

  private let isForReadsAlone: Bool
  private let stopped: Event
  private let hasPassed: @Sendable () -> Bool
  private let wait: @Sendable () async -> Void
  private let state = Mutex(State())

  /// - Parameters:
  ///   - limit: the time from now on; nil for no limit.
  ///   - stopped: what ends the time earlier.
  ///   - isForReadsAlone: whether the first call that is no read lifts the deadline.
  package init<C: Clock>(
    after limit: Duration?, clock: C, or stopped: Event = Event(), isForReadsAlone: Bool = false
  ) where C.Duration == Duration {
    let end = limit.map { clock.now.advanced(by: $0) }
    self.isForReadsAlone = isForReadsAlone
    self.stopped = stopped
    hasPassed = { stopped.hasHappened || end.map { clock.now >= $0 } ?? false }
    wait = {
      guard let end else { return await stopped.happens() }
      try? await stopped.interrupting { try await clock.sleep(until: end, tolerance: nil) }
    }
  }

  /// Whether a call was cut off, or not begun, because the time was over.
  package var hasCut: Bool { state.withLock { $0.hasCut || !$0.isLifted && stopped.hasHappened } }

  /// Runs `body` until it ends or the time is up, when its task is cancelled; nil where it was not begun.
  func limit<Value: Sendable>(_ kind: MethodKind, _ body: @escaping @Sendable () async -> Value) async -> Value? {
    let isLifted = state.withLock { state in
      if isForReadsAlone, kind != .read { state.isLifted = true }
      return state.isLifted
    }
    guard !isLifted else { return await body() }
    guard !hasPassed() else {
      state.withLock { $0.hasCut = true }
      return nil
    }
    return await withTaskGroup(of: Value?.self) { group in
      group.addTask { await body() }
      group.addTask {
        await self.wait()
        guard !Task.isCancelled else { return nil }
        self.state.withLock { $0.hasCut = true }
        return nil
      }
      defer { group.cancelAll() }
      while let ended = await group.next() {
        if let ended { return ended }
        group.cancelAll()
      }
      return nil
    }
  }
}

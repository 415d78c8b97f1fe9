import Synchronization

/// A clock that is still until somebody sleeps on it: a sleep takes no time and moves the clock to the wanted instant.
final class ManualClock: Clock, Sendable {
  struct Instant: InstantProtocol {
    var offset: Duration
    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  private struct State {
    var now: Duration = .zero
    var slept: [Duration] = []
  }

  private let state = Mutex(State())

  var now: Instant { Instant(offset: state.withLock { $0.now }) }
  var minimumResolution: Duration { .nanoseconds(1) }

  /// Every sleep so far, as a duration from the time it began.
  var slept: [Duration] { state.withLock { $0.slept } }

  func advance(by duration: Duration) {
    state.withLock { $0.now += duration }
  }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    try Task.checkCancellation()
    await Task.yield()
    state.withLock { state in
      state.slept.append(max(.zero, deadline.offset - state.now))
      state.now = max(state.now, deadline.offset)
    }
    try Task.checkCancellation()
  }
}

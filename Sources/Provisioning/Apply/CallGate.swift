import Synchronization

/// A semaphore for concurrent calls that can be closed for good.
///
/// Unlike the transport's turnstile, which this module does not see, it can be closed for good, when a run halts. A cancelled
/// task waits on, for a place that another cancelled one is about to give back.
final class CallGate: Sendable {
  private struct State {
    var free: Int
    var isClosed = false
    var refusesCreations = false
    var waiting: [CheckedContinuation<Bool, Never>] = []
  }

  private let state: Mutex<State>

  init(places: Int) { state = Mutex(State(free: places)) }

  /// Waits for a place; false once the gate is closed.
  func enter() async -> Bool {
    let entered = await withCheckedContinuation { continuation in
      let answer: Bool? = state.withLock { state in
        if state.isClosed { return false }
        if state.free > 0 {
          state.free -= 1
          return true
        }
        state.waiting.append(continuation)
        return nil
      }
      if let answer { continuation.resume(returning: answer) }
    }
    // It may have been closed since the place was given.
    return entered && state.withLock { !$0.isClosed }
  }

  /// Releases a slot, to the call that has waited longest.
  func leave() {
    let next = state.withLock { state in
      if state.waiting.isEmpty {
        state.free += 1
        return nil as CheckedContinuation<Bool, Never>?
      }
      return state.waiting.removeFirst()
    }
    next?.resume(returning: true)
  }

  /// Whether waiting creations must not be sent any more.
  var refusesCreations: Bool { state.withLock { $0.refusesCreations } }

  /// Keeps creations back from now on; other calls go on.
  func refuseCreations() { state.withLock { $0.refusesCreations = true } }

  /// Closes the gate for good: every waiting and later call is refused.
  func close() {
    let waiting = state.withLock { state in
      state.isClosed = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume(returning: false) }
  }
}

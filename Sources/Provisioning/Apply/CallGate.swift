import Synchronization

/// Lets so many calls through side by side; the others stand ready behind it, so that one leaves when another is answered.
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

  /// Gives a place back, to whoever has waited longest.
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

  /// Whether creations that stand ready are no longer to leave.
  var refusesCreations: Bool { state.withLock { $0.refusesCreations } }

  /// Keeps creations back from now on; other calls go on.
  func refuseCreations() { state.withLock { $0.refusesCreations = true } }

  /// Lets nobody through any more.
  func close() {
    let waiting = state.withLock { state in
      state.isClosed = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume(returning: false) }
  }
}

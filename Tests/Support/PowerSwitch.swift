import Synchronization

/// Ends a simulated process at its n-th step: from then on nothing that it does has an effect.
///
/// A step is whatever touches disk or network, just before or just after it takes effect; who shares a boolean dies together.
package final class PowerSwitch: Sendable {
  private let state: Mutex<(steps: Int, last: Int?)>

  /// - Parameter last: the number of steps that still happen; nil for all.
  package init(last: Int? = nil) { state = Mutex((0, last)) }

  /// Takes one step; false once the power is off.
  package func step() -> Bool {
    state.withLock { state in
      if let last = state.last, state.steps >= last { return false }
      state.steps += 1
      return true
    }
  }

  /// Starts the next process, which lives for `last` steps, or for ever.
  package func restore(last: Int? = nil) { state.withLock { $0 = (0, last) } }

  /// Whether the process still lives.
  package var isOn: Bool { state.withLock { state in state.last.map { state.steps < $0 } ?? true } }

  /// Steps taken so far.
  package var steps: Int { state.withLock { $0.steps } }
}

import Synchronization

/// How many repetitions one run may make in all, so that a failing server is not met with four times the load.
///
/// A run starts with a number of repetitions and earns more with its calls: where everything fails, little is repeated;
/// where a few of many calls fail, none is refused.
package final class RetryBudget: Sendable {
  /// The repetitions that a run starts with.
  package static let initial = 20
  /// The first attempts that earn one repetition more.
  package static let callsPerRepetition = 5

  /// In shares of a repetition, `callsPerRepetition` of which make a whole one.
  private let left: Mutex<Int>
  private let isOver: @Sendable () -> Bool

  /// A budget that starts with so many repetitions, and has none left once the run's time `isOver`.
  package init(initial: Int = RetryBudget.initial, isOver: @escaping @Sendable () -> Bool = { false }) {
    left = Mutex(initial * RetryBudget.callsPerRepetition)
    self.isOver = isOver
  }

  /// Counts a call's first attempt.
  package func earn() {
    left.withLock { $0 += 1 }
  }

  /// Takes one repetition; false when none is left.
  package func spend() -> Bool {
    guard !isOver() else { return false }
    return left.withLock { left in
      guard left >= RetryBudget.callsPerRepetition else { return false }
      left -= RetryBudget.callsPerRepetition
      return true
    }
  }
}

import Synchronization

/// Keeps calls of a run back that has not proved for too long that it still holds its lock.
///
/// A runner may be paused, and another attempt may have taken its lock over meanwhile: the new holder waits until the last
/// proof has lapsed. If locks cannot be taken over, there is nothing to prove.
package final class RunFence: Sendable {
  private let proof = Mutex<(@Sendable () -> Bool)?>(nil)

  package init() {}

  /// The shortest and the longest time that a written state proves anything, in seconds.
  private static let bounds = 3...60

  /// How long a written state proves that the lock is held: as long as the account may take to settle, within bounds.
  ///
  /// - Returns: whole seconds, because the run record hands them to the next holder of the lock.
  static func validity(settleWindow: Duration) -> Int {
    let (whole, rest) = settleWindow.components
    let seconds = Int(clamping: whole)
    return clamped(seconds < bounds.upperBound && rest > 0 ? seconds + 1 : seconds)
  }

  /// How long calls of a run may be in progress after its lock was taken over, in seconds.
  ///
  /// A record that does not say it is one of the longest time.
  package static func validity(of run: RunRecord) -> Int { clamped(run.fence ?? bounds.upperBound) }

  private static func clamped(_ seconds: Int) -> Int { min(max(seconds, bounds.lowerBound), bounds.upperBound) }

  /// Takes in that the lock was held at `instant`.
  func renew<RunClock: Clock>(at instant: RunClock.Instant, for validity: Duration, _ clock: RunClock)
  where RunClock.Duration == Duration {
    let end = instant.advanced(by: validity)
    proof.withLock { $0 = { clock.now <= end } }
  }

  /// Whether a call may leave.
  package var isOpen: Bool { proof.withLock { $0 }?() ?? true }
}

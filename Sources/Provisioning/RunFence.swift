import Synchronization

/// Keeps calls of a run back that has not proved for too long that it still holds its lock.
///
/// A runner may be paused, and another attempt may have taken its lock over meanwhile: whoever does so waits until the last
/// proof has lapsed. Where nobody takes locks over, there is nothing to prove.
package final class RunFence: Sendable {
  private let proof = Mutex<(@Sendable () -> Bool)?>(nil)

  package init() {}

  /// How long a written state proves that the lock is held: as long as the account may take to settle, within bounds.
  package static func validity(settleWindow: Duration) -> Duration { min(max(settleWindow, .seconds(3)), .seconds(60)) }

  /// Takes in that the lock was held at `instant`.
  func renew<RunClock: Clock>(at instant: RunClock.Instant, for validity: Duration, _ clock: RunClock)
  where RunClock.Duration == Duration {
    let end = instant.advanced(by: validity)
    proof.withLock { $0 = { clock.now <= end } }
  }

  /// Whether a call may leave.
  package var isOpen: Bool { proof.withLock { $0 }?() ?? true }
}

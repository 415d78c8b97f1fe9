/// How a command ended, the same for every output format; the exit code follows from it.
package enum RunOutcome: String, Sendable, CaseIterable {
  case done
  case noChanges = "no-changes"
  /// Failed before any write took effect.
  case failed
  /// Changes or drift are pending.
  case changes
  /// A finding of severity error.
  case invalid
  /// A guard, a protection, an unconfirmed profile, a host that is not allowed, a state of another account.
  case refused
  /// A stale plan or approval.
  case stale
  /// At least one change done or uncertain, and at least one not done.
  case partial
  /// Someone else holds the state's lock.
  case locked
  /// Applied, but the account reads back differently.
  case unverified
  /// Wrong use of the command line.
  case usage
  /// SIGINT.
  case interrupted
  /// SIGTERM.
  case terminated

  /// The exit code (Pipelines.md, "Exit codes").
  package var exitCode: Int32 {
    switch self {
    case .done, .noChanges: 0
    case .failed: 1
    case .changes: 2
    case .invalid: 3
    case .refused: 4
    case .stale: 5
    case .partial: 6
    case .locked: 7
    case .unverified: 8
    case .usage: 64
    case .interrupted: 130
    case .terminated: 143
    }
  }

  /// The word of the JSON documents; both signals are `interrupted`.
  package var word: String { self == .terminated ? RunOutcome.interrupted.rawValue : rawValue }
}

import Synchronization

/// The wish to end a run early: no new call starts, running ones finish, the state is saved.
package final class Stop: Sendable {
  /// Who wishes it.
  package enum Reason: Sendable, Equatable {
    /// Ctrl-C, SIGINT.
    case interrupted
    /// SIGTERM.
    case terminated
    /// `--timeout` has passed.
    case timeIsUp

    /// Why a change was not attempted.
    package var words: String {
      switch self {
      case .interrupted, .terminated: "the run was interrupted"
      case .timeIsUp: "the time that --timeout allows was up"
      }
    }
  }

  private let first = Mutex<Reason?>(nil)

  package init() {}

  /// Asks for the end; the first reason given stays.
  package func request(_ reason: Reason) {
    first.withLock { if $0 == nil { $0 = reason } }
  }

  /// The first reason given, or nil while the run may go on.
  package var reason: Reason? { first.withLock { $0 } }
}

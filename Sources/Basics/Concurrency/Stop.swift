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
      case .timeIsUp: "the time of --timeout ran out"
      }
    }
  }

  private struct State {
    var first: Reason?
    var followers: [@Sendable () -> Void] = []
  }

  private let state = Mutex(State())

  package init() {}

  /// Asks for the end; the first reason given stays.
  package func request(_ reason: Reason) {
    let followers = state.withLock { state in
      if state.first == nil { state.first = reason }
      defer { state.followers = [] }
      return state.followers
    }
    for follow in followers { follow() }
  }

  /// The first reason given, or nil while the run may go on.
  package var reason: Reason? { state.withLock { $0.first } }

  /// Calls `follow` once the end is asked for; at once where it was already.
  package func onRequest(_ follow: @escaping @Sendable () -> Void) {
    let isRequested = state.withLock { state in
      if state.first == nil { state.followers.append(follow) }
      return state.first != nil
    }
    if isRequested { follow() }
  }
}

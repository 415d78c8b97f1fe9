package import Manifest

/// What an apply reports while it runs; progress lines are made of it.
package enum ApplyEvent: Sendable, Equatable {
  /// The state with the run record is written; so many changes follow.
  case began(changes: Int)
  /// A call leaves for the account.
  case started(Address, Action)
  /// The answer to a call is not known; the account is looked at again after the settle window.
  case waiting(Address, Action, window: Duration)
  /// A change came to its end.
  case finished(ChangeResult)
  /// The outcomes so far are in the state.
  case checkpointed(serial: Int)
  /// A checkpoint could not be written; the run continues as long as its lock is valid.
  case checkpointFailed(StateFailure)
  /// No new call starts, for the reason given.
  case halted(String)
  /// The channels touched are read again.
  case verifying
  /// The last state is written.
  case saved(serial: Int)
}

package import Manifest

/// How an apply ended, as the table of exit codes names it.
package enum ApplyOutcome: String, Sendable {
  case done
  case noChanges = "no-changes"
  /// No write took effect.
  case failed
  /// At least one change is done or uncertain, and at least one is not done.
  case partial
  case interrupted
  /// Applied, but the account reads back differently.
  case unverified
}

/// The full account of an apply.
package struct ApplyResult: Sendable, Equatable {
  package var outcome: ApplyOutcome
  /// One for each change, in the plan's order; then one for each creation that an earlier run left uncertain.
  package var changes: [ChangeResult]
  /// Changes that were answered as done and read back differently.
  package var unverified: [Unverified]
  /// The last state: as saved, or as it ought to have been saved where `saveFailure` says that it was not.
  package var state: State
  /// Why the last state could not be saved; it then goes to an emergency file beside it, for `state push`.
  package var saveFailure: StateFailure?
  /// Calls that the apply made, repeats and listings included.
  package var calls: Int
  package var duration: Duration

  package init(
    outcome: ApplyOutcome, changes: [ChangeResult], unverified: [Unverified] = [], state: State,
    saveFailure: StateFailure? = nil, calls: Int, duration: Duration
  ) {
    self.outcome = outcome
    self.changes = changes
    self.unverified = unverified
    self.state = state
    self.saveFailure = saveFailure
    self.calls = calls
    self.duration = duration
  }

  /// A change that the account does not show.
  package struct Unverified: Sendable, Equatable {
    package var address: Address
    /// The fields that read back differently, in the order of the form; empty where `reason` says it all.
    package var fields: [String]
    /// One sentence for people.
    package var reason: String

    package init(address: Address, fields: [String] = [], reason: String) {
      self.address = address
      self.fields = fields
      self.reason = reason
    }
  }
}

/// What became of one change.
package struct ChangeResult: Sendable, Equatable {
  package var address: Address
  package var action: Action
  package var verdict: ChangeEnding
  /// The channel's UUID where it is known.
  package var uuid: String?
  /// Why the change is not done; nil where it is.
  package var error: RemoteFailure?
  package var calls: Int
  /// From the first call to the verdict.
  package var duration: Duration

  package init(
    address: Address, action: Action, verdict: ChangeEnding, uuid: String? = nil, error: RemoteFailure? = nil,
    calls: Int = 0, duration: Duration = .zero
  ) {
    self.address = address
    self.action = action
    self.verdict = verdict
    self.uuid = uuid
    self.error = error
    self.calls = calls
    self.duration = duration
  }

  /// The four ends of a change.
  package enum ChangeEnding: String, Sendable {
    case done, failed, uncertain
    case notAttempted = "not-attempted"
  }
}

/// Why an apply did not begin: nothing was sent to the account.
package enum ApplyFailure: Error, Sendable, Equatable {
  /// The plan is refused by a guard or a protection.
  case refused([Refusal])
  /// A change cannot be sent as the plan has it; the reason is one sentence.
  case unusable(Address, reason: String)
  /// The state or the journal could not be written.
  case state(StateFailure)
  /// The run ended at a checkpoint on purpose; the one case in which calls may have been made.
  case crashed(Crash)
}

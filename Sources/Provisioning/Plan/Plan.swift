package import Documents
package import Manifest

/// A complete value: reports need it and nothing else, and a saved plan is the same value, encoded.
package struct Plan: Sendable, Equatable {
  package var environment: String
  package var account: State.AccountBinding
  /// The state's lineage; nil where there is no state yet.
  package var lineage: String?
  /// The state's serial; nil where there is no state yet.
  package var serial: Int?
  /// The targets as given, sorted; empty for a whole plan.
  package var targets: [String]
  /// Sorted: deletes first, then by address and the order of their execution.
  package var changes: [Change]
  /// How many channels a plan with targets looks at; nil for a whole plan.
  package var scope: Scope?
  /// Addresses whose deletion does not wait for the other changes (`--delete-first`), sorted.
  package var deleteFirst: [Address]
  /// Entries of channels without a change whose memory the next write brings up to date.
  ///
  /// Where manifest and account agree and only the last applied value differs, there is nothing to do and nothing to
  /// show; an apply that writes the state anyway takes these in, so that later causes are right.
  package var refreshed: [State.Entry]
  /// Channels in the manifests or the state that this plan looked at and leaves alone.
  package var unchanged: Int
  /// Channels of the account that Kitform does not manage.
  package var unmanaged: Int
  /// All managed channels, before the plan; the base of percentages.
  package var managed: Int
  /// Calls that an apply will make.
  package var calls: Int
  /// Calls that the plan itself made to read the account.
  package var reads: Int
  /// The limits to remember once the plan is applied.
  package var guards: GuardLimits
  /// The limits that the last apply ran under, where this plan loosens them.
  package var loosenedGuards: GuardLimits?
  /// What stops the plan from being applied.
  package var refusals: [Refusal]
  /// Findings against the account: errors, warnings, notices.
  package var diagnostics: [Diagnostic]
  /// Operations left open by an interrupted apply, in words.
  package var interrupted: [String]
  /// Creations of an earlier run that the account's listing does not settle: the plan leaves their addresses alone.
  package var uncertain: [UncertainCreation] = []
  /// The API profile; nil for the built-in one where the last apply used it too.
  package var profile: PlanProfile?
  /// Addresses whose update goes alone: the first one of a kind under a profile; never part of a digest.
  package var canaries: [Address] = []

  package init(
    environment: String, account: State.AccountBinding, lineage: String?, serial: Int? = nil,
    targets: [String] = [],
    changes: [Change] = [], scope: Scope? = nil, deleteFirst: [Address] = [], refreshed: [State.Entry] = [],
    unchanged: Int = 0, unmanaged: Int = 0, managed: Int = 0, calls: Int = 0, reads: Int = 0,
    guards: GuardLimits = GuardLimits(), loosenedGuards: GuardLimits? = nil, refusals: [Refusal] = [],
    diagnostics: [Diagnostic] = [], interrupted: [String] = []
  ) {
    self.environment = environment
    self.account = account
    self.lineage = lineage
    self.serial = serial
    self.targets = targets
    self.changes = changes
    self.scope = scope
    self.deleteFirst = deleteFirst
    self.refreshed = refreshed
    self.unchanged = unchanged
    self.unmanaged = unmanaged
    self.managed = managed
    self.calls = calls
    self.reads = reads
    self.guards = guards
    self.loosenedGuards = loosenedGuards
    self.refusals = refusals
    self.diagnostics = diagnostics
    self.interrupted = interrupted
  }

  /// The number of changes of one action.
  package func count(_ action: Action) -> Int { changes.count { $0.action == action } }

  /// The first update of each kind that no state remembers as verified under the profile.
  package func canaries(after state: State?, under profile: String?) -> [Address] {
    guard let profile else { return [] }
    var kinds = Set((state?.profiles ?? [:]).filter { $0.value == profile }.keys)
    return changes.filter { $0.action == .update && $0.isCall && kinds.insert($0.address.kind).inserted }.map(\.address)
  }

  /// Whether an apply would do nothing, state-only changes and loosened limits included.
  package var isEmpty: Bool { changes.isEmpty && loosenedGuards == nil }

  /// How many findings keep it from being applied.
  package var errors: Int { diagnostics.count { $0.severity == .error } }

  /// Whether the account is known to be what the manifests say: an error hides the channel that it concerns, and nothing
  /// is planned for one whose creation is uncertain.
  package var isUpToDate: Bool { isEmpty && errors == 0 && uncertain.isEmpty }

  /// How many fingerprints of unchanged channels an apply makes anew: under another key, or for another address.
  package func renewedFingerprints(of state: State) -> Int {
    refreshed.reduce(0) { count, entry in
      count
        + entry.applied.count { field in
          guard let new = field.fingerprint, let old = state[entry.address]?.applied(field.name)?.fingerprint else {
            return false
          }
          return new.key != old.key || new.address != old.address
        }
    }
  }

  /// The part of all channels that a plan with targets looks at.
  package struct Scope: Sendable, Equatable {
    /// Channels that a target names.
    package var channels: Int
    /// All channels of the manifests and the state.
    package var total: Int

    package init(channels: Int, total: Int) {
      self.channels = channels
      self.total = total
    }
  }
}

package import Documents
package import Manifest

/// Everything that a plan depends on; nothing else reaches it, no clock and no file.
package struct PlanInput: Sendable {
  /// The environment's configuration, its records resolved to the account's ids.
  package var configuration: Configuration
  /// What the last apply left; nil where there is no state yet.
  package var state: State?
  package var account: State.AccountBinding
  /// All channels of the account.
  package var channels: [RemoteChannel]
  /// Titles of account objects, for what a reader sees.
  package var facts: AccountFacts
  package var secrets: ResolvedSecrets
  /// Compares secrets; nil where its key cannot be had, and then no secret is compared.
  package var fingerprinter: SecretFingerprinter?
  /// The files that the configuration's places refer to.
  package var sources: SourceMap
  package var options: PlanOptions
  /// Findings made before the plan, by the resolver; the plan lists them first.
  package var diagnostics: [Diagnostic]
  /// Calls made to read the account.
  package var reads: Int
  /// Operations left open by an interrupted apply, in words.
  package var interrupted: [String]
  /// Members that an update of these fields would lose or has to send again: `Remote.hidden`.
  package var hidden: @Sendable (RemoteChannel, [(name: String, value: Value)]) -> [HiddenMember] = { _, _ in
    []
  }

  package init(
    configuration: Configuration, state: State?, account: State.AccountBinding, channels: [RemoteChannel],
    facts: AccountFacts = AccountFacts(), secrets: ResolvedSecrets = ResolvedSecrets(),
    fingerprinter: SecretFingerprinter? = nil, sources: SourceMap, options: PlanOptions = PlanOptions(),
    diagnostics: [Diagnostic] = [], reads: Int = 0, interrupted: [String] = []
  ) {
    self.configuration = configuration
    self.state = state
    self.account = account
    self.channels = channels
    self.facts = facts
    self.secrets = secrets
    self.fingerprinter = fingerprinter
    self.sources = sources
    self.options = options
    self.diagnostics = diagnostics
    self.reads = reads
    self.interrupted = interrupted
  }
}

/// What a command line asks of a plan.
package struct PlanOptions: Sendable {
  /// Narrows what may change; empty for a whole plan.
  package var targets: [Target]
  /// Deletions that are named for the guards (`--allow-delete`).
  package var allowDelete: Set<Address>
  /// Channels whose changes in Kit may be overwritten under `guards.drift: refuse` (`--overwrite-drift`).
  package var overwriteDrift: Set<Address>
  /// Channels gone from the account that may be created again (`--recreate`).
  package var recreate: Set<Address>
  /// Deletions that do not wait for the other changes (`--delete-first`).
  package var deleteFirst: Set<Address>
  /// Plans the deletion of every managed channel (`destroy`).
  package var isDestroy: Bool
  /// How many risky updates of live channels are allowed, where `guards.maxUpdates` allows fewer (`--allow-updates`).
  package var allowUpdates: Int?
  /// Makes a secret that does not resolve an error (`--require-secrets`).
  package var requireSecrets: Bool
  /// Adopts every unmanaged channel of the kind and name of one that would be created (`--adopt-matching`).
  package var adoptsMatching = false
  /// Members that an update may lose though the account does not show them (`--accept-loss`), by `HiddenMember`'s names.
  package var acceptedLosses: [Address: Set<String>] = [:]

  package init(
    targets: [Target] = [], allowDelete: Set<Address> = [], overwriteDrift: Set<Address> = [],
    recreate: Set<Address> = [], deleteFirst: Set<Address> = [], isDestroy: Bool = false, requireSecrets: Bool = false,
    allowUpdates: Int? = nil
  ) {
    self.targets = targets
    self.allowDelete = allowDelete
    self.overwriteDrift = overwriteDrift
    self.recreate = recreate
    self.deleteFirst = deleteFirst
    self.isDestroy = isDestroy
    self.requireSecrets = requireSecrets
    self.allowUpdates = allowUpdates
  }
}

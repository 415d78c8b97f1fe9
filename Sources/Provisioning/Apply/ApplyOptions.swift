/// How a plan is applied, and what the state remembers of it.
package struct ApplyOptions: Sendable {
  /// The run's id, unique.
  package var runID: String
  /// The command as users type it, without values: `apply`, `destroy`.
  package var command: String
  /// The plan's digest.
  package var digest: String
  /// The host and process, or the CI job's URL.
  package var who: String
  /// The commit of the manifests, where there is one.
  package var commit: String?
  /// The number of concurrent calls; at least 1.
  package var parallelism: Int
  /// How long a channel may take to show in a listing.
  package var settleWindow: Duration
  /// The digest of the approval that is spent when the apply ends well.
  package var approval: String?
  /// Whether the state is written although the plan is empty: how it is stored, or its fingerprints, are out of date.
  package var writesAnyway = false

  package init(
    runID: String, command: String, digest: String, who: String, commit: String? = nil, parallelism: Int = 4,
    settleWindow: Duration = .seconds(30), approval: String? = nil
  ) {
    self.runID = runID
    self.command = command
    self.digest = digest
    self.who = who
    self.commit = commit
    self.parallelism = max(1, parallelism)
    self.settleWindow = settleWindow
    self.approval = approval
  }
}

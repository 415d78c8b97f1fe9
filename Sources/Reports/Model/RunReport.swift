package import Manifest
package import Provisioning

/// One run of a command for Markdown and HTML: findings, plan and results.
package struct RunReport: Sendable {
  /// Command, place and findings; refusals and results that `FindingsReport` lists for machines are in the plan here.
  package var findings: FindingsReport
  package var account: State.AccountBinding?
  /// The plan, also one that is refused or stale; nil where the command ended before there was one, or makes none.
  package var plan: Plan?
  /// The digest of the plan as it was made, where `plan` shows less of it.
  package var madeDigest: String?
  /// What became of the plan; nil where nothing was applied.
  package var result: ApplyResult?
  /// What changed in Kit since the last apply, as `drift` found it; nil for every other command.
  ///
  /// A change each: the action `update` with what was applied before and what the account has after, cause `account`; the
  /// action `forget` for a channel that is gone from the account.
  package var drift: [Change]?
  /// The plan's approval, which `apply --approve FILE` reads out of the report; nil where there is nothing to approve.
  package var approval: Approval?
  /// How fast calls go out, for an estimate; nil where nothing limits them.
  package var callsPerSecond: Double?
  /// The channels of the manifests, for the routes of those that the plan leaves alone.
  package var records: [Record]

  package init(
    _ findings: FindingsReport, account: State.AccountBinding? = nil, plan: Plan? = nil, madeDigest: String? = nil,
    result: ApplyResult? = nil, drift: [Change]? = nil, approval: Approval? = nil, callsPerSecond: Double? = nil,
    records: [Record] = []
  ) {
    self.findings = findings
    self.account = account
    self.plan = plan
    self.madeDigest = madeDigest
    self.result = result
    self.drift = drift
    self.approval = approval
    self.callsPerSecond = callsPerSecond
    self.records = records
  }

  /// The plan's digest; nil where there is no plan.
  var digest: String? { madeDigest ?? plan?.digest }

  /// The changes of the report, deletes first.
  var changes: [Change] { drift ?? plan?.changes ?? [] }

  /// The verdict on a change, where the plan was applied.
  func verdicts() -> [VerdictKey: ChangeResult] {
    Dictionary((result?.changes ?? []).map { (VerdictKey($0.address, $0.action), $0) }) { first, _ in first }
  }

  /// The identity of a change in a plan.
  struct VerdictKey: Hashable {
    let address: Address
    let action: Action

    init(_ address: Address, _ action: Action) {
      self.address = address
      self.action = action
    }
  }
}

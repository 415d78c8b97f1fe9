import Basics
package import Manifest

/// Compares an approval from a file with the present plan.
///
/// It accepts a subset of the approved plan: every change of the plan is in the approval unchanged,
/// and every change that the plan lacks has come true already.
package struct ApprovalCheck {
  private let approval: Approval
  private let plan: Plan
  private let records: [Record]
  private let state: State
  private let uuids: Set<String>
  private let index = AccountIndex([], facts: AccountFacts())
  /// Why the approval does not hold, one sentence each; empty where it does.
  package private(set) var reasons: [String] = []

  /// Compares.
  ///
  /// - Parameters:
  ///   - plan: made under the lock, of the same manifests, state and account as the rest.
  ///   - records: what the manifests want, resolved to the account's ids.
  ///   - state: as the plan saw it.
  ///   - channels: the account's listing.
  package init(_ approval: Approval, plan: Plan, records: [Record], state: State, channels: [RemoteChannel]) {
    self.approval = approval
    self.plan = plan
    self.records = records
    self.state = state
    uuids = Set(channels.map { $0.uuid.lowercased() })
    checkPlace()
    guard reasons.isEmpty, approval.digest != plan.digest else { return }
    guard !approval.isWhole else {
      reasons.append(
        "the plan is no longer the approved one, and the report was too long to approve each change by itself")
      return
    }
    let present = Approval(plan: plan).changes
    let approved = Set(approval.changes.map(\.hash))
    for item in present where !approved.contains(item.hash) {
      let isOther = approval.changes.contains { $0.isAbout(item) }
      reasons.append(isOther ? "it approves another \(item.words)" : "it does not approve: \(item.words)")
    }
    let planned = Set(present.map(\.hash))
    for item in approval.changes where !planned.contains(item.hash) && !present.contains(where: { $0.isAbout(item) }) {
      guard let reason = missing(item) else { continue }
      reasons.append("it approves: \(item.words), which is no longer planned, and \(reason)")
    }
  }

  private mutating func checkPlace() {
    func differ(_ one: String, _ other: String) -> Bool { !one.utf8.elementsEqual(other.utf8) }
    if differ(approval.account.name, plan.account.name) || differ(approval.account.host, plan.account.host)
      || approval.account.isSandbox != plan.account.isSandbox
    {
      reasons.append("it is for another account")
    }
    if differ(approval.environment, plan.environment) { reasons.append("it is for another environment") }
    // The digest counts the targets too.
    if !approval.isWhole, !approval.targets.elementsEqual(plan.targets, by: { !differ($0, $1) }) {
      reasons.append("it is for other targets")
    }
    if let reason = PlanProfile.difference(approval.profile, plan.profile?.digest) { reasons.append(reason) }
  }

  /// Why a change that the plan lacks has not come true; nil where it has.
  private func missing(_ item: Approval.ApprovedChange) -> String? {
    guard let address = Address(item.address) else {
      let limits = (state.guards ?? plan.guards).members.filter { item.fields.contains($0.name) }
      let now = PlanDigest.hash(after: limits.map { ($0.name, .value($0.value)) })
      return now == item.after ? nil : "the limits are not what it approves"
    }
    let entry = state[address]
    switch item.action {
    case .delete:
      guard let uuid = item.uuid, !uuids.contains(uuid.lowercased()) else { return "the channel is still there" }
      return entry == nil ? nil : "its address is managed"
    case .forget:
      return entry == nil ? nil : "it is still managed"
    case .create, .update, .adopt, .move, .release:
      guard let entry, let record = records.first(where: { $0.address == address }) else {
        return "the manifests or the state no longer have the channel"
      }
      if let uuid = item.uuid, uuid.lowercased() != entry.uuid.lowercased() {
        return "its address is another channel's"
      }
      return after(item.fields, record, entry) == item.after ? nil : "the manifests no longer want what it approves"
    }
  }

  /// What fields are wanted to be now; the account has that, since nothing is planned for them.
  private func after(_ fields: [String], _ record: Record, _ entry: State.Entry) -> String? {
    var values: [(name: String, value: FieldValue)] = []
    for name in fields {
      guard let slot = record.kind.index(of: name) else { return nil }
      if name == FieldChange.protection {
        guard entry.isProtected == record.isProtected else { return nil }
        values.append((name, .value(.bool(record.isProtected))))
      } else if let value = record.slots[slot]?.value {
        if case .secret(let reference) = value {
          guard entry.applied(name).flatMap({ SecretReference(json: $0.value) }) == reference else { return nil }
          values.append((name, .secret(reference)))
        } else {
          values.append((name, .value(index.titled(value, shape: record.kind.fields[slot].shape).json)))
        }
      } else {
        guard entry.applied(name) == nil else { return nil }
        values.append((name, .absent))
      }
    }
    return PlanDigest.hash(after: values)
  }
}

extension Approval.ApprovedChange {
  /// Whether both are the same action on the same address.
  func isAbout(_ other: Approval.ApprovedChange) -> Bool {
    action == other.action && address.utf8.elementsEqual(other.address.utf8)
  }
}

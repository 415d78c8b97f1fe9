import Basics

/// What changed between two plans: changes that were added, that are gone, and that became others.
package struct PlanDiff: Sendable, Equatable {
  package var oldDigest: String
  package var newDigest: String
  /// Differences of account, environment, targets and API profile.
  package var places: [PlanPlace]
  package var added: [OneSidedChange]
  package var removed: [OneSidedChange]
  package var changed: [Changed]
  /// Whether one of the files was too long for its changes and has the digest alone: then no change is compared.
  package var isUnlisted = false

  /// Whether an approval of the one is an approval of the other.
  package var isEqual: Bool { oldDigest == newDigest }

  /// Where a plan applies.
  package struct PlanPlace: Sendable, Equatable {
    /// `account`, `host`, `sandbox`, `environment`, `targets` or `profile`.
    package var name: String
    package var old: String
    package var new: String
  }

  /// A change that only one of the plans has.
  package struct OneSidedChange: Sendable, Equatable {
    package var item: Approval.ApprovedChange
    /// Nil where its file has nothing but hashes.
    package var detail: ReviewedPlan.Detail?
  }

  /// A change that both plans have, with differences.
  package struct Changed: Sendable, Equatable {
    package var old: OneSidedChange
    package var new: OneSidedChange
    /// The fields that differ; none where one of the files has nothing but hashes, or hides the part that differs.
    package var fields: [ComparedField]
  }

  /// One field on both sides; nil where a side does not change it.
  package struct ComparedField: Sendable, Equatable {
    package var name: String
    package var old: FieldChange?
    package var new: FieldChange?
  }

  package init(_ old: ReviewedPlan, _ new: ReviewedPlan) {
    oldDigest = old.approval.digest
    newDigest = new.approval.digest
    places = PlanDiff.places(old.approval, new.approval)
    guard !old.approval.isWhole, !new.approval.isWhole else {
      isUnlisted = true
      added = []
      removed = []
      changed = []
      return
    }
    let before = PlanDiff.entries(old)
    let after = PlanDiff.entries(new)
    let olds = Dictionary(before.map { ($0.item.words, $0) }) { first, _ in first }
    let news = Set(after.map(\.item.words))
    added = after.filter { olds[$0.item.words] == nil }
    removed = before.filter { !news.contains($0.item.words) }
    changed = after.compactMap { entry in
      guard let old = olds[entry.item.words], old.item.hash != entry.item.hash else { return nil }
      return Changed(old: old, new: entry, fields: PlanDiff.fields(old.detail, entry.detail))
    }
  }

  private static func entries(_ plan: ReviewedPlan) -> [OneSidedChange] {
    zip(plan.approval.changes, plan.details).map { OneSidedChange(item: $0, detail: $1) }
  }

  private static func places(_ old: Approval, _ new: Approval) -> [PlanPlace] {
    func targets(_ approval: Approval) -> String {
      approval.targets.isEmpty ? "all" : approval.targets.joined(separator: ", ")
    }
    var places = [
      PlanPlace(name: "account", old: old.account.name, new: new.account.name),
      PlanPlace(name: "host", old: old.account.host, new: new.account.host),
      PlanPlace(
        name: "sandbox", old: old.account.isSandbox ? "yes" : "no", new: new.account.isSandbox ? "yes" : "no"),
      PlanPlace(name: "environment", old: old.environment, new: new.environment),
      PlanPlace(name: "profile", old: old.profile ?? "built-in", new: new.profile ?? "built-in"),
    ]
    if !old.isWhole, !new.isWhole { places.append(PlanPlace(name: "targets", old: targets(old), new: targets(new))) }
    return places.filter { !$0.old.utf8.elementsEqual($0.new.utf8) }
  }

  private static func fields(_ old: ReviewedPlan.Detail?, _ new: ReviewedPlan.Detail?) -> [ComparedField] {
    guard let old, let new else { return [] }
    let names = Set((old.fields + new.fields).map(\.name)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return names.compactMap { name in
      let field = ComparedField(
        name: name, old: old.fields.first { $0.name == name }, new: new.fields.first { $0.name == name })
      return isSame(field.old, field.new) ? nil : field
    }
  }

  /// Whether two changes of a field say the same, as far as both files show them: reports hide secrets and parts of URLs.
  private static func isSame(_ old: FieldChange?, _ new: FieldChange?) -> Bool {
    guard let old, let new else { return old == nil && new == nil }
    if PlanDigest.texts(of: old) == PlanDigest.texts(of: new) { return true }
    guard old.cause == new.cause, old.secret == new.secret else { return false }
    return isHidden(old) || isHidden(new)
  }

  private static func isHidden(_ field: FieldChange) -> Bool {
    [field.before, field.after].contains { side in
      switch side {
      case .secret(nil): true
      case .value(.string(let text)): text.contains("•••")
      case .secret, .value, .absent, .unknown: false
      }
    }
  }
}

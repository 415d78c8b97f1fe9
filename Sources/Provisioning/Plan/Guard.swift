package import Basics
package import Manifest

/// Decides whether a plan may be applied: limits on deletions and updates, protection, drift and channels that are created again.
struct Guard {
  /// The limits that the manifests ask for.
  private let wanted: GuardLimits
  /// The limits that hold: the stricter of the manifests' and the last applied ones.
  private let effective: GuardLimits
  private let last: GuardLimits?
  private let options: PlanOptions
  private let managed: Int
  private let hasChannels: Bool
  private let kinds: [String: Kind]

  init(configuration: Configuration, last: GuardLimits?, options: PlanOptions, managed: Int) {
    let limits = GuardLimits(configuration.guards)
    wanted = limits
    effective = last.map { limits.stricter(than: $0) } ?? limits
    self.last = last
    self.options = options
    self.managed = managed
    hasChannels = !configuration.records.isEmpty
    kinds = Dictionary(configuration.records.map { ($0.kind.name, $0.kind) }) { first, _ in first }
  }

  /// The limits as they hold for a saved plan: its own, or those of an apply meanwhile where these are stricter.
  init(saved plan: Plan, state: State) {
    wanted = plan.guards
    effective = plan.guards.stricter(than: plan.loosenedGuards).stricter(than: state.guards)
    last = state.guards
    options = PlanOptions()
    managed = state.channels.count
    hasChannels = true
    kinds = [:]
  }

  /// Why a saved plan's changes are refused now; what else guards say was said when it was made.
  func refusals(ofSaved changes: [Change]) -> [Refusal] { deletions(changes) + protections(changes, []) }

  /// Whether this plan takes over the limits of the manifests; one with targets, and a destroy, leave them alone.
  private var adjusts: Bool { options.targets.isEmpty && !options.isDestroy }

  /// The limits to remember once the plan is applied.
  var remembered: GuardLimits { adjusts ? wanted : effective }

  /// The limits of the last apply where the plan loosens them: a change of its own, which concerns the state alone.
  var loosened: GuardLimits? { adjusts && effective != wanted ? last : nil }

  /// Every reason to refuse these changes; `alreadyReported`: protected addresses that have a finding, so no second message is needed.
  func refusals(_ changes: [Change], recreated: [Address], alreadyReported: Set<Address>) -> [Refusal] {
    deletions(changes) + updates(changes) + protections(changes, alreadyReported) + drift(changes)
      + recreations(recreated)
  }

  private func deletions(_ changes: [Change]) -> [Refusal] {
    guard !options.isDestroy else { return [] }
    let deleted = changes.filter { $0.action == .delete }
    let unnamed = deleted.filter { $0.named == nil }.map(\.address)
    guard !unnamed.isEmpty else { return [] }
    let isOne = unnamed.count == 1
    let naming =
      "name \(isOne ? "the channel" : "each channel") that may go, with the lines below in a manifest, or with \(Guard.options("--allow-delete", unnamed)); `destroy: false` keeps a channel in Kit and forgets it; a channel that was only renamed here belongs under `moved`"
    let paste = ["removed:"] + unnamed.map { "  \($0): {destroy: true}" }
    if !hasChannels {
      return [
        Refusal(
          rule: .guardsEmpty, addresses: unnamed,
          message:
            "the manifests have no channel at all, and the plan deletes \(Words.count(deleted.count, "channel"))",
          remedy: "see whether the right directory and environment are in use; to delete on purpose, \(naming)",
          paste: paste)
      ]
    }
    var refusals: [Refusal] = []
    if deleted.count > effective.maxDeletes {
      refusals.append(
        Refusal(
          rule: .guardsMaxDeletes, addresses: unnamed,
          message: "the plan deletes \(Words.count(deleted.count, "channel")), and guards.maxDeletes allows "
            + "\(effective.maxDeletes)" + ofLastApply(wanted.maxDeletes > effective.maxDeletes), remedy: naming,
          paste: paste))
    }
    if managed >= 4, deleted.count * 100 > effective.maxDeletePercent * managed {
      refusals.append(
        Refusal(
          rule: .guardsMaxDeletePercent, addresses: unnamed,
          message:
            "the plan deletes \(deleted.count) of \(managed) managed channels, and guards.maxDeletePercent allows "
            + "\(effective.maxDeletePercent) %" + ofLastApply(wanted.maxDeletePercent > effective.maxDeletePercent),
          remedy: naming, paste: refusals.isEmpty ? paste : []))
    }
    return refusals
  }

  /// Live channels whose conversations the plan puts at risk; a saved plan was allowed to when it was made.
  private func updates(_ changes: [Change]) -> [Refusal] {
    guard let limit = effective.maxUpdates else { return [] }
    let risky = RiskyUpdates(changes, kinds: kinds)
    let count = risky.addresses.count
    guard count > max(limit, options.allowUpdates ?? 0) else { return [] }
    return [
      Refusal(
        rule: .guardsMaxUpdates, addresses: risky.addresses,
        message:
          "the plan changes \(risky.words) of \(Words.count(count, "live channel")), and guards.maxUpdates allows "
          + "\(limit)" + ofLastApply((wanted.maxUpdates ?? limit) > limit),
        remedy: "read the plan: a person's `yes` or `apply --approve` with what was reviewed allows it, "
          + "and so does --allow-updates \(count)")
    ]
  }

  private func ofLastApply(_ isLast: Bool) -> String {
    isLast ? " (the limit of the last apply; loosening it is a change of its own, to be applied first)" : ""
  }

  /// A channel that is gone from Kit has nothing left to protect, and forgetting it is let through.
  private func protections(_ changes: [Change], _ alreadyReported: Set<Address>) -> [Refusal] {
    let addresses = changes.filter {
      $0.isProtected && !alreadyReported.contains($0.address)
        && ($0.action == .delete || ($0.action == .forget && $0.cause != .account))
    }.map(\.address)
    guard let first = addresses.first else { return [] }
    let isOne = addresses.count == 1
    return [
      Refusal(
        rule: .protect, addresses: addresses,
        message: isOne
          ? "\(first) is protected: it is neither deleted nor forgotten"
          : "\(addresses.count) channels are protected: they are neither deleted nor forgotten",
        remedy: "write \(isOne ? "it" : "them") without `protect: true`, apply that, and delete in a change of its own")
    ]
  }

  private func drift(_ changes: [Change]) -> [Refusal] {
    guard effective.refusesDrift else { return [] }
    let addresses = changes.filter { change in
      change.action == .update && !options.overwriteDrift.contains(change.address)
        && change.fields.contains { $0.isSent && $0.cause != .manifest }
    }.map(\.address)
    guard !addresses.isEmpty else { return [] }
    return [
      Refusal(
        rule: .guardsDrift, addresses: addresses,
        message:
          "the plan overwrites what was changed in Kit since the last apply on \(Words.count(addresses.count, "channel"))"
          + ofLastApply(!wanted.refusesDrift),
        remedy:
          "write Kit's values into the manifests with `kitform drift --write`, or allow overwriting them: "
          + Guard.options("--overwrite-drift", addresses)
      )
    ]
  }

  /// An option for each of the addresses, ready to be copied; of very many the first ones.
  private static func options(_ option: String, _ addresses: [Address]) -> String {
    let shown = addresses.prefix(20).map { "\(option) \($0)" }.joined(separator: " ")
    return addresses.count > 20 ? "\(shown) and so on for \(addresses.count - 20) more" : shown
  }

  private func recreations(_ recreated: [Address]) -> [Refusal] {
    let addresses = recreated.filter { !options.recreate.contains($0) }.sorted()
    guard !addresses.isEmpty else { return [] }
    return [
      Refusal(
        rule: .recreate, addresses: addresses,
        message:
          "\(Words.count(addresses.count, "channel")) of the state \(addresses.count == 1 ? "is" : "are") gone from the "
          + "account; a channel that is created again has another UUID, which every system that sends messages to it needs",
        remedy: "to create \(addresses.count == 1 ? "it" : "them") again: \(Guard.options("--recreate", addresses)); "
          + "to manage another channel instead, adopt that one")
    ]
  }
}

extension Refusal {
  /// Whether an approval that shows the change answers the refusal, as naming the address does.
  package var isAnsweredByApproval: Bool { rule == .guardsDrift || rule == .recreate || isAnsweredByPerson }

  /// Whether the `yes` of a person who sees the plan answers the refusal.
  package var isAnsweredByPerson: Bool { rule == .guardsMaxUpdates }
}

extension Plan {
  /// The limits that hold for the plan: those of the manifests, or of the last apply where these are stricter.
  package var limits: GuardLimits { loosenedGuards.map { guards.stricter(than: $0) } ?? guards }

  /// Whether the plan has more updates that are a risk than its limits allow without `--allow-updates`.
  package func exceedsUpdates(_ kinds: [Kind]) -> Bool {
    guard let limit = limits.maxUpdates else { return false }
    let byName = Dictionary(kinds.map { ($0.name, $0) }) { first, _ in first }
    return RiskyUpdates(changes, kinds: byName).addresses.count > limit
  }
}

extension GuardLimits {
  /// Where a plan shows limits that change.
  package static let address = "guards"

  /// The limits that are not those of `last`, sorted by name, and whether they allow more; one that `last` does not know
  /// is none.
  package func differences(
    from last: GuardLimits
  ) -> [(name: String, before: JSONValue, after: JSONValue, isLooser: Bool)] {
    zip(last.members, zip(members, stricter(than: last).members)).map { last, now in
      (now.0.name, last.value, now.0.value, now.0.value != now.1.value)
    }.filter { $0.before != $0.after && $0.before != .null }
  }

  /// A limit as manifests write it.
  package static func text(_ limit: JSONValue) -> String {
    switch limit {
    case .integer(let number): String(number)
    case .string(let text): text
    default: ""
    }
  }

  /// The limits as manifests write them, sorted by name.
  var members: [(name: String, value: JSONValue)] {
    [
      ("drift", refusesDrift ? "refuse" : "overwrite"), ("maxDeletePercent", .integer(maxDeletePercent)),
      ("maxDeletes", .integer(maxDeletes)), ("maxUpdates", .count(maxUpdates)),
    ]
  }

  /// The limits of a `guards` section, the defaults where nothing is written.
  package init(_ settings: GuardSettings) {
    let standard = GuardLimits()
    self.init(
      maxDeletes: settings.maxDeletes?.value ?? standard.maxDeletes,
      maxDeletePercent: settings.maxDeletePercent?.value ?? standard.maxDeletePercent,
      maxUpdates: settings.maxUpdates?.value ?? standard.maxUpdates,
      refusesDrift: settings.refusesDrift?.value ?? standard.refusesDrift)
  }

  /// The stricter of both, limit by limit.
  func stricter(than other: GuardLimits) -> GuardLimits {
    GuardLimits(
      maxDeletes: min(maxDeletes, other.maxDeletes), maxDeletePercent: min(maxDeletePercent, other.maxDeletePercent),
      maxUpdates: [maxUpdates, other.maxUpdates].compactMap { $0 }.min(),
      refusesDrift: refusesDrift || other.refusesDrift)
  }
}

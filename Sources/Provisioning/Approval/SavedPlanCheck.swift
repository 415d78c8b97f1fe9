package import Manifest

/// Holds a saved plan against the state and the account of today, for exactly the channels that it changes.
///
/// Other channels may have changed, and so may members that change by themselves
/// (Plans.md, "The saved plan and the digest").
package struct SavedPlanCheck {
  private let plan: Plan
  private let state: State
  private var index: AccountIndex
  private let olds: [Address: Address]
  private let bound: [Int: Address]
  /// Entries that the plan brings up to date and that still say what the state or the account says.
  private var refreshed: [State.Entry] = []
  /// Why the plan may no longer be applied, one sentence each; empty where it may.
  package private(set) var reasons: [String] = []

  /// Compares.
  ///
  /// - Parameters:
  ///   - plan: as it came from its file.
  ///   - state: as read under the lock; a new one where there is none yet.
  ///   - channels: the account's listing of now.
  package init(_ plan: Plan, state: State, channels: [RemoteChannel]) {
    self.plan = plan
    self.state = state
    var index = AccountIndex(channels, facts: AccountFacts())
    olds = Dictionary(plan.changes.compactMap { change in change.movedFrom.map { (change.address, $0) } }) { old, _ in
      old
    }
    bound = Dictionary(
      state.channels.compactMap { entry in index.channel(of: entry).map { ($0.id, entry.address) } }
    ) { first, _ in first }
    self.index = index
    checkHistory()
    guard reasons.isEmpty else { return }
    checkGuards()
    var coherence = PlanCoherence(plan, state: state, index: index, olds: olds)
    refreshed = plan.refreshed.filter { coherence.isFounded($0) }
    var reported: Set<Address> = []
    for change in plan.changes where !reported.contains(change.address) {
      guard let reason = memoryReason(change) ?? accountReason(change) ?? coherence.reason(against: change) else {
        continue
      }
      reported.insert(change.address)
      reasons.append("\(change.address) \(reason)")
    }
  }

  /// The plan as it is to be applied to the state of now, with the guards' refusals of now.
  ///
  /// The memory of channels without a change is brought up to date only where nobody has written the state since.
  package var adjusted: Plan {
    var plan = plan
    plan.refreshed = plan.serial == state.serial ? refreshed : []
    if plan.loosenedGuards == nil { plan.guards = plan.guards.stricter(than: state.guards) }
    plan.managed = state.channels.count
    plan.refusals = Guard(saved: self.plan, state: state).refusals(ofSaved: plan.changes)
    return plan
  }

  /// Whether the state is the one that the plan was made of, and has not seen it applied.
  ///
  /// A plan that was made after its digest was used is another plan, though it says the same.
  private mutating func checkHistory() {
    if let lineage = plan.lineage, lineage != state.lineage {
      reasons.append("the state has another lineage than the one that it was planned on")
      return
    }
    let digest = plan.digest
    guard let spent = state.approvals.last(where: { $0.digest == digest }), plan.serial ?? 0 < spent.serial else {
      return
    }
    reasons.append("it was applied on \(spent.at) at serial \(spent.serial)")
  }

  private mutating func checkGuards() {
    guard let loosened = plan.loosenedGuards, loosened != state.guards else { return }
    reasons.append("the guards that it loosens are no longer those of the last apply")
  }

  /// What has become of the state's entry, or nil where it is as it was planned on.
  private func memoryReason(_ change: Change) -> String? {
    let old = olds[change.address] ?? change.address
    if old != change.address, state[change.address] != nil { return "is managed meanwhile" }
    switch (change.memory, state[old]) {
    case (nil, nil): return nil
    case (nil, .some): return "is managed meanwhile"
    case (.some, nil): return "is no longer in the state"
    case (let planned?, let now?):
      return now.isRemembered(as: planned)
        ? nil : "is not what the state had when it was planned: another run has changed it"
    }
  }

  /// What has become of the account's channel, or nil where it is as it was read.
  private mutating func accountReason(_ change: Change) -> String? {
    let entry = state[olds[change.address] ?? change.address]
    guard let precondition = change.precondition else {
      if let entry { return index.channel(of: entry) == nil ? nil : "is in the account again" }
      return change.action == .create ? sameName(change) : nil
    }
    guard let id = change.id, let channel = index.channel(id: id), channel.uuid == change.uuid else {
      return "is gone from the account"
    }
    if change.action == .adopt, let other = bound[id] { return "is already managed as \(other)" }
    return channel.precondition == precondition ? nil : "was changed in the account since it was planned"
  }

  /// A creation beside a channel of its kind and name that nobody manages would make a second one.
  private mutating func sameName(_ change: Change) -> String? {
    let found = index.channels(named: change.name).contains {
      $0.kind?.name == change.address.kind && bound[$0.id] == nil
    }
    return found ? "would be a second channel of its name: the account has one that Kitform does not manage" : nil
  }
}

extension Plan {
  /// The fields that applying the plan sends and whose values come from secret references, in the plan's order.
  package var sentSecrets: [SentSecret] {
    changes.flatMap { change -> [SentSecret] in
      guard change.action == .create || change.action == .update else { return [] }
      let names = Set(change.fields.filter(\.isSent).map(\.name))
      return change.wanted.compactMap { field in
        guard names.contains(field.name), let reference = SecretReference(json: field.value), reference != .keep
        else { return nil }
        return SentSecret(
          address: change.address, field: field.name, reference: reference, fingerprint: field.fingerprint)
      }
    }
  }

  /// A secret that an apply sends.
  package struct SentSecret: Sendable {
    package var address: Address
    package var field: String
    package var reference: SecretReference
    /// The planned value's; nil where the plan was made without the value.
    package var fingerprint: SecretFingerprint?
  }

  /// Notes the fingerprint of a value that the plan was made without, or under another key, so that the state remembers
  /// what is sent.
  package mutating func complete(_ secret: SentSecret, with fingerprint: SecretFingerprint) {
    for index in changes.indices where changes[index].address == secret.address {
      for field in changes[index].wanted.indices
      where changes[index].wanted[field].name == secret.field
        && changes[index].wanted[field].fingerprint == secret.fingerprint
      {
        changes[index].wanted[field].fingerprint = fingerprint
      }
    }
  }
}

import Basics
import Manifest

/// Finds parts of a saved plan that follow neither from its digest, nor from the state and the account.
///
/// The digest counts address, action, UUID and fields of a change; everything else that reaches a request or the state has to
/// follow, or an approved digest would cover little of the file. Three things are unknown without the manifests, and
/// show in the next plan: places, the reference of a secret that is not sent, and which of the values that the account has
/// already are managed.
struct PlanCoherence {
  private let state: State
  private var index: AccountIndex
  /// Where a move takes an address from, by the new one.
  private let olds: [Address: Address]
  private let adoptions: [Address: Change]

  init(_ plan: Plan, state: State, index: AccountIndex, olds: [Address: Address]) {
    self.state = state
    self.index = index
    self.olds = olds
    adoptions = Dictionary(plan.changes.filter { $0.action == .adopt }.map { ($0.address, $0) }) { first, _ in first }
  }

  /// Why a change may not be applied, as the end of a sentence; nil where all of it follows.
  mutating func reason(against change: Change) -> String? {
    flaw(of: change).map { "was altered in the file: its \($0) does not follow from what the digest covers" }
  }

  /// The name of a member or field of the change that does not follow.
  private mutating func flaw(of change: Change) -> String? {
    if let field = change.fields.first(where: { !$0.isCoherent }) { return field.name }
    if (change.movedFrom != nil) != (change.action == .move) { return "movedFrom" }
    let entry = entry(before: change)
    if !isIdentified(change, entry) { return "id" }
    if change.isProtected != protection(after: change, entry) { return "protected" }
    let channel = change.id.flatMap { index.channel(id: $0) }
    if !isNamed(change, entry, channel) { return "name" }
    return flaw(inWanted: change, entry, channel)
  }

  /// Whether an entry that a saved plan brings up to date says of its channel what the state or the account says.
  mutating func isFounded(_ entry: State.Entry) -> Bool {
    guard let present = state[entry.address], present.id == entry.id, present.uuid == entry.uuid,
      present.isProtected == entry.isProtected, let channel = index.channel(of: present)
    else { return false }
    return entry.name == channel.name
      && entry.applied.allSatisfy { isFounded($0, present, channel, isMoved: false) }
      && entry.applied.allSatisfy { isRemembered($0, present, channel) }
      && lost(from: entry.applied, present, channel) == nil
  }

  /// The state's entry that a change works on; what is created or adopted has none.
  private func entry(before change: Change) -> State.Entry? {
    guard change.action != .create, adoptions[change.address] == nil else { return nil }
    return state[olds[change.address] ?? change.address]
  }

  /// Whether id and UUID are those of the address; the precondition shows whether the account has the channel.
  private mutating func isIdentified(_ change: Change, _ entry: State.Entry?) -> Bool {
    switch change.action {
    case .create: return change.id == nil && change.uuid == nil && change.precondition == nil
    case .adopt: return change.precondition != nil
    case .update, .release, .delete:
      guard change.precondition != nil else { return false }
      if let adoption = adoptions[change.address] { return adoption.id == change.id }
      return entry.flatMap { index.channel(of: $0) }.map { $0.id == change.id } ?? false
    case .move, .forget:
      guard let entry else { return false }
      if change.action == .move, let channel = index.channel(of: entry) { return channel.id == change.id }
      return entry.id == change.id && entry.uuid == change.uuid
    }
  }

  /// The protection that follows from the field that shows it, else from what was there.
  private func protection(after change: Change, _ entry: State.Entry?) -> Bool {
    let shown = (change.fields + (adoptions[change.address]?.fields ?? [])).first(where: \.isProtection)
    if let shown { return shown.after == .value(.bool(true)) }
    return entry?.isProtected ?? false
  }

  private func isNamed(_ change: Change, _ entry: State.Entry?, _ channel: RemoteChannel?) -> Bool {
    switch change.action {
    case .delete, .forget: return true
    case .adopt, .move: return change.name == channel?.name ?? entry?.name
    case .create, .update, .release:
      return change.wanted.contains { $0.name == "name" && $0.value == .string(change.name) }
    }
  }

  private func flaw(inWanted change: Change, _ entry: State.Entry?, _ channel: RemoteChannel?) -> String? {
    let isMoved = olds[change.address] != nil
    switch change.action {
    case .delete, .forget: return change.wanted.first?.name
    case .move:
      let past = entry?.applied ?? []
      if let other = change.wanted.first(where: { !isRemembered($0, entry, channel) }) { return other.name }
      return past.map(\.name) == change.wanted.map(\.name) && past.map(\.value) == change.wanted.map(\.value)
        ? nil : "applied"
    case .create, .adopt, .update, .release:
      let shown = PlanDigest.counted(change.fields).filter { !$0.isProtection }
      for field in shown where change.wanted.first(where: { $0.name == field.name })?.value != field.after.stored {
        return field.name
      }
      if let other = change.wanted.first(where: { !isRemembered($0, entry, channel) }) { return other.name }
      let names = Set(shown.map(\.name))
      // What stays Kit's own is neither sent nor compared.
      for field in change.wanted where !names.contains(field.name) && SecretReference(json: field.value) != .keep {
        guard let channel, isFounded(field, entry, channel, isMoved: isMoved) else { return field.name }
      }
      guard let entry, let channel else { return nil }
      return lost(from: change.wanted, entry, channel, shown: Set(change.fields.map(\.name)))
    }
  }

  /// Whether a field that is not sent is as the account shows it, or as the state has it.
  ///
  /// Nobody makes a fingerprint without its key, so that one of another key, another address or a readable value is let
  /// through.
  private func isFounded(
    _ field: State.AppliedField, _ entry: State.Entry?, _ channel: RemoteChannel, isMoved: Bool
  ) -> Bool {
    guard let kind = channel.kind, let slot = kind.index(of: field.name), kind.fields[slot].role == .managed,
      let value = kind.fields[slot].value(json: field.value), value.json == field.value
    else { return false }
    let shown = slot < channel.values.count ? channel.values[slot] : nil
    let past = entry?.applied(field.name)
    if case .secret = value {
      guard shown == nil, !isMoved, let known = past?.fingerprint, let given = field.fingerprint,
        given.key == known.key, given.address == known.address
      else { return true }
      return given == known
    }
    return shown.map { value.agrees(with: $0) } ?? false || past.map { value.agrees(with: $0.value) } ?? false
  }

  /// Whether an apply read back what a field says that one did; nobody makes a fingerprint without its key.
  private func isRemembered(_ field: State.AppliedField, _ entry: State.Entry?, _ channel: RemoteChannel?) -> Bool {
    guard let readBack = field.readBack else { return true }
    guard let past = entry?.applied(field.name)?.readBack else { return false }
    guard case .value(let json) = readBack, readBack != past else { return true }
    guard let channel, let slot = channel.kind?.index(of: field.name), slot < channel.values.count,
      let shown = channel.values[slot]
    else { return false }
    return shown.agrees(with: json)
  }

  /// A field that the state has, and `wanted` does not, although nothing says that it is no longer managed.
  private func lost(
    from wanted: [State.AppliedField], _ entry: State.Entry, _ channel: RemoteChannel, shown: Set<String> = []
  ) -> String? {
    let kept = Set(wanted.map(\.name)).union(shown)
    return entry.applied.first { past in
      !kept.contains(past.name) && SecretReference(json: past.value) != .keep
        && channel.kind.map { kind in kind.index(of: past.name).map { kind.fields[$0].role == .managed } ?? false }
          ?? false
    }?.name
  }
}

extension FieldChange {
  /// Whether it is Kitform's own field that guards a channel against deletion.
  var isProtection: Bool { name.utf8.elementsEqual(FieldChange.protection.utf8) }

  /// Whether exactly the secrets are marked as secrets: a value that is marked may be left out of a digest.
  fileprivate var isCoherent: Bool {
    if case .secret(let reference) = after { secret != nil && reference != nil } else { secret == nil }
  }
}

extension FieldValue {
  /// The value as a state holds it; nil for none.
  fileprivate var stored: JSONValue? {
    switch self {
    case .value(let json): json
    case .secret(let reference): reference?.json
    case .absent, .unknown: nil
    }
  }
}

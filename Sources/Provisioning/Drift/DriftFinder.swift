import Basics
import Documents
import Manifest

extension Drift {
  /// Compares the account with the last apply and the manifests; pure, sorted, the same for the same input.
  ///
  /// - Parameter input: as for a plan, its records resolved; options and diagnostics play no part.
  package static func find(_ input: PlanInput) -> Drift {
    var finder = DriftFinder(input)
    return finder.find()
  }
}

/// The comparison while it is made.
private struct DriftFinder {
  let input: PlanInput
  var index: AccountIndex
  var secrets: SecretComparison
  let records: [Address: Record]
  var drift: Drift

  init(_ input: PlanInput) {
    self.input = input
    index = AccountIndex(input.channels, facts: input.facts)
    secrets = SecretComparison(secrets: input.secrets, fingerprinter: input.fingerprinter)
    records = Dictionary(input.configuration.records.map { ($0.address, $0) }) { first, _ in first }
    drift = Drift(
      environment: input.configuration.environment, account: input.account, hasState: input.state != nil)
    drift.reads = input.reads
    drift.interrupted = input.interrupted
  }

  mutating func find() -> Drift {
    let entries = input.state?.channels ?? []
    let managed = Set(entries.map(\.address))
    var moves: [Address: Address] = [:]
    for move in input.configuration.moves where !managed.contains(move.new) { moves[move.old] = move.new }
    for entry in entries {
      let address = moves[entry.address] ?? entry.address
      drift.compared += 1
      compare(entry, at: address, records[address])
    }
    drift.channels.sort { $0.address < $1.address }
    return drift
  }

  private mutating func compare(_ entry: State.Entry, at address: Address, _ record: Record?) {
    let source =
      record.map { Change.Source(input.sources.position(of: $0.place)) }
      ?? entry.source.map { Change.Source($0, isGone: true) }
    guard let channel = index.channel(of: entry), let kind = channel.kind, kind.name == entry.address.kind else {
      drift.channels.append(
        DriftedChannel(
          address: address, id: entry.id, uuid: entry.uuid, name: entry.name, isMissing: true, source: source))
      return
    }
    var fields: [DriftedField] = []
    for slot in kind.fields.indices where kind.fields[slot].role == .managed && slot < channel.values.count {
      guard let past = entry.applied(kind.fields[slot].name) else { continue }
      let side = Side(
        address: address, pastAddress: entry.address, field: kind.fields[slot], past: past, record: record,
        slot: record?.slots[slot], shown: channel.values[slot])
      if let field = compare(side) { fields.append(field) }
    }
    guard !fields.isEmpty else { return }
    drift.channels.append(
      DriftedChannel(
        address: address, id: channel.id, uuid: channel.uuid, name: channel.name, isMissing: false, source: source,
        fields: fields))
  }

  /// One field of one channel, as its three sides have it.
  private struct Side {
    var address: Address
    /// The address that the fingerprint of `past` was made for.
    var pastAddress: Address
    var field: Field
    var past: State.AppliedField
    /// Nil for a channel that the manifests no longer have.
    var record: Record?
    var slot: Slot?
    /// Nil for what the account does not show.
    var shown: Value?

    var pastReference: SecretReference? { SecretReference(json: past.value) }

    /// What the last apply left in the account: what it read back, else what it wrote.
    var left: JSONValue { if case .value(let shown)? = past.readBack { shown } else { past.value } }

    /// The manifest's reference, where its value comes from a secret.
    var reference: SecretReference? {
      if case .secret(let reference)? = slot?.value { reference } else { nil }
    }
  }

  private mutating func compare(_ side: Side) -> DriftedField? {
    // What the manifests leave to Kit, or keep as Kit has it, does not drift.
    guard side.pastReference != .keep, side.record == nil || side.slot != nil, side.reference != .keep else {
      return nil
    }
    guard let shown = side.shown else {
      if side.field.isSecret { addUncompared(side, "cannot be read back: Kit never shows it") }
      return nil
    }
    guard let isSame = agreesWithPast(shown, side) else {
      let obstacle = side.past.fingerprint.flatMap { secrets.obstacle($0) }
      addUncompared(side, "cannot be compared: \(obstacle?.words ?? "the last apply left no fingerprint of it")")
      return nil
    }
    let renaming = side.slot.flatMap { slot in
      Value(json: side.past.value).flatMap { index.renaming(from: $0, to: slot.value, shape: side.field.shape) }
    }
    guard !isSame || renaming != nil, !isWanted(shown, side) else { return nil }
    let source = side.slot.map { input.sources.position(of: $0.place) }
    if side.pastReference != nil || side.reference != nil {
      return DriftedField(
        name: side.field.name, applied: side.pastReference.map { .secret($0) } ?? .value(side.past.value),
        account: .secret(nil), manifest: side.slot.map { manifest($0, side) } ?? .absent, source: source,
        note: hosts(shown, side))
    }
    let left = side.left
    var field = DriftedField(
      name: side.field.name, applied: .value(left),
      account: .value(index.titled(shown, shape: side.field.shape).json),
      manifest: side.slot.map { manifest($0, side) } ?? .absent, source: source, note: renaming)
    if case (.string(let before), .text(let after)) = (left, shown) {
      field.note = UnseenDifference.words(from: before, to: after)
    }
    return field
  }

  /// Whether the account still has what the last apply left; nil where nobody can tell.
  private mutating func agreesWithPast(_ shown: Value, _ side: Side) -> Bool? {
    if secrets.isReadBack(shown, of: side.past, at: side.pastAddress) == true { return true }
    guard side.pastReference != nil else { return Value(json: side.past.value).map { $0.agrees(with: shown) } }
    guard case .text(let text) = shown, let known = side.past.fingerprint else { return nil }
    switch secrets.compare(Secret(text), of: side.pastAddress, field: side.field.name, with: known) {
    case .same: return true
    case .changed: return false
    case .unknown, nil: return nil
    }
  }

  /// Whether the manifests want the account's value already; a reference that does not resolve wants nothing.
  private mutating func isWanted(_ shown: Value, _ side: Side) -> Bool {
    guard let slot = side.slot else { return false }
    guard side.reference != nil else { return slot.value.agrees(with: shown) }
    guard case .text(let text) = shown, let value = secrets.value(side.address, side.field.name) else { return false }
    return secrets.isSame(value, as: text, of: side.address, field: side.field.name) ?? false
  }

  private func manifest(_ slot: Slot, _ side: Side) -> FieldValue {
    if let reference = side.reference { return .secret(reference) }
    return .value(index.titled(slot.value, shape: side.field.shape).json)
  }

  /// The host of a URL that is hidden otherwise.
  private func hosts(_ shown: Value, _ side: Side) -> String? {
    guard case .text(let text) = shown, let now = Hosts.host(of: text) else { return nil }
    return "its host in Kit is \(now)"
  }

  private mutating func addUncompared(_ side: Side, _ reason: String) {
    drift.unreadable.append(
      Drift.Unreadable(address: side.address, field: side.field.name, reason: reason))
  }
}

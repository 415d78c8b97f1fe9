import Basics
import Documents
import Manifest

/// What one channel's fields come to: the differences, and what the state will hold.
struct FieldDiff {
  /// Differences in form order; with released fields and secrets that were not compared.
  var fields: [FieldChange] = []
  /// The whole entry's fields once the differences are applied; empty where nothing differs and nothing is outdated.
  var wanted: [State.AppliedField] = []
  /// The part of `wanted` that the account has already: what adopting alone may claim.
  var settled: [State.AppliedField] = []
  /// Whether the state remembers something else than manifest and account agree on.
  var isOutdated = false

  /// Whether an apply has anything to do; a secret that was not compared is no difference.
  var hasChanges: Bool { fields.contains { $0.secret != .notCompared } }
}

/// Compares records with channels, field by field, and collects the findings.
struct FieldComparer {
  var index: AccountIndex
  var secrets: SecretComparison
  let sources: SourceMap
  /// References that a channel of this plan needs and that did not resolve.
  private(set) var unresolved: [FieldPlace] = []
  /// Secrets whose fingerprint no key at hand made, by what keeps them from being compared.
  private(set) var otherKeys: [FingerprintObstacle: [FieldPlace]] = [:]
  /// `{keep: true}` where there is nothing to keep.
  private(set) var keptOnCreate: [FieldPlace] = []
  /// Fields of which the account stores another value than was written, as the last apply read back.
  private(set) var storedOtherwise: [(address: Address, place: SourcePlace, values: StoredOtherwise)] = []
  private let failures: [ResolvedSecrets.SecretField: ResolvedSecrets.UnresolvedSecret]

  /// A field of a channel and the place of its value.
  struct FieldPlace {
    var address: Address
    var field: String
    var place: SourcePlace
    var reason: String
    var isMissing: Bool
  }

  init(_ input: PlanInput) {
    index = AccountIndex(input.channels, facts: input.facts)
    secrets = SecretComparison(secrets: input.secrets, fingerprinter: input.fingerprinter)
    sources = input.sources
    failures = Dictionary(input.secrets.failures.map { ($0.key, $0) }) { first, _ in first }
  }

  /// Takes over what a copy, made before anything was compared, has collected since.
  mutating func merge(_ other: FieldComparer) {
    unresolved += other.unresolved
    otherKeys.merge(other.otherKeys) { $0 + $1 }
    keptOnCreate += other.keptOnCreate
    storedOtherwise += other.storedOtherwise
    secrets.merge(other.secrets)
  }

  /// Compares what is wanted with what the account has (nil for a create) and what was last applied.
  ///
  /// `former` is the address under which the last apply knew the channel: the fingerprints of its secrets hold it.
  mutating func compare(
    _ record: Record, with channel: RemoteChannel?, applied: [State.AppliedField], former: Address? = nil
  ) -> FieldDiff {
    var diff = FieldDiff()
    var changed: [Int] = []
    var sent: [Int] = []
    let fields = record.kind.fields
    var cursor = 0
    for slot in fields.indices where fields[slot].role == .managed {
      var past = cursor < applied.count && applied[cursor].name == fields[slot].name ? applied[cursor].value : nil
      if past != nil {
        if applied[cursor].readBack != nil { past = nil }
        cursor += 1
      }
      if isSettled(record.slots[slot]?.value, shown: channel?.values, slot: slot, past: past) { continue }
      let one = Comparison(record, slot: slot, channel: channel, applied: applied, former: former)
      let (change, isOutdated) = result(of: one)
      if isOutdated { diff.isOutdated = true }
      if channel == nil, one.slot != nil {
        let wanted = wanted(one, shown: change)
        diff.wanted.append(wanted)
        if change == nil { diff.settled.append(wanted) }
      }
      guard let change else { continue }
      diff.fields.append(change)
      changed.append(slot)
      if change.isSent { sent.append(slot) }
    }
    // What is created was collected on the way: all of it is needed.
    guard channel != nil, diff.isOutdated || !diff.fields.isEmpty else { return diff }
    for slot in record.kind.fields.indices where record.slots[slot] != nil {
      guard record.kind.fields[slot].role == .managed else { continue }
      var wanted = wanted(Comparison(record, slot: slot, channel: channel, applied: applied, former: former))
      if sent.contains(slot) { wanted.readBack = nil }
      diff.wanted.append(wanted)
      if !changed.contains(slot) { diff.settled.append(wanted) }
    }
    return diff
  }

  /// Whether a plain value is the same on all three sides, as most are; said at once, because plans compare very many.
  private func isSettled(_ wanted: Value?, shown: [Value?]?, slot: Int, past: JSONValue?) -> Bool {
    guard let wanted, let past, let shown, slot < shown.count, let shown = shown[slot] else { return false }
    guard wanted.agrees(with: shown) else { return false }
    switch wanted {
    case .reference, .credential, .route, .levels:
      return Value(json: past).map { wanted.agrees(with: $0) && wanted.hasTitles(of: $0) } ?? false
    case .cleared, .text, .flag, .seconds, .secret, .names: return wanted.agrees(with: past)
    }
  }

  /// What the state holds of a channel at its new address: fingerprints of values that are still the same are made anew,
  /// and all others remember the address that they were made for.
  mutating func moved(_ applied: [State.AppliedField], from old: Address, to new: Address) -> [State.AppliedField] {
    applied.map { field in
      guard let known = field.fingerprint else { return field }
      var field = field.moved(from: old, to: new)
      if let value = secrets.value(new, field.name),
        secrets.compare(value, of: old, field: field.name, with: known) == .same
      {
        field.fingerprint = secrets.fingerprint(value, of: new, field: field.name)
      }
      return field
    }
  }

  /// What a deletion takes away: every value that the account shows, secrets of the last apply as secrets.
  func removed(_ channel: RemoteChannel, applied: [State.AppliedField]) -> [FieldChange] {
    guard let kind = channel.kind else { return [] }
    return kind.fields.indices.compactMap { slot in
      let field = kind.fields[slot]
      guard field.role == .managed, slot < channel.values.count, let shown = channel.values[slot] else { return nil }
      let past = applied.first { $0.name == field.name }
      return FieldChange(
        name: field.name, before: before(shown, past, field.shape), after: .absent, cause: .manifest, source: nil)
    }
  }

  /// One field of one channel, seen from the three sides.
  private struct Comparison {
    var address: Address
    /// The address that the fingerprint of `past` was made for.
    var pastAddress: Address
    var field: Traits
    /// The manifest's side.
    var slot: Slot?
    /// The account's side; nil for a write-only field, or where the account does not show it.
    var shown: Value?
    /// The last apply's side.
    var past: State.AppliedField?
    /// Whether the channel exists in the account.
    var exists: Bool

    init(
      _ record: Record, slot: Int, channel: RemoteChannel?, applied: [State.AppliedField], former: Address?
    ) {
      let name = record.kind.fields[slot].name
      address = record.address
      pastAddress = former ?? record.address
      field = Traits(name: name, shape: record.kind.fields[slot].shape)
      self.slot = record.slots[slot]
      shown = channel.flatMap { slot < $0.values.count ? $0.values[slot] : nil }
      past = applied.first { $0.name == name }
      exists = channel != nil
    }

    /// What a comparison needs to know of a field; a whole `Field` costs more to copy than to compare.
    struct Traits {
      var name: String
      var shape: Shape
      var isSecret: Bool { shape == .secret }
    }

    var pastReference: SecretReference? { past.flatMap { SecretReference(json: $0.value) } }
  }

  private mutating func result(of one: Comparison) -> (change: FieldChange?, isOutdated: Bool) {
    guard let slot = one.slot else { return released(one) }
    guard case .secret(let reference) = slot.value else { return plain(one, slot) }
    if reference == .keep {
      if !one.exists { keptOnCreate.append(place(one, slot)) }
      return (nil, one.pastReference != .keep)
    }
    let value = secrets.value(one.address, one.field.name)
    if value == nil { unresolved.append(place(one, slot)) }
    if one.exists, !one.field.isSecret, case .text(let text)? = one.shown {
      return readable(one, slot: slot, reference: reference, value: value, text: text)
    }
    return writeOnly(one, slot: slot, reference: reference, value: value)
  }

  /// A field that the last apply managed and the manifest no longer writes; a kept secret was never managed.
  private func released(_ one: Comparison) -> (FieldChange?, Bool) {
    guard let past = one.past, one.exists, one.pastReference != .keep else { return (nil, one.past != nil) }
    let value: FieldValue =
      if let shown = one.shown {
        before(shown, past, one.field.shape)
      } else {
        one.pastReference.map { .secret($0) } ?? .unknown
      }
    return (FieldChange(name: one.field.name, before: value, after: .absent, cause: .manifest, source: nil), false)
  }

  /// A value that is written in the manifest itself.
  private mutating func plain(_ one: Comparison, _ slot: Slot) -> (FieldChange?, Bool) {
    let memory = agreesWithPast(slot.value, one)
    let after = FieldValue.value(index.titled(slot.value, shape: one.field.shape).json)
    var change = FieldChange(
      name: one.field.name, before: .absent, after: after, cause: .manifest, source: sources.position(of: slot.place))
    guard one.exists else { return (change, false) }
    guard let shown = one.shown else {
      guard memory != true else { return (nil, false) }
      change.before = .unknown
      return (change, false)
    }
    let past = one.past.flatMap { Value(json: $0.value) }
    guard !slot.value.agrees(with: shown) else {
      let hasOldTitles = past.map { !slot.value.hasTitles(of: $0) } ?? false
      return (nil, memory != true || one.past?.readBack != nil || hasOldTitles)
    }
    if memory == true, isReadBack(shown, one) {
      storedOtherwise.append(
        (
          one.address, slot.place,
          StoredOtherwise(
            field: one.field.name, values: (slot.value, index.titled(shown, shape: one.field.shape)))
        ))
      return (nil, false)
    }
    change.before = before(shown, one.past, one.field.shape)
    let renaming = past.flatMap { index.renaming(from: $0, to: slot.value, shape: one.field.shape) }
    change.cause = renaming != nil ? .account : Cause(account: accountAgrees(shown, one), manifest: memory)
    change.applied = change.cause == .manifest ? nil : appliedValue(one)
    if case (.text(let before), .text(let after)) = (shown, slot.value), one.pastReference == nil {
      change.note = UnseenDifference.words(from: before, to: after)
    }
    if let renaming { change.note = renaming }
    if case (.seconds(let before), .seconds(let after)) = (shown, slot.value), after < before {
      change.note = "conversations close earlier"
    }
    return (change, false)
  }

  /// A readable field whose value comes from a secret reference: compared by fingerprints, so that nothing is laid open.
  private mutating func readable(
    _ one: Comparison, slot: Slot, reference: SecretReference, value: Secret?, text: String
  ) -> (FieldChange?, Bool) {
    var change = FieldChange(
      name: one.field.name, before: .secret(one.pastReference), after: .secret(reference), secret: .changed,
      cause: .manifest, source: sources.position(of: slot.place))
    guard let value, let isSame = secrets.isSame(value, as: text, of: one.address, field: one.field.name) else {
      return (notCompared(change, one, value), false)
    }
    let memory = agreesWithPast(value, one)
    guard !isSame else {
      let isOutdated = one.past?.fingerprint.map { secrets.isOutdated($0) } ?? false
      return (nil, memory != true || one.pastReference != reference || isOutdated || one.past?.readBack != nil)
    }
    if memory == true, isReadBack(.text(text), one) {
      storedOtherwise.append((one.address, slot.place, StoredOtherwise(field: one.field.name, values: nil)))
      let isOutdated = one.past?.fingerprint.map { secrets.isOutdated($0) } ?? false
      return (nil, one.pastReference != reference || isOutdated)
    }
    change.cause = Cause(account: accountAgrees(.text(text), one), manifest: memory)
    change.applied = change.cause == .manifest ? nil : .secret(one.pastReference)
    change.note = Hosts.words(before: text, after: value)
    return (change, false)
  }

  /// A secret that Kit never shows: compared with the fingerprint of the last apply.
  private mutating func writeOnly(
    _ one: Comparison, slot: Slot, reference: SecretReference, value: Secret?
  ) -> (FieldChange?, Bool) {
    var change = FieldChange(
      name: one.field.name, before: .absent, after: .secret(reference), secret: .set, cause: .manifest,
      source: sources.position(of: slot.place))
    guard one.exists else { return (change, false) }
    guard let known = one.past?.fingerprint else {
      change.before = .unknown
      change.note = "sent once: Kit does not show the present one"
      return (change, false)
    }
    change.before = .secret(one.pastReference)
    change.secret = .changed
    guard let value, let verdict = secrets.compare(value, of: one.pastAddress, field: one.field.name, with: known)
    else {
      return (notCompared(change, one, value), false)
    }
    switch verdict {
    case .same: return (nil, one.pastReference != reference || secrets.isOutdated(known))
    case .changed: return (change, false)
    case .unknown:
      let obstacle = secrets.obstacle(known) ?? .noKey
      otherKeys[obstacle, default: []].append(place(one, slot))
      change.secret = .notCompared
      change.note = obstacle.words
      return (change, false)
    }
  }

  private func notCompared(_ change: FieldChange, _ one: Comparison, _ value: Secret?) -> FieldChange {
    var change = change
    change.secret = .notCompared
    change.note = value == nil ? reason(one) : FingerprintObstacle.noKey.words
    return change
  }

  /// What the state will hold; a secret that is not compared keeps what is known of it.
  ///
  /// - Parameter shown: the field's difference, where there is one: it has the value already.
  private mutating func wanted(_ one: Comparison, shown: FieldChange? = nil) -> State.AppliedField {
    guard let slot = one.slot, case .secret(let reference) = slot.value else {
      if case .value(let value)? = shown?.after { return State.AppliedField(name: one.field.name, value: value) }
      let value = one.slot.map { index.titled($0.value, shape: one.field.shape).json } ?? .null
      var field = State.AppliedField(name: one.field.name, value: value)
      if let shown = one.shown, one.slot?.value.agrees(with: shown) == false, isReadBack(shown, one) {
        field.readBack = .value(shown.json)
      }
      return field
    }
    guard reference != .keep else { return State.AppliedField(name: one.field.name, value: reference.json) }
    let value = secrets.value(one.address, one.field.name)
    let new = secrets.fingerprint(value, of: one.address, field: one.field.name)
    if one.exists, let past = one.past, past.fingerprint != nil || !past.isSecret,
      new == nil || one.field.isSecret && past.fingerprint.map({ secrets.obstacle($0) != nil }) ?? false
    {
      return past.moved(from: one.pastAddress, to: one.address)
    }
    var field = State.AppliedField(name: one.field.name, value: reference.json, fingerprint: new)
    if case .text(let text)? = one.shown, let value, isReadBack(.text(text), one),
      secrets.isSame(value, as: text, of: one.address, field: one.field.name) == false
    {
      let made = secrets.fingerprint(Secret(text), of: one.address, field: one.field.name)
      field.readBack = made.map { .fingerprint($0) }
    }
    return field
  }

  /// Whether the account shows what the last apply read back instead of what it had written.
  private mutating func isReadBack(_ shown: Value, _ one: Comparison) -> Bool {
    one.past.flatMap { secrets.isReadBack(shown, of: $0, at: one.pastAddress) } ?? false
  }

  /// Whether the account still has what the last apply left there; nil where nothing was applied, or it is unknown.
  private mutating func accountAgrees(_ shown: Value, _ one: Comparison) -> Bool? {
    isReadBack(shown, one) ? true : agreesWithPast(shown, one)
  }

  /// Whether a plain value is what was last applied; nil where nothing was, or it is unknown.
  private mutating func agreesWithPast(_ value: Value, _ one: Comparison) -> Bool? {
    guard let past = one.past else { return nil }
    if one.pastReference != nil {
      guard case .text(let text) = value, let known = past.fingerprint else { return nil }
      return isSame(secrets.compare(Secret(text), of: one.pastAddress, field: one.field.name, with: known))
    }
    return Value(json: past.value).map { $0.agrees(with: value) }
  }

  /// Whether a secret's value is what was last applied; nil where nothing was, or it is unknown.
  private mutating func agreesWithPast(_ value: Secret, _ one: Comparison) -> Bool? {
    if let known = one.past?.fingerprint {
      return isSame(secrets.compare(value, of: one.pastAddress, field: one.field.name, with: known))
    }
    guard case .string(let text)? = one.past?.value else { return nil }
    return secrets.isSame(value, as: text, of: one.address, field: one.field.name)
  }

  private func isSame(_ verdict: SecretFingerprinter.Comparison?) -> Bool? {
    switch verdict {
    case .same: true
    case .changed: false
    case .unknown, nil: nil
    }
  }

  /// The account's value as a reader may see it: one that was applied from a secret stays hidden.
  private func before(_ shown: Value, _ past: State.AppliedField?, _ shape: Shape) -> FieldValue {
    if let reference = past.flatMap({ SecretReference(json: $0.value) }) { return .secret(reference) }
    return .value(index.titled(shown, shape: shape).json)
  }

  private func appliedValue(_ one: Comparison) -> FieldValue? {
    guard let past = one.past else { return nil }
    return one.pastReference.map { .secret($0) } ?? .value(past.value)
  }

  private func place(_ one: Comparison, _ slot: Slot) -> FieldPlace {
    let isMissing = failures[ResolvedSecrets.SecretField(one.address, one.field.name)]?.isMissing ?? true
    return FieldPlace(
      address: one.address, field: one.field.name, place: slot.place, reason: reason(one), isMissing: isMissing)
  }

  private func reason(_ one: Comparison) -> String {
    if let failure = failures[ResolvedSecrets.SecretField(one.address, one.field.name)] { return failure.reason }
    guard case .secret(let reference)? = one.slot?.value else { return "it does not resolve" }
    return "\(reference.label) does not resolve"
  }
}

import Basics
import Documents

/// Reads the channels of one kind into records.
struct ChannelDecoder {
  let kind: Kind
  let decoder: FieldDecoder
  /// The environment that is read, or nil in a project without environments.
  let environment: String?
  var defaults: DefaultSlots
  /// The keys of a channel's mapping, and what each names.
  private let keys: KeyNames
  private let targets: [KeyTarget]
  /// The slot of the field that says where a channel exists, and its key; it is read before all others.
  private let onlyIndex: Int?
  private let onlyKey: KeyNames
  /// Slots without a value, to begin with.
  private let emptySlots: [Slot?]
  /// Which fields are written in the channel that is read right now; kept for its memory alone.
  private var isWritten: [Bool]

  /// What a key of a channel's mapping names.
  private struct KeyTarget {
    var name: String
    /// The field's slot; nil for a group.
    var slot: Int?
    /// The slots of a group's members; one slot for a field of its own.
    var slots: [Int]
    /// The keys of a group's members, in the order of `slots`; nil for a field of its own.
    var members: KeyNames?
  }

  init(kind: Kind, decoder: FieldDecoder, environment: String?, defaults: DefaultSlots) {
    self.kind = kind
    self.decoder = decoder
    self.environment = environment
    self.defaults = defaults
    keys = KeyNames(kind.keys)
    targets = kind.keys.map { key in
      let slots = kind.fields.indices.filter { String(kind.fields[$0].group ?? kind.fields[$0].key) == key }
      let isGroup = kind.fields[slots[0]].group != nil
      return KeyTarget(
        name: key, slot: isGroup ? nil : slots[0], slots: slots,
        members: isGroup ? KeyNames(slots.map { String(kind.fields[$0].key) }) : nil)
    }
    onlyIndex = kind.fields.firstIndex { $0.role == .environments }
    onlyKey = KeyNames(onlyIndex.map { [kind.fields[$0].name] } ?? [])
    emptySlots = [Slot?](repeating: nil, count: kind.fields.count)
    isWritten = [Bool](repeating: false, count: kind.fields.count)
  }

  /// Reads one channel; nil where it does not exist in this environment.
  mutating func decode(address: Address, key: SourcePlace, _ cursor: Cursor, _ findings: inout Findings) -> Record? {
    var slots = emptySlots
    var misspelt: [String] = []
    for index in isWritten.indices { isWritten[index] = false }
    let document = cursor.document
    if let onlyIndex, let only = onlyKey.value(in: cursor.node, of: document) {
      isWritten[onlyIndex] = true
      slots[onlyIndex] = decoder.decode(kind.fields[onlyIndex], Cursor(document, only), &findings)
    } else if let onlyIndex, case .some(let slot) = defaults.takeValue(onlyIndex, for: key) {
      slots[onlyIndex] = slot
    }
    if let onlyIndex, case .names(let names)? = slots[onlyIndex]?.value, let environment, !names.contains(environment) {
      return nil
    }
    for pair in document.pairs(cursor.node) {
      guard let target = keys.index(of: pair.key, in: document) else {
        misspelt += report(unknown: Cursor(document, pair.key), &findings)
        continue
      }
      guard let slot = targets[target].slot else {
        decodeGroup(target, cursor: Cursor(document, pair.value), slots: &slots, findings: &findings)
        continue
      }
      if slot == onlyIndex { continue }
      isWritten[slot] = true
      slots[slot] = decoder.decode(kind.fields[slot], Cursor(document, pair.value), &findings)
    }
    var missing: [String] = []
    for (index, field) in kind.fields.enumerated() where !isWritten[index] && index != onlyIndex {
      switch defaults.takeValue(index, for: key) {
      case .some(let slot): slots[index] = slot
      case .none: if field.isRequired { missing.append(field.name) }
      }
    }
    // A field that is misspelt is there: its finding says which one was meant.
    missing.removeAll(where: misspelt.contains)
    if !missing.isEmpty {
      findings.report(
        .fieldMissing, at: key, "`\(address)` lacks \(Words.list(missing))",
        suggestion: "add " + Words.list(missing.map { name in "\(name): \(example(name))" }))
    }
    return Record(address: address, kind: kind, place: key, slots: slots)
  }

  private func example(_ name: String) -> String { kind.fields.first { $0.name == name }?.example ?? "" }

  private mutating func decodeGroup(
    _ index: Int, cursor: Cursor, slots: inout [Slot?], findings: inout Findings
  ) {
    let target = targets[index]
    guard let keys = target.members else { return }
    var name: String { target.name }
    var members: [String] { target.slots.map { String(kind.fields[$0].key) } }
    guard cursor.isMapping else {
      for slot in target.slots { isWritten[slot] = true }
      decoder.notAGroup(name, members: members, cursor: cursor, findings: &findings)
      return
    }
    let document = cursor.document
    var isEmpty = true
    for pair in document.pairs(cursor.node) {
      isEmpty = false
      guard let member = keys.index(of: pair.key, in: document) else {
        decoder.unknownKey(Cursor(document, pair.key), in: name, known: members, &findings)
        continue
      }
      let slot = target.slots[member]
      isWritten[slot] = true
      slots[slot] = decoder.decode(kind.fields[slot], Cursor(document, pair.value), &findings)
    }
    if isEmpty {
      for slot in target.slots { isWritten[slot] = true }
      decoder.notAGroup(name, members: members, cursor: cursor, findings: &findings)
    }
  }

  /// Reports a key that is no field's, and returns the fields that were probably meant.
  private func report(unknown key: Cursor, _ findings: inout Findings) -> [String] {
    guard decoder.isKeyWithoutVariable(key, &findings) else { return [] }
    if let member = kind.fields.first(where: { $0.group != nil && $0.key == key.text }), let group = member.group {
      findings.report(
        .fieldUnknown, at: key.place, "`\(kind.name)` has no field `\(key.text)`",
        suggestion: "`\(key.text)` belongs under `\(group)`: write `\(group): {\(key.text): \(member.example)}`")
      return []
    }
    decoder.unknownKey(key, in: kind.name, known: kind.keys, &findings)
    return Suggestion.nearest(to: key.text, among: kind.keys)
  }
}

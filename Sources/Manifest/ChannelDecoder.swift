import Documents

/// Reads the channels of one kind into records.
struct ChannelDecoder {
  let kind: Kind
  let decoder: FieldDecoder
  /// The environment that is read, or nil in a project without environments.
  let environment: String?
  var defaults: DefaultSlots
  private let keys: [KeyTarget]
  private let onlyIndex: Int?

  /// What a key of a channel's mapping names.
  private struct KeyTarget {
    var bytes: [UInt8]
    /// The field's slot, or the slots of a group's members.
    var slots: [Int]
    /// The keys of a group's members, in the order of `slots`; empty for a field of its own.
    var members: [[UInt8]]
  }

  init(kind: Kind, decoder: FieldDecoder, environment: String?, defaults: DefaultSlots) {
    self.kind = kind
    self.decoder = decoder
    self.environment = environment
    self.defaults = defaults
    keys = kind.keys.map { key in
      let slots = kind.fields.indices.filter { String(kind.fields[$0].group ?? kind.fields[$0].key) == key }
      let isGroup = kind.fields[slots[0]].group != nil
      return KeyTarget(
        bytes: Array(key.utf8), slots: slots, members: isGroup ? slots.map { Array(kind.fields[$0].key.utf8) } : [])
    }
    onlyIndex = kind.fields.firstIndex { $0.role == .environments }
  }

  /// Reads one channel; nil where it does not exist in this environment.
  mutating func decode(address: Address, key: SourcePlace, _ cursor: Cursor, _ findings: inout Findings) -> Record? {
    var slots = [Slot?](repeating: nil, count: kind.fields.count)
    var isWritten = [Bool](repeating: false, count: kind.fields.count)
    let document = cursor.document
    if let onlyIndex, let only = document.value(of: kind.fields[onlyIndex].name, in: cursor.node) {
      isWritten[onlyIndex] = true
      slots[onlyIndex] = decoder.decode(kind.fields[onlyIndex], Cursor(document, only), &findings)
    } else if let onlyIndex, case .some(let slot) = defaults.take(onlyIndex, for: key) {
      slots[onlyIndex] = slot
    }
    if let onlyIndex, case .names(let names)? = slots[onlyIndex]?.value, let environment, !names.contains(environment) {
      return nil
    }
    for pair in document.pairs(cursor.node) {
      guard let target = keys.first(where: { document.equals(pair.key, $0.bytes) }) else {
        report(unknown: Cursor(document, pair.key), &findings)
        continue
      }
      if !target.members.isEmpty {
        decodeGroup(target, Cursor(document, pair.value), &slots, &isWritten, &findings)
      } else if target.slots[0] != onlyIndex {
        isWritten[target.slots[0]] = true
        slots[target.slots[0]] = decoder.decode(kind.fields[target.slots[0]], Cursor(document, pair.value), &findings)
      }
    }
    var missing: [String] = []
    for (index, field) in kind.fields.enumerated() where !isWritten[index] && index != onlyIndex {
      switch defaults.take(index, for: key) {
      case .some(let slot): slots[index] = slot
      case .none: if field.isRequired { missing.append(field.name) }
      }
    }
    if !missing.isEmpty {
      findings.report(
        .fieldMissing, at: key, "`\(address)` lacks \(Words.list(missing))",
        suggestion: "add " + Words.list(missing.map { name in "\(name): \(example(name))" }))
    }
    return Record(address: address, kind: kind, place: key, slots: slots)
  }

  private func example(_ name: String) -> String { kind.fields.first { $0.name == name }?.example ?? "" }

  private func decodeGroup(
    _ target: KeyTarget, _ cursor: Cursor, _ slots: inout [Slot?], _ isWritten: inout [Bool], _ findings: inout Findings
  ) {
    var name: String { String(decoding: target.bytes, as: UTF8.self) }
    var members: [String] { target.slots.map { String(kind.fields[$0].key) } }
    guard cursor.shape == .mapping else {
      for slot in target.slots { isWritten[slot] = true }
      findings.report(
        cursor.isNull ? .fieldEmpty : .valueType, at: cursor.place,
        cursor.isNull ? "`\(name)` has no value" : "`\(name)` is \(cursor.words), but a mapping is wanted",
        suggestion: "write \(Words.list(members, joinedBy: "or")) under it"
          + (cursor.isNull ? ", or remove the line to leave them as they are in Kit" : ""))
      return
    }
    let document = cursor.document
    for pair in document.pairs(cursor.node) {
      guard let member = target.members.firstIndex(where: { document.equals(pair.key, $0) }) else {
        decoder.unknownKey(Cursor(document, pair.key), in: name, known: members, &findings)
        continue
      }
      let slot = target.slots[member]
      isWritten[slot] = true
      slots[slot] = decoder.decode(kind.fields[slot], Cursor(document, pair.value), &findings)
    }
  }

  private func report(unknown key: Cursor, _ findings: inout Findings) {
    guard decoder.isKeyWithoutVariable(key, &findings) else { return }
    if let member = kind.fields.first(where: { $0.group != nil && $0.key == key.text }), let group = member.group {
      findings.report(
        .fieldUnknown, at: key.place, "`\(kind.name)` has no field `\(key.text)`",
        suggestion: "`\(key.text)` stands under `\(group)`: write `\(group): {\(key.text): \(member.example)}`")
      return
    }
    decoder.unknownKey(key, in: kind.name, known: kind.keys, &findings)
  }
}

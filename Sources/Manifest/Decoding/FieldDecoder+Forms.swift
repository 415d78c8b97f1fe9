import Basics
import Documents

extension FieldDecoder {
  private static let credentialKeys = KeyNames(["id", "name", "value"])

  /// Reads `redirect`: exactly one of the kinds, as a mapping with one key.
  func route(_ field: Field, kinds: [ReferenceKind], cursor: Cursor, findings: inout Findings) -> Value? {
    var names: [String] { kinds.map(\.rawValue) }
    guard cursor.isMapping else {
      findings.report(
        .redirectOne, at: cursor.place, "`\(field.name)` is \(cursor.words), but \(field.shape.words) is wanted",
        suggestion: MeantForm.route(field.name, kinds, cursor)
          ?? "write `\(field.name): {\(names[0]): …}` or \(Words.list(names.dropFirst().map { "{\($0): …}" }, joinedBy: "or"))"
      )
      return nil
    }
    var found: (kind: ReferenceKind, value: Cursor, key: Cursor)?
    var others: [(kind: ReferenceKind, key: Cursor)] = []
    var isWrong = false
    for pair in cursor.document.pairs(cursor.node) {
      let pair = (key: Cursor(cursor.document, pair.key), value: Cursor(cursor.document, pair.value))
      if let kind = kinds.first(where: { pair.key.says($0.rawValue) }) {
        if found == nil { found = (kind, pair.value, pair.key) } else { others.append((kind, pair.key)) }
      } else {
        unknownKey(pair.key, in: field.name, known: names, &findings)
        isWrong = true
      }
    }
    guard let only = found else {
      if !isWrong {
        findings.report(
          .redirectOne, at: cursor.place, "`\(field.name)` names neither a queue nor a function",
          suggestion: "write `{queue: TITLE}` or `{function: ID}`")
      }
      return nil
    }
    if let other = others.first {
      let kinds = [only.kind] + others.map(\.kind)
      findings.report(
        .redirectOne, at: other.key.place, "`\(field.name)` names \(Words.list(kinds.map(\.rawValue)))",
        why: "Kit redirects a channel's messages to one queue or one function", suggestion: "keep one of them",
        notes: [Diagnostic.Note("the other is here", at: only.key.place)])
      return nil
    }
    guard !isWrong else { return nil }
    return reference(only.kind, at: only.value, name: "\(field.name).\(only.kind.rawValue)", &findings).map {
      .route(only.kind, $0)
    }
  }

  /// Reads `apiToken`: `{id: N}` or `{name: T}`, and optionally `value: <secret reference>`.
  func credential(_ field: Field, kind: ReferenceKind, cursor: Cursor, findings: inout Findings) -> Value? {
    guard cursor.isMapping else {
      findings.report(
        .valueType, at: cursor.place, "`\(field.name)` is \(cursor.words), but \(field.shape.words) is wanted",
        suggestion: MeantForm.credential(field.name, cursor)
          ?? "write `\(field.name): {id: 42}` or `{name: TITLE}`, as Kit lists it under Administration > Security > API tokens"
      )
      return nil
    }
    var reference: Reference?
    var secret: SecretReference?
    var isWrong = false
    var named: Cursor?
    for pair in cursor.document.pairs(cursor.node) {
      let pair = (key: Cursor(cursor.document, pair.key), value: Cursor(cursor.document, pair.value))
      let index = FieldDecoder.credentialKeys.index(of: pair.key.node, in: cursor.document)
      switch index {
      case 0, 1:
        if let named {
          findings.report(
            .valueChoice, at: pair.key.place, "`\(field.name)` has both `id` and `name`",
            suggestion: "keep one of them",
            notes: [Diagnostic.Note("the other is here", at: named.place)])
          isWrong = true
          continue
        }
        named = pair.key
        reference = credentialReference(
          kind, byID: index == 0, value: pair.value, name: field.name, findings: &findings)
        isWrong = isWrong || reference == nil
      case 2:
        secret = secretReference(pair.value, for: "\(field.name).value", &findings)
        isWrong = isWrong || secret == nil
        if secret == .keep {
          findings.report(
            .secretForm, at: pair.value.place, "`keep` has no effect here",
            why: "Kitform never sends `\(field.name).value`",
            suggestion: "name where the value is: `{env: NAME}` or `{file: path}`")
          isWrong = true
        }
      default:
        unknownKey(
          pair.key, in: field.name, known: ["id", "name", "value"],
          suggestion: MeantForm.credential(field.name, cursor), &findings)
        isWrong = true
      }
    }
    if named == nil, !isWrong {
      findings.report(
        .fieldMissing, at: cursor.place, "`\(field.name)` names no \(kind.words)",
        suggestion: "write `{id: 42}` or `{name: TITLE}`")
      return nil
    }
    guard !isWrong, let reference else { return nil }
    return .credential(reference, value: secret)
  }

  private func credentialReference(
    _ kind: ReferenceKind, byID: Bool, value: Cursor, name: String, findings: inout Findings
  ) -> Reference? {
    guard let reference = reference(kind, at: value, name: "\(name).\(byID ? "id" : "name")", &findings) else {
      return nil
    }
    if byID, reference.id == nil {
      findings.report(
        .valueType, at: value.place, "`\(name).id` is not a number", why: "a quoted value is always a string",
        suggestion: "write the id as a plain number, or use `name` for a title")
      return nil
    }
    if !byID, let id = reference.id { return Reference(title: String(id), place: reference.place) }
    return reference
  }

  /// Reads `skills`: a mapping from titles or ids to levels; `{}` clears.
  func levels(
    _ field: Field, kind: ReferenceKind, range: ClosedRange<Int>, cursor: Cursor, findings: inout Findings
  ) -> Value? {
    guard cursor.isMapping else {
      findings.report(
        .valueType, at: cursor.place, "`\(field.name)` is \(cursor.words), but \(field.shape.words) is wanted",
        suggestion: MeantForm.levels(field.name, range.upperBound, cursor)
          ?? "for example `\(field.name): \(field.example)`; `\(field.name): {}` clears it")
      return nil
    }
    let document = cursor.document
    var levels: [Value.Level] = []
    levels.reserveCapacity(min(document.count(cursor.node), 8))
    // Of few objects each is compared with every other, which is faster than hashing.
    let few = 8
    var others: [Reference.Name: SourcePlace] = [:]
    var isWrong = false
    for pair in document.pairs(cursor.node) {
      let pair = (key: Cursor(document, pair.key), value: Cursor(document, pair.value))
      guard isKeyWithoutVariable(pair.key, &findings),
        let reference = self.reference(kind, ExpandedScalar(literal: pair.key), &findings)
      else {
        isWrong = true
        continue
      }
      var first: SourcePlace?
      for index in levels.indices.prefix(few) where levels[index].reference.hasName(of: reference) {
        first = levels[index].reference.place
      }
      if let first = first ?? (others.isEmpty ? nil : others[reference.name]) {
        findings.report(
          .skillRepeated, at: pair.key.place, "the \(kind.words) `\(reference.shortLabel)` is named twice",
          suggestion: "keep one level for it", notes: [Diagnostic.Note("the first is here", at: first)])
        isWrong = true
        continue
      }
      let level = level(reference, kind: kind, range: range, cursor: pair.value, findings: &findings)
      if let level { levels.append(Value.Level(reference, level: level)) } else { isWrong = true }
      if level == nil || levels.count > few { others[reference.name] = pair.key.place }
    }
    guard !isWrong else { return nil }
    return levels.isEmpty ? .cleared : .levels(levels)
  }

  private func level(
    _ reference: Reference, kind: ReferenceKind, range: ClosedRange<Int>, cursor: Cursor,
    findings: inout Findings
  ) -> Int? {
    var suggestion: String { "write a whole number from \(range.lowerBound) to \(range.upperBound)" }
    var subject: String { "the level of the \(kind.words) `\(reference.shortLabel)`" }
    guard cursor.isScalar, !cursor.isNull else {
      findings.report(
        cursor.isNull ? .fieldEmpty : .valueType, at: cursor.place,
        cursor.isNull ? "\(subject) is missing" : "\(subject) is \(cursor.words), but a whole number is wanted",
        suggestion: suggestion)
      return nil
    }
    guard let scalar = variables.scalar(cursor, &findings) else { return nil }
    guard scalar.isPlain, let level = Int(scalar.text),
      Scalars.isDecimalInteger(scalar.bytes) || level < 0
    else {
      findings.report(
        .valueType, at: cursor.place, "\(subject) is not a whole number",
        why: scalar.isPlain ? nil : "a quoted value is always a string", suggestion: suggestion, notes: scalar.notes)
      return nil
    }
    if !range.contains(level) {
      findings.report(
        .skillLevel, at: cursor.place, "\(subject) is \(level)",
        why: "a level is \(range.lowerBound) to \(range.upperBound)", suggestion: suggestion, notes: scalar.notes)
    }
    return level
  }

  private func reference(
    _ kind: ReferenceKind, at cursor: Cursor, name: @autoclosure () -> String, _ findings: inout Findings
  ) -> Reference? {
    guard cursor.isScalar else {
      findings.report(
        .valueType, at: cursor.place,
        "`\(name())` is \(cursor.words), but the title or id of \(kind.oneOfThem) is wanted",
        suggestion: "write one title or one id")
      return nil
    }
    guard !cursor.isNull else {
      findings.report(
        .fieldEmpty, at: cursor.place, "`\(name())` has no value",
        suggestion: "write the title or id of \(kind.oneOfThem)")
      return nil
    }
    guard let scalar = variables.scalar(cursor, &findings) else { return nil }
    return reference(kind, scalar, &findings)
  }

  /// Reports a value that should be a group of fields: another type, or nothing.
  func notAGroup(_ name: String, members: [String], cursor: Cursor, findings: inout Findings) {
    let isEmpty = cursor.isNull || cursor.shape == .mapping
    let seconds = isEmpty || !cursor.isScalar ? nil : TimeSpan.meant(cursor.text)
    findings.report(
      isEmpty ? .fieldEmpty : .valueType, at: cursor.place,
      isEmpty ? "`\(name)` has no value" : "`\(name)` is \(cursor.words), but a mapping is wanted",
      suggestion: seconds.map { time in
        "write " + members.map { "`\(name): {\($0): \(TimeSpan.text(time))}`" }.joined(separator: " or ")
      } ?? "write \(Words.list(members, joinedBy: "or")) under it"
        + (isEmpty ? ", or remove the line to leave them as they are in Kit" : ""))
  }

  /// Reports a variable in a key.
  func isKeyWithoutVariable(_ key: Cursor, _ findings: inout Findings) -> Bool {
    guard key.document.mayHoldDollar, key.text.contains("${") else { return true }
    findings.report(
      .variablePlace, at: key.place, "a key does not take variables",
      why: "keys are names that reviewers and other files refer to", suggestion: "write the key out")
    return false
  }

  /// Reports a key that does not exist, with the nearest that does.
  ///
  /// - Parameter suggestion: what to write, where there is a better suggestion than the nearest key.
  func unknownKey(
    _ key: Cursor, in owner: String, known: [String], suggestion: String? = nil, _ findings: inout Findings
  ) {
    findings.report(
      .fieldUnknown, at: key.place, "`\(owner)` has no field `\(key.text)`",
      suggestion: suggestion ?? Words.didYouMean(key.text, among: known) ?? "its fields are \(Words.list(known))")
  }
}

extension Reference {
  /// What a reference says, for look-ups: an id, or else a title; titles are equal after NFC, as texts in Swift are.
  struct Name: Hashable {
    var id: Int?
    var title: String?
  }

  /// What this reference says.
  var name: Name { Name(id: id, title: id == nil ? title : nil) }

  /// Whether two references say the same.
  func hasName(of other: Reference) -> Bool { id == other.id && (id != nil || title == other.title) }
}

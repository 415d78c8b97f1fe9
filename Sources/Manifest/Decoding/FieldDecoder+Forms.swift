import Basics
import Documents
import YAML

extension FieldDecoder {
  private static let secretForms = KeyNames(["env", "keep", "file"])
  private static let credentialKeys = KeyNames(["id", "name", "value"])

  /// Reads `{env: NAME}`, `{file: path}`, `{file: {env: NAME}}` or `{keep: true}`.
  package func secretReference(_ cursor: Cursor, for name: String, _ findings: inout Findings) -> SecretReference? {
    let suggestion = "write `{env: NAME}` and put the value into that variable, or `{file: path}`"
    guard cursor.shape != .sequence else {
      findings.report(
        .secretForm, at: cursor.place, "`\(name)` is a list, but a secret reference is wanted", suggestion: suggestion)
      return nil
    }
    guard !cursor.isNull else {
      findings.report(.fieldEmpty, at: cursor.place, "`\(name)` has no value", suggestion: suggestion)
      return nil
    }
    guard cursor.isMapping else {
      findings.report(
        .secretLiteral, at: cursor.place, "`\(name)` is written as a literal",
        why: "whoever reads the repository would read the secret",
        suggestion: MeantForm.secret(name, cursor) ?? suggestion)
      return nil
    }
    guard let pair = cursor.onlyPair,
      let form = FieldDecoder.secretForms.index(of: pair.key.node, in: pair.key.document)
    else {
      findings.report(
        .secretForm, at: cursor.place, "`\(name)` is not a secret reference",
        why: "a reference has exactly one of the keys `env`, `file` and `keep`",
        suggestion: cursor.onlyPair.flatMap { Words.didYouMean($0.key.text, among: ["env", "file", "keep"]) }
          ?? suggestion)
      return nil
    }
    switch form {
    case 0: return variableName(pair.value, for: name, &findings).map { .environment($0) }
    case 1:
      guard pair.value.isPlain, pair.value.text == "true" else {
        findings.report(
          .secretForm, at: pair.value.place, "`keep` is `true`, or not there",
          suggestion: "write `{keep: true}` to leave Kit's value as it is")
        return nil
      }
      return .keep
    default:
      if let inner = pair.value.onlyPair, inner.key.text == "env" {
        return variableName(inner.value, for: name, &findings).map { .fileNamedBy($0) }
      }
      guard pair.value.isScalar, !pair.value.isNull, !pair.value.text.isEmpty,
        isWithoutVariable(pair.value, &findings)
      else {
        if pair.value.shape != .scalar || pair.value.isNull || pair.value.text.isEmpty {
          findings.report(
            .secretForm, at: pair.value.place, "`file` names no file",
            suggestion: "write `{file: path}`, or `{file: {env: NAME}}` where a variable holds the path")
        }
        return nil
      }
      return .file(pair.value.text)
    }
  }

  private func variableName(_ cursor: Cursor, for name: String, _ findings: inout Findings) -> String? {
    guard cursor.isScalar, !cursor.isNull else {
      findings.report(
        .secretForm, at: cursor.place, "`env` names no environment variable", suggestion: "write `{env: NAME}`")
      return nil
    }
    guard isWithoutVariable(cursor, &findings) else { return nil }
    guard SecretReference.isVariableName(cursor.document.bytes(cursor.node)) else {
      findings.report(
        .secretForm, at: cursor.place, "`env` of `\(name)` is not the name of an environment variable",
        why: "a name has letters, digits and underscores, and begins with no digit",
        suggestion: ExpandedScalar(literal: cursor).blockHelp ?? MeantForm.variable(cursor.text).map {
          "write `{env: \($0)}`"
        }
          ?? "write the variable's name, not its value")
      return nil
    }
    return cursor.text
  }

  private func isWithoutVariable(_ cursor: Cursor, _ findings: inout Findings) -> Bool {
    guard cursor.document.mayHoldDollar, cursor.text.contains("${") else { return true }
    findings.report(
      .variablePlace, at: cursor.place, "a secret reference does not take variables",
      why: "a reviewer must see which secret a channel uses",
      suggestion: MeantForm.variable(cursor.text).map { "write the name alone: `{env: \($0)}`" } ?? "write the name out"
    )
    return false
  }

  /// Reads `redirect`: exactly one of the kinds, as a mapping with one key.
  func route(_ field: Field, _ kinds: [ReferenceKind], _ cursor: Cursor, _ findings: inout Findings) -> Value? {
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
        notes: [Diagnostic.Note("the other stands here", at: only.key.place)])
      return nil
    }
    guard !isWrong else { return nil }
    return reference(only.kind, at: only.value, name: "\(field.name).\(only.kind.rawValue)", &findings).map {
      .route(only.kind, $0)
    }
  }

  /// Reads `apiToken`: `{id: N}` or `{name: T}`, and optionally `value: <secret reference>`.
  func credential(_ field: Field, _ kind: ReferenceKind, _ cursor: Cursor, _ findings: inout Findings) -> Value? {
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
            notes: [Diagnostic.Note("the other stands here", at: named.place)])
          isWrong = true
          continue
        }
        named = pair.key
        reference = credentialReference(kind, byID: index == 0, pair.value, field.name, &findings)
        isWrong = isWrong || reference == nil
      case 2:
        secret = secretReference(pair.value, for: "\(field.name).value", &findings)
        isWrong = isWrong || secret == nil
        if secret == .keep {
          findings.report(
            .secretForm, at: pair.value.place, "`keep` says nothing here",
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
    _ kind: ReferenceKind, byID: Bool, _ value: Cursor, _ name: String, _ findings: inout Findings
  ) -> Reference? {
    guard let reference = reference(kind, at: value, name: "\(name).\(byID ? "id" : "name")", &findings) else {
      return nil
    }
    if byID, reference.id == nil {
      findings.report(
        .valueType, at: value.place, "`\(name).id` is not a number", why: "a quoted value is always a text",
        suggestion: "write the id as a plain number, or use `name` for a title")
      return nil
    }
    if !byID, let id = reference.id { return Reference(title: String(id), place: reference.place) }
    return reference
  }

  /// Reads `skills`: a mapping from titles or ids to levels; `{}` clears.
  func levels(
    _ field: Field, _ kind: ReferenceKind, _ range: ClosedRange<Int>, _ cursor: Cursor, _ findings: inout Findings
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
          suggestion: "keep one level for it", notes: [Diagnostic.Note("the first stands here", at: first)])
        isWrong = true
        continue
      }
      let level = level(reference, kind, range, pair.value, &findings)
      if let level { levels.append(Value.Level(reference, level: level)) } else { isWrong = true }
      if level == nil || levels.count > few { others[reference.name] = pair.key.place }
    }
    guard !isWrong else { return nil }
    return levels.isEmpty ? .cleared : .levels(levels)
  }

  private func level(
    _ reference: Reference, _ kind: ReferenceKind, _ range: ClosedRange<Int>, _ cursor: Cursor,
    _ findings: inout Findings
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
        why: scalar.isPlain ? nil : "a quoted value is always a text", suggestion: suggestion, notes: scalar.notes)
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

  /// Reports what stands where a group of fields should be: another type, or nothing.
  func notAGroup(_ name: String, _ members: [String], _ cursor: Cursor, _ findings: inout Findings) {
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
  /// - Parameter suggestion: what to write, where that is known better than the nearest key tells.
  func unknownKey(
    _ key: Cursor, in owner: String, known: [String], suggestion: String? = nil, _ findings: inout Findings
  ) {
    findings.report(
      .fieldUnknown, at: key.place, "`\(owner)` has no field `\(key.text)`",
      suggestion: suggestion ?? Words.didYouMean(key.text, among: known) ?? "its fields are \(Words.list(known))")
  }

  /// Checks a callback URL; nil when it cannot be used.
  func callbackURL(_ scalar: ExpandedScalar, _ findings: inout Findings) -> String? {
    let example = "for example `https://bots.example.com/kit`"
    let text = scalar.text
    guard let url = try? URLParts(text) else {
      findings.report(
        .callbackForm, at: scalar.place, "`callbackURL` is not an absolute https URL",
        suggestion: scalar.blockHelp ?? MeantForm.callbackURL(text) ?? example, notes: scalar.notes)
      return nil
    }
    if url.userInfo != nil || url.fragment != nil {
      findings.report(
        .callbackForm, at: scalar.place, "`callbackURL` has \(url.userInfo != nil ? "user info" : "a fragment")",
        why: "Kit calls the address as it stands; a password in it would be shown to everyone",
        suggestion:
          "remove it; a secret path is a better key: `callbackURL: {env: NAME}` keeps it out of the repository",
        notes: scalar.notes)
      return nil
    }
    let host = url.hostClass
    if url.scheme == "http", host != .loopback {
      findings.report(
        .callbackHTTPS, at: scalar.place, "`callbackURL` is plain http",
        why: "the signature does not cover the body; only https keeps it from being changed on the way",
        suggestion: "write `https://`", notes: scalar.notes)
    } else if host != .name, host != .publicAddress, !allowsPrivateAddresses {
      findings.report(
        .callbackAddress, at: scalar.place, "`callbackURL` names \(host.words)",
        why: "Kit calls it from the internet", suggestion: "write a public host name", notes: scalar.notes)
    }
    return text
  }
}

extension SecretReference {
  /// Tells whether a text can be an environment variable's name.
  package static func isVariableName(_ text: String) -> Bool { isVariableName(ArraySlice(text.utf8)) }

  /// Tells the same of a text's bytes.
  static func isVariableName(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let first = bytes.first, !(48...57).contains(first), bytes.count <= 255 else { return false }
    return bytes.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == UInt8(ascii: "_")
    }
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

  /// Tells whether two references say the same.
  func hasName(of other: Reference) -> Bool { id == other.id && (id != nil || title == other.title) }
}

extension HostClass {
  /// What a host is, in words for a message.
  fileprivate var words: String {
    switch self {
    case .name, .publicAddress: "a public host"
    case .loopback: "this machine itself"
    case .privateAddress: "a private address"
    case .linkLocal: "a link-local address"
    case .metadata: "a cloud's metadata service"
    case .unspecified: "the unspecified address"
    case .reserved: "a reserved address"
    case .digits: "a host of digits that is not four dotted decimals"
    case .malformed: "something that is not a host"
    }
  }
}

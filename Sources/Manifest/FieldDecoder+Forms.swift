import Documents

extension FieldDecoder {
  /// Reads `{env: NAME}`, `{file: path}`, `{file: {env: NAME}}` or `{keep: true}`.
  package func secretReference(_ cursor: Cursor, for name: String, _ findings: inout Findings) -> SecretReference? {
    let suggestion = "write `{env: NAME}` and put the value into that variable, or `{file: path}`"
    guard cursor.shape == .mapping else {
      findings.report(
        .secretLiteral, at: cursor.place, "`\(name)` is written as a literal",
        why: "whoever reads the repository would read the secret", suggestion: suggestion)
      return nil
    }
    let pairs = cursor.pairs
    guard pairs.count == 1, let pair = pairs.first, ["env", "file", "keep"].contains(pair.key.text) else {
      findings.report(
        .secretForm, at: cursor.place, "`\(name)` is not a secret reference",
        why: "a reference has exactly one of the keys `env`, `file` and `keep`", suggestion: suggestion)
      return nil
    }
    switch pair.key.text {
    case "env": return variableName(pair.value, for: name, &findings).map { .environment($0) }
    case "keep":
      guard pair.value.isPlain, pair.value.text == "true" else {
        findings.report(
          .secretForm, at: pair.value.place, "`keep` is `true`, or not there",
          suggestion: "write `{keep: true}` to leave Kit's value as it is")
        return nil
      }
      return .keep
    default:
      if pair.value.shape == .mapping, pair.value.pairs.count == 1, let inner = pair.value.pair(of: "env") {
        return variableName(inner.value, for: name, &findings).map { .fileNamedBy($0) }
      }
      guard pair.value.shape == .scalar, !pair.value.isNull, !pair.value.text.isEmpty,
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
    guard cursor.shape == .scalar, !cursor.isNull else {
      findings.report(
        .secretForm, at: cursor.place, "`env` names no environment variable", suggestion: "write `{env: NAME}`")
      return nil
    }
    guard isWithoutVariable(cursor, &findings) else { return nil }
    guard SecretReference.isVariableName(cursor.text) else {
      findings.report(
        .secretForm, at: cursor.place, "`env` of `\(name)` is not the name of an environment variable",
        why: "a name has letters, digits and underscores, and begins with no digit",
        suggestion: "write the variable's name, not its value")
      return nil
    }
    return cursor.text
  }

  private func isWithoutVariable(_ cursor: Cursor, _ findings: inout Findings) -> Bool {
    guard cursor.text.utf8.contains(UInt8(ascii: "$")), cursor.text.contains("${") else { return true }
    findings.report(
      .variablePlace, at: cursor.place, "a secret reference does not take variables",
      why: "a reviewer must see which secret a channel uses", suggestion: "write the name out")
    return false
  }

  /// Reads `redirect`: exactly one of the kinds, as a mapping with one key.
  func route(_ field: Field, _ kinds: [ReferenceKind], _ cursor: Cursor, _ findings: inout Findings) -> Value? {
    let names = kinds.map(\.rawValue)
    guard cursor.shape == .mapping else {
      findings.report(
        .redirectOne, at: cursor.place, "`\(field.name)` is \(cursor.words), but \(field.shape.words) is wanted",
        suggestion:
          "write `\(field.name): {\(names[0]): …}` or \(Words.list(names.dropFirst().map { "{\($0): …}" }, joinedBy: "or"))"
      )
      return nil
    }
    var found: [(kind: ReferenceKind, value: Cursor, key: Cursor)] = []
    var isWrong = false
    for pair in cursor.pairs {
      if let kind = kinds.first(where: { $0.rawValue == pair.key.text }) {
        found.append((kind, pair.value, pair.key))
      } else {
        unknownKey(pair.key, in: field.name, known: names, &findings)
        isWrong = true
      }
    }
    guard found.count == 1, let only = found.first else {
      if found.count > 1 {
        findings.report(
          .redirectOne, at: found[1].key.place, "`\(field.name)` names \(Words.list(found.map(\.kind.rawValue)))",
          why: "Kit redirects a channel's messages to one queue or one function", suggestion: "keep one of them",
          notes: [Diagnostic.Note("the other stands here", at: found[0].key.place)])
      } else if !isWrong {
        findings.report(
          .redirectOne, at: cursor.place, "`\(field.name)` names neither a queue nor a function",
          suggestion: "write `{queue: TITLE}` or `{function: ID}`")
      }
      return nil
    }
    guard !isWrong else { return nil }
    return reference(only.kind, at: only.value, name: "\(field.name).\(only.kind.rawValue)", &findings).map {
      .route(only.kind, $0)
    }
  }

  /// Reads `apiToken`: `{id: N}` or `{name: T}`, and optionally `value: <secret reference>`.
  func credential(_ field: Field, _ kind: ReferenceKind, _ cursor: Cursor, _ findings: inout Findings) -> Value? {
    guard cursor.shape == .mapping else {
      findings.report(
        .valueType, at: cursor.place, "`\(field.name)` is \(cursor.words), but \(field.shape.words) is wanted",
        suggestion:
          "write `\(field.name): {id: 42}` or `{name: TITLE}`, as Kit lists it under Administration > Security > API tokens"
      )
      return nil
    }
    var reference: Reference?
    var secret: SecretReference?
    var isWrong = false
    var named: Cursor?
    for pair in cursor.pairs {
      switch pair.key.text {
      case "id", "name":
        if let named {
          findings.report(
            .valueChoice, at: pair.key.place, "`\(field.name)` has both `id` and `name`",
            suggestion: "keep one of them",
            notes: [Diagnostic.Note("the other stands here", at: named.place)])
          isWrong = true
          continue
        }
        named = pair.key
        reference = credentialReference(kind, pair.key.text, pair.value, field.name, &findings)
        isWrong = isWrong || reference == nil
      case "value":
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
        unknownKey(pair.key, in: field.name, known: ["id", "name", "value"], &findings)
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
    _ kind: ReferenceKind, _ key: String, _ value: Cursor, _ name: String, _ findings: inout Findings
  ) -> Reference? {
    guard let reference = reference(kind, at: value, name: "\(name).\(key)", &findings) else { return nil }
    if key == "id", reference.id == nil {
      findings.report(
        .valueType, at: value.place, "`\(name).id` is not a number", why: "a quoted value is always a text",
        suggestion: "write the id as a plain number, or use `name` for a title")
      return nil
    }
    if key == "name", let id = reference.id { return Reference(title: String(id), place: reference.place) }
    return reference
  }

  /// Reads `skills`: a mapping from titles or ids to levels; `{}` clears.
  func levels(
    _ field: Field, _ kind: ReferenceKind, _ range: ClosedRange<Int>, _ cursor: Cursor, _ findings: inout Findings
  ) -> Value? {
    guard cursor.shape == .mapping else {
      findings.report(
        .valueType, at: cursor.place, "`\(field.name)` is \(cursor.words), but \(field.shape.words) is wanted",
        suggestion: "for example `\(field.name): \(field.example)`; `\(field.name): {}` clears it")
      return nil
    }
    var levels: [Value.Level] = []
    var seen: [Reference.Name: SourcePlace] = [:]
    var isWrong = false
    for pair in cursor.pairs {
      guard isKeyWithoutVariable(pair.key, &findings),
        let reference = self.reference(
          kind,
          ScalarText(
            text: pair.key.text, isPlain: pair.key.isPlain, place: pair.key.place, origin: .written, notes: []),
          &findings)
      else {
        isWrong = true
        continue
      }
      if let first = seen[reference.name] {
        findings.report(
          .skillRepeated, at: pair.key.place, "the \(kind.words) `\(reference.label)` is named twice",
          suggestion: "keep one level for it", notes: [Diagnostic.Note("the first stands here", at: first)])
        isWrong = true
        continue
      }
      seen[reference.name] = pair.key.place
      guard let level = level(reference, kind, range, pair.value, &findings) else {
        isWrong = true
        continue
      }
      levels.append(Value.Level(reference, level: level))
    }
    guard !isWrong else { return nil }
    return levels.isEmpty ? .cleared : .levels(levels)
  }

  private func level(
    _ reference: Reference, _ kind: ReferenceKind, _ range: ClosedRange<Int>, _ cursor: Cursor,
    _ findings: inout Findings
  ) -> Int? {
    var suggestion: String { "write a whole number from \(range.lowerBound) to \(range.upperBound)" }
    var wrong: String { "the level of the \(kind.words) `\(reference.label)` is not a whole number" }
    guard cursor.shape == .scalar, !cursor.isNull else {
      findings.report(.skillLevel, at: cursor.place, wrong, suggestion: suggestion)
      return nil
    }
    guard let scalar = variables.scalar(cursor, &findings) else { return nil }
    guard scalar.isPlain, let level = Int(scalar.text),
      Scalars.isDecimalInteger(scalar.text) || scalar.text == "0" || level < 0
    else {
      findings.report(
        .skillLevel, at: cursor.place, wrong, why: scalar.isPlain ? nil : "a quoted value is always a text",
        suggestion: suggestion,
        notes: scalar.notes)
      return nil
    }
    guard range.contains(level) else {
      findings.report(
        .skillLevel, at: cursor.place, "the level of the \(kind.words) `\(reference.label)` is \(level)",
        why: "a level is \(range.lowerBound) to \(range.upperBound)", suggestion: suggestion, notes: scalar.notes)
      return nil
    }
    return level
  }

  private func reference(_ kind: ReferenceKind, at cursor: Cursor, name: String, _ findings: inout Findings)
    -> Reference?
  {
    guard cursor.shape == .scalar else {
      findings.report(
        .valueType, at: cursor.place, "`\(name)` is \(cursor.words), but the title or id of a \(kind.words) is wanted",
        suggestion: "write one title or one id")
      return nil
    }
    guard !cursor.isNull else {
      findings.report(
        .fieldEmpty, at: cursor.place, "`\(name)` has no value", suggestion: "write the title or id of a \(kind.words)")
      return nil
    }
    guard let scalar = variables.scalar(cursor, &findings) else { return nil }
    return reference(kind, scalar, &findings)
  }

  /// Reports a variable in a key.
  func isKeyWithoutVariable(_ key: Cursor, _ findings: inout Findings) -> Bool {
    guard key.text.utf8.contains(UInt8(ascii: "$")), key.text.contains("${") else { return true }
    findings.report(
      .variablePlace, at: key.place, "a key does not take variables",
      why: "keys are names that reviewers and other files refer to", suggestion: "write the key out")
    return false
  }

  /// Reports a key that does not exist, with the nearest that does.
  func unknownKey(_ key: Cursor, in owner: String, known: [String], _ findings: inout Findings) {
    findings.report(
      .fieldUnknown, at: key.place, "`\(owner)` has no field `\(key.text)`",
      suggestion: Words.didYouMean(key.text, among: known) ?? "its fields are \(Words.list(known))")
  }

  /// Checks a callback URL; nil when it cannot be used.
  func callbackURL(_ scalar: ScalarText, _ findings: inout Findings) -> String? {
    let example = "for example `https://bots.example.com/kit`"
    guard let url = try? URLParts(scalar.text), ["http", "https"].contains(url.scheme) else {
      findings.report(
        .callbackForm, at: scalar.place, "`callbackURL` is not an absolute https URL", suggestion: example,
        notes: scalar.notes)
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
    let host = HostClass(url.host)
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
    return scalar.text
  }
}

extension SecretReference {
  /// Tells whether a text can be an environment variable's name.
  package static func isVariableName(_ text: String) -> Bool {
    guard let first = text.utf8.first, !(48...57).contains(first), text.utf8.count <= 255 else { return false }
    return text.utf8.allSatisfy {
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

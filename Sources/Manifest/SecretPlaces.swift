package import Documents

/// Finds the scalars that stand where a secret belongs, so that no excerpt shows them.
///
/// It goes by keys alone, near misses included, because the findings that quote a line are often those about a key that
/// is wrong: a literal behind `acessToken` is a secret all the same.
package struct SecretPlaces: Sendable {
  private let names: [String]
  /// Fields that name an API token: a text that stands there bare, or as its id, may be the token itself.
  private let credentials: [String]

  /// Takes the names of secret fields from `kinds`, and those of the project's own sections.
  package init(kinds: [Kind]) {
    var names: Set<String> = ["token", "password", "value", "key"]
    for kind in kinds {
      for field in kind.fields where field.isSecret { names.insert(field.name) }
    }
    self.names = names.sorted()
    credentials = Set(kinds.flatMap(\.fields).filter(\.namesCredential).map(\.name)).sorted()
  }

  /// What the value behind a key is taken for.
  private enum Verdict {
    case secret, credential, host, ordinary
  }

  /// The places in one document.
  package func find(in document: Document) -> [SourcePlace] {
    var places: [SourcePlace] = []
    var verdicts: [String: Verdict] = [:]
    for root in document.roots { visit(Cursor(document, root), &places, &verdicts) }
    return places
  }

  /// Walks without recursion; what a secret's key holds is masked whole but for the names that references have.
  ///
  /// `verdicts` remembers what each key is taken for: most keys of a file stand in it many times.
  private func visit(_ root: Cursor, _ places: inout [SourcePlace], _ verdicts: inout [String: Verdict]) {
    var pending = [root]
    while let cursor = pending.popLast() {
      guard !cursor.isAlias else { continue }
      switch cursor.document.nodes[cursor.node].shape {
      case .mapping:
        for pair in ownPairs(cursor) {
          let key = pair.key.text
          let verdict = verdicts[key] ?? verdict(key)
          verdicts[key] = verdict
          switch verdict {
          case .secret: mask(pair.value, &places)
          case .credential:
            if let text = bareCredential(pair.value) { places.append(text) }
            pending.append(pair.value)
          case .host:
            // Without a scheme nothing else tells that what stands before the `@` is user info.
            if pair.value.shape == .scalar, pair.value.text.contains("@") { places.append(pair.value.place) }
          case .ordinary: pending.append(pair.value)
          }
        }
      case .sequence: pending += cursor.items
      case .scalar, .alias: break
      }
    }
  }

  /// The pairs that stand in a mapping itself; merged ones are walked where they stand.
  private func ownPairs(_ cursor: Cursor) -> [(key: Cursor, value: Cursor)] {
    let nodes = cursor.document.nodes
    var pairs: [(key: Cursor, value: Cursor)] = []
    var index = cursor.node + 1
    while index < Int(nodes[cursor.node].next) {
      let value = Int(nodes[index].next)
      pairs.append((Cursor(cursor.document, index), Cursor(cursor.document, value)))
      index = Int(nodes[value].next)
    }
    return pairs
  }

  /// The text that stands where a mapping, or a number as its `id`, belongs.
  private func bareCredential(_ value: Cursor) -> SourcePlace? {
    guard !value.isAlias else { return nil }
    switch value.shape {
    case .scalar: return value.place
    case .mapping:
      guard let id = ownPairs(value).first(where: { $0.key.text == "id" })?.value, id.shape == .scalar, !id.isAlias,
        !(id.isPlain && Scalars.isDecimalInteger(id.text))
      else { return nil }
      return id.place
    case .sequence, .alias: return nil
    }
  }

  private func verdict(_ key: String) -> Verdict {
    if isAny(of: names, key) { return .secret }
    if isAny(of: credentials, key) { return .credential }
    return isAny(of: ["apiHost", "messagingHost"], key) ? .host : .ordinary
  }

  /// Whether a key is one of `names`, or nearly.
  private func isAny(of names: [String], _ key: String) -> Bool {
    names.contains { name in
      key.lowercased() == name.lowercased()
        || name.utf8.count > 5 && !Suggestion.nearest(to: key, among: [name], limit: 1).isEmpty
    }
  }

  private func mask(_ value: Cursor, _ places: inout [SourcePlace]) {
    var pending = [(cursor: value, isName: false)]
    while let (cursor, isName) = pending.popLast() {
      guard !cursor.isAlias else { continue }
      switch cursor.document.nodes[cursor.node].shape {
      case .scalar:
        if !(isName && SecretPlaces.isReferenceName(cursor.text)) { places.append(cursor.place) }
      case .sequence: pending += cursor.items.map { ($0, false) }
      case .mapping:
        for pair in ownPairs(cursor) { pending.append((pair.value, ["env", "file", "keep"].contains(pair.key.text))) }
      case .alias: break
      }
    }
  }

  /// What a reference names and may be shown: a variable in the usual upper case, a path, `true`.
  private static func isReferenceName(_ text: String) -> Bool {
    if text == "true" || text.contains("/") && !text.contains(":") { return true }
    return SecretReference.isVariableName(text) && text == text.uppercased()
  }
}

package import Documents

/// Finds the scalars that stand where a secret belongs, so that no excerpt shows them.
///
/// It goes by keys alone, near misses included, because the findings that quote a line are often those about a key that
/// is wrong: a literal behind `acessToken` is a secret all the same.
package struct SecretPlaces: Sendable {
  private let names: [String]

  /// Takes the names of secret fields from `kinds`, and those of the project's own sections.
  package init(kinds: [Kind]) {
    var names: Set<String> = ["token", "password", "value", "key"]
    for kind in kinds {
      for field in kind.fields where field.isSecret { names.insert(field.name) }
    }
    self.names = names.sorted()
  }

  /// The places in one document.
  package func find(in document: Document) -> [SourcePlace] {
    var places: [SourcePlace] = []
    var verdicts: [String: Bool] = [:]
    for root in document.roots { visit(Cursor(document, root), &places, &verdicts) }
    return places
  }

  /// Walks without recursion; what a secret's key holds is masked whole but for the names that references have.
  ///
  /// `verdicts` remembers what each key is taken for: most keys of a file stand in it many times.
  private func visit(_ root: Cursor, _ places: inout [SourcePlace], _ verdicts: inout [String: Bool]) {
    var pending = [root]
    while let cursor = pending.popLast() {
      guard !cursor.isAlias else { continue }
      switch cursor.document.nodes[cursor.node].shape {
      case .mapping:
        for pair in ownPairs(cursor) {
          let key = pair.key.text
          let isSecret = verdicts[key] ?? isSecret(key)
          verdicts[key] = isSecret
          if isSecret { mask(pair.value, &places) } else { pending.append(pair.value) }
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

  private func isSecret(_ key: String) -> Bool {
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

package import Documents

/// One node together with its document; values may come from any file of a project.
package struct Cursor: Sendable {
  package let document: Document
  package let node: Int

  package init(_ document: Document, _ node: Int) {
    self.document = document
    self.node = node
  }

  /// The shape behind aliases.
  package var shape: Document.NodeShape { document.shape(node) }
  package var isScalar: Bool { document.isScalar(node) }
  package var isMapping: Bool { document.isMapping(node) }
  package var place: SourcePlace { document.place(node) }
  /// The place of a finding on a key's value: the key where the value is empty.
  package func place(behind key: Cursor) -> SourcePlace { place.start == place.end ? key.place : place }
  package var text: String { document.text(node) }
  package var isPlain: Bool { document.isPlain(node) }
  package var isNull: Bool { document.isNull(node) }
  package var isAlias: Bool { document.nodes[node].shape == .alias }

  /// The pairs of a mapping, merged ones included; empty for anything else.
  ///
  /// They are made one by one: a hostile file may have a million.
  package var pairs: LazyMapSequence<Document.Pairs, (key: Cursor, value: Cursor)> {
    let document = document
    return document.pairs(node).lazy.map { (key: Cursor(document, $0.key), value: Cursor(document, $0.value)) }
  }

  /// The node is a mapping with a pair at least, merged ones included.
  package var hasPairs: Bool { document.pairs(node).contains { _ in true } }

  /// The items of a sequence; empty for anything else.
  package var items: [Cursor] { document.items(node).map { Cursor(document, $0) } }

  /// The value of a key in a mapping, or nil.
  package func value(of key: String) -> Cursor? { document.value(of: key, in: node).map { Cursor(document, $0) } }

  /// The key and value of a key in a mapping, or nil.
  package func pair(of key: String) -> (key: Cursor, value: Cursor)? {
    for pair in document.pairs(node) where document.equals(pair.key, key) {
      return (Cursor(document, pair.key), Cursor(document, pair.value))
    }
    return nil
  }

  /// The pair of a mapping that has exactly one, merged ones counted, or nil.
  package var onlyPair: (key: Cursor, value: Cursor)? {
    document.onlyPair(node).map { (Cursor(document, $0.key), Cursor(document, $0.value)) }
  }

  /// Whether a scalar's text has exactly the bytes of `text`.
  package func says(_ text: String) -> Bool { document.equals(node, text) }

  /// What a node is, in words for a message.
  package var words: String {
    switch shape {
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .scalar, .alias: isNull ? "empty" : isPlain ? "a plain value" : "a string"
    }
  }
}

/// A section as an environment sees it: its own mapping first, then the project's, looked up key by key.
package struct Overlay: Sendable {
  /// In the order of precedence.
  package var mappings: [Cursor]

  package init(_ mappings: [Cursor]) { self.mappings = mappings }

  /// The pair of the first mapping that has the key.
  package func pair(_ key: String) -> (key: Cursor, value: Cursor)? {
    for mapping in mappings {
      if let pair = mapping.pair(of: key) { return pair }
    }
    return nil
  }

  /// The value of the first mapping that has the key.
  package func value(_ key: String) -> Cursor? { pair(key)?.value }

  /// The mappings under a key, in the order of precedence.
  package func nested(_ key: String) -> Overlay {
    Overlay(mappings.compactMap { $0.value(of: key) }.filter { $0.shape == .mapping })
  }

  /// All keys with the pair that wins, in the order of the project's mapping, then of the environment's own additions.
  package var pairs: [(key: Cursor, value: Cursor)] {
    var seen: Set<String> = []
    var result: [(key: Cursor, value: Cursor)] = []
    for mapping in mappings {
      for pair in mapping.pairs where seen.insert(pair.key.text).inserted { result.append(pair) }
    }
    return result
  }
}

package import Documents

/// What a document says, without how it is written: texts, whether they have a type of their own, lists and pairs.
///
/// Aliases stand for what they name; a merge is the pair that it is written as. Two files with equal trees decode alike. The budgets
/// of the composers bound its size and depth.
package indirect enum DocumentTree: Equatable, Sendable {
  /// A scalar's text; `isText` where nothing reads it as a number, a date, a boolean, a null or a merge key.
  case scalar([UInt8], isText: Bool)
  case sequence([DocumentTree])
  case mapping([TreePair])

  /// One key and its value.
  package struct TreePair: Equatable, Sendable {
    package var key: DocumentTree
    package var value: DocumentTree
  }

  /// Reads the tree below a node.
  package init(_ document: Document, _ node: Int) {
    self.init(document, node) { _ in nil }
  }

  /// Reads the tree below a node; where `change` has another for a node as written, not for one behind an alias, that one.
  init(_ document: Document, _ node: Int, change: (Int) -> DocumentTree?) {
    if let changed = change(node) {
      self = changed
      return
    }
    let target = document.resolved(node)
    let isAlias = target != node
    func child(_ index: Int) -> DocumentTree {
      isAlias ? DocumentTree(document, index) : DocumentTree(document, index, change: change)
    }
    switch document.nodes[target].shape {
    case .scalar, .alias:
      self = .scalar(Array(document.text(target).utf8), isText: DocumentTree.isText(document, target))
    case .sequence:
      self = .sequence(document.items(target).map(child))
    case .mapping:
      self = .mapping(document.ownPairs(target).map { TreePair(key: child($0.key), value: child($0.value)) })
    }
  }

  /// The trees of all documents in a file.
  package static func all(_ document: Document) -> [DocumentTree] {
    document.roots.map { DocumentTree(document, $0) }
  }

  private static func isText(_ document: Document, _ node: Int) -> Bool {
    guard document.isPlain(node) else { return true }
    return !document.nodes[node].flags.contains(.mergeKey) && ScalarText.isText(document.text(node))
  }
}

extension Document {
  /// The pairs of a mapping as they are written: a merge is a pair like any other, and nothing is merged.
  package func ownPairs(_ node: Int) -> [Pair] {
    guard nodes[node].shape == .mapping else { return [] }
    var result: [Pair] = []
    result.reserveCapacity(Int(nodes[node].count))
    var key = node + 1
    while key < Int(nodes[node].next) {
      let value = Int(nodes[key].next)
      result.append(Pair(key: key, value: value))
      key = Int(nodes[value].next)
    }
    return result
  }
}

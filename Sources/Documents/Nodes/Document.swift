/// A YAML or JSON file as one array of small nodes in document order, each with its byte range.
///
/// Children are walked by index; a node's `next` is the index after its subtree. Text is a slice of the source, or of one
/// side buffer where escapes or folding made it differ. Nothing here is reference-counted per node. It is a reference type
/// only so that each cursor can point at it for the price of a pointer; it never changes.
package final class Document: Sendable {
  /// What a node is.
  package enum NodeShape: UInt8, Sendable {
    case scalar, sequence, mapping
    /// Stands for the node that `target` names; `resolved(_:)` follows it.
    case alias
  }

  /// How a scalar is written; only a plain one has a type of its own (number, switch, null).
  package enum ScalarStyle: UInt8, Sendable {
    case plain, singleQuoted, doubleQuoted, literal, folded
  }

  /// One node; 24 bytes.
  package struct Node: Sendable {
    package var shape: NodeShape
    package var style: ScalarStyle
    package var flags: Flags
    /// First byte in the file, of the value itself (without its anchor and tag).
    package var start: UInt32
    /// One past the last byte; a block collection ends where its last child ends.
    package var end: UInt32
    /// A scalar's text: offset in the source, or in `side` when `flags` has `.sideText`. An alias's target index.
    package var text: UInt32
    /// A scalar's text length in bytes. The number of children of a collection (pairs of a mapping count once).
    package var count: UInt32
    /// The index after this node's subtree.
    package var next: UInt32
  }

  /// Facts about one node.
  package struct Flags: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    /// No fact; the initializer of all option sets costs other modules a look at the type's metadata.
    package init() { rawValue = 0 }
    /// The text is in the side buffer.
    package static let sideText = Flags(rawValue: 1)
    /// A mapping that has at least one `<<` key.
    package static let hasMerge = Flags(rawValue: 2)
    /// A collection in flow style, `{ }` or `[ ]`.
    package static let flow = Flags(rawValue: 4)
    /// A plain scalar that is a merge key, `<<`.
    package static let mergeKey = Flags(rawValue: 8)
    /// An explicit `!!str` tag: the text has no other type.
    package static let text = Flags(rawValue: 16)
  }

  /// The file's number in the `SourceMap`.
  package let file: Int32
  /// The file itself.
  package let source: SourceFile
  /// All nodes in document order.
  package let nodes: [Node]
  /// The root node of each document in the file, in order; empty for a file without content.
  package let roots: [Int]
  /// Decoded text of scalars whose source has escapes, folding or several lines.
  package let side: [UInt8]
  /// Whether any text may hold a `$`; if not, there are no variables.
  package let mayHoldDollar: Bool

  /// Makes a document of composed parts.
  package init(
    file: Int32, source: SourceFile, nodes: [Node], roots: [Int], side: [UInt8], mayHoldDollar: Bool = true
  ) {
    self.file = file
    self.source = source
    self.nodes = nodes
    self.roots = roots
    self.side = side
    self.mayHoldDollar = mayHoldDollar
  }

  /// Follows an alias to the node it stands for.
  package func resolved(_ node: Int) -> Int {
    nodes[node].shape == .alias ? Int(nodes[node].text) : node
  }

  /// The shape behind aliases.
  package func shape(_ node: Int) -> NodeShape { nodes[resolved(node)].shape }

  /// The place of a node; for an alias the alias itself.
  package func place(_ node: Int) -> SourcePlace {
    SourcePlace(file: file, start: Int(nodes[node].start), end: Int(nodes[node].end))
  }

  /// A scalar's text; empty for collections.
  package func text(_ node: Int) -> String {
    String(decoding: bytes(node), as: UTF8.self)
  }

  /// A scalar's text with what its spelling says.
  package struct Scalar: Sendable {
    /// The bytes of its text; none for a collection.
    package var bytes: ArraySlice<UInt8>
    /// Written plain and without a tag, so that its text has a type of its own.
    package var isPlain: Bool
    /// The node is an alias.
    package var isAlias: Bool
    package var place: SourcePlace
  }

  /// Reads a scalar, aliases followed, all at once.
  package func scalar(_ node: Int) -> Scalar {
    let written = nodes[node]
    let isAlias = written.shape == .alias
    let node = isAlias ? nodes[Int(written.text)] : written
    let isScalar = node.shape == .scalar
    let range = Int(node.text)..<Int(node.text + (isScalar ? node.count : 0))
    return Scalar(
      bytes: node.flags.contains(.sideText) ? side[range] : source.bytes[range],
      isPlain: isScalar && node.style == .plain && !node.flags.contains(.text), isAlias: isAlias,
      place: SourcePlace(file: file, start: Int(written.start), end: Int(written.end)))
  }

  /// Whether the node is a scalar, once aliases are followed.
  package func isScalar(_ node: Int) -> Bool { shape(node) == .scalar }

  /// Whether the node is a mapping, once aliases are followed.
  package func isMapping(_ node: Int) -> Bool { shape(node) == .mapping }

  /// Whether a scalar's text has exactly these bytes.
  package func equals(_ node: Int, _ bytes: [UInt8]) -> Bool { has(node, bytes) }

  /// Whether a scalar's text has exactly the bytes of `text`.
  package func equals(_ node: Int, _ text: String) -> Bool { has(node, text.utf8) }

  private func has(_ node: Int, _ bytes: some Collection<UInt8>) -> Bool {
    let node = nodes[resolved(node)]
    guard node.shape == .scalar, Int(node.count) == bytes.count else { return false }
    var index = Int(node.text)
    if node.flags.contains(.sideText) {
      for byte in bytes {
        if side[index] != byte { return false }
        index += 1
      }
    } else {
      for byte in bytes {
        if source.bytes[index] != byte { return false }
        index += 1
      }
    }
    return true
  }

  /// The bytes of a scalar's text; none for collections.
  package func bytes(_ node: Int) -> ArraySlice<UInt8> {
    let node = nodes[resolved(node)]
    guard node.shape == .scalar else { return [] }
    let range = Int(node.text)..<Int(node.text + node.count)
    return node.flags.contains(.sideText) ? side[range] : source.bytes[range]
  }

  /// The pair of a mapping that has exactly one, merged ones counted; nil for anything else.
  package func onlyPair(_ node: Int) -> Pair? {
    let node = resolved(node)
    guard nodes[node].shape == .mapping else { return nil }
    if nodes[node].flags.contains(.hasMerge) {
      let merged = mergedPairs(node)
      return merged.count == 1 ? merged[0] : nil
    }
    return nodes[node].count == 1 ? Pair(key: node + 1, value: Int(nodes[node + 1].next)) : nil
  }

  /// The number of children that a collection has of its own, behind aliases; 0 for a scalar.
  package func count(_ node: Int) -> Int {
    let node = nodes[resolved(node)]
    return node.shape == .scalar ? 0 : Int(node.count)
  }

  /// Whether a scalar is plain and untagged, so that its text has a type of its own.
  package func isPlain(_ node: Int) -> Bool {
    let node = nodes[resolved(node)]
    return node.shape == .scalar && node.style == .plain && !node.flags.contains(.text)
  }

  /// Whether a node is a null: a plain scalar that is empty, `~` or `null` (YAML 1.2 core schema).
  package func isNull(_ node: Int) -> Bool {
    let value = nodes[resolved(node)]
    guard value.shape == .scalar, value.style == .plain, !value.flags.contains(.text) else { return false }
    guard value.count > 0 else { return true }
    switch (value.flags.contains(.sideText) ? side : source.bytes)[Int(value.text)] {
    case UInt8(ascii: "~"): return value.count == 1
    case UInt8(ascii: "n"): return value.count == 4 && equals(node, "null")
    case UInt8(ascii: "N"): return value.count == 4 && (equals(node, "Null") || equals(node, "NULL"))
    default: return false
    }
  }

  /// How a block scalar begins: `>` or `|`; nil for any other node.
  package func blockIndicator(_ node: Int) -> String? {
    let node = nodes[resolved(node)]
    guard node.shape == .scalar else { return nil }
    return switch node.style {
    case .folded: ">"
    case .literal: "|"
    case .plain, .singleQuoted, .doubleQuoted: nil
    }
  }

  /// The items of a sequence, behind aliases; empty for anything else.
  package func items(_ node: Int) -> Items {
    let node = resolved(node)
    guard nodes[node].shape == .sequence else { return Items(nodes: [], index: 0, end: 0) }
    return Items(nodes: nodes, index: node + 1, end: Int(nodes[node].next))
  }

  /// The pairs of a mapping, behind aliases, merged pairs included; empty for anything else.
  ///
  /// A mapping's own keys win over merged ones, and an earlier merged mapping over a later one (YAML's merge type).
  package func pairs(_ node: Int) -> Pairs {
    let node = resolved(node)
    guard nodes[node].shape == .mapping else { return Pairs(nodes: [], index: 0, end: 0, merged: []) }
    if nodes[node].flags.contains(.hasMerge) {
      return Pairs(nodes: [], index: 0, end: 0, merged: mergedPairs(node))
    }
    return Pairs(nodes: nodes, index: node + 1, end: Int(nodes[node].next), merged: [])
  }

  /// Returns the value of a key in a mapping, or nil.
  package func value(of key: String, in node: Int) -> Int? {
    for pair in pairs(node) where equals(pair.key, key) { return pair.value }
    return nil
  }

  /// One key and its value, as node indices.
  package struct Pair: Sendable {
    package var key: Int
    package var value: Int

    package init(key: Int, value: Int) {
      self.key = key
      self.value = value
    }
  }

  /// Walks the children of a sequence.
  package struct Items: Sequence, IteratorProtocol {
    let nodes: [Node]
    var index: Int
    let end: Int

    package mutating func next() -> Int? {
      guard index < end else { return nil }
      defer { index = Int(nodes[index].next) }
      return index
    }
  }

  /// Walks the pairs of a mapping.
  package struct Pairs: Sequence, IteratorProtocol {
    let nodes: [Node]
    var index: Int
    let end: Int
    var merged: [Pair]
    var mergedIndex = 0

    package mutating func next() -> Pair? {
      if index < end {
        let key = index
        let value = Int(nodes[key].next)
        index = Int(nodes[value].next)
        return Pair(key: key, value: value)
      }
      guard mergedIndex < merged.count else { return nil }
      defer { mergedIndex += 1 }
      return merged[mergedIndex]
    }
  }

  /// Own pairs first, then those of merged mappings whose keys are new; the composer has checked shapes and budget.
  private func mergedPairs(_ node: Int) -> [Pair] {
    var result: [Pair] = []
    var seen = Set<ArraySlice<UInt8>>()
    var pending = [node]
    while let mapping = pending.popLast() {
      // What is no mapping has been reported, and merges nothing.
      guard nodes[mapping].shape == .mapping else { continue }
      var sources: [Int] = []
      var index = mapping + 1
      while index < Int(nodes[mapping].next) {
        let key = index
        let value = Int(nodes[key].next)
        index = Int(nodes[value].next)
        if nodes[key].flags.contains(.mergeKey) {
          let target = resolved(value)
          if nodes[target].shape == .sequence {
            for item in items(target) { sources.append(resolved(item)) }
          } else {
            sources.append(target)
          }
        } else if seen.insert(bytes(key)).inserted {
          result.append(Pair(key: key, value: value))
        }
      }
      pending.append(contentsOf: sources.reversed())
    }
    return result
  }
}

import Basics

/// Builds a `Document` from nodes in document order, and checks what holds for YAML and JSON alike on the way.
///
/// It keeps an explicit stack of open collections, so that nothing recurses, and continues after every finding that leaves
/// the nodes well-formed. `stopped` says that a budget is spent and that the reader must end.
package struct DocumentBuilder {
  /// The rules of the language that is read.
  let area: ReadingRules
  let file: Int32
  package let bytes: [UInt8]
  let budget: DocumentBudget
  package private(set) var nodes: [Document.Node] = []
  package private(set) var roots: [Int] = []
  package private(set) var side: [UInt8] = []
  package private(set) var findings = FindingList()
  /// A budget is spent: nothing more is read.
  package private(set) var stopped = false
  /// The end of the last alias that names nothing it may stand for.
  package private(set) var lastPlaceholderEnd: Int?
  /// How many collections are open.
  private var depth = 0
  /// The innermost open collection; what it says counts while `depth` is above 0.
  private var top = Frame(node: 0, isMapping: false, isFlow: false, expectsKey: false, anchorName: -1, addedBefore: 0)
  /// The open collections around `top`.
  private var outer: [Frame] = []
  private let isYAML: Bool
  private var anchors: [String: Anchor] = [:]
  private var anchorNames: [String] = []
  private var added = 0
  /// The bytes of text in the file so far, and those that aliases have added.
  private var textBytes = 0
  private var addedBytes = 0
  private var lastEnd: UInt32 = 0
  private var keyIndex = KeyIndex()

  /// One open collection.
  private struct Frame {
    var node: Int
    var isMapping: Bool
    var isFlow: Bool
    /// The next node is a key.
    var expectsKey: Bool
    /// The next value belongs to the merge key at this index; -1 where it does not.
    var mergeKey = -1
    var children: UInt32 = 0
    /// How deeply collections are nested in this one, aliases written out.
    var height = 0
    /// The index of its anchor's name in `anchorNames`; -1 without an anchor.
    var anchorName: Int
    /// What aliases had added to the file when this collection began.
    var addedBefore: Int
    /// The bytes of text, those that aliases had added among them, when this collection began.
    var bytesBefore = 0
  }

  /// What an anchor names, and how many nodes it stands for when every alias in it is written out; 0 while it is open.
  private struct Anchor {
    var node: Int
    var expanded: Int
    var height: Int
    /// The bytes of its text when every alias in it is written out.
    var bytes = 0
  }

  package init(area: ReadingRules, file: Int32, bytes: [UInt8], budget: DocumentBudget) {
    self.area = area
    self.file = file
    self.bytes = bytes
    self.budget = budget
    isYAML = area.isYAML
    // A large array that grows is held twice meanwhile; what is reserved too much of one is never touched.
    nodes.reserveCapacity(min(bytes.count / (bytes.count > 1 << 20 ? 4 : 8) + 16, budget.nodes))
  }

  /// The innermost open collection is written with brackets.
  package var isInFlow: Bool { depth > 0 && top.isFlow }

  /// The next node is a key of a mapping.
  package var expectsKey: Bool { depth > 0 && top.expectsKey }

  /// The innermost open collection has no child yet.
  package var innermostIsEmpty: Bool { depth == 0 || top.children == 0 }

  package mutating func report(_ finding: Diagnostic) { findings.add(finding) }

  package func place(_ start: Int, _ end: Int) -> SourcePlace { SourcePlace(file: file, start: start, end: end) }

  /// Adds a scalar whose text is a slice of the source.
  package mutating func scalar(
    _ range: Range<Int>, text: Int, count: Int, style: Document.ScalarStyle, flags: Document.Flags = Document.Flags(),
    anchor: String? = nil
  ) {
    let node = Document.Node(
      shape: .scalar, style: style, flags: flags, start: UInt32(truncatingIfNeeded: range.lowerBound),
      end: UInt32(truncatingIfNeeded: range.upperBound), text: UInt32(truncatingIfNeeded: text),
      count: UInt32(truncatingIfNeeded: count), next: UInt32(truncatingIfNeeded: nodes.count + 1))
    let index = nodes.count
    append(node)
    textBytes += count
    if count > budget.scalarBytes {
      report(Finding.scalarSize(area, place(range.lowerBound, range.upperBound), budget))
    }
    if depth > 0, top.expectsKey {
      if isYAML { checkKey(index, node) }
      top.expectsKey = false
    } else {
      attach(index)
    }
    if let anchor { anchors[anchor] = Anchor(node: index, expanded: 1, height: 0, bytes: count) }
  }

  /// The offset in the side buffer of text that is about to be added to it.
  package var sideOffset: Int { side.count }

  /// Adds decoded bytes to the side buffer.
  mutating func appendSide(_ text: some Collection<UInt8>) { side.append(contentsOf: text) }

  /// The same for bytes that a parser in C holds.
  package mutating func appendSide(_ text: Span<UInt8>) {
    side.reserveCapacity(side.count + text.count)
    for index in text.indices { side.append(text[index]) }
  }

  /// Adds one decoded byte to the side buffer.
  mutating func appendSide(_ byte: UInt8) { side.append(byte) }

  /// Adds an alias, or an empty scalar in its place where it names nothing that it may stand for.
  package mutating func alias(_ range: Range<Int>, name: String) {
    let location = place(range.lowerBound, range.upperBound)
    guard let anchor = anchors[name] else {
      // Each of many wrong names would be compared with each of many right ones.
      let known = findings.isFull || anchors.count > 1000 ? [] : anchors.keys.sorted()
      return placeholder(
        range, Finding.unknownAlias(location, Suggestion.nearest(to: name, among: known, limit: 1).first))
    }
    guard anchor.expanded > 0 else {
      return placeholder(range, Finding.recursiveAlias(location, anchored: nodePlace(anchor.node)))
    }
    guard depth + anchor.height <= budget.depth else {
      return placeholder(range, Finding.depth(area, location, budget))
    }
    let isSpent = added > budget.addedNodes || addedBytes > budget.addedBytes
    // Past the budget the counts stay where they are, so that no number of doublings can overflow them.
    added = min(added + anchor.expanded, budget.addedNodes + 1)
    addedBytes = min(addedBytes + anchor.bytes, budget.addedBytes + 1)
    guard added <= budget.addedNodes, addedBytes <= budget.addedBytes else {
      if isSpent { return placeholder(range, nil) }
      return placeholder(
        range,
        Finding.aliasBudget(
          location, budget, ofBytes: added <= budget.addedNodes, anchored: nodePlace(anchor.node)))
    }
    if depth > 0 { top.height = max(top.height, anchor.height) }
    let index = nodes.count
    append(
      Document.Node(
        shape: .alias, style: .plain, flags: [], start: UInt32(truncatingIfNeeded: range.lowerBound),
        end: UInt32(truncatingIfNeeded: range.upperBound), text: UInt32(truncatingIfNeeded: anchor.node), count: 0,
        next: UInt32(truncatingIfNeeded: index + 1)))
    if expectsKey, nodes[anchor.node].shape != .scalar { report(Finding.key(location)) }
    attach(index)
  }

  /// Opens a collection; its depth and its place as a key are checked.
  package mutating func open(_ shape: Document.NodeShape, start: Int, end: Int, isFlow: Bool, anchor: String? = nil) {
    if depth >= budget.depth {
      report(Finding.depth(area, place(start, end), budget))
      stopped = true
      return
    }
    let index = nodes.count
    append(
      Document.Node(
        shape: shape, style: .plain, flags: isFlow ? .flow : [], start: UInt32(truncatingIfNeeded: start),
        end: UInt32(truncatingIfNeeded: end), text: 0, count: 0, next: 0))
    if depth == 0 { roots.append(index) } else { outer.append(top) }
    var anchorName = -1
    if let anchor {
      anchors[anchor] = Anchor(node: index, expanded: 0, height: 0)
      anchorName = anchorNames.count
      anchorNames.append(anchor)
    }
    top = Frame(
      node: index, isMapping: shape == .mapping, isFlow: isFlow, expectsKey: shape == .mapping,
      anchorName: anchorName, addedBefore: added, bytesBefore: textBytes + addedBytes)
    depth += 1
  }

  /// Closes the innermost collection; without an `end` it ends where its last child ends.
  package mutating func close(end: Int?) {
    guard depth > 0 else { return }
    let frame = top
    depth -= 1
    if let enclosing = outer.popLast() { top = enclosing }
    let index = frame.node
    nodes[index].count = frame.children
    nodes[index].next = UInt32(truncatingIfNeeded: nodes.count)
    if let end {
      nodes[index].end = UInt32(truncatingIfNeeded: end)
    } else if nodes.count > index + 1 {
      // Nodes end in document order except for collections, so the last child is the one that ends last.
      nodes[index].end = max(nodes[index].end, lastEnd)
    }
    lastEnd = nodes[index].end
    if frame.isMapping { checkKeys(index) }
    if frame.anchorName >= 0, let anchor = anchorNames.popLast(), anchors[anchor]?.node == index {
      anchors[anchor] = Anchor(
        node: index, expanded: nodes.count - index + added - frame.addedBefore, height: frame.height + 1,
        bytes: textBytes + addedBytes - frame.bytesBefore)
    }
    guard depth > 0 else { return }
    top.height = max(top.height, frame.height + 1)
    if top.expectsKey { report(Finding.key(nodePlace(index))) }
    attach(index)
  }

  /// Ends one document of the file: its anchors are forgotten.
  package mutating func endDocument() { anchors.removeAll() }

  /// Closes what an error left open, so that the nodes are well-formed.
  package mutating func closeAll() {
    while depth > 0 {
      if top.isMapping, !top.expectsKey {
        let end = Int(lastEnd)
        scalar(end..<end, text: end, count: 0, style: .plain)
      }
      close(end: nil)
    }
  }

  /// The document so far.
  package func document(of source: SourceFile, mayHoldDollar: Bool = true) -> Document {
    Document(file: file, source: source, nodes: nodes, roots: roots, side: side, mayHoldDollar: mayHoldDollar)
  }

  private mutating func append(_ node: Document.Node) {
    if nodes.count >= budget.nodes, !stopped {
      report(Finding.nodes(area, place(Int(node.start), Int(node.end)), budget))
      stopped = true
    }
    nodes.append(node)
    lastEnd = node.end
  }

  private func nodePlace(_ node: Int) -> SourcePlace {
    place(Int(nodes[node].start), Int(nodes[node].end))
  }

  private mutating func placeholder(_ range: Range<Int>, _ finding: Diagnostic?) {
    if let finding { report(finding) }
    lastPlaceholderEnd = range.upperBound
    if depth > 0 { top.mergeKey = -1 }
    let index = nodes.count
    append(
      Document.Node(
        shape: .scalar, style: .plain, flags: .text, start: UInt32(truncatingIfNeeded: range.lowerBound),
        end: UInt32(truncatingIfNeeded: range.upperBound), text: UInt32(truncatingIfNeeded: range.lowerBound), count: 0,
        next: UInt32(truncatingIfNeeded: index + 1)))
    attach(index)
  }

  /// Reports a key that is empty or a null, and takes note of a merge key.
  private mutating func checkKey(_ index: Int, _ node: Document.Node) {
    guard node.style == .plain, !node.flags.contains(.text) else { return }
    if node.count == 0 {
      report(Finding.emptyKey(nodePlace(index)))
    } else if node.count == 2, !node.flags.contains(.sideText), bytes[Int(node.text)] == UInt8(ascii: "<"),
      bytes[Int(node.text) + 1] == UInt8(ascii: "<")
    {
      top.mergeKey = index
    } else if node.count == 1 || node.count == 4, isNull(node) {
      report(Finding.nullKey(nodePlace(index)))
    }
  }

  /// Whether a plain scalar that is not empty writes a null (YAML 1.2 core schema).
  private func isNull(_ node: Document.Node) -> Bool {
    let range = Int(node.text)..<Int(node.text + node.count)
    let text = node.flags.contains(.sideText) ? side[range] : bytes[range]
    return ["~", "null", "Null", "NULL"].contains { text.elementsEqual($0.utf8) }
  }

  /// Makes a finished node a key, a value, an item or a root.
  private mutating func attach(_ index: Int) {
    guard depth > 0 else {
      if roots.last != index { roots.append(index) }
      return
    }
    if top.expectsKey {
      top.expectsKey = false
      return
    }
    top.children += 1
    guard top.isMapping else { return }
    top.expectsKey = true
    let key = top.mergeKey
    guard key >= 0 else { return }
    top.mergeKey = -1
    // A merge key without a mapping is reported here; it is not a field.
    nodes[key].flags.insert(.mergeKey)
    nodes[top.node].flags.insert(.hasMerge)
    if !isMergeable(index) { report(Finding.merge(nodePlace(index))) }
  }

  /// Whether a node is what a merge key may have: a mapping, or a sequence of mappings, aliases included.
  private func isMergeable(_ index: Int) -> Bool {
    func behind(_ node: Int) -> Int { nodes[node].shape == .alias ? Int(nodes[node].text) : node }
    let target = behind(index)
    switch nodes[target].shape {
    case .mapping: return true
    case .sequence:
      var item = target + 1
      while item < Int(nodes[target].next) {
        let node = nodes[behind(item)]
        // An alias that names nothing has been reported, and merges nothing.
        let isPlaceholder = node.shape == .scalar && node.flags.contains(.text) && node.count == 0
        guard node.shape == .mapping || isPlaceholder else { return false }
        item = Int(nodes[item].next)
      }
      return true
    case .scalar, .alias: return false
    }
  }

  private mutating func checkKeys(_ mapping: Int) {
    guard nodes[mapping].count > 1 else { return }
    for (first, second) in keyIndex.duplicates(in: mapping, nodes: nodes, bytes: bytes, side: side) {
      let later = nodes[second]
      // An empty plain key has a finding of its own.
      if later.count == 0, later.style == .plain { continue }
      report(
        Finding.duplicateKey(
          area, nodePlace(second), first: nodePlace(first), isMerge: later.flags.contains(.mergeKey)))
    }
  }
}

import Documents

/// Insertion, removal and order of the pairs of a mapping.
extension DocumentEditor {
  /// Inserts a pair behind the last one, or behind the one whose key is `after`.
  ///
  /// In a block it gets a line of its own, indented like its siblings, below the comments that belong to the pair before.
  ///
  /// - Parameters:
  ///   - key: the key's text.
  ///   - yaml: the value on one line.
  ///   - keyYAML: the key in YAML's own words where it is no text: a number.
  package mutating func insert(
    _ key: String, _ yaml: String, into mapping: Int, after: String? = nil, keyYAML: String? = nil
  ) throws(EditFailure) {
    let keyYAML = keyYAML ?? ScalarText.scalar(key)
    let text = "\(keyYAML): \(yaml)"
    guard document.nodes[mapping].shape == .mapping else {
      throw EditFailure("there is no mapping at this place", yaml: text)
    }
    let pairs = document.ownPairs(mapping)
    guard !pairs.contains(where: { document.equals($0.key, key) }) else {
      throw EditFailure("the mapping has this key already", yaml: text)
    }
    let last = after.flatMap { name in pairs.firstIndex { document.equals($0.key, name) } } ?? pairs.count - 1
    let node = document.nodes[mapping]
    if node.flags.contains(.flow) {
      if pairs.isEmpty {
        addEdit(TextEdit(Int(node.start) + 1..<Int(node.start) + 1, text.utf8))
      } else {
        let end = Int(document.nodes[pairs[last].value].end)
        addEdit(TextEdit(end..<end, ", \(text)".utf8))
      }
    } else {
      let block = BlockPairs(document, trivia, mapping)
      let line = trivia.lines[block.lines(last).upperBound - 1]
      let lineBreak = line.next > line.range.upperBound ? Array(bytes[line.range.upperBound..<line.next]) : nil
      let indentation = [UInt8](repeating: 0x20, count: block.column)
      addEdit(
        TextEdit(
          line.next..<line.next,
          lineBreak.map { indentation + text.utf8 + $0 } ?? [0x0A] + indentation + text.utf8))
    }
    var parts = parts(mapping)
    let pair = DocumentTree.TreePair(key: try DocumentEditor.tree(keyYAML), value: try DocumentEditor.tree(yaml))
    // Behind the nearest pair before it that an edit has not removed.
    var position =
      pairs[..<(last + 1)].reversed().lazy.compactMap { pair in
        parts.firstIndex { part in
          if case .own(let own) = part { own.key == pair.key } else { false }
        }
      }.first.map { $0 + 1 } ?? 0
    // Earlier insertions at this place come first, as in the text.
    while position < parts.count, case .new = parts[position] { position += 1 }
    parts.insert(.new(pair), at: position)
    setParts(parts, of: mapping)
  }

  /// Removes a pair with the comments that belong to it: those above it without an empty line between, those of its own
  /// lines, and those below that are indented more than its key.
  package mutating func remove(_ key: String, from mapping: Int) throws(EditFailure) {
    let pairs = document.ownPairs(mapping)
    guard let index = pairs.firstIndex(where: { document.equals($0.key, key) }) else { return }
    guard pairs.count > 1 else { throw EditFailure("`\(key)` is the only key there, so its mapping has to go too") }
    if document.nodes[mapping].flags.contains(.flow) {
      try removeFlow(index, pairs, mapping)
    } else {
      let block = BlockPairs(document, trivia, mapping)
      guard block.isWhole(index) else {
        throw EditFailure("`\(key)` shares its line with other things: remove it by hand")
      }
      var lines = block.lines(index)
      for line in lines { drop(line: line) }
      let isBelowGap = lines.lowerBound == 0 || trivia.isEmpty(lines.lowerBound - 1)
      if isBelowGap, lines.upperBound < trivia.lines.count, trivia.isEmpty(lines.upperBound) {
        lines = lines.lowerBound..<lines.upperBound + 1
      }
      addEdit(
        TextEdit(trivia.lines[lines.lowerBound].range.lowerBound..<trivia.lines[lines.upperBound - 1].next, []))
    }
    setParts(
      parts(mapping).filter { part in
        if case .own(let own) = part { return own.key != pairs[index].key }
        return true
      }, of: mapping)
  }

  private mutating func removeFlow(_ index: Int, _ pairs: [Document.Pair], _ mapping: Int) throws(EditFailure) {
    let end = Int(document.nodes[pairs[index].value].end)
    if index > 0 {
      return addEdit(TextEdit(Int(document.nodes[pairs[index - 1].value].end)..<end, []))
    }
    var next = end
    while next < bytes.count, bytes[next] != UInt8(ascii: ",") { next += 1 }
    next += 1
    while next < bytes.count, Trivia.isSpace(bytes[next]) { next += 1 }
    addEdit(TextEdit(Int(document.nodes[mapping].start) + 1..<min(next, bytes.count), []))
  }

  /// Sorts the pairs of a mapping by a rank of their keys; equal ranks keep their order, and merges come first.
  ///
  /// Each pair moves with its comments and with the empty lines above it; the first pair has none above it. False where
  /// the order is right, or where nothing is done: a pair shares its line with other things, or an alias holds it (`holding`).
  package mutating func order(_ mapping: Int, by rank: (String) -> Int) -> Bool {
    let pairs = document.ownPairs(mapping)
    let ranks = pairs.map { pair in
      document.nodes[pair.key].flags.contains(.mergeKey) ? -1 : rank(document.text(pair.key))
    }
    let order = pairs.indices.sorted { (ranks[$0], $0) < (ranks[$1], $1) }
    guard order != Array(pairs.indices) else { return false }
    if let alias = aliasBeforeItsAnchor(pairs, order) {
      holding.append(alias)
      return false
    }
    if document.nodes[mapping].flags.contains(.flow) {
      guard orderFlow(pairs, order) else { return false }
    } else {
      let block = BlockPairs(document, trivia, mapping)
      guard pairs.indices.allSatisfy(block.isWhole) else { return false }
      addEdit(block.edit(order))
    }
    noteReordering()
    setParts(order.map { .own(pairs[$0]) }, of: mapping)
    return true
  }

  /// The first alias of a mapping that a new order of its pairs would put before what it stands for.
  private func aliasBeforeItsAnchor(_ pairs: [Document.Pair], _ order: [Int]) -> Int? {
    var place = [Int](repeating: 0, count: pairs.count)
    for (index, pair) in order.enumerated() { place[pair] = index }
    for (index, pair) in pairs.enumerated() {
      for node in pair.key..<Int(document.nodes[pair.value].next) where document.nodes[node].shape == .alias {
        let target = Int(document.nodes[node].text)
        guard let first = pairs.first, target >= first.key else { continue }
        // An anchor comes before its aliases, so that the last pair to begin before it is the one that holds it.
        var (low, high) = (0, index)
        while low < high {
          let middle = (low + high + 1) / 2
          if pairs[middle].key <= target { low = middle } else { high = middle - 1 }
        }
        if place[index] < place[low] { return node }
      }
    }
    return nil
  }

  /// Exchanges the texts of pairs between brackets; false where a comment is among them.
  private mutating func orderFlow(_ pairs: [Document.Pair], _ order: [Int]) -> Bool {
    guard let first = pairs.first, let last = pairs.last else { return false }
    let end = Int(document.nodes[last.value].end)
    for line in trivia.line(of: Int(document.nodes[first.key].start))...trivia.line(of: max(end - 1, 0)) {
      if let comment = trivia.lines[line].comment, comment < end { return false }
    }
    var ranges: [Range<Int>] = []
    for (index, pair) in pairs.enumerated() {
      // Behind the comma, so that an anchor of the key comes along.
      var start = index == 0 ? Int(document.nodes[pair.key].start) : Int(document.nodes[pairs[index - 1].value].end)
      while index > 0, start < bytes.count, bytes[start] == UInt8(ascii: ",") || bytes[start] <= 0x20 { start += 1 }
      ranges.append(start..<max(start, Int(document.nodes[pair.value].end)))
    }
    for (index, source) in order.enumerated() { addEdit(TextEdit(ranges[index], bytes[ranges[source]])) }
    return true
  }
}

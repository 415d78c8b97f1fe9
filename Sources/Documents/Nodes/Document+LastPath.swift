extension Document {
  /// The keys that lead to the last node, the innermost one last; in incomplete JSON, to its end.
  package var lastPath: [String] {
    var open: [(end: Int, isMapping: Bool, key: String?)] = []
    for (index, node) in nodes.enumerated() {
      while let last = open.last, last.end <= index {
        open.removeLast()
        if !open.isEmpty { open[open.count - 1].key = nil }
      }
      if open.last?.isMapping == true, open[open.count - 1].key == nil {
        open[open.count - 1].key = text(index)
        continue
      }
      if node.shape == .scalar {
        // The value of the key before; the next scalar is a key again.
        if open.last?.isMapping == true, index < nodes.count - 1 { open[open.count - 1].key = nil }
      } else {
        open.append((end: Int(node.next), isMapping: node.shape == .mapping, key: nil))
      }
    }
    return open.compactMap(\.key)
  }
}

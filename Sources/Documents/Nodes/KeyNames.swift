/// Names that the keys of a mapping may have, found by their bytes, without making a string of a key.
package struct KeyNames: Sendable {
  /// All names in a row.
  private var bytes: [UInt8] = []
  /// Where each name ends in `bytes`.
  private var ends: [Int] = []

  /// Makes a list of `names`, which are found by their positions in it.
  package init(_ names: some Sequence<String>) {
    for name in names {
      bytes.append(contentsOf: name.utf8)
      ends.append(bytes.count)
    }
  }

  /// Returns the index of a key's name, aliases followed; nil for a key that is none of the names.
  package func index(of key: Int, in document: Document) -> Int? {
    let key = document.nodes[document.resolved(key)]
    guard key.shape == .scalar else { return nil }
    return key.flags.contains(.sideText)
      ? index(of: document.side, Int(key.text), Int(key.count))
      : index(of: document.source.bytes, Int(key.text), Int(key.count))
  }

  /// Returns the value of the first key of a mapping that says one of the names, or nil.
  package func value(in mapping: Int, of document: Document) -> Int? {
    for pair in document.pairs(mapping) where index(of: pair.key, in: document) != nil { return pair.value }
    return nil
  }

  private func index(of text: [UInt8], _ start: Int, _ count: Int) -> Int? {
    var begin = 0
    for name in ends.indices {
      let end = ends[name]
      if end - begin == count {
        var offset = 0
        while offset < count, bytes[begin + offset] == text[start + offset] { offset += 1 }
        if offset == count { return name }
      }
      begin = end
    }
    return nil
  }
}

import Documents

/// Copies an object of an answer without the members that must not stay: secrets, the salt, what changes by itself.
struct DroppedMembers: Sendable {
  /// Names that count at any depth.
  private let names: [[UInt8]]
  /// Paths from the object itself.
  private let paths: [[[UInt8]]]
  /// The lengths of all last names, as a set of bits, to pass over most texts at once.
  private let lengths: UInt64

  init(_ members: [[String]]) {
    names = members.filter { $0.count == 1 }.map { Array($0[0].utf8) }
    paths = members.filter { $0.count > 1 }.map { $0.map { Array($0.utf8) } }
    lengths = (names + paths.compactMap(\.last)).reduce(0) { $0 | DroppedMembers.bit($1.count) }
  }

  private static func bit(_ length: Int) -> UInt64 { 1 << UInt64(min(length, 63)) }

  /// The JSON text of the object at `node` without those members.
  func copy(_ document: Document, _ node: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(document.nodes[node].end - document.nodes[node].start))
    append(document, node, [], &bytes)
    return bytes
  }

  /// Tells whether a text in the subtree may be the name of a dropped member; a value that looks like one counts too.
  private func mayDrop(_ document: Document, _ node: Int) -> Bool {
    for index in node..<Int(document.nodes[node].next) {
      let candidate = document.nodes[index]
      guard candidate.shape == .scalar, lengths & DroppedMembers.bit(Int(candidate.count)) != 0 else { continue }
      if names.contains(where: { document.equals(index, $0) }) { return true }
      if paths.contains(where: { $0.last.map { document.equals(index, $0) } ?? false }) { return true }
    }
    return false
  }

  /// Appends a value; answers are at most 64 levels deep, so that this may call itself.
  private func append(_ document: Document, _ node: Int, _ path: [Int], _ bytes: inout [UInt8]) {
    let value = document.nodes[node]
    guard value.shape != .scalar, mayDrop(document, node) else {
      bytes += document.source.bytes[Int(value.start)..<Int(value.end)]
      return
    }
    var isFirst = true
    func separate() {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
    }
    if value.shape == .sequence {
      bytes.append(UInt8(ascii: "["))
      for item in document.items(node) {
        separate()
        append(document, item, path, &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
      return
    }
    bytes.append(UInt8(ascii: "{"))
    for pair in document.pairs(node) {
      let path = path + [pair.key]
      if isDropped(document, path) { continue }
      separate()
      let key = document.nodes[pair.key]
      bytes += document.source.bytes[Int(key.start)..<Int(key.end)]
      bytes.append(UInt8(ascii: ":"))
      append(document, pair.value, path, &bytes)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  /// Tells whether a member goes, by the keys that lead to it; steps through lists do not count.
  private func isDropped(_ document: Document, _ path: [Int]) -> Bool {
    guard let last = path.last else { return false }
    if names.contains(where: { document.equals(last, $0) }) { return true }
    return paths.contains { wanted in
      wanted.count == path.count && zip(wanted, path).allSatisfy { document.equals($1, $0) }
    }
  }
}

import Documents

/// Copies an object of an answer without the members that must not stay: secrets, the salt, what changes by itself.
struct DroppedMembers: Sendable {
  /// Names that count at any depth, and last names of paths, by their length; longer ones share the last place.
  private let byLength: [[Member]]

  private struct Member: Sendable {
    var name: [UInt8]
    /// The names that lead to it from the object itself; nil where any will do.
    var path: [[UInt8]]?
  }

  init(_ members: [[String]]) {
    var byLength: [[Member]] = Array(repeating: [], count: 64)
    for path in members {
      let names = path.map { Array($0.utf8) }
      guard let name = names.last else { continue }
      byLength[DroppedMembers.place(name.count)].append(Member(name: name, path: names.count == 1 ? nil : names))
    }
    self.byLength = byLength
  }

  private static func place(_ length: Int) -> Int { min(length, 63) }

  /// The JSON text of the object at `node` without those members.
  func copy(_ document: Document, _ node: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(document.nodes[node].end - document.nodes[node].start))
    var keys: [Int] = []
    append(document, node: node, keys: &keys, bytes: &bytes)
    return bytes
  }

  /// Whether a string in the subtree may be the name of a dropped member; a value that looks like one counts too.
  private func mayDrop(_ document: Document, _ node: Int) -> Bool {
    for index in node..<Int(document.nodes[node].next) {
      let candidate = document.nodes[index]
      guard candidate.shape == .scalar else { continue }
      for member in byLength[DroppedMembers.place(Int(candidate.count))] where document.hasText(candidate, member.name)
      {
        return true
      }
    }
    return false
  }

  /// Appends a collection, the parts that stay in as long pieces as possible.
  ///
  /// It calls itself once a level; answers have at most 64. `keys` are the keys that lead here.
  private func append(_ document: Document, node: Int, keys: inout [Int], bytes: inout [UInt8]) {
    let isObject = document.nodes[node].shape == .mapping
    bytes.append(UInt8(ascii: isObject ? "{" : "["))
    var isFirst = true
    /// What stays since the last cut: from here to `pieceEnd` in the source.
    var pieceStart: Int?
    var pieceEnd = 0
    func flush() {
      guard let start = pieceStart else { return }
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      bytes += document.source.bytes[start..<pieceEnd]
      pieceStart = nil
    }
    var index = node + 1
    while index < Int(document.nodes[node].next) {
      let first = index
      let value = isObject ? Int(document.nodes[index].next) : index
      index = Int(document.nodes[value].next)
      if isObject { keys.append(first) }
      defer { if isObject { keys.removeLast() } }
      if isObject, isDropped(document, keys) {
        flush()
        continue
      }
      let start = pieceStart ?? Int(document.nodes[first].start)
      if document.nodes[value].shape != .scalar, mayDrop(document, value) {
        // The piece ends before the value, behind its key and colon; in a list it may be empty.
        pieceStart = start
        pieceEnd = Int(document.nodes[value].start)
        flush()
        append(document, node: value, keys: &keys, bytes: &bytes)
      } else {
        pieceStart = start
        pieceEnd = Int(document.nodes[value].end)
      }
    }
    flush()
    bytes.append(UInt8(ascii: isObject ? "}" : "]"))
  }

  /// Whether a member goes, by the keys that lead to it; steps through lists do not count.
  private func isDropped(_ document: Document, _ keys: [Int]) -> Bool {
    guard let last = keys.last else { return false }
    let key = document.nodes[last]
    for member in byLength[DroppedMembers.place(Int(key.count))] where document.hasText(key, member.name) {
      guard let path = member.path else { return true }
      if path.count == keys.count, zip(path, keys).allSatisfy({ document.hasText(document.nodes[$1], $0) }) {
        return true
      }
    }
    return false
  }
}

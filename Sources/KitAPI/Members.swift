import Documents
import KitProfile

/// Reads members of the account's answers in place, without building a tree.
extension Document {
  /// The node at the end of a path of names; nil where a name is absent or leads through something else than an object.
  func member(_ path: [String], in node: Int) -> Int? {
    var node = node
    for name in path {
      guard let next = member(name, in: node) else { return nil }
      node = next
    }
    return node
  }

  /// The value of one key; a listing asks this some hundred thousand times, so that it walks the nodes itself.
  func member(_ name: String, in node: Int) -> Int? {
    guard nodes[node].shape == .mapping else { return nil }
    let end = Int(nodes[node].next)
    let count = name.utf8.count
    var key = node + 1
    while key < end {
      let value = Int(nodes[key].next)
      if Int(nodes[key].count) == count, hasText(nodes[key], name.utf8) { return value }
      key = Int(nodes[value].next)
    }
    return nil
  }

  /// The value of a member at the first of its paths that has one of the wanted form.
  func read<Value>(_ member: ReadMember, in node: Int, _ value: (Int) -> Value?) -> Value? {
    if let found = self.member(member.path, in: node), let read = value(found) { return read }
    for path in member.alternatives {
      if let found = self.member(path, in: node), let read = value(found) { return read }
    }
    return nil
  }

  /// Whether a member is there at one of its paths, in whatever form.
  func has(_ member: ReadMember, in node: Int) -> Bool { read(member, in: node) { $0 } != nil }

  /// Whether an object of a listing says that it was deleted; it counts, and does not exist.
  func isDeleted(_ member: ReadMember?, in node: Int) -> Bool {
    guard let member else { return false }
    return read(member, in: node) { wireFlag($0) } ?? false
  }

  /// Whether a scalar has this text; JSON has no aliases.
  func hasText(_ node: Node, _ text: some Collection<UInt8>) -> Bool {
    guard node.shape == .scalar, Int(node.count) == text.count else { return false }
    var index = Int(node.text)
    let isSide = node.flags.contains(.sideText)
    for byte in text {
      if byte != (isSide ? side[index] : source.bytes[index]) { return false }
      index += 1
    }
    return true
  }

  /// The id of an object: a whole number from 1.
  func wireID(_ node: Int) -> Int? { wireInteger(node).flatMap { $0 > 0 ? $0 : nil } }

  /// A whole number, also one in quotes: some answers quote ids.
  func wireInteger(_ node: Int) -> Int? { shape(node) == .scalar ? Int(text(node)) : nil }

  /// A string; nil for null, numbers, booleans and collections.
  func wireText(_ node: Int) -> String? {
    shape(node) == .scalar && !isPlain(node) ? text(node) : nil
  }

  /// A boolean: `true` and `false`, 1 and 0, or the two words given.
  func wireFlag(_ node: Int, on: String = "true", off: String = "false") -> Bool? {
    guard shape(node) == .scalar else { return nil }
    switch text(node) {
    case "true", "1": return true
    case "false", "0": return false
    case let text where text == on: return true
    case let text where text == off: return false
    default: return nil
    }
  }
}

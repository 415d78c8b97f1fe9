/// Finds the keys that appear twice in a mapping, in linear time for all keys.
struct KeyIndex {
  /// Up to this many pairs every key is compared with every other, which is faster than hashing.
  private static let smallCount = 12

  /// Each holds a key's node, and above it half of the hash of its text, so that few texts have to be compared.
  private var slots: [UInt64] = []

  /// Returns the first and the later node of each repeated key.
  ///
  /// Large mappings go through a table that is hashed with the process's own seed, so that no file can be made slow on
  /// purpose. Keys are compared by the bytes of their text; a collection is no key and is passed over.
  mutating func duplicates(
    in mapping: Int, nodes: [Document.Node], bytes: [UInt8], side: [UInt8]
  ) -> [(first: Int, second: Int)] {
    if Int(nodes[mapping].count) <= KeyIndex.smallCount {
      return KeyIndex.duplicatesOfFew(in: mapping, nodes: nodes, bytes: bytes, side: side)
    }
    var found: [(first: Int, second: Int)] = []
    var capacity = 32
    while capacity < Int(nodes[mapping].count) / 2 * 3 { capacity *= 2 }
    slots.removeAll(keepingCapacity: capacity <= 1 << 16)
    slots.append(contentsOf: repeatElement(UInt64.max, count: capacity))
    var next = mapping + 1
    while next < Int(nodes[mapping].next) {
      let key = next
      next = Int(nodes[Int(nodes[key].next)].next)
      guard let text = KeyIndex.text(key, nodes) else { continue }
      var hasher = Hasher()
      let source = text.inSide ? side : bytes
      var word: UInt64 = 0
      var length = 0
      for index in text.range {
        word = word << 8 | UInt64(source[index])
        length += 1
        if length % 8 == 0 { hasher.combine(word) }
      }
      hasher.combine(word)
      hasher.combine(length)
      let hash = hasher.finalize()
      let tag = UInt64(truncatingIfNeeded: hash) & 0xFFFF_FFFF_0000_0000
      var slot = hash & (capacity - 1)
      while true {
        let occupant = slots[slot]
        if occupant == .max {
          slots[slot] = tag | UInt64(key)
          break
        }
        let other = Int(occupant & 0xFFFF_FFFF)
        if occupant & 0xFFFF_FFFF_0000_0000 == tag, KeyIndex.equal(other, key, nodes: nodes, bytes: bytes, side: side) {
          found.append((other, key))
          break
        }
        slot = (slot + 1) & (capacity - 1)
      }
    }
    if slots.count > 1 << 16 { slots = [] }
    return found
  }

  private static func duplicatesOfFew(
    in mapping: Int, nodes: [Document.Node], bytes: [UInt8], side: [UInt8]
  ) -> [(first: Int, second: Int)] {
    var found: [(first: Int, second: Int)] = []
    var keys = InlineArray<12, Int>(repeating: 0)
    var signatures = InlineArray<12, UInt64>(repeating: 0)
    var count = 0
    var index = mapping + 1
    let end = Int(nodes[mapping].next)
    while index < end, count < smallCount {
      let signature = signature(index, nodes: nodes, bytes: bytes, side: side)
      for earlier in 0..<count
      where signatures[earlier] == signature && equal(keys[earlier], index, nodes: nodes, bytes: bytes, side: side) {
        found.append((keys[earlier], index))
        break
      }
      keys[count] = index
      signatures[count] = signature
      count += 1
      index = Int(nodes[Int(nodes[index].next)].next)
    }
    return found
  }

  /// The length of a key's text and three of its bytes; equal for equal keys.
  private static func signature(_ key: Int, nodes: [Document.Node], bytes: [UInt8], side: [UInt8]) -> UInt64 {
    var node = nodes[key]
    if node.shape == .alias { node = nodes[Int(node.text)] }
    guard node.shape == .scalar, node.count > 0 else { return 0 }
    return node.flags.contains(.sideText)
      ? signature(side, Int(node.text), Int(node.count)) : signature(bytes, Int(node.text), Int(node.count))
  }

  private static func signature(_ source: [UInt8], _ start: Int, _ count: Int) -> UInt64 {
    UInt64(count) << 32 | UInt64(source[start]) << 16 | UInt64(source[start + count / 2]) << 8
      | UInt64(source[start + count - 1])
  }

  private static func text(_ key: Int, _ nodes: [Document.Node]) -> (range: Range<Int>, inSide: Bool)? {
    var node = nodes[key]
    if node.shape == .alias { node = nodes[Int(node.text)] }
    guard node.shape == .scalar else { return nil }
    return (Int(node.text)..<Int(node.text) + Int(node.count), node.flags.contains(.sideText))
  }

  private static func equal(
    _ one: Int, _ other: Int, nodes: [Document.Node], bytes: [UInt8], side: [UInt8]
  ) -> Bool {
    var left = nodes[one]
    var right = nodes[other]
    if left.shape == .alias { left = nodes[Int(left.text)] }
    if right.shape == .alias { right = nodes[Int(right.text)] }
    guard left.count == right.count, left.shape == .scalar, right.shape == .scalar else { return false }
    var first = Int(left.text)
    var second = Int(right.text)
    let leftSide = left.flags.contains(.sideText)
    let rightSide = right.flags.contains(.sideText)
    for _ in 0..<Int(left.count) {
      let leftByte = leftSide ? side[first] : bytes[first]
      let rightByte = rightSide ? side[second] : bytes[second]
      if leftByte != rightByte { return false }
      first += 1
      second += 1
    }
    return isNumber(left, bytes) == isNumber(right, bytes)
  }

  /// Whether a key is a plain whole number, which is another key than the quoted text of the same digits.
  private static func isNumber(_ node: Document.Node, _ bytes: [UInt8]) -> Bool {
    guard node.style == .plain, !node.flags.contains(.text), !node.flags.contains(.sideText), node.count > 0 else {
      return false
    }
    let start = Int(node.text)
    return bytes[start..<start + Int(node.count)].allSatisfy { (48...57).contains($0) }
  }
}

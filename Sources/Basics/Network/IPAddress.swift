/// An IPv4 address.
package struct IPv4Address: Sendable, Hashable {
  /// Four bytes, the first of the dotted form first.
  package let bytes: [UInt8]

  /// Reads exactly four dotted decimals without leading zeros; nil for every other spelling.
  package init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bytes: [UInt8] = []
    for part in parts {
      guard part.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), part.utf8.count <= 3, let byte = UInt8(part),
        part.utf8.count == 1 || part.utf8.first != 48
      else { return nil }
      bytes.append(byte)
    }
    self.bytes = bytes
  }

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = Array(bytes)
  }
}

/// An IPv6 address.
package struct IPv6Address: Sendable, Hashable {
  /// Sixteen bytes, the most significant first.
  package let bytes: [UInt8]

  /// Reads the text forms of RFC 4291, section 2.2, without brackets and without a zone; nil for anything else.
  package init?(_ text: String) {
    let halves = IPv6Address.split(text)
    guard let halves else { return nil }
    guard let head = IPv6Address.groups(halves.head, mayEndInIPv4: halves.tail == nil) else { return nil }
    guard let tail = halves.tail else {
      guard head.count == 16 else { return nil }
      bytes = head
      return
    }
    guard let end = IPv6Address.groups(tail, mayEndInIPv4: true), head.count + end.count <= 14 else { return nil }
    bytes = head + Array(repeating: 0, count: 16 - head.count - end.count) + end
  }

  /// The texts before and after `::`; nil for the second where there is none, nil for all where there are two.
  private static func split(_ text: String) -> (head: Substring, tail: Substring?)? {
    var gaps: [String.Index] = []
    var index = text.startIndex
    while index < text.endIndex {
      if text[index...].hasPrefix("::") {
        gaps.append(index)
        index = text.index(index, offsetBy: 2)
      } else {
        index = text.index(after: index)
      }
    }
    guard let gap = gaps.first else { return (text[...], nil) }
    guard gaps.count == 1 else { return nil }
    return (text[..<gap], text[text.index(gap, offsetBy: 2)...])
  }

  private static func groups(_ text: Substring, mayEndInIPv4: Bool) -> [UInt8]? {
    guard !text.isEmpty else { return [] }
    var bytes: [UInt8] = []
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if index == parts.count - 1, mayEndInIPv4, part.utf8.contains(UInt8(ascii: ".")) {
        guard let address = IPv4Address(String(part)) else { return nil }
        bytes += address.bytes
        continue
      }
      guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(Hexadecimal.isDigit),
        let group = UInt16(part, radix: 16)
      else { return nil }
      bytes += [UInt8(group >> 8), UInt8(group & 0xff)]
    }
    return bytes.count <= 16 ? bytes : nil
  }

  /// Whether the address is `::1`.
  package var isLoopback: Bool { bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1 }

  /// The IPv4 address in a mapped (`::ffff:0:0/96`), compatible (`::/96`), NAT64 (`64:ff9b::/96`) or 6to4 (`2002::/16`)
  /// address.
  var carried: IPv4Address? {
    let zeros = bytes.prefix(10).allSatisfy { $0 == 0 }
    if zeros, bytes[10] == bytes[11], bytes[10] == 0xff || bytes[10] == 0 { return IPv4Address(bytes[12...]) }
    if bytes.prefix(12) == [0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0] { return IPv4Address(bytes[12...]) }
    if bytes[0] == 0x20, bytes[1] == 0x02 { return IPv4Address(bytes[2..<6]) }
    return nil
  }
}

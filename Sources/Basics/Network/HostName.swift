/// The spelling of DNS names.
package enum HostName {
  /// The spelling that comparisons use: ASCII in lower case, without brackets and without one trailing dot.
  package static func folded(_ host: String) -> String {
    String(decoding: folded(Array(host.utf8)), as: UTF8.self)
  }

  static func folded(_ host: [UInt8]) -> [UInt8] {
    let isFolded = !host.contains { $0 >= 65 && $0 <= 91 } && host.last != UInt8(ascii: ".")
    if isFolded { return host }
    var bytes = host.map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }
    if bytes.first == UInt8(ascii: "["), bytes.last == UInt8(ascii: "]"), bytes.count >= 2 {
      return Array(bytes[1..<(bytes.count - 1)])
    }
    if bytes.count > 1, bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
    return bytes
  }

  /// Whether a folded host is a DNS name: labels of 1 to 63 letters, digits, hyphens and underscores, 253 in all.
  ///
  /// A name beyond ASCII is none: it has to be written in its `xn--` form, so that what is checked is what is dialled.
  package static func isName(_ host: String) -> Bool { isName(Array(host.utf8)) }

  static func isName(_ host: [UInt8]) -> Bool {
    guard !host.isEmpty, host.count <= 253 else { return false }
    var length = 0
    var before = UInt8(ascii: ".")
    for byte in host {
      switch byte {
      case UInt8(ascii: "."):
        guard length > 0, before != UInt8(ascii: "-") else { return false }
        length = 0
      case UInt8(ascii: "-") where length == 0: return false
      case 97...122, 48...57, UInt8(ascii: "-"), UInt8(ascii: "_"):
        length += 1
        guard length <= 63 else { return false }
      default: return false
      }
      before = byte
    }
    return length > 0 && before != UInt8(ascii: "-")
  }

  /// Whether a label is one that URL libraries take for a number: decimal digits, or `0x` and hexadecimal ones.
  static func isNumber(_ label: ArraySlice<UInt8>) -> Bool {
    guard let first = label.first, first >= 48, first <= 57 else { return false }
    if label.starts(with: "0x".utf8) { return label.dropFirst(2).allSatisfy(Hexadecimal.isDigit) }
    return label.allSatisfy { $0 >= 48 && $0 <= 57 }
  }
}

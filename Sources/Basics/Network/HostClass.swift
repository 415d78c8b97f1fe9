/// What kind of place a URL's host names, as far as its spelling tells; no name is ever looked up.
///
/// The ranges are those of IANA's special-purpose address registries. An IPv6 address that carries an IPv4 address
/// (mapped, NAT64, 6to4) has the class of the address that it carries.
package enum HostClass: Sendable, Equatable, CaseIterable {
  /// A DNS name that says nothing about where it leads.
  case name
  /// An address that the public network routes.
  case publicAddress
  /// `localhost` and names under it, `127.0.0.0/8`, `::1`.
  case loopback
  /// `10.0.0.0/8`, `172.16.0.0/12`, `192.168.0.0/16`, `100.64.0.0/10`, `fc00::/7`.
  case privateAddress
  /// `169.254.0.0/16`, `fe80::/10`.
  case linkLocal
  /// Where clouds hand out their machines' credentials: `169.254.169.254` and its relatives.
  case metadata
  /// `0.0.0.0/8` and `::`, which most systems take for themselves.
  case unspecified
  /// Multicast, broadcast, documentation and other ranges in which no service stands.
  case reserved
  /// Digits that some libraries read as an address though they are not four dotted decimals: `2130706433`, `0x7f.1`,
  /// `127.1`, `127.0.0.01`.
  case digits
  /// Neither a DNS name nor an address.
  case malformed

  /// The class of a host as it stands in a URL, with or without the brackets of an IPv6 address.
  package init(_ host: String) { self.init(folded: HostName.folded(Array(host.utf8))) }

  /// The class of a host in the spelling that comparisons use.
  init(folded bytes: [UInt8]) {
    if bytes.contains(UInt8(ascii: ":")) {
      guard let address = IPv6Address(String(decoding: bytes, as: UTF8.self)) else {
        self = .malformed
        return
      }
      self = address.hostClass
      return
    }
    let last = bytes.lastIndex(of: UInt8(ascii: ".")).map { bytes[($0 + 1)...] } ?? bytes[...]
    if HostName.isNumber(last) {
      self = IPv4Address(String(decoding: bytes, as: UTF8.self))?.hostClass ?? .digits
      return
    }
    guard HostName.isName(bytes) else {
      self = .malformed
      return
    }
    if last.elementsEqual("localhost".utf8) {
      self = .loopback
    } else if HostClass.metadataNames.contains(where: { bytes.elementsEqual($0.utf8) }) {
      self = .metadata
    } else {
      self = .name
    }
  }

  private static let metadataNames = [
    "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal",
  ]

  /// Whether `host` is this machine: four dotted decimals in `127.0.0.0/8`, `localhost` itself, or `::1`.
  ///
  /// Stricter than the class `loopback`, because plain http is allowed here: no name under `localhost`, no mapped address,
  /// and no dot at the end, with which a resolver asks the network.
  package static func isLoopback(_ host: String) -> Bool {
    if host.utf8.last == UInt8(ascii: ".") { return false }
    let host = HostName.folded(host)
    if host == "localhost" { return true }
    if let address = IPv4Address(host) { return address.bytes[0] == 127 }
    return IPv6Address(host)?.isLoopback ?? false
  }
}

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
    if label.starts(with: "0x".utf8) { return label.dropFirst(2).allSatisfy(URLParts.isHexDigit) }
    return label.allSatisfy { $0 >= 48 && $0 <= 57 }
  }
}

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

  /// The class of the range that the address stands in.
  package var hostClass: HostClass {
    switch (bytes[0], bytes[1], bytes[2], bytes[3]) {
    case (169, 254, 169, 254), (169, 254, 170, 2), (169, 254, 170, 23), (100, 100, 100, 200): .metadata
    case (0, _, _, _): .unspecified
    case (127, _, _, _): .loopback
    case (10, _, _, _), (172, 16...31, _, _), (192, 168, _, _), (100, 64...127, _, _): .privateAddress
    case (169, 254, _, _): .linkLocal
    case (192, 0, 0, _), (192, 0, 2, _), (198, 18...19, _, _), (198, 51, 100, _), (203, 0, 113, _), (224..., _, _, _):
      .reserved
    default: .publicAddress
    }
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
      guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(URLParts.isHexDigit),
        let group = UInt16(part, radix: 16)
      else { return nil }
      bytes += [UInt8(group >> 8), UInt8(group & 0xff)]
    }
    return bytes.count <= 16 ? bytes : nil
  }

  /// Whether the address is `::1`.
  package var isLoopback: Bool { bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1 }

  /// The class of the range that the address, or the IPv4 address in it, stands in.
  package var hostClass: HostClass {
    if bytes.allSatisfy({ $0 == 0 }) { return .unspecified }
    if isLoopback { return .loopback }
    if let carried { return carried.hostClass }
    if bytes == [0xfd, 0x00, 0x0e, 0xc2] + Array(repeating: 0, count: 10) + [0x02, 0x54] { return .metadata }
    switch (bytes[0], bytes[1]) {
    case (0xfc...0xfd, _): return .privateAddress
    case (0xfe, 0x80...0xbf): return .linkLocal
    case (0xfe, 0xc0...0xff): return .privateAddress
    case (0xff, _): return .reserved
    case (0x20, 0x01) where bytes[2] == 0x0d && bytes[3] == 0xb8: return .reserved
    case (0x20...0x3f, _): return .publicAddress
    default: return .reserved
    }
  }

  /// The IPv4 address in a mapped (`::ffff:0:0/96`), compatible (`::/96`), NAT64 (`64:ff9b::/96`) or 6to4 (`2002::/16`)
  /// address.
  private var carried: IPv4Address? {
    let zeros = bytes.prefix(10).allSatisfy { $0 == 0 }
    if zeros, bytes[10] == bytes[11], bytes[10] == 0xff || bytes[10] == 0 { return IPv4Address(bytes[12...]) }
    if bytes.prefix(12) == [0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0] { return IPv4Address(bytes[12...]) }
    if bytes[0] == 0x20, bytes[1] == 0x02 { return IPv4Address(bytes[2..<6]) }
    return nil
  }
}

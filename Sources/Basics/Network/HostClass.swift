/// The kind of host in a URL, by its spelling alone; no name is ever looked up.
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
  /// Multicast, broadcast, documentation and other ranges that no service uses.
  case reserved
  /// Digits that some libraries read as an address though they are not four dotted decimals: `2130706433`, `0x7f.1`,
  /// `127.1`, `127.0.0.01`.
  case digits
  /// Neither a DNS name nor an address.
  case malformed

  /// The class of a host as it is written in a URL, with or without the brackets of an IPv6 address.
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

extension IPv4Address {
  /// The class of the range of the address.
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

extension IPv6Address {
  /// The class of the range of the address, or of the IPv4 address in it.
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
}

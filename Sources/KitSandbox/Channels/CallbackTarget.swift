import Transport

/// A callback URL taken apart, as far as the sandbox must know it to accept and to call it.
package struct CallbackTarget: Sendable, Equatable {
  /// `http` or `https`.
  package var scheme: String
  /// In lower case; an IPv6 address without its brackets.
  package var host: String
  package var port: Int?
  /// At least a slash.
  package var path: String
  package var query: String

  /// Takes an absolute http or https URL without user info and fragment, in printable ASCII; nil for anything else.
  package init?(_ url: String) {
    let bytes = Array(url.utf8)
    guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !CallbackTarget.excluded.contains($0) }),
      let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
    else { return nil }
    scheme = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
    let slashes = Array("://".utf8)
    guard scheme == "http" || scheme == "https", bytes[colon...].starts(with: slashes) else { return nil }
    let rest = bytes[(colon + slashes.count)...]
    let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
    let authority = rest[..<(end ?? rest.endIndex)]
    guard !authority.contains(UInt8(ascii: "@")), let (host, port) = CallbackTarget.split(authority) else { return nil }
    self.host = host
    self.port = port
    let tail = rest[(end ?? rest.endIndex)...]
    guard !tail.contains(UInt8(ascii: "#")) else { return nil }
    let mark = tail.firstIndex(of: UInt8(ascii: "?"))
    let path = String(decoding: tail[..<(mark ?? tail.endIndex)], as: UTF8.self)
    self.path = path.isEmpty ? "/" : path
    query = mark.map { String(decoding: tail[($0 + 1)...], as: UTF8.self) } ?? ""
  }

  private static let excluded = Set("\"<>\\^`{|}".utf8)

  private static func split(_ authority: ArraySlice<UInt8>) -> (host: String, port: Int?)? {
    var host = authority
    var port: ArraySlice<UInt8>?
    if authority.first == UInt8(ascii: "[") {
      guard let close = authority.firstIndex(of: UInt8(ascii: "]")) else { return nil }
      host = authority[(authority.startIndex + 1)..<close]
      let behind = authority[(close + 1)...]
      if !behind.isEmpty {
        guard behind.first == UInt8(ascii: ":") else { return nil }
        port = behind.dropFirst()
      }
    } else if let colon = authority.firstIndex(of: UInt8(ascii: ":")) {
      host = authority[..<colon]
      port = authority[(colon + 1)...]
    }
    guard !host.isEmpty else { return nil }
    let name = String(decoding: host, as: UTF8.self).lowercased()
    guard let port, !port.isEmpty else { return (name, nil) }
    guard port.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = Int(String(decoding: port, as: UTF8.self)),
      (1...65_535).contains(number)
    else { return nil }
    return (name, number)
  }

  /// Whether the host is this machine: `localhost`, `127.…` in four dotted decimals, `::1`.
  package var isLoopback: Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127"
      && parts.allSatisfy { (1...3).contains($0.utf8.count) && UInt8($0) != nil }
  }

  /// A GET of the URL with a signature in the `Authorization` header.
  func request(authorization: String?) -> HTTPRequest {
    HTTPRequest(
      method: "GET", scheme: scheme, host: host, port: port, path: path, query: query,
      headers: authorization.map { [("Authorization", $0)] } ?? [])
  }
}

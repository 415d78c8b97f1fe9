/// An absolute `http` or `https` URL, taken apart strictly: what two libraries could read differently is refused.
///
/// Nothing is repaired. Only the scheme's and the host's letters are put in lower case; path, query and fragment stay as
/// they are written, percent-encoding included.
package struct URLParts: Sendable, Equatable {
  /// `http` or `https`.
  package var scheme: String
  /// The part before the `@`, percent-encoded; usually a secret.
  package var userInfo: String?
  /// A DNS name or an IPv4 address as written, in lower case, or an IPv6 address without its brackets.
  package private(set) var host: String
  /// What kind of place the host names.
  package private(set) var hostClass: HostClass
  /// The port as written; nil means the scheme's own.
  package var port: Int?
  /// Empty, or a path with its leading slash.
  package var path: String
  /// The query, without its `?`; nil where there is none.
  package var query: String?
  /// The fragment, without its `#`; nil where there is none.
  package var fragment: String?

  /// Why a string is not a usable URL.
  package enum Problem: Error, Sendable, Equatable {
    /// It begins with neither `http://` nor `https://`.
    case notAbsolute
    /// It has a space, control, backslash, quote, brace or non-ASCII character; the offset counts bytes.
    case character(offset: Int)
    /// A `%` without two hexadecimal digits behind it; the offset counts bytes.
    case percent(offset: Int)
    case noHost
    /// The host is neither a DNS name nor an address; digits that only some libraries read as an address are let
    /// through, so that `HostClass` can name them.
    case host
    /// The port is not a number from 1 to 65535.
    case port
    /// It has two `@` before the path.
    case userInfo
    /// Longer than 2,048 bytes.
    case tooLong

    /// What is wrong, as the end of a sentence that begins with "it"; no part of the URL is quoted.
    package var description: String {
      switch self {
      case .notAbsolute: "does not begin with http:// or https://"
      case .character(let offset):
        "holds a character that no URL may hold, at its byte \(offset + 1); write it percent-encoded"
      case .percent(let offset): "has a % without two hexadecimal digits behind it, at its byte \(offset + 1)"
      case .noHost: "names no host"
      case .host: "names a host that is neither a DNS name nor an IP address"
      case .port: "has a port that is not a number from 1 to 65535"
      case .userInfo: "has more than one @ before its path"
      case .tooLong: "is longer than \(URLParts.maximumLength) bytes"
      }
    }
  }

  /// The greatest length in bytes of a URL.
  package static let maximumLength = 2048

  /// Parses a string of at most `limit` bytes.
  package init(_ text: String, limit: Int = URLParts.maximumLength) throws(Problem) {
    let bytes = Array(text.utf8)
    guard bytes.count <= limit else { throw .tooLong }
    var start = 0
    if URLParts.begins(bytes, with: URLParts.secure) {
      scheme = "https"
      start = 8
    } else if URLParts.begins(bytes, with: URLParts.plain) {
      scheme = "http"
      start = 7
    } else {
      throw .notAbsolute
    }
    try URLParts.check(bytes)

    func slice(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    func first(_ wanted: UInt8, _ range: Range<Int>) -> Int { bytes[range].firstIndex(of: wanted) ?? range.upperBound }
    let fragmentStart = first(UInt8(ascii: "#"), start..<bytes.count)
    let queryStart = first(UInt8(ascii: "?"), start..<fragmentStart)
    let pathStart = first(UInt8(ascii: "/"), start..<queryStart)
    fragment = fragmentStart < bytes.count ? slice((fragmentStart + 1)..<bytes.count) : nil
    query = queryStart < fragmentStart ? slice((queryStart + 1)..<fragmentStart) : nil
    path = slice(pathStart..<queryStart)

    let at = first(UInt8(ascii: "@"), start..<pathStart)
    if at < pathStart {
      guard first(UInt8(ascii: "@"), (at + 1)..<pathStart) == pathStart else { throw .userInfo }
      userInfo = slice(start..<at)
      start = at + 1
    }
    (host, port, hostClass) = try URLParts.place(bytes[start..<pathStart])
  }

  /// Reads `host`, `host:port` or `[address]:port`.
  package static func hostAndPort(_ text: String) throws(Problem) -> (host: String, port: Int?) {
    let (host, port, _) = try place(ArraySlice(text.utf8))
    return (host, port)
  }

  private static func place(
    _ bytes: ArraySlice<UInt8>
  ) throws(Problem) -> (host: String, port: Int?, hostClass: HostClass) {
    var hostBytes = bytes
    var portBytes: ArraySlice<UInt8>?
    let isBracketed = bytes.first == UInt8(ascii: "[")
    if isBracketed {
      guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else { throw .host }
      hostBytes = bytes[(bytes.startIndex + 1)..<close]
      let rest = bytes[(close + 1)...]
      guard rest.isEmpty || rest.first == UInt8(ascii: ":") else { throw .host }
      portBytes = rest.isEmpty ? nil : rest.dropFirst()
      guard IPv6Address(String(decoding: hostBytes, as: UTF8.self)) != nil else { throw .host }
    } else if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) {
      hostBytes = bytes[..<colon]
      portBytes = bytes[(colon + 1)...]
    }
    guard !hostBytes.isEmpty else { throw .noHost }
    // A host beyond ASCII is malformed, so that its letters need no other lower case.
    let lower = hostBytes.map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }
    let host = String(decoding: lower, as: UTF8.self)
    let hostClass = HostClass(folded: HostName.folded(lower))
    if !isBracketed, hostClass == .malformed { throw .host }
    guard let portBytes else { return (host, nil, hostClass) }
    guard (1...5).contains(portBytes.count), portBytes.allSatisfy({ $0 >= 48 && $0 <= 57 }),
      let port = Int(String(decoding: portBytes, as: UTF8.self)), (1...65535).contains(port)
    else { throw .port }
    return (host, port, hostClass)
  }

  /// The port that a connection goes to.
  package var effectivePort: Int { port ?? (scheme == "https" ? 443 : 80) }

  /// The host as it is in a URL: an IPv6 address in brackets.
  package var bracketedHost: String { host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host }

  /// Scheme, host and port alone: the part of a URL that holds no secret.
  package var origin: String { "\(scheme)://\(bracketedHost)" + (port.map { ":\($0)" } ?? "") }

  private static let secure = Array("https://".utf8)
  private static let plain = Array("http://".utf8)

  private static func begins(_ bytes: [UInt8], with prefix: [UInt8]) -> Bool {
    guard bytes.count >= prefix.count else { return false }
    for index in prefix.indices where bytes[index] | 0x20 != prefix[index] | 0x20 { return false }
    return true
  }

  /// Refuses bytes outside RFC 3986, section 2, at any place; `hostAndPort` checks brackets.
  private static func check(_ bytes: [UInt8]) throws(Problem) {
    for (offset, byte) in bytes.enumerated() {
      switch byte {
      case ...0x20, 0x7f..., UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"),
        UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
        throw .character(offset: offset)
      case UInt8(ascii: "%"):
        guard offset + 2 < bytes.count, Hexadecimal.isDigit(bytes[offset + 1]),
          Hexadecimal.isDigit(bytes[offset + 2])
        else { throw .percent(offset: offset) }
      default: continue
      }
    }
  }
}

/// Where a service listens, as manifests write it: `host`, `host:port`, or a URL without path.
package struct Origin: Sendable, Hashable {
  package var scheme: String
  package var host: String
  package var port: Int?

  package init(scheme: String = "https", host: String, port: Int? = nil) {
    self.scheme = scheme
    self.host = host
    self.port = port
  }

  /// Why a string is not an origin.
  package enum OriginProblem: Error, Sendable, Equatable {
    case url(URLParts.Problem)
    /// It has user info, a path other than `/`, a query or a fragment.
    case moreThanAHost
    /// Plain http to a host that is not this machine.
    case plainHTTP
    /// A host that ends in a number and is not four dotted decimals.
    case digits

    /// What is wrong, as the end of a sentence that begins with "it"; no part of the text is quoted.
    package var description: String {
      switch self {
      case .url(let problem): problem.description
      case .moreThanAHost: "holds more than a host and a port"
      case .plainHTTP: "is plain http, which only 127.0.0.1 and localhost may be"
      case .digits: "is a host of digits that is not four dotted decimals"
      }
    }
  }

  /// Reads a host as Kit shows it, or with scheme and port; without a scheme it is `https`.
  package init(written text: String) throws(OriginProblem) {
    let parts: URLParts
    do {
      parts = try URLParts(text.contains("://") ? text : "https://\(text)")
    } catch {
      throw .url(error)
    }
    guard parts.userInfo == nil, parts.path.isEmpty || parts.path == "/", parts.query == nil, parts.fragment == nil
    else {
      throw .moreThanAHost
    }
    if HostClass(parts.host) == .digits { throw .digits }
    if parts.scheme == "http", !HostClass.isLoopback(parts.host) { throw .plainHTTP }
    scheme = parts.scheme
    host = parts.host
    port = parts.port
  }
}

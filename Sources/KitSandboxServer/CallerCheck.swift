/// Keeps web pages away from a server on loopback: a browser sends whatever a page asks it to, to this machine as well.
///
/// A page is given away by its `Origin`, by `Sec-Fetch-Site`, or, where its own name was made to lead to this machine, by
/// `Host`.
package struct CallerCheck: Sendable {
  /// Why a request is refused.
  package struct CallerRefusal: Error, Sendable, Equatable {
    package var status: Int
    /// What is wrong and what to do, as one sentence. It quotes nothing of the request.
    package var words: String
  }

  /// What a request says of where it goes and where it comes from.
  package struct Head: Sendable {
    /// The values of all `Host` fields.
    package var hosts: [String]
    package var origins: [String]
    /// The values of all `Sec-Fetch-Site` fields.
    package var sites: [String]

    package init(hosts: [String], origins: [String] = [], sites: [String] = []) {
      self.hosts = hosts
      self.origins = origins
      self.sites = sites
    }
  }

  /// This machine, as a browser or another client writes it.
  private static let own: Set<String> = ["127.0.0.1", "localhost", "[::1]"]

  /// Other names under which the server may be called, in lower case.
  private let names: Set<String>

  /// - Parameter names: other names of the server, on any port, as behind a container's or a proxy's port.
  package init(names: [String] = []) { self.names = Set(names.map { $0.lowercased() }) }

  /// Whether a string can be a name of the server: a host, without a port.
  package static func isName(_ text: String) -> Bool { Authority(text).map { $0.port == nil } ?? false }

  /// Why a request to this port is refused; nil for one that no foreign page has caused.
  package func refusal(of head: Head, port: Int) -> CallerRefusal? {
    guard head.hosts.count == 1 else {
      return CallerRefusal(status: 400, words: "The request needs exactly one Host header.")
    }
    guard let host = Authority(head.hosts[0]) else {
      return CallerRefusal(status: 400, words: "The Host header is not a host.")
    }
    guard isServer(host, scheme: "http", port: port) else {
      return CallerRefusal(
        status: 403,
        words: "The Host header is not this server's: call 127.0.0.1:\(port), or start it with --allow-host NAME.")
    }
    guard head.origins.allSatisfy({ isOwn(origin: $0, port: port) }),
      head.sites.allSatisfy({ ["none", "same-origin"].contains($0.trimmed.lowercased()) })
    else { return CallerRefusal(status: 403, words: "The request comes from a web page: the sandbox answers none.") }
    return nil
  }

  private func isServer(_ authority: Authority, scheme: String, port: Int) -> Bool {
    names.contains(authority.host)
      || CallerCheck.own.contains(authority.host) && scheme == "http" && (authority.port ?? 80) == port
  }

  private func isOwn(origin: String, port: Int) -> Bool {
    let text = origin.trimmed.lowercased()
    guard let scheme = ["http", "https"].first(where: { text.hasPrefix("\($0)://") }),
      let authority = Authority(String(text.dropFirst(scheme.count + 3)))
    else { return false }
    return isServer(authority, scheme: scheme, port: port)
  }
}

/// A host with or without a port; an IPv6 address keeps its brackets.
private struct Authority {
  var host: String
  var port: Int?

  init?(_ text: String) {
    let text = text.trimmed.lowercased()
    let end: String.Index
    if text.hasPrefix("[") {
      guard let bracket = text.firstIndex(of: "]") else { return nil }
      end = text.index(after: bracket)
    } else {
      end = text.firstIndex(of: ":") ?? text.endIndex
    }
    host = String(text[..<end])
    let inner = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    let isAddress = host.hasPrefix("[")
    guard !inner.isEmpty, inner.utf8.allSatisfy({ Authority.isAllowed($0, isAddress: isAddress) }) else { return nil }
    let rest = text[end...]
    guard !rest.isEmpty else { return }
    let digits = rest.dropFirst()
    guard rest.hasPrefix(":"), (1...5).contains(digits.utf8.count),
      digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let port = Int(digits),
      port <= 65_535
    else { return nil }
    self.port = port
  }

  private static func isAllowed(_ byte: UInt8, isAddress: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."): true
    case UInt8(ascii: "-"), UInt8(ascii: "_"): !isAddress
    case UInt8(ascii: ":"): isAddress
    default: false
    }
  }
}

extension String {
  /// Without the spaces that HTTP allows around a field's value.
  fileprivate var trimmed: String {
    var text = self[...]
    while let first = text.utf8.first, first == 0x20 || first == 9 { text = text.dropFirst() }
    while let last = text.utf8.last, last == 0x20 || last == 9 { text = text.dropLast() }
    return String(text)
  }
}

import Basics
import Transport

/// Which proxy a request goes through, from the variables that other tools read too.
///
/// `https_proxy` and `HTTPS_PROXY`, then `all_proxy` and `ALL_PROXY`, name the proxy for `https`; `http_proxy` and
/// `HTTP_PROXY` the one for `http`. The lower case wins, and an empty value means none. `no_proxy` and `NO_PROXY` list hosts
/// that are dialled directly: names with all names under them (with or without a leading dot), addresses, `10.0.0.0/8`
/// ranges, each with or without a port, or `*`. This machine is never dialled through a proxy, which leaves `http` without
/// one, because plain http goes to this machine only.
package struct ProxySettings: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// An HTTP proxy that opens tunnels by `CONNECT`.
  package struct Proxy: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var host: String
    package var port: Int
    /// User name and password; never part of a description.
    var credentials: ProxyCredentials?
    /// The variable that names it.
    package var variable: String

    /// What a proxy asks for in `Proxy-Authorization`.
    struct ProxyCredentials: Sendable, Equatable {
      var user: String
      var password: String
    }

    /// Host, port and variable, for `-v` and for messages; never a credential.
    package var description: String {
      let host = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
      return "\(host):\(port) (\(variable))"
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["proxy": description]) }
  }

  /// A proxy variable that cannot be used.
  package struct ProxyProblem: Error, Sendable, Equatable {
    package var variable: String
    /// What is wrong, as the end of a sentence that begins with the variable's name.
    package var message: String

    /// One sentence without a full stop; no part of the value is quoted.
    package var description: String { "\(variable) \(message)" }
  }

  /// The proxy for `https`; nil for none.
  package let https: Proxy?
  private let direct: [Exception]

  /// No proxy at all.
  package static let none = ProxySettings(https: nil, direct: [])

  private init(https: Proxy?, direct: [Exception]) {
    self.https = https
    self.direct = direct
  }

  /// Reads the variables.
  package init(environment: [String: String]) throws(ProxyProblem) {
    var https: Proxy?
    for name in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
      guard let value = environment[name] else { continue }
      if !value.isEmpty { https = try ProxySettings.proxy(value, variable: name) }
      break
    }
    let list = environment["no_proxy"] ?? environment["NO_PROXY"] ?? ""
    self.https = https
    direct = list.split(whereSeparator: { $0 == "," || $0.isWhitespace }).compactMap { Exception(String($0)) }
  }

  /// The proxy that a request goes through; nil when it is dialled directly.
  package func proxy(scheme: String, host: String, port: Int) -> Proxy? {
    guard scheme == "https", let https, HostClass(host) != .loopback else { return nil }
    return direct.contains { $0.covers(host: host, port: port) } ? nil : https
  }

  /// What nothing may show: the proxy's password, and user name and password together.
  package var secrets: [String] {
    guard let credentials = https?.credentials else { return [] }
    return [credentials.password, "\(credentials.user):\(credentials.password)"]
  }

  /// How `https` leaves this machine, in words for `-v`.
  package var description: String {
    guard let https else { return "no proxy" }
    return "through the proxy \(https)"
      + (direct.isEmpty ? "" : ", except for \(direct.count) of NO_PROXY's entries")
  }

  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: ["https": description]) }

  private static func proxy(_ value: String, variable: String) throws(ProxyProblem) -> Proxy {
    let url: URLParts
    do {
      url = try URLParts(value.contains("://") ? value : "http://\(value)")
    } catch .notAbsolute {
      throw ProxyProblem(
        variable: variable, message: "names a proxy of a kind that Kitform does not speak; use http://host:port")
    } catch {
      throw ProxyProblem(variable: variable, message: error.description)
    }
    guard url.scheme == "http" else {
      throw ProxyProblem(
        variable: variable,
        message: "names a proxy that is itself reached over https, which Kitform cannot; use http://")
    }
    guard url.path.isEmpty || url.path == "/", url.query == nil, url.fragment == nil else {
      throw ProxyProblem(variable: variable, message: "holds more than a host and a port")
    }
    var credentials: Proxy.ProxyCredentials?
    if let userInfo = url.userInfo {
      let parts = userInfo.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard let user = try? PercentCoding.decode(parts[0].utf8),
        let password = try? PercentCoding.decode((parts.count == 2 ? parts[1] : "").utf8)
      else { throw ProxyProblem(variable: variable, message: "has a user name or password that is not UTF-8") }
      credentials = Proxy.ProxyCredentials(user: user, password: password)
    }
    return Proxy(host: url.host, port: url.port ?? 80, credentials: credentials, variable: variable)
  }
}

extension ProxySettings {
  /// One entry of `NO_PROXY`.
  private struct Exception: Sendable {
    private enum Pattern: Sendable {
      case all
      /// A name and all names under it.
      case name(String)
      /// The first `bits` of an address.
      case range([UInt8], bits: Int)
    }

    private let pattern: Pattern
    private let port: Int?

    init?(_ entry: String) {
      if entry == "*" {
        pattern = .all
        port = nil
        return
      }
      if let slash = entry.firstIndex(of: "/") {
        guard let bytes = Exception.address(String(entry[..<slash])),
          let bits = Int(entry[entry.index(after: slash)...]),
          (0...(bytes.count * 8)).contains(bits)
        else { return nil }
        pattern = .range(bytes, bits: bits)
        port = nil
        return
      }
      if let bytes = Exception.address(entry) {
        pattern = .range(bytes, bits: bytes.count * 8)
        port = nil
        return
      }
      let trimmed = entry.hasPrefix("*.") ? entry.dropFirst(2) : entry.hasPrefix(".") ? entry.dropFirst() : entry[...]
      guard let parts = try? URLParts.hostAndPort(String(trimmed)) else { return nil }
      port = parts.port
      if let bytes = Exception.address(parts.host) {
        pattern = .range(bytes, bits: bytes.count * 8)
      } else {
        pattern = .name(HostName.folded(parts.host))
      }
    }

    func covers(host: String, port: Int) -> Bool {
      if let wanted = self.port, wanted != port { return false }
      switch pattern {
      case .all: return true
      case .name(let name):
        let host = HostName.folded(host)
        return host == name || host.hasSuffix("." + name)
      case .range(let prefix, let bits):
        guard let bytes = Exception.address(host), bytes.count == prefix.count else { return false }
        return (0..<bits).allSatisfy { bit in
          let mask: UInt8 = 0x80 >> UInt8(bit % 8)
          return bytes[bit / 8] & mask == prefix[bit / 8] & mask
        }
      }
    }

    private static func address(_ text: String) -> [UInt8]? {
      let text = HostName.folded(text)
      return IPv4Address(text)?.bytes ?? IPv6Address(text)?.bytes
    }
  }
}

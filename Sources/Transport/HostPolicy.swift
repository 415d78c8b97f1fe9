package import Basics

/// Which hosts a credential may go to: names under `voximplant.com`, this machine, and the names that the user who runs
/// Kitform lists outside the repository.
///
/// Names compare label by label, in lower case and without one trailing dot. A name beyond ASCII is refused rather than
/// converted, so that what is checked is what is dialled.
package struct HostPolicy: Sendable {
  /// The environment variable that lists further hosts.
  package static let allowVariable = "KITFORM_ALLOW_HOSTS"
  /// The environment variable that GitLab's runners set to GitLab's own host.
  package static let serverVariable = "CI_SERVER_HOST"

  /// What a host is wanted for.
  package enum Purpose: Sendable, Equatable {
    /// `apiHost`, `messagingHost`: the account's token goes there.
    case account
    /// An `http` or `s3` state: its user name, password or key goes there.
    case state
  }

  /// Whether a credential may go to a host.
  package enum Verdict: Sendable, Equatable {
    case allowed
    case refused(HostRefusal)
  }

  /// Why no credential goes to a host.
  package enum HostRefusal: Sendable, Equatable {
    /// Neither a DNS name nor an address: it has user info, a port, a path or a character beyond ASCII.
    case malformed
    /// Digits that only some libraries read as an address.
    case digits
    /// A sound host that nothing allows.
    case notListed

    /// Why, and what to do, as one sentence without a full stop.
    package var description: String {
      switch self {
      case .malformed: "it is neither a plain DNS name (names beyond ASCII in their xn-- form) nor an IP address"
      case .digits: "its digits are not four dotted decimals; write the address as 127.0.0.1"
      case .notListed:
        "it is not under voximplant.com, not this machine, and \(HostPolicy.allowVariable) does not list it"
      }
    }
  }

  /// Entries of the list that are neither a name, an address nor `*.name`; they allow nothing, and a message should say so.
  package let unreadableEntries: [String]
  private let exact: Set<String>
  /// Each with its leading dot.
  private let suffixes: [String]
  private let server: String?

  /// - Parameters:
  ///   - allowList: the content of `KITFORM_ALLOW_HOSTS`: exact hosts or `*.example.com` (names under it, not itself),
  ///     parted by commas, semicolons or white space.
  ///   - serverHost: the content of `CI_SERVER_HOST`.
  package init(allowList: String? = nil, serverHost: String? = nil) {
    var exact: Set<String> = []
    var suffixes = [".voximplant.com"]
    var unreadable: [String] = []
    for entry in (allowList ?? "").split(whereSeparator: { $0 == "," || $0 == ";" || $0.isWhitespace }) {
      if entry.hasPrefix("*."), HostClass(String(entry.dropFirst(2))) == .name {
        suffixes.append(HostName.folded(String(entry.dropFirst())))
      } else if let host = HostPolicy.comparable(String(entry)) {
        exact.insert(host)
      } else {
        unreadable.append(String(entry))
      }
    }
    self.exact = exact
    self.suffixes = suffixes
    unreadableEntries = unreadable
    server = serverHost.flatMap(HostPolicy.comparable)
  }

  /// Whether a credential may go to `host`, a bare host without scheme, user info or port.
  package func verdict(on host: String, for purpose: Purpose) -> Verdict {
    if HostClass.isLoopback(host) { return .allowed }
    switch HostClass(host) {
    case .malformed: return .refused(.malformed)
    case .digits: return .refused(.digits)
    default: break
    }
    guard let host = HostPolicy.comparable(host) else { return .refused(.malformed) }
    if exact.contains(host) { return .allowed }
    if HostName.isName(host), suffixes.contains(where: { host.count > $0.count && host.hasSuffix($0) }) {
      return .allowed
    }
    if purpose == .state, host == server { return .allowed }
    return .refused(.notListed)
  }

  /// The spelling that hosts compare by: a folded name, or an address's digits; nil for what is neither.
  private static func comparable(_ host: String) -> String? {
    switch HostClass(host) {
    case .malformed, .digits: return nil
    default: break
    }
    let folded = HostName.folded(host)
    guard let address = IPv6Address(folded) else { return folded }
    return "[" + address.bytes.map { String($0, radix: 16) }.joined(separator: ":") + "]"
  }
}

extension HTTPRequest {
  /// A request to a URL; its user info and fragment are left behind.
  package init(
    method: String, url: URLParts, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
    queryIsSecret: Bool = false
  ) {
    self.init(
      method: method, scheme: url.scheme, host: url.host, port: url.port, path: url.path.isEmpty ? "/" : url.path,
      query: url.query ?? "", headers: headers, body: body, queryIsSecret: queryIsSecret)
  }
}

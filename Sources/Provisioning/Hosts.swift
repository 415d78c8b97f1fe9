import Manifest

/// The hosts of URLs that are otherwise hidden: all that is ever shown of a callback URL from a secret reference.
enum Hosts {
  /// The host of an absolute URL, or nil.
  static func host(of text: String) -> String? {
    let bytes = Array(text.utf8)
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) else {
      return nil
    }
    let authority = bytes[(colon + 3)...].prefix { !"/?#\\".utf8.contains($0) }
    let start = authority.lastIndex(of: UInt8(ascii: "@")).map { $0 + 1 } ?? authority.startIndex
    var host = authority[start...]
    if let close = host.lastIndex(of: UInt8(ascii: "]")) {
      host = host[...close]
    } else if let port = host.lastIndex(of: UInt8(ascii: ":")) {
      host = host[..<port]
    }
    return host.isEmpty ? nil : String(decoding: host, as: UTF8.self)
  }

  /// How the host changes, or that it does not; nil where one is no URL.
  static func words(before: String, after: Secret) -> String? {
    guard let old = host(of: before), let new = after.reveal({ host(of: $0) }) else { return nil }
    return old.utf8.elementsEqual(new.utf8) ? "host \(new) stays" : "host \(old) → \(new)"
  }
}

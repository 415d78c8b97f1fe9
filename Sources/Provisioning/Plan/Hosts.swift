import Basics
import Manifest

/// The hosts of URLs that are otherwise hidden: all that is ever shown of a callback URL from a secret reference.
enum Hosts {
  /// The host of an absolute URL, or nil.
  static func host(of text: String) -> String? { try? URLParts(text).bracketedHost }

  /// How the host changes, or that it does not; nil where one is no URL.
  static func words(before: String, after: Secret) -> String? {
    guard let old = host(of: before), let new = after.reveal({ host(of: $0) }) else { return nil }
    return old == new ? "host \(new) stays" : "host \(old) → \(new)"
  }
}

import Crypto

/// The signature of what Kit sends to a custom channel's callback URL.
///
/// MD5 over salt, token and event id, joined by colons; the test request at creation has no event id. Lower-case hex
/// without spaces around the colons is assumed (the documentation prints a space after each).
package enum CallbackSignature {
  /// The signature of the test request that Kit makes when a channel is created.
  package static func testRequest(salt: String, token: String) -> String { digest([salt, token]) }

  /// The signature of an event.
  package static func event(_ id: String, salt: String, token: String) -> String { digest([salt, token, id]) }

  private static func digest(_ parts: [String]) -> String {
    HexDigits.text(Insecure.MD5.hash(data: Array(parts.joined(separator: ":").utf8)))
  }
}

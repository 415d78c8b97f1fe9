import Basics
import Crypto

/// The two tokens of a custom channel's session, in the form of JSON Web Tokens (HS256), which Kit's own documents call them.
struct SandboxToken: Equatable {
  /// What a token is for.
  enum Use: String {
    /// Sends events: 15 minutes.
    case access
    /// Gets the next pair: 24 hours, once.
    case refresh

    /// In seconds.
    var lifetime: Int { self == .access ? 15 * 60 : 24 * 60 * 60 }
  }

  var use: Use
  var channelUUID: String
  /// The API token that the session was made with.
  var apiToken: Int
  /// Random, so that no two tokens are equal.
  var id: String
  /// Seconds since 1970 on the sandbox's clock.
  var issued: Int

  var expires: Int { issued + use.lifetime }

  /// Header, claims and signature, each in base64url, joined by dots.
  func text(key: [UInt8]) -> String {
    let claims: JSONValue = [
      "sub": .string(channelUUID), "use": .string(use.rawValue), "tok": .integer(apiToken), "jti": .string(id),
      "iat": .integer(issued), "exp": .integer(expires),
    ]
    let signed = SandboxToken.header + "." + Base64URL.text(JSONWriter.bytes(claims))
    return signed + "." + Base64URL.text(SandboxToken.code(signed, key))
  }

  /// Reads a token that `key` signed; nil for anything else. Whether it has expired is for the caller to say.
  init?(text: String, key: [UInt8]) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == SandboxToken.header, let code = Base64URL.bytes(parts[2]),
      HMAC<SHA256>.isValidAuthenticationCode(
        code, authenticating: Array("\(parts[0]).\(parts[1])".utf8), using: SymmetricKey(data: key)),
      let claims = Base64URL.bytes(parts[1]).flatMap({ NestedJSON.read(String(decoding: $0, as: UTF8.self)) }),
      case .string(let channel)? = claims["sub"], case .string(let word)? = claims["use"],
      let use = Use(rawValue: word),
      case .integer(let apiToken)? = claims["tok"], case .string(let id)? = claims["jti"],
      case .integer(let issued)? = claims["iat"]
    else { return nil }
    self.init(use: use, channelUUID: channel, apiToken: apiToken, id: id, issued: issued)
  }

  init(use: Use, channelUUID: String, apiToken: Int, id: String, issued: Int) {
    self.use = use
    self.channelUUID = channelUUID
    self.apiToken = apiToken
    self.id = id
    self.issued = issued
  }

  private static let header = Base64URL.text(Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))

  private static func code(_ text: String, _ key: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key)))
  }
}

/// Base64 in the alphabet of URLs, without padding.
enum Base64URL {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  static func text(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var word = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
      var letters: [UInt8] = []
      for _ in 0..<4 {
        letters.append(alphabet[Int(word & 63)])
        word >>= 6
      }
      text.append(contentsOf: letters.reversed().prefix(group.count + 1))
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil for a letter beyond the alphabet.
  static func bytes(_ text: Substring) -> [UInt8]? {
    var bytes: [UInt8] = []
    var word: UInt32 = 0
    var bits = 0
    for letter in text.utf8 {
      guard let value = value(letter) else { return nil }
      word = word << 6 | value
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
        word &= (1 << UInt32(bits)) - 1
      }
    }
    return bytes
  }

  private static func value(_ letter: UInt8) -> UInt32? {
    switch letter {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(letter - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(letter - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(letter - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "-"): 62
    case UInt8(ascii: "_"): 63
    default: nil
    }
  }
}

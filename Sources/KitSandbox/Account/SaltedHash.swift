import Crypto

/// What the sandbox keeps of a secret: enough to recognise it, not to read it.
package struct SaltedHash: Sendable, Equatable {
  /// Random, 32 hexadecimal digits, one for each secret.
  package var salt: String
  /// SHA-256 over salt and secret, 64 hexadecimal digits.
  package var digest: String

  /// Takes parts that `AccountFile` wrote; nil where they are not hexadecimal digits of the right number.
  package init?(salt: String, digest: String) {
    guard HexDigits.isText(salt, digits: 32), HexDigits.isText(digest, digits: 64) else { return nil }
    self.salt = salt
    self.digest = digest
  }

  /// Hashes a secret with a fresh salt.
  package init(_ secret: String, using generator: inout some RandomNumberGenerator) {
    salt = HexDigits.random(bytes: 16, using: &generator)
    digest = SaltedHash.digest(salt: salt, secret: secret)
  }

  /// Whether `secret` is what was hashed; takes equally long whichever digit differs.
  package func matches(_ secret: String) -> Bool {
    let other = SaltedHash.digest(salt: salt, secret: secret)
    return zip(digest.utf8, other.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  private static func digest(salt: String, secret: String) -> String {
    HexDigits.text(SHA256.hash(data: Array(salt.utf8) + Array(secret.utf8)))
  }
}

/// Lower-case hexadecimal digits.
enum HexDigits {
  private static let digits = Array("0123456789abcdef".utf8)

  /// Two digits for each byte.
  static func text(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// Digits of random bytes.
  static func random(bytes count: Int, using generator: inout some RandomNumberGenerator) -> String {
    text((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
  }

  /// Whether a string is so many lower-case digits.
  static func isText(_ text: String, digits count: Int) -> Bool {
    text.utf8.count == count && text.utf8.allSatisfy { digits.contains($0) }
  }

  /// A random UUID, version 4.
  static func uuid(using generator: inout some RandomNumberGenerator) -> String {
    var bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { text(bytes[$0]) }.joined(separator: "-")
  }
}

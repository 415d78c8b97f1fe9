import Basics
import Crypto

/// SHA-256 over texts, each behind its length in bytes, so that no two lists of texts give the same bytes.
package struct FramedDigest {
  private var bytes: [UInt8] = []

  package init() {}

  /// Adds a string: its number of UTF-8 bytes as eight bytes, highest first, then the bytes.
  package mutating func add(_ text: String) {
    add(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  /// Adds a number as eight bytes, highest first.
  package mutating func add(_ number: Int) {
    for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  /// The digest as 64 hexadecimal digits.
  package func finish() -> String { Hexadecimal.text(SHA256.hash(data: bytes)) }
}

import Basics
import Crypto
import CryptoExtras
import Manifest

/// Derives keys from secrets that people choose (Security.md, "How a changed secret is recognised").
enum KeyDerivation {
  /// HKDF where the source has at least 32 bytes; else scrypt, which makes guessing a short one expensive.
  ///
  /// - Parameter purpose: keeps keys for different ends apart.
  static func key(from source: Secret, salt: [UInt8], purpose: String) throws(KeyDerivationFailure) -> SymmetricKey {
    let bytes = source.reveal { Array($0.utf8) }
    guard !bytes.isEmpty else { throw KeyDerivationFailure() }
    if bytes.count >= 32 {
      return HKDF<SHA256>.deriveKey(
        inputKeyMaterial: SymmetricKey(data: bytes), salt: salt, info: Array(purpose.utf8), outputByteCount: 32)
    }
    do {
      return try KDF.Scrypt.deriveKey(
        from: bytes, salt: salt, outputByteCount: 32, rounds: 1 << 15, blockSize: 8, parallelism: 1)
    } catch {
      throw KeyDerivationFailure()
    }
  }

  /// A key's id, which reveals nothing about the key: 16 hexadecimal digits.
  static func id(of key: SymmetricKey) -> String {
    let label = HMAC<SHA256>.authenticationCode(for: Array("kitform key id".utf8), using: key)
    return Hexadecimal.text(Array(label).prefix(8))
  }

  /// The texts' UTF-8 bytes, each behind its length as eight bytes, so that no two lists give the same bytes.
  static func framed(_ texts: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    for text in texts {
      let count = UInt64(text.utf8.count)
      for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: count >> shift)) }
      bytes.append(contentsOf: text.utf8)
    }
    return bytes
  }
}

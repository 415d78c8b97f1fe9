import Crypto
package import Manifest
import Synchronization

/// Makes and compares the keyed fingerprints by which a changed secret is recognised (reliability.md, "Secrets").
///
/// A fingerprint is HMAC-SHA-256 over address, field and value, each with its length before it, so that equal secrets of
/// two channels look different. The key is derived once, when the first fingerprint is asked for: a project without
/// secrets pays nothing.
package final class SecretFingerprinter: Sendable {
  private let source: Secret
  private let salt: [UInt8]
  private let derived = Mutex<Key?>(nil)

  private struct Key: Sendable {
    var key: SymmetricKey
    var id: String
  }

  /// Fingerprints under a key that is derived from `source` for one account.
  ///
  /// - Parameters:
  ///   - source: the value of `state.key`, else the account's token.
  ///   - host: the API's host.
  ///   - account: Kit's account name.
  package init(source: Secret, host: String, account: String) {
    self.source = source
    salt = Array(SHA256.hash(data: KeyDerivation.framed([host, account])))
  }

  /// The fingerprint of a field's value, with the id of its key.
  package func fingerprint(
    _ secret: Secret, of address: Address, field: String
  ) throws(KeyDerivationFailure) -> SecretFingerprint {
    let key = try derivedKey()
    let code = HMAC<SHA256>.authenticationCode(for: message(secret, address, field), using: key.key)
    return SecretFingerprint(key: key.id, digest: Hexadecimal.text(code))
  }

  /// The id that stands beside every fingerprint of this key.
  package func keyID() throws(KeyDerivationFailure) -> String { try derivedKey().id }

  /// Derives the key beforehand; a failure shows where the key is used.
  package func prepare() { _ = try? derivedKey() }

  /// Compares a value with a fingerprint, in constant time.
  package func compare(
    _ secret: Secret, of address: Address, field: String, with known: SecretFingerprint
  ) throws(KeyDerivationFailure) -> Comparison {
    let key = try derivedKey()
    guard key.id == known.key, let code = Hexadecimal.bytes(known.digest) else { return .unknown }
    let isSame = HMAC<SHA256>.isValidAuthenticationCode(
      code, authenticating: message(secret, address, field), using: key.key)
    return isSame ? .same : .changed
  }

  /// What a comparison says.
  package enum Comparison: Sendable {
    case same, changed
    /// The fingerprint was made under another key, so that nothing can be said.
    case unknown
  }

  private func message(_ secret: Secret, _ address: Address, _ field: String) -> [UInt8] {
    secret.reveal { KeyDerivation.framed([address.description, field, $0]) }
  }

  private func derivedKey() throws(KeyDerivationFailure) -> Key {
    try derived.withLock { key throws(KeyDerivationFailure) in
      if let key { return key }
      let derived = try KeyDerivation.key(from: source, salt: salt, purpose: "kitform secret fingerprint")
      let new = Key(key: derived, id: KeyDerivation.id(of: derived))
      key = new
      return new
    }
  }
}

/// The key for fingerprints could not be derived: its source is empty, or 32 MB of memory are not to be had.
package struct KeyDerivationFailure: Error, Sendable, Equatable {
  package init() {}

  package var words: String {
    "the key for comparing secrets could not be derived: its source (state.key, else the account's token) is empty, "
      + "or the 32 MB of memory that it takes are not free"
  }
}

import Basics
import Crypto
package import Manifest
import Synchronization

/// Makes and compares keyed fingerprints of secrets (Security.md, "How a changed secret is recognised").
///
/// A fingerprint is HMAC-SHA-256 over address, field and value, each with its length before it, so that equal secrets of
/// two channels look different. A key is derived once, when it is first needed: a project without secrets pays nothing.
package final class SecretFingerprinter: Sendable {
  private let source: Secret
  private let former: [Secret]
  /// Where the key of new fingerprints comes from.
  let origin: KeyOrigin
  private let salt: [UInt8]
  private let derived = Mutex<Key?>(nil)
  private let derivedFormer = Mutex<[Key]?>(nil)

  private struct Key: Sendable {
    var key: SymmetricKey
    var id: String
  }

  /// Where the key of new fingerprints comes from; it decides how a fingerprint of another key is explained.
  package enum KeyOrigin: Sendable {
    /// `state.key`.
    case stateKey
    /// The account's token, in a project without `state.key`.
    case token
  }

  /// Fingerprints under a key that is derived from `source` for one account.
  ///
  /// - Parameters:
  ///   - source: the value of `state.key`, else the account's token.
  ///   - origin: which of both it is.
  ///   - former: other values that older fingerprints may have been made with; new ones never are.
  ///   - host: the API's host.
  ///   - account: Kit's account name.
  package init(source: Secret, origin: KeyOrigin = .stateKey, former: [Secret] = [], host: String, account: String) {
    self.source = source
    self.origin = origin
    self.former = former
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

  /// The id that is stored with every fingerprint of this key.
  package func keyID() throws(KeyDerivationFailure) -> String { try derivedKey().id }

  /// Derives the key beforehand; a failure shows where the key is used.
  package func prepare() { _ = try? derivedKey() }

  /// Compares a value with a fingerprint, in constant time.
  package func compare(
    _ secret: Secret, of address: Address, field: String, with known: SecretFingerprint
  ) throws(KeyDerivationFailure) -> Comparison {
    guard let key = try key(known.key), let code = Hexadecimal.bytes(known.digest) else { return .unknown }
    let isSame = HMAC<SHA256>.isValidAuthenticationCode(
      code, authenticating: message(secret, known.address ?? address, field), using: key.key)
    return isSame ? .same : .changed
  }

  /// Whether a key at hand made a fingerprint, so that a value can be compared with it.
  package func knows(_ known: SecretFingerprint) throws(KeyDerivationFailure) -> Bool { try key(known.key) != nil }

  /// Whether a fingerprint must be renewed: it was made under a former key, or for a former address.
  package func isOutdated(_ known: SecretFingerprint) throws(KeyDerivationFailure) -> Bool {
    try derivedKey().id != known.key || known.address != nil
  }

  /// What a comparison says.
  package enum Comparison: Sendable {
    case same, changed
    /// No key at hand made the fingerprint, so that nothing can be said.
    case unknown
  }

  private func message(_ secret: Secret, _ address: Address, _ field: String) -> [UInt8] {
    secret.reveal { KeyDerivation.framed([address.description, field, $0]) }
  }

  private func derivedKey() throws(KeyDerivationFailure) -> Key {
    try derived.withLock { key throws(KeyDerivationFailure) in
      if let key { return key }
      let new = try derive(source)
      key = new
      return new
    }
  }

  /// The key of an id: the present one, or a former one. Former ones are derived when a fingerprint asks for one.
  private func key(_ id: String) throws(KeyDerivationFailure) -> Key? {
    let present = try derivedKey()
    if present.id == id { return present }
    guard !former.isEmpty, id != SecretFingerprint.movedKey else { return nil }
    let keys = derivedFormer.withLock { keys in
      let known = keys ?? former.compactMap { try? derive($0) }
      keys = known
      return known
    }
    return keys.first { $0.id == id }
  }

  private func derive(_ source: Secret) throws(KeyDerivationFailure) -> Key {
    let key = try KeyDerivation.key(from: source, salt: salt, purpose: "kitform secret fingerprint")
    return Key(key: key, id: KeyDerivation.id(of: key))
  }
}

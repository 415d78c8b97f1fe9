package import Manifest

/// A keyed fingerprint of a secret's value (HMAC-SHA-256 over address, field and value), with the id of its key.
package struct SecretFingerprint: Sendable, Equatable {
  /// The id of the key; under another key a comparison says nothing.
  package var key: String
  /// 64 hexadecimal digits.
  package var digest: String
  /// The address that it was made for, where the channel has another one by now; nil where it is the channel's.
  package var address: Address?

  package init(key: String, digest: String, address: Address? = nil) {
    self.key = key
    self.digest = digest
    self.address = address
  }
}

import Manifest
package import Provisioning

/// Keys for tests of encryption.
package enum Sealers {
  /// A codec with a key of at least 32 bytes, which costs no scrypt.
  package static func codec(
    encrypts: Bool, key: String = "a key of at least thirty-two bytes, for HKDF",
    notice: @escaping @Sendable (DocumentSealer.Notice) -> Void = { _ in }
  ) -> StateCodec {
    StateCodec(sealer: sealer(encrypts: encrypts, key: key, notice: notice))
  }

  package static func sealer(
    encrypts: Bool, key: String = "a key of at least thirty-two bytes, for HKDF",
    notice: @escaping @Sendable (DocumentSealer.Notice) -> Void = { _ in }
  ) -> DocumentSealer {
    DocumentSealer(encrypts: encrypts, source: { .success(Secret(key)) }, notice: notice)
  }
}

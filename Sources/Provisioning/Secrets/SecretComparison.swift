import Manifest

/// The secrets of one plan as it may know them: resolved or not, and how they compare with fingerprints.
struct SecretComparison {
  private let secrets: ResolvedSecrets
  private let fingerprinter: SecretFingerprinter?
  /// Why no key could be derived; then nothing is compared, and the plan has an error.
  private(set) var failure: KeyDerivationFailure?

  init(secrets: ResolvedSecrets, fingerprinter: SecretFingerprinter?) {
    self.secrets = secrets
    self.fingerprinter = fingerprinter
  }

  /// Takes over that a copy could derive no key.
  mutating func merge(_ other: SecretComparison) { failure = failure ?? other.failure }

  /// The value behind a channel's secret reference, or nil where it does not resolve.
  func value(_ address: Address, _ field: String) -> Secret? { secrets[address, field] }

  /// The fingerprint of a secret, or nil without a key.
  mutating func fingerprint(_ secret: Secret?, of address: Address, field: String) -> SecretFingerprint? {
    guard let secret, let fingerprinter, failure == nil else { return nil }
    do throws(KeyDerivationFailure) {
      return try fingerprinter.fingerprint(secret, of: address, field: field)
    } catch {
      failure = error
      return nil
    }
  }

  /// Whether a secret has the value of a fingerprint; nil without a key, so that nothing is compared.
  mutating func compare(
    _ secret: Secret, of address: Address, field: String, with known: SecretFingerprint
  ) -> SecretFingerprinter.Comparison? {
    guard let fingerprinter, failure == nil else { return nil }
    do throws(KeyDerivationFailure) {
      return try fingerprinter.compare(secret, of: address, field: field, with: known)
    } catch {
      failure = error
      return nil
    }
  }

  /// Why a secret cannot be compared with a fingerprint; nil where it can be.
  mutating func obstacle(_ known: SecretFingerprint) -> FingerprintObstacle? {
    guard let fingerprinter, failure == nil else { return .noKey }
    do throws(KeyDerivationFailure) {
      return try fingerprinter.knows(known) ? nil : fingerprinter.obstacle(known)
    } catch {
      failure = error
      return .noKey
    }
  }

  /// Whether an equal fingerprint must be renewed, under the present key and for the present address.
  mutating func isOutdated(_ known: SecretFingerprint) -> Bool {
    guard let fingerprinter, failure == nil else { return false }
    do throws(KeyDerivationFailure) { return try fingerprinter.isOutdated(known) } catch {
      failure = error
      return false
    }
  }

  /// Whether the account shows what an apply read back of a field; nil where it read back nothing else, or it is unknown.
  mutating func isReadBack(_ shown: Value, of field: State.AppliedField, at address: Address) -> Bool? {
    switch field.readBack {
    case nil: return nil
    case .value(let json): return Value(json: json).map { $0.agrees(with: shown) }
    case .fingerprint(let known):
      guard case .text(let text) = shown else { return nil }
      return compare(Secret(text), of: address, field: field.name, with: known).map { $0 == .same }
    }
  }

  /// Whether two readable texts are the same, one of them a secret's value, without laying it open; nil without a key.
  mutating func isSame(_ secret: Secret, as text: String, of address: Address, field: String) -> Bool? {
    guard let known = fingerprint(Secret(text), of: address, field: field) else { return nil }
    return compare(secret, of: address, field: field, with: known).map { $0 == .same }
  }
}

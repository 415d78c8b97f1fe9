import Basics
import Crypto
import Documents
package import Manifest
import Synchronization

/// Encrypts states and plan files with the key of `state.key`, and reads them back.
///
/// The secret is asked for when it is first needed: reading an unencrypted state needs no key. Keys are derived once
/// for each lineage.
package final class DocumentSealer: Sendable {
  /// Whether what is written is encrypted; what is read may be either.
  package let encrypts: Bool
  private let source: @Sendable () -> Result<Secret, SealingFailure>
  private let former: @Sendable () -> Secret?
  private let notice: @Sendable (Notice) -> Void
  private let keys = Mutex<[String: DocumentKey]>([:])

  /// A state is not kept as the manifests want it: the next apply writes it anew, and so does `kitform state migrate`.
  package enum Notice: Sendable, Hashable, CaseIterable {
    /// It is plain, and `state.encrypt` is on.
    case plain
    /// It is encrypted, and `state.encrypt` is not on.
    case encrypted
    /// It is encrypted under the former key.
    case formerKey

    /// What is found when the state is read.
    package var words: String {
      switch self {
      case .plain:
        "the state is not encrypted yet: the next write encrypts it (an apply, or `kitform state migrate`)"
      case .encrypted:
        "the state is encrypted, but `state.encrypt` is not on: the next write leaves it in plain text (an apply, or `kitform state migrate`)"
      case .formerKey:
        "the state is encrypted under the former key: the next write takes the present one (an apply, or `kitform state migrate`)"
      }
    }

    /// What a write has done about it.
    package var done: String {
      switch self {
      case .plain: "it is encrypted now; copies that were made before are not"
      case .encrypted: "it is in plain text now"
      case .formerKey: "it is encrypted under the present key now"
      }
    }
  }

  /// - Parameters:
  ///   - source: the value of `state.key`, asked for when it is first needed.
  ///   - former: a former value of `state.key`, which reads and never writes; nil where none is given.
  ///   - notice: takes what a read finds, each time.
  package init(
    encrypts: Bool, source: @escaping @Sendable () -> Result<Secret, SealingFailure>,
    former: @escaping @Sendable () -> Secret? = { nil }, notice: @escaping @Sendable (Notice) -> Void = { _ in }
  ) {
    self.encrypts = encrypts
    self.source = source
    self.former = former
    self.notice = notice
  }

  /// A note where a state that was read is not kept as `state.encrypt` requires.
  func noteRead(isEncrypted: Bool) {
    if isEncrypted != encrypts { notice(isEncrypted ? .encrypted : .plain) }
  }

  /// The key for documents of one lineage, or of one plan's digest.
  func key(_ lineage: String) throws(SealingFailure) -> DocumentKey {
    if let known = keys.withLock({ $0[lineage] }) { return known }
    let new = try derive(try source().get(), lineage)
    keys.withLock { $0[lineage] = new }
    return new
  }

  private func derive(_ secret: Secret, _ lineage: String) throws(SealingFailure) -> DocumentKey {
    let salt = Array(SHA256.hash(data: KeyDerivation.framed(["kitform encryption", lineage])))
    do throws(KeyDerivationFailure) {
      let key = try KeyDerivation.key(from: secret, salt: salt, purpose: "kitform encryption")
      return DocumentKey(key: key, id: KeyDerivation.id(of: key))
    } catch {
      throw .noKey("its value is empty, or the 32 MB of memory that deriving one takes are not free")
    }
  }

  /// Decrypts a document of one lineage, or of one plan's digest, under the present key, else under the former one.
  func open(_ sealed: SealedDocument, _ lineage: String) throws(SealingFailure) -> (content: [UInt8], isFormer: Bool) {
    do throws(SealingFailure) { return (try sealed.open(with: key(lineage)), false) } catch {
      guard error == .otherKey, let former = former() else { throw error }
      return (try sealed.open(with: derive(former, lineage)), true)
    }
  }

  /// Says that a state that was read is encrypted under the former key.
  func noteFormerKey() { if encrypts { notice(.formerKey) } }
}

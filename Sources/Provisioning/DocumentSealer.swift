import Crypto
import Documents
package import Manifest
import Synchronization

/// A key for documents, with the id that names it.
struct DocumentKey: Sendable {
  var key: SymmetricKey
  var id: String
}

/// Encrypts states and plan files with the key of `state.key`, and reads them back.
///
/// The secret is asked for when it is first needed: whoever reads an unencrypted state needs no key. Keys are derived once
/// for each lineage.
package final class DocumentSealer: Sendable {
  /// Whether what is written is encrypted; what is read may be either.
  package let encrypts: Bool
  private let source: @Sendable () -> Result<Secret, SealingFailure>
  private let notice: @Sendable (Notice) -> Void
  private let keys = Mutex<[String: DocumentKey]>([:])

  /// What a reader is told once about a state that is not kept as `state.encrypt` says.
  package enum Notice: Sendable, Hashable {
    /// It is plain, and the next write encrypts it.
    case plain
    /// It is encrypted, and the next write leaves it plain.
    case encrypted

    package var words: String {
      switch self {
      case .plain: "the state is not encrypted yet: the next write encrypts it, as `state.encrypt` says"
      case .encrypted: "the state is encrypted, but `state.encrypt` is not on: the next write leaves it in plain text"
      }
    }
  }

  package init(
    encrypts: Bool, source: @escaping @Sendable () -> Result<Secret, SealingFailure>,
    notice: @escaping @Sendable (Notice) -> Void = { _ in }
  ) {
    self.encrypts = encrypts
    self.source = source
    self.notice = notice
  }

  /// Says so where a state that was read is not kept as `state.encrypt` says.
  func noteRead(isEncrypted: Bool) {
    if isEncrypted != encrypts { notice(isEncrypted ? .encrypted : .plain) }
  }

  /// The key for documents of one lineage, or of one plan's digest.
  func key(_ lineage: String) throws(SealingFailure) -> DocumentKey {
    if let known = keys.withLock({ $0[lineage] }) { return known }
    let salt = Array(SHA256.hash(data: KeyDerivation.framed(["kitform encryption", lineage])))
    let secret = try source().get()
    let key: SymmetricKey
    do throws(KeyDerivationFailure) {
      key = try KeyDerivation.key(from: secret, salt: salt, purpose: "kitform encryption")
    } catch {
      throw .noKey("its value is empty, or the 32 MB of memory that deriving one takes are not free")
    }
    let new = DocumentKey(key: key, id: KeyDerivation.id(of: key))
    keys.withLock { $0[lineage] = new }
    return new
  }

  // MARK: Plan files

  /// The bytes of a plan file as they are to be written.
  package func bytes(ofPlan plan: [UInt8], digest: String) throws(SealingFailure) -> [UInt8] {
    guard encrypts else { return plan }
    let header: [JSONValue.Member] = [.init("format", .string(PlanFile.format)), .init("digest", .string(digest))]
    return try SealedDocument(sealing: plan, header: header, with: key(digest)).encode()
  }

  /// The bytes of a plan file as they were before they were encrypted; those of any other file as they are.
  package func plan(from bytes: [UInt8]) throws(SealingFailure) -> [UInt8] {
    guard let sealed = DocumentSealer.sealedPlan(bytes) else { return bytes }
    guard case .string(let digest)? = JSONValue.object(sealed.header)["digest"] else { throw .tampered }
    return try sealed.open(with: key(digest))
  }

  /// Whether a file is an encrypted plan, whole or not.
  package static func isSealedPlan(_ bytes: [UInt8]) -> Bool { sealedPlan(bytes) != nil }

  private static func sealedPlan(_ bytes: [UInt8]) -> SealedDocument? {
    let composed = JSONComposer.compose(
      SourceFile(path: "plan", bytes: bytes), file: 0,
      budget: DocumentBudget(bytes: PlanFile.byteLimit, scalarBytes: PlanFile.byteLimit, nodes: 1000))
    guard composed.diagnostics.isEmpty, let root = composed.document.roots.first else { return nil }
    return SealedDocument(composed.document.json(root), bytes: bytes)
  }
}

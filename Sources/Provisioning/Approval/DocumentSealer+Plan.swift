import Basics
import Documents

extension DocumentSealer {
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
    return try open(sealed, digest).content
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

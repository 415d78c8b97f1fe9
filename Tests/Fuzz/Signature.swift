import Basics
import Crypto
import Documents

/// Gives a document of random making the checksum that it would have, so that what is behind that check is reached too.
enum Signature {
  /// The members in canonical form, with a checksum over them; nil for bytes that are no JSON object.
  static func sign(_ bytes: [UInt8]) -> [UInt8]? {
    let (document, findings) = JSONComposer.compose(SourceFile(path: "x.json", bytes: bytes), file: 0)
    guard findings.isEmpty, let root = document.roots.first, case .object(let all) = document.json(root) else {
      return nil
    }
    let members = all.filter { $0.key != "sha256" }
    let digest = SHA256.hash(data: CanonicalJSON.encode(.object(members)))
    let text = digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    return CanonicalJSON.encode(.object(members + [.init("sha256", .string(text))]), pretty: true)
  }
}

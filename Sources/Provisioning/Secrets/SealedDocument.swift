import Basics
import Crypto

/// A document whose content is encrypted with AES-256-GCM while its first members stay readable.
///
/// The readable members are authenticated with the content. The form is canonical JSON: they come first, then `encryption`
/// with the key's id and, as base64, nonce, content and tag, then a SHA-256 over everything before it, which tells an
/// accident from a wrong key.
struct SealedDocument {
  static let cipher = "AES-256-GCM"

  /// The readable members, in their order.
  var header: [JSONValue.Member]
  var keyID: String
  /// Nonce, encrypted content and tag.
  var data: [UInt8]

  /// Encrypts `content`.
  init(sealing content: [UInt8], header: [JSONValue.Member], with key: DocumentKey) throws(SealingFailure) {
    self.header = header
    keyID = key.id
    do {
      let box = try AES.GCM.seal(content, using: key.key, authenticating: SealedDocument.authenticated(header, key.id))
      guard let combined = box.combined else { throw SealingFailure.cannotEncrypt }
      data = Array(combined)
    } catch {
      throw .cannotEncrypt
    }
  }

  /// Takes a document apart; nil where it is not exactly what `encode` writes.
  init?(_ json: JSONValue, bytes: [UInt8]) {
    guard case .object(let members) = json,
      let index = members.firstIndex(where: { $0.key == "encryption" }),
      members[index].value["cipher"] == .string(SealedDocument.cipher),
      case .string(let keyID)? = members[index].value["key"],
      case .string(let text)? = members[index].value["data"], let data = Base64.bytes(text)
    else { return nil }
    header = Array(members[..<index])
    self.keyID = keyID
    self.data = data
    guard document.encodes(to: bytes) else { return nil }
  }

  func encode() -> [UInt8] { document.encode() }

  private var document: ChecksummedJSON {
    ChecksummedJSON(
      header + [
        .init(
          "encryption",
          [
            "cipher": .string(SealedDocument.cipher), "key": .string(keyID), "data": .string(Base64.text(data)),
          ])
      ])
  }

  /// Decrypts the content.
  func open(with key: DocumentKey) throws(SealingFailure) -> [UInt8] {
    guard key.id == keyID else { throw .otherKey }
    do {
      let box = try AES.GCM.SealedBox(combined: data)
      return Array(
        try AES.GCM.open(box, using: key.key, authenticating: SealedDocument.authenticated(header, keyID)))
    } catch {
      throw .tampered
    }
  }

  private static func authenticated(_ header: [JSONValue.Member], _ keyID: String) -> [UInt8] {
    CanonicalJSON.encode(.object(header + [.init("key", .string(keyID))]))
  }
}

/// Why a document cannot be encrypted or decrypted.
package enum SealingFailure: Error, Sendable, Equatable {
  /// There is no key; the words say why.
  case noKey(String)
  /// It was encrypted under another key.
  case otherKey
  /// The key is the right one and the content is not what was encrypted.
  case tampered
  case cannotEncrypt

  /// One clause that begins with "it" or names the key.
  package var words: String {
    switch self {
    case .noKey(let reason): "it takes the key of `state.key`: \(reason)"
    case .otherKey: "it is encrypted under another key than that of `state.key`"
    case .tampered: "it was changed after Kitform encrypted it"
    case .cannotEncrypt: "it could not be encrypted"
    }
  }
}

import Basics
import Crypto
import Documents

/// A document in canonical JSON whose last member is a SHA-256 over the compact form of those before it.
///
/// The checksum finds accidents, not forgery.
struct ChecksummedJSON {
  /// The whole document, compact.
  private let compact: [UInt8]
  let checksum: String

  /// - Parameter members: those before the checksum, at least one.
  init(_ members: [JSONValue.Member]) {
    var bytes = CanonicalJSON.encode(.object(members))
    checksum = Hexadecimal.text(SHA256.hash(data: bytes))
    bytes.removeLast()
    bytes += ",\"sha256\":\"\(checksum)\"}".utf8
    compact = bytes
  }

  /// How the text of a file differs from the one that Kitform writes, for a message.
  static func difference(of bytes: [UInt8]) -> String {
    if bytes.starts(with: SourceFile.byteOrderMark) {
      return "it begins with a byte order mark, which Kitform does not write: a tool converted the file"
    }
    if zip(bytes, bytes.dropFirst()).contains(where: { $0 == 0x0D && $1 == 0x0A }) {
      return "its line ends are CR LF, and Kitform writes LF: a tool converted the file"
    }
    return "its text is not as Kitform writes it: it was edited or formatted"
  }

  /// Hands the document in its pretty form to `sink` piece by piece.
  func encode(to sink: ([UInt8]) -> Void) { JSONIndenter.indent(compact, to: sink) }

  /// The document in its pretty form.
  func encode() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(compact.count + compact.count / 2)
    encode { bytes += $0 }
    return bytes
  }

  /// Whether `bytes` are those of the document, without making them once more.
  func encodes(to bytes: [UInt8]) -> Bool {
    var offset = 0
    var isSame = true
    encode { piece in
      let end = offset + piece.count
      isSame = isSame && end <= bytes.count && bytes[offset..<end] == piece[...]
      offset = end
    }
    return isSame && offset == bytes.count
  }
}

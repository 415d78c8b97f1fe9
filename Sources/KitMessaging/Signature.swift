import Crypto

/// The signature that Kit puts into the `Authorization` header of what it sends to a callback URL.
///
/// It is MD5 over security salt, API token and event id, joined by colons; the test request at a channel's creation has no
/// event id. There is no time in it, and the body is not covered: a reader of one signed request can send another body
/// under the same event id. Use HTTPS and a callback path that cannot be guessed.
public struct Signature: Sendable {
  /// How the parts are joined.
  public enum Form: Sendable, CaseIterable {
    /// `salt:token:event`: what is taken for Kit's form.
    case plain
    /// `salt: token: event`, as Kit's documentation prints it.
    case spaces
  }

  /// Salt and token with their separator, ready for an event id.
  private let plainPrefix: [UInt8]
  private let spacesPrefix: [UInt8]

  /// - Parameters:
  ///   - salt: the channel's security salt, which Kit makes at its creation.
  ///   - token: the API token that was chosen for the channel.
  public init(salt: String, token: String) {
    plainPrefix = Array("\(salt):\(token)".utf8)
    spacesPrefix = Array("\(salt): \(token)".utf8)
  }

  /// The signature of an event, in lower-case hexadecimal digits.
  public func event(_ id: String, form: Form = .plain) -> String { Signature.text(digest(id, form)) }

  /// The signature of the test request, in lower-case hexadecimal digits.
  public func testRequest(form: Form = .plain) -> String { Signature.text(digest(nil, form)) }

  /// Whether a header's value signs an event, or the test request where `eventID` is nil.
  ///
  /// The value may be bare or follow `Bearer`, in either letter case. The time that the comparison takes does not
  /// depend on where two digests differ.
  ///
  /// - Parameter acceptsSpaces: whether the form of the documentation, with a space after each colon, counts too.
  public func verifies(_ header: String, eventID: String?, acceptsSpaces: Bool = false) -> Bool {
    guard let given = Signature.digest(ofHeader: header) else { return false }
    if Signature.isEqual(given, digest(eventID, .plain)) { return true }
    return acceptsSpaces && Signature.isEqual(given, digest(eventID, .spaces))
  }

  private func digest(_ eventID: String?, _ form: Form) -> Insecure.MD5Digest {
    let prefix = form == .plain ? plainPrefix : spacesPrefix
    guard let eventID else { return Insecure.MD5.hash(data: prefix) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(prefix.count + eventID.utf8.count + 2)
    bytes.append(contentsOf: prefix)
    bytes.append(UInt8(ascii: ":"))
    if form == .spaces { bytes.append(UInt8(ascii: " ")) }
    bytes.append(contentsOf: eventID.utf8)
    return Insecure.MD5.hash(data: bytes)
  }

  /// Sixteen bytes as two words, the first byte in the highest place.
  private typealias Words = (UInt64, UInt64)

  private static func isEqual(_ given: Words, _ digest: Insecure.MD5Digest) -> Bool {
    var words: Words = (0, 0)
    for (index, byte) in digest.enumerated() {
      if index < 8 { words.0 = words.0 << 8 | UInt64(byte) } else { words.1 = words.1 << 8 | UInt64(byte) }
    }
    return (words.0 ^ given.0) | (words.1 ^ given.1) == 0
  }

  /// Reads 32 hexadecimal digits, bare or behind `Bearer`, with spaces around them.
  private static func digest(ofHeader header: String) -> Words? {
    let bytes = header.utf8Span.span
    var start = 0
    var end = bytes.count
    while start < end, isSpace(bytes[start]) { start += 1 }
    while end > start, isSpace(bytes[end - 1]) { end -= 1 }
    if end - start > 7, isScheme(bytes, at: start) {
      start += 7
      while start < end, isSpace(bytes[start]) { start += 1 }
    }
    guard end - start == 32 else { return nil }
    var words: Words = (0, 0)
    for index in 0..<16 {
      guard let high = hexadecimalDigit(bytes[start + index]), let low = hexadecimalDigit(bytes[start + 16 + index])
      else { return nil }
      words.0 = words.0 << 4 | high
      words.1 = words.1 << 4 | low
    }
    return words
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  /// Whether there is `Bearer` and a space at a place, in any letter case.
  private static func isScheme(_ bytes: Span<UInt8>, at start: Int) -> Bool {
    (bytes[start] | 0x20, bytes[start + 1] | 0x20, bytes[start + 2] | 0x20)
      == (UInt8(ascii: "b"), UInt8(ascii: "e"), UInt8(ascii: "a"))
      && (bytes[start + 3] | 0x20, bytes[start + 4] | 0x20, bytes[start + 5] | 0x20)
        == (UInt8(ascii: "r"), UInt8(ascii: "e"), UInt8(ascii: "r"))
      && isSpace(bytes[start + 6])
  }

  private static func hexadecimalDigit(_ byte: UInt8) -> UInt64? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func text(_ digest: Insecure.MD5Digest) -> String {
    var text: [UInt8] = []
    for byte in digest {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}

/// Rules for strings, checked on their UTF-8 bytes.
package enum TextRules {
  /// C0, DEL and C1.
  package static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
  }

  /// What is wrong with a string, as the end of a sentence; nil where nothing is.
  package static func fault(
    in bytes: ArraySlice<UInt8>, mayBeEmpty: Bool = false, mayHaveOuterWhiteSpace: Bool = false
  ) -> String? {
    if bytes.isEmpty, !mayBeEmpty { return "is empty" }
    if hasControl(bytes) { return "has control characters" }
    return !mayHaveOuterWhiteSpace && hasOuterWhiteSpace(bytes) ? "begins or ends with white space" : nil
  }

  /// Whether a string has C0, DEL or C1 characters.
  package static func hasControl(_ bytes: ArraySlice<UInt8>) -> Bool {
    var before: UInt8 = 0
    for byte in bytes {
      // U+0080 to U+009F are 0xC2 and a byte below 0xA0.
      if byte < 0x20 || byte == 0x7F || (before == 0xC2 && byte < 0xA0) { return true }
      before = byte
    }
    return false
  }

  /// Spaces, tabs and line breaks at either end.
  package static func hasOuterWhiteSpace(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let first = bytes.first, let last = bytes.last else { return false }
    if first < 0x80, last < 0x80 { return isSpace(first) || isSpace(last) }
    let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars
    return scalars.first?.properties.isWhitespace == true || scalars.last?.properties.isWhitespace == true
  }

  /// The number of Unicode scalars in a string.
  package static func count(_ bytes: ArraySlice<UInt8>) -> Int {
    var count = 0
    for byte in bytes where byte & 0xC0 != 0x80 { count += 1 }
    return count
  }

  /// The white space of ASCII: tab, the line breaks, and the space.
  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}

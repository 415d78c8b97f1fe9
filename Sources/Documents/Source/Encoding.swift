import Basics

/// Looks through a file's bytes before a parser sees them: the encoding, and characters that no manifest may have.
package struct Encoding {
  /// The first byte after a byte order mark.
  package private(set) var start = 0
  /// Every byte stands for a character of its own.
  package private(set) var isASCII = true
  /// The file has a dollar sign; searched for together with control characters.
  package private(set) var hasDollar = false
  /// The file has a percent sign; searched for together with control characters.
  package private(set) var hasPercent = false
  /// What keeps the file from being read at all: its place, what is wrong and why.
  package private(set) var failure: EncodingFailure?
  /// Characters that a YAML file may not have, with their byte ranges.
  package private(set) var controls: [(range: Range<Int>, scalar: UInt32)] = []

  /// A file that is not UTF-8.
  package struct EncodingFailure {
    package var range: Range<Int>
    package var message: String
    package var why: String?
  }

  /// Checks `bytes`; with `findsControls` also for control characters, noncharacters and hidden line breaks.
  package init(_ bytes: [UInt8], findsControls: Bool) {
    var high: UInt8 = 0
    var odd: UInt8 = 0
    for byte in bytes {
      high |= byte
      // Bitwise, so that the loop has no branch and runs over many bytes at once.
      let isBeyond: UInt8 = byte &- 0x20 > 0x5E ? 1 : 0
      let isBreak: UInt8 = byte == 0x0A ? 1 : 0
      let isReturn: UInt8 = byte == 0x0D ? 1 : 0
      let isTab: UInt8 = byte == 0x09 ? 1 : 0
      odd |= isBeyond & ~(isBreak | isReturn | isTab)
    }
    if findsControls {
      hasDollar = Encoding.has(UInt8(ascii: "$"), bytes)
      hasPercent = Encoding.has(UInt8(ascii: "%"), bytes)
    }
    isASCII = high < 0x80
    if odd == 0 { return }
    if let name = Encoding.foreign(bytes) {
      failure = EncodingFailure(range: 0..<min(2, bytes.count), message: "the file is encoded as \(name)", why: nil)
      return
    }
    if bytes.starts(with: SourceFile.byteOrderMark) { start = 3 }
    scan(bytes, findsControls)
  }

  /// Whether a byte occurs among others; without a branch, so that the loop runs over many bytes at once.
  private static func has(_ wanted: UInt8, _ bytes: [UInt8]) -> Bool {
    var found: UInt8 = 0
    for byte in bytes { found |= byte == wanted ? 1 : 0 }
    return found != 0
  }

  /// Names UTF-16 and UTF-32 by their byte order mark, or by the zero bytes that ASCII text has in them.
  private static func foreign(_ bytes: [UInt8]) -> String? {
    if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return "UTF-32" }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
    guard bytes.count >= 4 else {
      return bytes.count == 2 && (bytes[0] == 0) != (bytes[1] == 0) ? "UTF-16" : nil
    }
    switch (bytes[0] == 0, bytes[1] == 0, bytes[2] == 0, bytes[3] == 0) {
    case (true, true, true, false), (false, true, true, true): return "UTF-32"
    case (true, false, true, false), (false, true, false, true): return "UTF-16"
    default: return nil
    }
  }

  private mutating func scan(_ bytes: [UInt8], _ findsControls: Bool) {
    var index = start
    let end = bytes.count
    while index < end {
      let byte = bytes[index]
      if byte < 0x80 {
        if findsControls, byte < 0x20 || byte == 0x7F, byte != 0x09, byte != 0x0A, byte != 0x0D {
          addControl(index..<index + 1, UInt32(byte))
        }
        index += 1
        continue
      }
      guard let (scalar, length) = Encoding.decode(bytes, at: index) else {
        failure = EncodingFailure(
          range: index..<index + 1,
          message: "the byte 0x\(SafeText.hexadecimal(UInt32(byte), digits: 2)) is not UTF-8 here",
          why: "the file is perhaps encoded as Latin-1 or Windows-1252, or it was cut")
        return
      }
      if findsControls, scalar < 0xA0 || scalar == 0x2028 || scalar == 0x2029 || scalar == 0xFFFE || scalar == 0xFFFF {
        addControl(index..<index + length, scalar)
      }
      index += length
    }
  }

  private mutating func addControl(_ range: Range<Int>, _ scalar: UInt32) {
    if controls.count <= FindingList.limit { controls.append((range, scalar)) }
  }

  /// Decodes the scalar at `index`, or returns nil where the bytes are not UTF-8 (RFC 3629: no overlong form, no surrogate).
  package static func decode(_ bytes: [UInt8], at index: Int) -> (scalar: UInt32, length: Int)? {
    let lead = bytes[index]
    let length: Int
    var scalar: UInt32
    let least: UInt32
    switch lead {
    case 0..<0x80: return (UInt32(lead), 1)
    case 0xC2...0xDF: (length, scalar, least) = (2, UInt32(lead & 0x1F), 0x80)
    case 0xE0...0xEF: (length, scalar, least) = (3, UInt32(lead & 0x0F), 0x800)
    case 0xF0...0xF4: (length, scalar, least) = (4, UInt32(lead & 0x07), 0x10000)
    default: return nil
    }
    guard index + length <= bytes.count else { return nil }
    for offset in 1..<length {
      let byte = bytes[index + offset]
      guard byte & 0xC0 == 0x80 else { return nil }
      scalar = scalar << 6 | UInt32(byte & 0x3F)
    }
    guard scalar >= least, scalar <= 0x10FFFF, !(0xD800...0xDFFF).contains(scalar) else { return nil }
    return (scalar, length)
  }
}

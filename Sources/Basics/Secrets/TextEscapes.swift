/// How a string may spell single characters.
enum TextEscapes: CaseIterable {
  /// `%2F`
  case percent
  /// The same, with `+` for a space.
  case form
  /// `\"`, `\/`, `\n`, `\u00e4`, `\x2f`, `\u{2F}`
  case json
  /// `&quot;`, `&#34;`, `&#x22;`
  case html

  /// A string without this byte has no such escape.
  private var marker: UInt8 {
    switch self {
    case .percent: UInt8(ascii: "%")
    case .form: UInt8(ascii: "+")
    case .json: UInt8(ascii: "\\")
    case .html: UInt8(ascii: "&")
    }
  }

  /// The text with one layer of these escapes taken off; nil where it has none.
  func reading(of bytes: [UInt8]) -> Reading? {
    guard let first = bytes.firstIndex(of: marker) else { return nil }
    let marker = marker
    var reading = Reading(capacity: bytes.count)
    var isSame = true
    var index = 0
    var run = self == .form ? 0 : first
    while true {
      while run < bytes.count, bytes[run] != marker, self != .form || bytes[run] != UInt8(ascii: "%") { run += 1 }
      reading.append(index..<run, of: bytes)
      guard run < bytes.count else { break }
      if let escape = escape(bytes, run) {
        if let byte = escape.byte {
          reading.append(byte, from: run)
        } else if let scalar = escape.scalar, let encoded = UTF8.encode(scalar) {
          for byte in encoded { reading.append(byte, from: run) }
        }
        isSame = false
        index = run + escape.length
      } else {
        reading.append(bytes[run], from: run)
        index = run + 1
      }
      run = index
    }
    reading.end(at: bytes.count)
    return isSame ? nil : reading
  }

  /// An escape: the byte or the character that it stands for, and how long it is.
  private struct Escape {
    var byte: UInt8?
    var scalar: Unicode.Scalar?
    var length: Int

    init(_ byte: UInt8, length: Int) { (self.byte, self.length) = (byte, length) }

    /// Nil for a number that is no character's.
    init?(scalar value: UInt32, length: Int) {
      guard let scalar = Unicode.Scalar(value) else { return nil }
      (self.scalar, self.length) = (scalar, length)
    }
  }

  /// The escape at a place; nil where none is there.
  private func escape(_ bytes: [UInt8], _ index: Int) -> Escape? {
    switch self {
    case .form where bytes[index] == UInt8(ascii: "+"): return Escape(UInt8(ascii: " "), length: 1)
    case .percent, .form:
      return TextEscapes.number(bytes, index + 1, digits: 2).map { Escape(UInt8(truncatingIfNeeded: $0), length: 3) }
    case .json: return TextEscapes.backslash(bytes, index)
    case .html: return TextEscapes.entity(bytes, index)
    }
  }

  private static func backslash(_ bytes: [UInt8], _ index: Int) -> Escape? {
    guard index + 1 < bytes.count else { return nil }
    switch bytes[index + 1] {
    case UInt8(ascii: "b"): return Escape(8, length: 2)
    case UInt8(ascii: "f"): return Escape(12, length: 2)
    case UInt8(ascii: "n"): return Escape(10, length: 2)
    case UInt8(ascii: "r"): return Escape(13, length: 2)
    case UInt8(ascii: "t"): return Escape(9, length: 2)
    case UInt8(ascii: "x"): return number(bytes, index + 2, digits: 2).flatMap { Escape(scalar: $0, length: 4) }
    case UInt8(ascii: "u"): return character(bytes, index)
    default: return Escape(bytes[index + 1], length: 2)
    }
  }

  /// The character that `\u{…}`, or `\u` and four digits, once or twice, stand for.
  private static func character(_ bytes: [UInt8], _ index: Int) -> Escape? {
    if index + 2 < bytes.count, bytes[index + 2] == UInt8(ascii: "{") {
      guard let (value, end) = digits(bytes, index + 3, radix: 16), end < bytes.count, bytes[end] == UInt8(ascii: "}")
      else { return nil }
      return Escape(scalar: value, length: end + 1 - index)
    }
    guard let high = number(bytes, index + 2, digits: 4) else { return nil }
    if let escape = Escape(scalar: high, length: 6) { return escape }
    guard index + 7 < bytes.count, bytes[index + 6] == UInt8(ascii: "\\"), bytes[index + 7] == UInt8(ascii: "u"),
      let low = number(bytes, index + 8, digits: 4), (0xD800..<0xDC00).contains(high),
      (0xDC00..<0xE000).contains(low)
    else { return nil }
    return Escape(scalar: 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00), length: 12)
  }

  /// The character that `&name;`, `&#34;` or `&#x22;` stands for; a number needs no semicolon.
  private static func entity(_ bytes: [UInt8], _ index: Int) -> Escape? {
    guard index + 2 < bytes.count, bytes[index + 1] == UInt8(ascii: "#") else {
      return HTMLEntities.character(named: bytes, at: index + 1).flatMap { scalar, length in
        Escape(scalar: scalar.value, length: 1 + length)
      }
    }
    let isHexadecimal = bytes[index + 2] | 0x20 == UInt8(ascii: "x")
    guard let (value, end) = digits(bytes, index + (isHexadecimal ? 3 : 2), radix: isHexadecimal ? 16 : 10) else {
      return nil
    }
    let hasSemicolon = end < bytes.count && bytes[end] == UInt8(ascii: ";")
    return Escape(scalar: value, length: (hasSemicolon ? end + 1 : end) - index)
  }

  /// The number at a place, as long as its digits go, and where it ends; nil without digits, or past any character's number.
  private static func digits(_ bytes: [UInt8], _ start: Int, radix: UInt32) -> (value: UInt32, end: Int)? {
    var value: UInt32 = 0
    var end = start
    while end < bytes.count, let digit = hexadecimal(bytes[end]), digit < radix {
      value = value * radix + digit
      guard value <= 0x10FFFF else { return nil }
      end += 1
    }
    return end > start ? (value, end) : nil
  }

  private static func number(_ bytes: [UInt8], _ start: Int, digits: Int) -> UInt32? {
    guard start + digits <= bytes.count else { return nil }
    var value: UInt32 = 0
    for byte in bytes[start..<start + digits] {
      guard let digit = hexadecimal(byte) else { return nil }
      value = value << 4 | digit
    }
    return value
  }

  /// What a hexadecimal digit stands for.
  static func hexadecimal(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }
}

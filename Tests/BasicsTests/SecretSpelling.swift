import Support

/// The ways in which a server may encode what it repeats, each written from its specification and not from the product.
enum SecretSpelling: CaseIterable {
  case plain
  case json, jsonWithSlashes
  case unicodeLower, unicodeUpper, unicodeBeyondASCII
  case percentReserved, percentLower, percentAll, form
  case htmlNamed, htmlDecimal, htmlHexadecimal, htmlAll
  case base64, base64URL, base64Unpadded
  case hexLower, hexUpper

  func encode(_ text: String) -> String {
    switch self {
    case .plain: text
    case .json: json(text, slashes: false)
    case .jsonWithSlashes: json(text, slashes: true)
    case .unicodeLower: units(text) { _ in false }
    case .unicodeUpper: units(text, uppercase: true) { _ in false }
    case .unicodeBeyondASCII: units(json(text, slashes: false)) { $0 < 0x80 }
    case .percentReserved: percent(text, uppercase: true) { isUnreserved($0) }
    case .percentLower: percent(text, uppercase: false) { isUnreserved($0) }
    case .percentAll: percent(text, uppercase: true) { _ in false }
    case .form: percent(text, uppercase: true) { isUnreserved($0) || $0 == 0x20 }.replacing(" ", with: "+")
    case .htmlNamed:
      text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        .replacing("\"", with: "&quot;").replacing("'", with: "&apos;").replacing("ü", with: "&uuml;")
    case .htmlDecimal: characters(text) { $0.isASCII && $0.properties.isAlphabetic ? nil : "&#\($0.value);" }
    case .htmlHexadecimal:
      characters(text) { $0 == "&" || $0 == "\"" || !$0.isASCII ? "&#x\(String($0.value, radix: 16));" : nil }
    case .htmlAll: characters(text) { "&#X\(String($0.value, radix: 16, uppercase: true));" }
    case .base64: base64(text, "+/", padded: true)
    case .base64URL: base64(text, "-_", padded: true)
    case .base64Unpadded: base64(text, "-_", padded: false)
    case .hexLower: text.utf8.map { twoDigits($0, uppercase: false) }.joined()
    case .hexUpper: text.utf8.map { twoDigits($0, uppercase: true) }.joined()
    }
  }

  /// Whether a longer text is encoded as one word, in which nothing of it can be seen.
  var isCode: Bool { [.base64, .base64URL, .base64Unpadded, .hexLower, .hexUpper].contains(self) }

  /// The text in lines of so many characters.
  static func wrapped(_ text: String, at width: Int, _ lineBreak: String) -> String {
    var lines: [String] = []
    var rest = text.unicodeScalars[...]
    while !rest.isEmpty {
      lines.append(String(rest.prefix(width)))
      rest = rest.dropFirst(width)
    }
    return lines.joined(separator: lineBreak)
  }

  private func characters(_ text: String, _ spelling: (Unicode.Scalar) -> String?) -> String {
    text.unicodeScalars.map { spelling($0) ?? String($0) }.joined()
  }

  private func json(_ text: String, slashes: Bool) -> String {
    characters(text) { scalar in
      switch scalar {
      case "\"": "\\\""
      case "\\": "\\\\"
      case "/": slashes ? "\\/" : nil
      case "\n": "\\n"
      case "\r": "\\r"
      case "\t": "\\t"
      default: nil
      }
    }
  }

  private func units(_ text: String, uppercase: Bool = false, isPlain: (UInt16) -> Bool) -> String {
    text.utf16.map { unit in
      if isPlain(unit), let scalar = Unicode.Scalar(unit) { return String(scalar) }
      let digits = String(unit, radix: 16, uppercase: uppercase)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined()
  }

  private func percent(_ text: String, uppercase: Bool, isPlain: (UInt8) -> Bool) -> String {
    text.utf8.map { isPlain($0) ? String(Unicode.Scalar($0)) : "%" + twoDigits($0, uppercase: uppercase) }.joined()
  }

  private func isUnreserved(_ byte: UInt8) -> Bool {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8.contains(byte)
  }

  private func twoDigits(_ byte: UInt8, uppercase: Bool) -> String {
    let digits = String(byte, radix: 16, uppercase: uppercase)
    return digits.count == 1 ? "0" + digits : digits
  }

  /// Base64 as the specification draws it: all bits in a row, six at a time.
  private func base64(_ text: String, _ last: String, padded: Bool) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + last)
    var bits = text.utf8.flatMap { byte in (0..<8).map { byte >> (7 - UInt8($0)) & 1 } }
    while bits.count % 6 != 0 { bits.append(0) }
    var result = stride(from: 0, to: bits.count, by: 6).map { start in
      letters[bits[start..<start + 6].reduce(0) { $0 << 1 | Int($1) }]
    }
    while padded, result.count % 4 != 0 { result.append("=") }
    return String(result)
  }
}

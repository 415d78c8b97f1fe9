/// How plain scalars read: YAML 1.2's core schema, and what YAML 1.1 would make of them.
///
/// The schema decides which type a field has; these functions say whether a plain scalar fits, and find the ones that a
/// reader of either version would take for something else.
package enum Scalars {
  /// Whether a string is a whole number as fields take it: decimal, no sign, no leading zero.
  package static func isDecimalInteger(_ text: String) -> Bool { isDecimalInteger(ArraySlice(text.utf8)) }

  /// The same for a string's bytes.
  package static func isDecimalInteger(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let first = bytes.first else { return false }
    for byte in bytes where !isDigit(byte) { return false }
    return bytes.count == 1 || first != UInt8(ascii: "0")
  }

  /// Returns the switch that a plain scalar writes: `true` or `false` and nothing else.
  package static func bool(_ text: String) -> Bool? {
    switch text {
    case "true": true
    case "false": false
    default: nil
    }
  }

  /// Returns the switch that a person probably meant with a word of YAML 1.1 (`yes`, `off`), for hints.
  package static func yaml11Bool(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "yes", "on", "y": true
    case "false", "no", "off", "n": false
    default: nil
    }
  }

  /// Whether YAML 1.1 or 1.2 reads a plain scalar as a number or a date.
  ///
  /// Among them are `010`, `1_000`, `0x1F`, `0b1`, `60:00`, `+1`, `1e3`, `.inf` and `2026-01-01`.
  package static func looksLikeNumberOrDate(_ text: String) -> Bool {
    guard let first = text.utf8.first, mayBeginNumber(first) else { return false }
    return isCoreInteger(text) || isCoreFloat(text) || isYAML11Number(text) || isTimestamp(text)
  }

  /// The same for a string's bytes.
  package static func looksLikeNumberOrDate(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let first = bytes.first, mayBeginNumber(first) else { return false }
    return looksLikeNumberOrDate(String(decoding: bytes, as: UTF8.self))
  }

  private static func mayBeginNumber(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
  }

  /// Whether a string is a number as JSON writes them (RFC 8259).
  package static func isJSONNumber(_ text: String) -> Bool {
    let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
    guard let first = digits.first, let last = digits.last, isDigit(first), isDigit(last) else { return false }
    let whole = digits.prefix(while: isDigit)
    guard whole.count == 1 || first != UInt8(ascii: "0") else { return false }
    let rest = digits.dropFirst(whole.count)
    if rest.isEmpty { return true }
    if rest.first == UInt8(ascii: "."), let digit = rest.dropFirst().first, !isDigit(digit) { return false }
    return isCoreFloat(text)
  }

  /// YAML 1.2 core schema: `[-+]?[0-9]+`, `0o[0-7]+` or `0x[0-9a-fA-F]+`.
  package static func isCoreInteger(_ text: String) -> Bool {
    if text.hasPrefix("0o") { return !text.utf8.dropFirst(2).isEmpty && text.utf8.dropFirst(2).allSatisfy(isOctal) }
    if text.hasPrefix("0x") { return !text.utf8.dropFirst(2).isEmpty && text.utf8.dropFirst(2).allSatisfy(isHex) }
    let digits = unsigned(text)
    return !digits.isEmpty && digits.allSatisfy(isDigit)
  }

  /// YAML 1.2 core schema: a decimal fraction or exponent, `.inf` with a sign, `.nan`.
  package static func isCoreFloat(_ text: String) -> Bool {
    if [".nan", ".NaN", ".NAN"].contains(text) { return true }
    var rest = unsigned(text)
    if [".inf", ".Inf", ".INF"].contains(where: { rest.elementsEqual($0.utf8) }) { return true }
    let whole = skipAll(&rest, while: isDigit)
    var fraction = 0
    var hasPoint = false
    if rest.first == UInt8(ascii: ".") {
      hasPoint = true
      rest = rest.dropFirst()
      fraction = skipAll(&rest, while: isDigit)
    }
    guard whole + fraction > 0 else { return false }
    guard rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") else { return rest.isEmpty && hasPoint }
    rest = rest.dropFirst()
    if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    return skipAll(&rest, while: isDigit) > 0 && rest.isEmpty
  }

  /// What YAML 1.1 alone reads as a number: `_` between digits, `0b`, signed hexadecimal, and base 60 (`60:00`).
  private static func isYAML11Number(_ text: String) -> Bool {
    let digits = unsigned(text).filter { $0 != UInt8(ascii: "_") }
    guard let first = digits.first else { return false }
    if first == UInt8(ascii: "0"), digits.count > 2 {
      if digits[1] == UInt8(ascii: "b") { return digits.dropFirst(2).allSatisfy { $0 == 0x30 || $0 == 0x31 } }
      if digits[1] == UInt8(ascii: "x") { return digits.dropFirst(2).allSatisfy(isHex) }
    }
    guard isDigit(first) || first == UInt8(ascii: ".") else { return false }
    if digits.contains(UInt8(ascii: ":")) { return isBase60(digits) }
    let plain = String(decoding: digits, as: UTF8.self)
    return plain.utf8.contains(where: isDigit) && (isCoreInteger(plain) || isCoreFloat(plain))
  }

  /// Digits, then groups of one or two digits below 60 behind colons, then perhaps a fraction.
  private static func isBase60(_ digits: [UInt8]) -> Bool {
    let point = digits.firstIndex(of: UInt8(ascii: "."))
    if let point, !digits[(point + 1)...].allSatisfy(isDigit) { return false }
    let groups = digits[..<(point ?? digits.count)].split(
      separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard groups.count > 1, let head = groups.first, !head.isEmpty, head.allSatisfy(isDigit) else { return false }
    return groups.dropFirst().allSatisfy { group in
      guard (1...2).contains(group.count), group.allSatisfy(isDigit), let first = group.first else { return false }
      return group.count == 1 || first < UInt8(ascii: "6")
    }
  }

  /// `2026-01-01`, or a day with one-digit parts and a time of day, as YAML 1.1's timestamps are written.
  private static func isTimestamp(_ text: String) -> Bool {
    var rest = text.utf8[...]
    guard skipAll(&rest, while: isDigit) == 4 else { return false }
    for _ in 0..<2 {
      guard rest.first == UInt8(ascii: "-") else { return false }
      rest = rest.dropFirst()
      guard (1...2).contains(skipAll(&rest, while: isDigit)) else { return false }
    }
    guard let separator = rest.first else { return true }
    guard separator == UInt8(ascii: "T") || separator == UInt8(ascii: "t") || separator == UInt8(ascii: " ") else {
      return false
    }
    rest = rest.dropFirst()
    guard (1...2).contains(skipAll(&rest, while: isDigit)), rest.first == UInt8(ascii: ":") else { return false }
    return rest.allSatisfy { byte in
      isDigit(byte) || ":.+- Zz".utf8.contains(byte)
    }
  }

  private static func unsigned(_ text: String) -> Substring.UTF8View {
    let bytes = text.utf8[...]
    return bytes.first == UInt8(ascii: "+") || bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes
  }

  private static func skipAll(_ rest: inout Substring.UTF8View, while test: (UInt8) -> Bool) -> Int {
    let length = rest.prefix(while: test).count
    rest = rest.dropFirst(length)
    return length
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
  private static func isOctal(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 8 }
  private static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- UInt8(ascii: "a") < 6 }
}

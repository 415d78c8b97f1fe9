/// Composes JSON into the same `Document` as YAML: strict RFC 8259, iterative, in one pass.
///
/// The account's answers, states and plans are read by it. Strings are double-quoted scalars; numbers, `true`, `false` and
/// `null` are plain ones, whose text is kept as it is written. It stops at the first syntax error.
package enum JSONComposer {
  /// What the words of each finding begin with.
  package static let problem = "this is not well-formed JSON: "

  /// Composes a file, which has the number `file` in its `SourceMap`.
  package static func compose(
    _ source: SourceFile, file: Int32, budget: DocumentBudget = .json
  ) -> (document: Document, diagnostics: [Diagnostic]) {
    var reader = Reader(
      bytes: source.bytes,
      builder: DocumentBuilder(area: .json, file: file, bytes: source.bytes, budget: budget), file: file)
    reader.read()
    reader.builder.closeAll()
    return (reader.builder.document(of: source), reader.builder.findings.sorted())
  }
}

extension DocumentBudget {
  /// What a JSON file or answer may cost: 8 MiB, 64 levels.
  package static let json = DocumentBudget(bytes: 8 << 20, scalarBytes: 8 << 20, nodes: 4_200_000)
}

/// Reads one JSON text.
private struct Reader {
  let bytes: [UInt8]
  var builder: DocumentBuilder
  let file: Int32
  private var index = 0
  /// For each open collection whether it is an object; the builder checks the depth.
  private var isObject: [Bool] = []

  init(bytes: [UInt8], builder: DocumentBuilder, file: Int32) {
    self.bytes = bytes
    self.builder = builder
    self.file = file
  }

  mutating func read() {
    guard bytes.count <= builder.budget.bytes else {
      return builder.report(
        Finding.fileSize(
          .json, place: SourcePlace(file: file, start: 0, end: 0), size: bytes.count, budget: builder.budget))
    }
    let encoding = Encoding(bytes, findsControls: false)
    if let failure = encoding.failure {
      let place = SourcePlace(file: file, start: failure.range.lowerBound, end: failure.range.upperBound)
      return builder.report(Finding.encoding(.json, place, failure.message, why: failure.why))
    }
    index = encoding.start
    skipWhiteSpace()
    guard readValue() else { return }
    while !isObject.isEmpty, !builder.stopped {
      guard readNext() else { return }
    }
    if builder.stopped { return }
    skipWhiteSpace()
    if index < bytes.count { _ = fail("nothing may follow the value", width: 1) }
  }

  /// Reads what comes next in the innermost collection: a member, an item or its end; false after an error.
  private mutating func readNext() -> Bool {
    let object = isObject[isObject.count - 1]
    skipWhiteSpace()
    let isFirst = builder.innermostIsEmpty
    let closing = object ? UInt8(ascii: "}") : UInt8(ascii: "]")
    if byte == closing {
      index += 1
      isObject.removeLast()
      builder.close(end: index)
      return true
    }
    if !isFirst {
      guard byte == UInt8(ascii: ",") else {
        return fail(object ? "a comma or `}` is expected here" : "a comma or `]` is expected here", width: 1)
      }
      index += 1
      skipWhiteSpace()
    }
    if object {
      guard byte == UInt8(ascii: "\"") else { return fail("a key in double quotes is expected here", width: 1) }
      guard readString() else { return false }
      skipWhiteSpace()
      guard byte == UInt8(ascii: ":") else { return fail("a colon is expected here", width: 1) }
      index += 1
      skipWhiteSpace()
    }
    return readValue()
  }

  private mutating func readValue() -> Bool {
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      let object = bytes[index] == UInt8(ascii: "{")
      builder.open(object ? .mapping : .sequence, start: index, end: index + 1, isFlow: true)
      if builder.stopped { return false }
      isObject.append(object)
      index += 1
      return true
    case UInt8(ascii: "\""): return readString()
    case UInt8(ascii: "t"): return readWord("true")
    case UInt8(ascii: "f"): return readWord("false")
    case UInt8(ascii: "n"): return readWord("null")
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return readNumber()
    default: return fail("a value is expected here", width: 1)
    }
  }

  private mutating func readWord(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard bytes[index...].prefix(count).elementsEqual(word.description.utf8) else {
      return fail("a value is expected here", width: 1)
    }
    builder.scalar(index..<index + count, text: index, count: count, style: .plain)
    index += count
    return true
  }

  private mutating func readNumber() -> Bool {
    let start = index
    if byte == UInt8(ascii: "-") { index += 1 }
    let whole = index
    skipDigits()
    guard index > whole, index == whole + 1 || bytes[whole] != UInt8(ascii: "0") else {
      return fail(start..<max(index, start + 1), "this is not a number as JSON writes them")
    }
    if byte == UInt8(ascii: ".") {
      index += 1
      guard skipDigits() else { return fail(start..<index, "a digit is missing behind the point") }
    }
    if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
      index += 1
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { index += 1 }
      guard skipDigits() else { return fail(start..<index, "a digit is missing in the exponent") }
    }
    builder.scalar(start..<index, text: start, count: index - start, style: .plain)
    return true
  }

  @discardableResult
  private mutating func skipDigits() -> Bool {
    let start = index
    while index < bytes.count, bytes[index] &- UInt8(ascii: "0") < 10 { index += 1 }
    return index > start
  }

  private mutating func readString() -> Bool {
    let start = index
    index += 1
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") {
        builder.scalar(start..<index + 1, text: start + 1, count: index - start - 1, style: .doubleQuoted)
        index += 1
        return true
      }
      if byte == UInt8(ascii: "\\") { return readEscapedString(start) }
      if byte < 0x20 { return fail("a control character in a string must be escaped", width: 1) }
      index += 1
    }
    return fail(start..<start + 1, "the quote that begins here is never closed")
  }

  /// Continues a string at its first backslash, decoding into the side buffer.
  private mutating func readEscapedString(_ start: Int) -> Bool {
    let side = builder.sideOffset
    builder.appendSide(bytes[start + 1..<index])
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") {
        index += 1
        builder.scalar(
          start..<index, text: side, count: builder.sideOffset - side, style: .doubleQuoted, flags: .sideText)
        return true
      }
      if byte < 0x20 { return fail("a control character in a string must be escaped", width: 1) }
      index += 1
      guard byte == UInt8(ascii: "\\") else {
        builder.appendSide(byte)
        continue
      }
      guard readEscape() else { return false }
    }
    return fail(start..<start + 1, "the quote that begins here is never closed")
  }

  /// Decodes one escape, whose backslash is read.
  private mutating func readEscape() -> Bool {
    let start = index - 1
    let letter = byte
    index += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): builder.appendSide(letter)
    case UInt8(ascii: "b"): builder.appendSide(0x08)
    case UInt8(ascii: "f"): builder.appendSide(0x0C)
    case UInt8(ascii: "n"): builder.appendSide(0x0A)
    case UInt8(ascii: "r"): builder.appendSide(0x0D)
    case UInt8(ascii: "t"): builder.appendSide(0x09)
    case UInt8(ascii: "u"):
      guard var value = readHex() else {
        return fail(start..<min(index, bytes.count), "`\\u` needs four hexadecimal digits")
      }
      if value & 0xFC00 == 0xD800, byte == UInt8(ascii: "\\"), index + 1 < bytes.count,
        bytes[index + 1] == UInt8(ascii: "u")
      {
        index += 2
        guard let low = readHex(), low & 0xFC00 == 0xDC00 else {
          return fail(start..<min(index, bytes.count), "this escape is half of a character")
        }
        value = 0x10000 + (value & 0x3FF) << 10 + (low & 0x3FF)
      }
      guard let scalar = Unicode.Scalar(value) else {
        return fail(start..<index, "this escape is half of a character")
      }
      builder.appendSide(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    default:
      return fail(start..<min(index, bytes.count), "this escape is not one of JSON's")
    }
    return true
  }

  private mutating func readHex() -> UInt32? {
    guard index + 4 <= bytes.count else { return nil }
    var value: UInt32 = 0
    for _ in 0..<4 {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
      default: return nil
      }
      index += 1
    }
    return value
  }

  /// The byte at the reading position; zero, which no JSON text has outside its strings, at the end.
  private var byte: UInt8 { index < bytes.count ? bytes[index] : 0 }

  private mutating func skipWhiteSpace() {
    while index < bytes.count {
      switch bytes[index] {
      case 0x20, 0x0A, 0x0D, 0x09: index += 1
      default: return
      }
    }
  }

  private mutating func fail(_ message: String, width: Int) -> Bool {
    if index >= bytes.count { return fail(index..<index, "the text ends in the middle of a value") }
    return fail(index..<index + width, message)
  }

  private mutating func fail(_ range: Range<Int>, _ message: String) -> Bool {
    builder.report(
      Diagnostic(
        .jsonSyntax, at: SourcePlace(file: file, start: range.lowerBound, end: range.upperBound),
        JSONComposer.problem + message))
    return false
  }
}

/// Takes known secrets out of text that may repeat them, such as Kit's words about a request.
///
/// A secret is found as it is, percent-encoded (a blank also as `+`), with JSON's escapes, in base64, and in two of these
/// spellings one around the other, wherever in a longer text each begins. A value under 8 characters is found as it is alone:
/// else it would take innocent words with it. The time grows with the text, and not with how many secrets there are.
package struct Redactor: Sendable {
  /// What stands in a secret's place.
  package static let mask = "•••"

  /// More bytes than these are nobody's words about a failure.
  package static let limit = 16 << 10

  private let short: [[UInt8]]
  private let index: NeedleIndex
  /// The spellings that can hide one of the secrets.
  private let spellings: [Escapes]

  package init(_ secrets: some Sequence<String>) {
    var short: [[UInt8]] = []
    var needles: [NeedleIndex.Needle] = []
    var hasBlank = false
    for secret in secrets where !secret.isEmpty {
      let bytes = Array(secret.utf8)
      guard secret.count >= 8 else {
        short.append(bytes)
        continue
      }
      hasBlank = hasBlank || bytes.contains(UInt8(ascii: " "))
      needles.append(.init(bytes: bytes, isCode: false))
      needles += Redactor.codes(bytes).map { .init(bytes: $0, isCode: true) }
    }
    self.short = short
    index = NeedleIndex(needles)
    spellings = hasBlank ? [.percent, .form, .json] : [.percent, .json]
  }

  /// Whether no secret is known.
  package var isEmpty: Bool { short.isEmpty && index.isEmpty }

  /// Masks the secrets in words that somebody else wrote; words beyond `limit` are masked as a whole, unread.
  package func redact(foreign words: String) -> String {
    words.utf8.count <= Redactor.limit ? redact(words) : Redactor.mask
  }

  /// The text with a mask in the place of each secret.
  package func redact(_ text: String) -> String {
    guard !isEmpty else { return text }
    let bytes = Array(text.utf8)
    let plain = Reading(bytes)
    var ranges = index.isEmpty ? [] : ranges(in: plain, layers: 2)
    for secret in short { ranges += plain.ranges(of: secret) }
    guard !ranges.isEmpty else { return text }
    var result: [UInt8] = []
    var end = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound >= end {
        result += bytes[end..<range.lowerBound]
        result += Redactor.mask.utf8
      }
      end = max(end, range.upperBound)
    }
    return String(decoding: result + bytes[end...], as: UTF8.self)
  }

  /// The value with a mask in the place of each secret in its texts; keys stay as they are.
  package func redact(_ value: JSONValue) -> JSONValue {
    guard !isEmpty else { return value }
    return switch value {
    case .null, .bool, .integer, .number: value
    case .string(let text): .string(redact(text))
    case .array(let items): .array(items.map { redact($0) })
    case .object(let members): .object(members.map { .init($0.key, redact($0.value)) })
    }
  }

  /// Where secrets stand in the source of a reading, as it is and with so many layers of escapes taken off.
  private func ranges(in reading: Reading, layers: Int) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    // A word of base64 with many pieces of secrets in it is widened once.
    var word = 0
    for match in index.matches(in: reading.bytes) where !match.isCode || match.range.lowerBound >= word {
      var range = match.range
      if match.isCode {
        range = Redactor.widened(range, in: reading.bytes)
        word = range.upperBound
      }
      ranges.append(reading.source(range))
    }
    guard layers > 0 else { return ranges }
    for escapes in spellings {
      if let inner = reading.without(escapes) { ranges += self.ranges(in: inner, layers: layers - 1) }
    }
    return ranges
  }

  // MARK: base64

  /// What every base64 of a text with the secret in it has, for each of the three places where the secret may begin.
  private static func codes(_ secret: [UInt8]) -> [[UInt8]] {
    (0..<3).flatMap { skipped in
      let whole = secret.dropFirst(skipped)
      let bytes = Array(whole.prefix(whole.count / 3 * 3))
      return ["+/", "-_"].map { code(bytes, last: Array($0.utf8)) }
    }
  }

  private static func code(_ bytes: [UInt8], last: [UInt8]) -> [UInt8] {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8) + last
    return stride(from: 0, to: bytes.count, by: 3).flatMap { index in
      let group = Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
      return [18, 12, 6, 0].map { letters[group >> $0 & 63] }
    }
  }

  /// The whole word of base64 around a part of it: its ends hold the rest of the secret.
  private static func widened(_ range: Range<Int>, in bytes: [UInt8]) -> Range<Int> {
    func isCode(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "+/-_".utf8.contains(byte)
      }
    }
    var (start, end) = (range.lowerBound, range.upperBound)
    while start > 0, isCode(bytes[start - 1]) { start -= 1 }
    while end < bytes.count, isCode(bytes[end]) || bytes[end] == UInt8(ascii: "=") { end += 1 }
    return start..<end
  }
}

/// How a text may spell its characters.
private enum Escapes {
  /// `%2F`
  case percent
  /// The same, with `+` for a blank.
  case form
  /// `\"`, `\/`, `\n`, `\u00e4`
  case json

  /// Without this byte, a text has nothing to be read otherwise.
  var marker: UInt8 {
    switch self {
    case .percent: UInt8(ascii: "%")
    case .form: UInt8(ascii: "+")
    case .json: UInt8(ascii: "\\")
    }
  }

  /// Whether an escape may begin with a byte.
  func mayBegin(_ byte: UInt8) -> Bool { byte == marker || self == .form && byte == UInt8(ascii: "%") }
}

/// A text without some of its escapes, which remembers where each byte stood.
private struct Reading {
  private(set) var bytes: [UInt8]
  /// Where each byte began, and where the text ended; empty for the source itself.
  private var starts: [Int] = []

  init(_ source: [UInt8]) { bytes = source }

  /// The reading with one more layer of escapes taken off; nil where there are none.
  func without(_ escapes: Escapes) -> Reading? {
    guard bytes.contains(escapes.marker) else { return nil }
    var reading = Reading([])
    reading.bytes.reserveCapacity(bytes.count)
    reading.starts.reserveCapacity(bytes.count + 1)
    var isSame = true
    var index = 0
    while index < bytes.count {
      let run = bytes[index...].firstIndex(where: escapes.mayBegin) ?? bytes.count
      reading.append(index..<run, of: self)
      guard run < bytes.count else { break }
      let written = reading.bytes.count
      let length = Reading.read(bytes, run, escapes, to: &reading.bytes)
      for _ in written..<reading.bytes.count { reading.starts.append(start(run)) }
      isSame = isSame && length == 1 && reading.bytes[written] == bytes[run]
      index = run + length
    }
    reading.starts.append(start(bytes.count))
    return isSame ? nil : reading
  }

  /// Appends bytes of another reading that stand for themselves.
  private mutating func append(_ run: Range<Int>, of other: Reading) {
    bytes.append(contentsOf: other.bytes[run])
    if other.starts.isEmpty { starts.append(contentsOf: run) } else { starts.append(contentsOf: other.starts[run]) }
  }

  private func start(_ index: Int) -> Int { starts.isEmpty ? index : starts[index] }

  /// The place in the source.
  func source(_ range: Range<Int>) -> Range<Int> { start(range.lowerBound)..<start(range.upperBound) }

  /// Where a short text stands, in the source.
  func ranges(of needle: [UInt8]) -> [Range<Int>] {
    guard needle.count <= bytes.count else { return [] }
    return (0...(bytes.count - needle.count)).compactMap { start in
      bytes[start] == needle[0] && bytes[start..<start + needle.count].elementsEqual(needle)
        ? source(start..<start + needle.count) : nil
    }
  }

  /// Appends the character at a place; returns how many bytes spell it.
  private static func read(_ source: [UInt8], _ index: Int, _ escapes: Escapes, to output: inout [UInt8]) -> Int {
    let byte = source[index]
    switch (escapes, byte) {
    case (.form, UInt8(ascii: "+")):
      output.append(UInt8(ascii: " "))
      return 1
    case (.percent, UInt8(ascii: "%")), (.form, UInt8(ascii: "%")):
      guard let value = number(source, index + 1, digits: 2) else { break }
      output.append(UInt8(truncatingIfNeeded: value))
      return 3
    case (.json, UInt8(ascii: "\\")):
      guard index + 1 < source.count else { break }
      let letter = source[index + 1]
      if letter == UInt8(ascii: "u") {
        guard let (scalar, length) = scalar(source, index) else { break }
        output.append(contentsOf: String(Character(scalar)).utf8)
        return length
      }
      output.append(meaning(letter))
      return 2
    default: break
    }
    output.append(byte)
    return 1
  }

  /// What a letter behind a backslash stands for.
  private static func meaning(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "b"): 8
    case UInt8(ascii: "f"): 12
    case UInt8(ascii: "n"): 10
    case UInt8(ascii: "r"): 13
    case UInt8(ascii: "t"): 9
    default: letter
    }
  }

  /// The character that `\u` and four digits, once or twice, stand for.
  private static func scalar(_ source: [UInt8], _ index: Int) -> (Unicode.Scalar, length: Int)? {
    guard let high = number(source, index + 2, digits: 4) else { return nil }
    if let scalar = Unicode.Scalar(high) { return (scalar, 6) }
    guard index + 7 < source.count, source[index + 6] == UInt8(ascii: "\\"), source[index + 7] == UInt8(ascii: "u"),
      let low = number(source, index + 8, digits: 4), (0xD800..<0xDC00).contains(high),
      (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { return nil }
    return (scalar, 12)
  }

  private static func number(_ source: [UInt8], _ start: Int, digits: Int) -> UInt32? {
    guard start + digits <= source.count else { return nil }
    return source[start..<start + digits].reduce(0 as UInt32?) { value, byte in
      guard let value, let digit = hexadecimal(byte) else { return nil }
      return value << 4 | digit
    }
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }
}

/// Takes known secrets out of text that somebody else wrote, such as Kit's words about a request.
///
/// A secret is found as it is, percent-encoded (a blank also as `+`), with JSON's escapes and in base64, wherever in a
/// longer text each begins. A value under 8 characters is found as it is alone: else it would take innocent words with it.
package struct Redactor: Sendable {
  /// What stands in a secret's place.
  package static let mask = "•••"

  /// More bytes than these are nobody's words about a failure: all of them are masked, unread.
  package static let limit = 16 << 10

  private let short: [[UInt8]]
  private let secrets: [[UInt8]]
  /// The characters of each secret's base64 that do not depend on what stands around it.
  private let codes: [[UInt8]]

  package init(_ secrets: [String]) {
    short = secrets.filter { $0.count < 8 }.map { Array($0.utf8) }
    self.secrets = secrets.filter { $0.count >= 8 }.map { Array($0.utf8) }
    codes = self.secrets.flatMap(Redactor.codes)
  }

  /// The text with a mask in the place of each secret.
  package func redact(_ text: String) -> String {
    guard text.utf8.count <= Redactor.limit else { return Redactor.mask }
    let bytes = Array(text.utf8)
    var ranges: [Range<Int>] = []
    for escapes in [Escapes.none, .percent, .form, .json] {
      let reading = Reading(bytes, escapes)
      for secret in secrets { ranges += reading.ranges(of: secret) }
    }
    let plain = Reading(bytes, .none)
    for secret in short { ranges += plain.ranges(of: secret) }
    for code in codes { ranges += plain.ranges(of: code).map { Redactor.widened($0, in: bytes) } }
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
  case none
  /// `%2F`
  case percent
  /// The same, with `+` for a blank.
  case form
  /// `\"`, `\/`, `\n`, `\u00e4`
  case json
}

/// A text without its escapes, which remembers where each byte stood.
private struct Reading {
  private var bytes: [UInt8] = []
  /// Where each byte began, and where the text ended.
  private var starts: [Int] = []

  init(_ source: [UInt8], _ escapes: Escapes) {
    bytes.reserveCapacity(source.count)
    starts.reserveCapacity(source.count + 1)
    var index = 0
    while index < source.count {
      let (read, length) = Reading.unit(source, index, escapes)
      for byte in read {
        bytes.append(byte)
        starts.append(index)
      }
      index += length
    }
    starts.append(source.count)
  }

  /// Where a text stands, in the source.
  func ranges(of needle: [UInt8]) -> [Range<Int>] {
    guard !needle.isEmpty, needle.count <= bytes.count else { return [] }
    var ranges: [Range<Int>] = []
    for start in 0...(bytes.count - needle.count) where bytes[start] == needle[0] {
      if bytes[start..<start + needle.count].elementsEqual(needle) {
        ranges.append(starts[start]..<starts[start + needle.count])
      }
    }
    return ranges
  }

  /// The character at a place, and how many bytes spell it.
  private static func unit(_ source: [UInt8], _ index: Int, _ escapes: Escapes) -> (read: [UInt8], length: Int) {
    let byte = source[index]
    switch (escapes, byte) {
    case (.form, UInt8(ascii: "+")): return ([UInt8(ascii: " ")], 1)
    case (.percent, UInt8(ascii: "%")), (.form, UInt8(ascii: "%")):
      guard let value = number(source, index + 1, digits: 2) else { break }
      return ([UInt8(value)], 3)
    case (.json, UInt8(ascii: "\\")):
      guard index + 1 < source.count else { break }
      if source[index + 1] == UInt8(ascii: "u") {
        guard let (scalar, length) = scalar(source, index) else { break }
        return (Array(String(Character(scalar)).utf8), length)
      }
      let meanings: [UInt8: UInt8] = [
        UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13,
        UInt8(ascii: "t"): 9,
      ]
      return ([meanings[source[index + 1]] ?? source[index + 1]], 2)
    default: break
    }
    return ([byte], 1)
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
      guard let value, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      return value << 4 | UInt32(digit)
    }
  }
}

/// Takes known secrets out of text that may repeat them, such as Kit's words about a request.
///
/// A secret is found as it is, and with one or two layers of encoding around it, wherever in a longer text each begins:
/// percent-encoded (a space also as `+`), with JSON's or HTML's escapes, in base64 or in hexadecimal digits. Line breaks may
/// be anywhere in between. A value under 8 characters is found as it is alone: else it would take innocent words with it.
/// The time grows with the text, and not with how many secrets there are.
package struct Redactor: Sendable {
  /// The text in a secret's place.
  package static let mask = "•••"

  /// A longer string is not an error message.
  package static let limit = 16 << 10

  /// How many layers of encoding are taken off.
  private static let depth = 2

  private let short: [[UInt8]]
  private let index: NeedleIndex
  /// The layers of escapes that can hide one of the secrets.
  private let escapes: [TextEscapes]

  package init(_ secrets: some Sequence<String>) {
    var short: [[UInt8]] = []
    var needles: [[UInt8]] = []
    var hasSpace = false
    for secret in secrets where !secret.isEmpty {
      // Texts are compared without their line breaks, so that a secret of several lines is too.
      let needle = secret.utf8.filter { !Reading.isBreak($0) }
      if secret.count >= 8, needle.count >= NeedleIndex.head {
        hasSpace = hasSpace || needle.contains(UInt8(ascii: " "))
        needles.append(needle)
      } else {
        short.append(Array(secret.utf8))
      }
    }
    self.short = short
    index = NeedleIndex(needles)
    escapes = hasSpace ? TextEscapes.allCases : TextEscapes.allCases.filter { $0 != .form }
  }

  /// Whether no secret is known.
  package var isEmpty: Bool { short.isEmpty && index.isEmpty }

  /// Masks the secrets in a foreign message; a message longer than `limit` is masked as a whole.
  package func redact(foreign words: String) -> String {
    words.utf8.count <= Redactor.limit ? redact(words) : Redactor.mask
  }

  /// The text with a mask in the place of each secret.
  package func redact(_ text: String) -> String {
    guard !short.isEmpty || (!index.isEmpty && text.utf8.count >= index.shortest) else { return text }
    let bytes = Array(text.utf8)
    // Places take 32 bits; nothing that is ever printed is longer.
    guard bytes.count < UInt32.max else { return Redactor.mask }
    var ranges: [Range<Int>] = []
    if !index.isEmpty {
      let whole = Reading(withoutBreaks: bytes)
      ranges = self.ranges(in: whole, layers: Redactor.depth)
      ranges += Redactor.cuts(in: whole.bytes).compactMap { index.beginning(before: $0, in: whole.bytes) }
      ranges = ranges.map(whole.source)
    }
    for secret in short { ranges += Redactor.ranges(of: secret, in: bytes) }
    guard !ranges.isEmpty else { return text }
    var result: [UInt8] = []
    var end = 0
    for range in Redactor.merged(ranges) {
      result += bytes[end..<range.lowerBound]
      result += Redactor.mask.utf8
      end = range.upperBound
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

  /// Where secrets are in the bytes of a reading, as they are and with so many layers of encoding taken off.
  private func ranges(in reading: Reading, layers: Int) -> [Range<Int>] {
    let bytes = reading.bytes
    var ranges = index.matches(in: bytes)
    guard layers > 0, bytes.count > index.shortest else { return ranges }
    for escapes in escapes {
      guard let inner = escapes.reading(of: bytes) else { continue }
      ranges += self.ranges(in: inner, layers: layers - 1).map(inner.source)
    }
    for code in ByteCode.allCases {
      let words = code.words(in: bytes, for: index.shortest)
      guard !words.isEmpty else { continue }
      for skipped in 0..<code.alignments {
        let inner = code.reading(of: bytes, words, skipping: skipped)
        // The ends of a word may hold parts of the secret's first and last byte, and the words that came with it.
        var end = 0
        for range in self.ranges(in: inner, layers: layers - 1).map(inner.source) where range.upperBound > end {
          let word = code.word(around: range, in: reading)
          ranges.append(word)
          end = word.upperBound
        }
      }
    }
    return Redactor.merged(ranges)
  }

  /// Where `…` says that a string was cut off; the first ones, because each costs a look back.
  private static func cuts(in bytes: [UInt8]) -> [Int] {
    var cuts: [Int] = []
    for index in bytes.indices where bytes[index] == 0xE2 && bytes[index...].starts(with: "…".utf8) {
      cuts.append(index)
      if cuts.count == 100 { break }
    }
    return cuts
  }

  /// The ranges in order, those that overlap as one.
  private static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
    guard ranges.count > 1 else { return ranges }
    var merged: [Range<Int>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound < last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    return merged
  }

  /// Where a short text is.
  private static func ranges(of needle: [UInt8], in bytes: [UInt8]) -> [Range<Int>] {
    guard needle.count <= bytes.count else { return [] }
    return (0...(bytes.count - needle.count)).compactMap { start in
      bytes[start] == needle[0] && bytes[start..<start + needle.count].elementsEqual(needle)
        ? start..<start + needle.count : nil
    }
  }
}

import Basics

/// Which bytes of a file must not be shown, whichever finding quotes their line.
///
/// Masked are the places where a secret belongs, the user info, query and fragment of every URL, and, in a file that does
/// not parse, every scalar except the keys and the values of plain ones. When in doubt, more is masked.
package struct Masking: Sendable {
  /// By file, in order and apart from one another.
  private let secrets: [Int32: [Range<Int>]]
  private let unparsed: Set<Int32>
  private let plainKeys: Set<String>
  private let memory = MaskingMemory()

  /// Makes a masking of the places that hold secrets, and of the files that do not parse.
  ///
  /// - Parameter plainKeys: Keys behind which no secret belongs: in a file that does not parse, their values are shown unless
  ///   they look like a secret.
  package init(secretPlaces: [SourcePlace], unparsed: Set<Int32>, plainKeys: Set<String> = []) {
    self.plainKeys = plainKeys
    var secrets: [Int32: [Range<Int>]] = [:]
    for place in secretPlaces where place.start < place.end {
      secrets[place.file, default: []].append(Int(place.start)..<Int(place.end))
    }
    self.secrets = secrets.mapValues(Masking.apart)
    self.unparsed = unparsed
  }

  /// Returns the masked byte ranges of a line, in order and apart from one another.
  ///
  /// Those of a long line are remembered: thousands of findings may quote it.
  package func ranges(ofLine line: Range<Int>, in source: SourceFile, file: Int32) -> [Range<Int>] {
    guard line.count > Masking.longLine else { return found(line, source.bytes, file) }
    return memory.ranges(ofLine: line, file: file) { found(line, source.bytes, file) }
  }

  private static let longLine = 1024

  private func found(_ line: Range<Int>, _ bytes: [UInt8], _ file: Int32) -> [Range<Int>] {
    var found: [Range<Int>] = []
    let visible = firstVisible(line, bytes)
    let secrets = secrets[file] ?? []
    for secret in secrets[Masking.first(in: secrets, endingAfter: line.lowerBound)...] {
      guard secret.lowerBound < line.upperBound else { break }
      let part = secret.clamped(to: visible..<max(visible, line.upperBound))
      if !part.isEmpty { found.append(part) }
    }
    if unparsed.contains(file) {
      let showsKeys = memory.keyLines(of: file, bytes).contains(lineAt: line.lowerBound)
      found += UnparsedLine(bytes: bytes, line: line, showsKeys: showsKeys, plainKeys: plainKeys).masked()
    }
    return Masking.apart(found + SensitiveURL.sensitive(in: line, bytes))
  }

  /// The ranges in order; those that overlap or touch as one.
  private static func apart(_ ranges: [Range<Int>]) -> [Range<Int>] {
    var apart: [Range<Int>] = []
    for range in ranges.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
      if let last = apart.last, range.lowerBound <= last.upperBound {
        apart[apart.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        apart.append(range)
      }
    }
    return apart
  }

  /// The index of the first of the ranges, which are in order, that ends after an offset.
  static func first(in ranges: [Range<Int>], endingAfter offset: Int) -> Int {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound > offset { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private func firstVisible(_ line: Range<Int>, _ bytes: [UInt8]) -> Int {
    var index = line.lowerBound
    while index < line.upperBound, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    return index
  }
}

/// Finds what a URL may hide, in source text whose grammar is not known for certain.
private enum SensitiveURL {
  static func sensitive(in line: Range<Int>, _ bytes: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var index = line.lowerBound
    var isFlow = false
    while index < line.upperBound {
      guard bytes[index] == UInt8(ascii: ":"), let start = authority(after: index, line, bytes) else {
        isFlow = isFlow || bytes[index] == UInt8(ascii: "{") || bytes[index] == UInt8(ascii: "[")
        index += 1
        continue
      }
      let end = tokenEnd(scheme: index, start, line, bytes, isFlow: isFlow)
      isFlow = isFlow || bytes[index..<end].contains { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") }
      let query = bytes[start..<end].firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
      // A password may have `?` or `#` in it, so the user info ends at the token's last `@`.
      if let sign = bytes[start..<end].lastIndex(of: UInt8(ascii: "@")), sign > start { found.append(start..<sign) }
      if let query, query + 1 < end { found.append(query + 1..<end) }
      index = max(end, index + 1)
    }
    return found
  }

  /// The first byte behind `://` (or JSON's `:\/\/`) when `index` is its colon.
  private static func authority(after index: Int, _ line: Range<Int>, _ bytes: [UInt8]) -> Int? {
    for separator in ["://", ":\\/\\/"] {
      let end = index + separator.utf8.count
      if end <= line.upperBound, bytes[index..<end].elementsEqual(separator.utf8) { return end }
    }
    return nil
  }

  /// Where a URL ends: at its closing quote, at a space between brackets, else with the line or before its comment.
  private static func tokenEnd(
    scheme colon: Int, _ start: Int, _ line: Range<Int>, _ bytes: [UInt8], isFlow: Bool
  ) -> Int {
    var first = colon
    while first > line.lowerBound, bytes[first - 1] > 0x20, !"\"'{[,".utf8.contains(bytes[first - 1]) { first -= 1 }
    let before = first > line.lowerBound ? bytes[first - 1] : 0x20
    if before == UInt8(ascii: "\"") || before == UInt8(ascii: "'") {
      return bytes[start..<line.upperBound].firstIndex(of: before) ?? line.upperBound
    }
    var end = start
    while end < line.upperBound {
      if bytes[end] <= 0x20, isFlow || (end + 1 < line.upperBound && bytes[end + 1] == UInt8(ascii: "#")) { break }
      end += 1
    }
    return end
  }
}

/// One line of a file that does not parse: what of it may be keys, by its look alone.
private struct UnparsedLine {
  let bytes: [UInt8]
  let line: Range<Int>
  /// Whether the line may begin with a key.
  let showsKeys: Bool
  /// Keys behind which no secret belongs.
  let plainKeys: Set<String>

  /// Every visible range of the line but keys and punctuation.
  func masked() -> [Range<Int>] {
    var index = skipWhiteSpace(line.lowerBound)
    guard index < line.upperBound else { return [] }
    guard showsKeys else { return [index..<line.upperBound] }
    var found: [Range<Int>] = []
    var isFlow = false
    var mayBeKey = true
    var isPlain = false
    while index < line.upperBound {
      let byte = bytes[index]
      switch byte {
      case 0x20, 0x09:
        index += 1
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        isFlow = true
        mayBeKey = true
        isPlain = false
        index += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ","):
        mayBeKey = byte == UInt8(ascii: ",")
        isPlain = false
        index += 1
      case UInt8(ascii: "-") where mayBeKey && !isFlow && (index + 1 == line.upperBound || bytes[index + 1] <= 0x20):
        index += 1
      default:
        if mayBeKey, let end = key(at: index) {
          isPlain = plainKeys.contains(name(index..<end))
          index = end
          mayBeKey = false
        } else {
          let end = scalarEnd(index, isFlow)
          if !isPlain || looksSecret(index..<end) { found.append(index..<end) }
          index = end
          mayBeKey = false
        }
      }
    }
    return found
  }

  /// A key without its colon and its quotes.
  private func name(_ key: Range<Int>) -> String {
    let name = bytes[key].dropLast().filter { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'") }
    return String(decoding: name, as: UTF8.self)
  }

  /// Whether a value may be, or may hold, a secret after all: a line break may be missing in front of another key.
  private func looksSecret(_ range: Range<Int>) -> Bool {
    let text = String(decoding: bytes[range], as: UTF8.self)
    return CredentialLook.isName(text) || CredentialLook.isValue(text) || text.contains("key")
  }

  /// The end of a key with its colon, when a plain or quoted name is at `index` and a colon behind it.
  private func key(at index: Int) -> Int? {
    var start = index
    let quote = bytes[index]
    let isQuoted = quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
    if isQuoted { start += 1 }
    var end = start
    while end < line.upperBound, isNameByte(bytes[end]) { end += 1 }
    guard (1...63).contains(end - start) else { return nil }
    if isQuoted {
      guard end < line.upperBound, bytes[end] == quote else { return nil }
      end += 1
    }
    guard end < line.upperBound, bytes[end] == UInt8(ascii: ":") else { return nil }
    guard isQuoted || end + 1 == line.upperBound || bytes[end + 1] <= 0x20 else { return nil }
    return end + 1
  }

  private func scalarEnd(_ start: Int, _ isFlow: Bool) -> Int {
    let quote = bytes[start]
    if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
      var end = start + 1
      while end < line.upperBound, bytes[end] != quote {
        end += quote == UInt8(ascii: "\"") && bytes[end] == UInt8(ascii: "\\") ? 2 : 1
      }
      return min(end + 1, line.upperBound)
    }
    guard isFlow else { return line.upperBound }
    var end = start
    while end < line.upperBound, !",]}".utf8.contains(bytes[end]) { end += 1 }
    return max(end, start + 1)
  }

  private func skipWhiteSpace(_ index: Int) -> Int {
    var index = index
    while index < line.upperBound, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    return index
  }

  private func isNameByte(_ byte: UInt8) -> Bool {
    byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26 || "_-.$<".utf8.contains(byte)
  }
}

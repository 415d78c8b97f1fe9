/// A string with one layer of encoding removed, and the position of each byte in the encoded string.
///
/// It has no line breaks: programs that encode, print or send a string may break its lines anywhere.
struct Reading {
  private(set) var bytes: [UInt8] = []
  /// Where each byte begins, and where the encoded text ends; empty where both texts are the same.
  private var starts: [UInt32] = []
  /// Whether nothing but line breaks was taken off.
  private var isLines = false

  init(capacity: Int) {
    bytes.reserveCapacity(capacity)
    starts.reserveCapacity(capacity + 1)
  }

  /// The text without its line breaks.
  init(withoutBreaks source: [UInt8]) {
    isLines = source.contains(where: Reading.isBreak)
    guard isLines else {
      bytes = source
      return
    }
    bytes.reserveCapacity(source.count)
    starts.reserveCapacity(source.count + 1)
    for index in source.indices { append(source[index], from: index) }
    end(at: source.count)
  }

  static func isBreak(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }

  /// Appends a byte whose spelling begins at a place, unless it is a line break.
  mutating func append(_ byte: UInt8, from start: Int) {
    guard !Reading.isBreak(byte) else { return }
    bytes.append(byte)
    starts.append(UInt32(truncatingIfNeeded: start))
  }

  /// Appends bytes that stand for themselves, none of which is a line break.
  mutating func append(_ run: Range<Int>, of source: [UInt8]) {
    bytes.append(contentsOf: source[run])
    for index in run { starts.append(UInt32(truncatingIfNeeded: index)) }
  }

  /// Notes where the encoded text ends; nothing is appended afterwards.
  mutating func end(at end: Int) { starts.append(UInt32(truncatingIfNeeded: end)) }

  /// The place in the encoded text.
  func source(_ range: Range<Int>) -> Range<Int> {
    guard !starts.isEmpty, !range.isEmpty else { return range }
    let start = Int(starts[range.lowerBound])
    // A line break behind the range is not part of it.
    let end = isLines ? Int(starts[range.upperBound - 1]) + 1 : Int(starts[range.upperBound])
    return start..<max(start, end)
  }

  /// Whether a byte and the one before it are in one line.
  func isInLine(_ index: Int) -> Bool { !isLines || starts[index] == starts[index - 1] + 1 }
}

/// Which lines of a file that does not parse may begin with a key.
///
/// A line may when the line that it is indented under is a key without a value or has an open bracket, and may begin with a
/// key itself; any other may continue a string from the line above. The whole file is read once, however many lines are asked for.
struct KeyLines {
  /// Where each line begins that may not begin with a key.
  private var others: Set<Int> = []

  init(_ bytes: [UInt8]) {
    // The lines that the next one may be indented under, each further to the right than the one before.
    var enclosing: [(column: Int, opens: Bool)] = []
    var start = 0
    while start < bytes.count {
      var end = start
      while end < bytes.count, !KeyLines.isBreak(bytes[end]) { end += 1 }
      var content = start
      while content < end, bytes[content] == 0x20 || bytes[content] == 0x09 { content += 1 }
      if !KeyLines.opens(content - start, enclosing) { others.insert(start) }
      if content < end, bytes[content] != UInt8(ascii: "#") {
        while content + 1 < end, bytes[content] == UInt8(ascii: "-"), bytes[content + 1] == 0x20 {
          content += 1
          while content < end, bytes[content] == 0x20 { content += 1 }
        }
        let column = content - start
        while let last = enclosing.last, last.column >= column { enclosing.removeLast() }
        let mayBeKey = enclosing.last?.opens ?? true
        enclosing.append((column, mayBeKey && KeyLines.isOpener(bytes, content..<end)))
      }
      start = end + 1
    }
  }

  /// Whether the line that begins at an offset may begin with a key.
  func contains(lineAt start: Int) -> Bool { !others.contains(start) }

  /// Whether the last of the lines that are less indented is one that keys may be under.
  private static func opens(_ column: Int, _ enclosing: [(column: Int, opens: Bool)]) -> Bool {
    var (low, high) = (0, enclosing.count)
    while low < high {
      let middle = (low + high) / 2
      if enclosing[middle].column < column { low = middle + 1 } else { high = middle }
    }
    return low == 0 || enclosing[low - 1].opens
  }

  private static func isOpener(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
    var end = range.upperBound
    if let comment = range.first(where: {
      bytes[$0] == UInt8(ascii: "#") && $0 > range.lowerBound && bytes[$0 - 1] <= 0x20
    }) {
      end = comment
    }
    while end > range.lowerBound, bytes[end - 1] <= 0x20 { end -= 1 }
    guard end > range.lowerBound else { return false }
    return ":{[,".utf8.contains(bytes[end - 1])
  }

  private static func isBreak(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
}

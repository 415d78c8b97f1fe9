/// One line as the formatter writes it: indentation, code, and the comment behind it.
struct FormattedLine {
  /// What a line is.
  enum LineKind {
    case code, comment, empty
    /// A part of a string that is written unchanged.
    case text
  }

  var kind: LineKind
  var indent = 0
  var code: [UInt8] = []
  /// Spaces before the comment behind the code.
  var gap = 0
  var comment: [UInt8]?
  /// The column of the comment before, in characters.
  var commentColumn = 0
  /// The indentation before.
  var old = 0
  /// The blocks that are open here.
  var blocks: [OpenBlock] = []

  init(kind: LineKind, indent: Int = 0) {
    self.kind = kind
    self.indent = indent
  }

  /// Keeps the comments of neighbouring lines in one column if they were, as near to the longest line as before.
  static func align(_ lines: inout [FormattedLine]) {
    var first = 0
    while first < lines.count {
      guard lines[first].kind == .code, lines[first].comment != nil else {
        first += 1
        continue
      }
      var end = first + 1
      while end < lines.count, lines[end].kind == .code, lines[end].comment != nil,
        lines[end].commentColumn == lines[first].commentColumn
      {
        end += 1
      }
      let group = first..<end
      let gap = group.map { lines[$0].gap }.min() ?? 1
      let column = (group.map { lines[$0].codeEnd }.max() ?? 0) + gap
      for index in group { lines[index].gap = column - lines[index].codeEnd }
      first = end
    }
  }

  /// The column behind the code.
  private var codeEnd: Int { indent + FormattedLine.width(code[...]) }

  /// How many characters UTF-8 bytes are.
  static func width(_ bytes: ArraySlice<UInt8>) -> Int { bytes.count { $0 & 0xC0 != 0x80 } }

  func write(to result: inout [UInt8]) {
    guard kind != .empty, !code.isEmpty || comment != nil else { return }
    result += repeatElement(0x20, count: indent)
    result += code
    guard let comment else { return }
    if kind == .code { result += repeatElement(0x20, count: gap) }
    result += comment
  }
}

/// One open block collection, by the columns of its keys or dashes before and after.
struct OpenBlock {
  var old: Int
  var new: Int
  var isSequence: Bool
}

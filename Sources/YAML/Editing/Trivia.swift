package import Documents

/// The gaps between the nodes of a document: comments and line breaks, line by line.
///
/// Edits go by it: which lines a scalar owns and nothing may touch, where a line's comment begins, and which comments belong
/// to a pair. It holds for files without a finding.
package struct Trivia: Sendable {
  /// One line of the file.
  package struct Line: Sendable {
    /// Its bytes without the line break; a byte order mark belongs to no line.
    package var range: Range<Int>
    /// The first byte of the next line.
    package var next: Int
    /// The context of its first byte.
    package var place: Place
    /// Its end is in a quoted string or a block scalar, so that trailing spaces may mean something.
    package var endsInText = false
    /// Where its comment begins.
    package var comment: Int?
  }

  /// The context of a line's first byte; the index names the node.
  package enum Place: Sendable, Equatable {
    case structure
    case flow(Int)
    /// A plain or quoted scalar that began on a line above.
    case scalar(Int)
    /// The content of a literal or folded scalar.
    case blockScalar(Int)
  }

  /// The lines of the file in order; a last one without any byte is none.
  package private(set) var lines: [Line] = []
  private let bytes: [UInt8]

  /// Looks through a composed file.
  package init(_ document: Document) {
    bytes = document.source.bytes
    readLines()
    for (index, node) in document.nodes.enumerated() where node.flags.contains(.flow) {
      mark(index, node, as: .flow(index), onlyFree: true)
    }
    for (index, node) in document.nodes.enumerated() where node.shape == .scalar {
      switch node.style {
      case .literal, .folded: markBlock(index, node)
      case .plain: mark(index, node, as: .scalar(index))
      case .singleQuoted, .doubleQuoted:
        mark(index, node, as: .scalar(index))
        let first = line(of: Int(node.start))
        for line in first..<max(first, line(of: Int(node.end) - 1)) { lines[line].endsInText = true }
      }
    }
    findComments(document)
  }

  /// The line number of a byte, from 0.
  package func line(of offset: Int) -> Int {
    var low = 0
    var high = lines.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lines[middle].range.lowerBound <= offset { low = middle } else { high = middle }
    }
    return low
  }

  /// The first byte of a line that is no space; its end where there is none.
  package func firstVisible(_ line: Int) -> Int {
    var index = lines[line].range.lowerBound
    while index < lines[line].range.upperBound, Trivia.isSpace(bytes[index]) { index += 1 }
    return index
  }

  /// Whether a line has nothing but spaces and is outside of every scalar.
  package func isEmpty(_ line: Int) -> Bool {
    switch lines[line].place {
    case .structure, .flow: firstVisible(line) == lines[line].range.upperBound
    case .scalar, .blockScalar: false
    }
  }

  /// Whether a line is a comment and nothing else.
  package func isComment(_ line: Int) -> Bool {
    lines[line].comment == firstVisible(line)
  }

  /// The comments in order, from their `#` on, without trailing spaces.
  package var comments: [[UInt8]] {
    lines.compactMap { line in
      line.comment.map { start in
        Array(bytes[start..<Trivia.trimmed(start..<line.range.upperBound, bytes)])
      }
    }
  }

  /// The end of a range without the spaces at its end.
  static func trimmed(_ range: Range<Int>, _ bytes: [UInt8]) -> Int {
    var end = range.upperBound
    while end > range.lowerBound, isSpace(bytes[end - 1]) { end -= 1 }
    return end
  }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  // MARK: - Reading

  private mutating func readLines() {
    var start = bytes.starts(with: SourceFile.byteOrderMark) ? 3 : 0
    var index = start
    while index < bytes.count {
      guard bytes[index] == 0x0A || bytes[index] == 0x0D else {
        index += 1
        continue
      }
      let isPair = bytes[index] == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A
      lines.append(Line(range: start..<index, next: index + (isPair ? 2 : 1), place: .structure))
      index += isPair ? 2 : 1
      start = index
    }
    if start < bytes.count { lines.append(Line(range: start..<bytes.count, next: bytes.count, place: .structure)) }
  }

  /// Marks the continuation lines of a node.
  private mutating func mark(_ index: Int, _ node: Document.Node, as place: Place, onlyFree: Bool = false) {
    guard node.end > node.start else { return }
    let first = line(of: Int(node.start)) + 1
    let last = line(of: Int(node.end) - 1)
    guard first <= last else { return }
    for line in first...last where !onlyFree || lines[line].place == .structure { lines[line].place = place }
  }

  /// Marks the content of a block scalar, with the lines below that still are a part of its text.
  private mutating func markBlock(_ index: Int, _ node: Document.Node) {
    let header = line(of: Int(node.start))
    var last = max(header, line(of: Int(node.end) - 1))
    let content = last > header ? indentation(header + 1...last) : nil
    let keeps = BlockHeader(bytes, at: Int(node.start)).keeps
    var below = last + 1
    while below < lines.count, firstVisible(below) == lines[below].range.upperBound {
      // Without `+`, empty lines at the end are no part of the text, but spaces beyond its indentation are.
      if keeps || lines[below].range.count > content ?? 0 { last = below }
      below += 1
    }
    guard header < last else { return }
    for line in header + 1...last {
      lines[line].place = .blockScalar(index)
      lines[line].endsInText = true
    }
  }

  /// The indentation of the first of these lines that has a visible byte.
  private func indentation(_ range: ClosedRange<Int>) -> Int? {
    for line in range {
      let start = lines[line].range.lowerBound
      var end = start
      while end < lines[line].range.upperBound, bytes[end] == 0x20 { end += 1 }
      if end < lines[line].range.upperBound { return end - start }
    }
    return nil
  }

  private mutating func findComments(_ document: Document) {
    var scalars = document.nodes.lazy.filter { $0.shape == .scalar && $0.end > $0.start }.makeIterator()
    var scalar = scalars.next()
    for line in lines.indices {
      if case .blockScalar = lines[line].place { continue }
      let range = lines[line].range
      var index = range.lowerBound
      while index < range.upperBound {
        while let known = scalar, Trivia.end(known, bytes) <= index { scalar = scalars.next() }
        if let known = scalar, Int(known.start) <= index {
          index = Trivia.end(known, bytes)
          continue
        }
        if bytes[index] == UInt8(ascii: "#"), index == range.lowerBound || Trivia.isSpace(bytes[index - 1]) {
          lines[line].comment = index
          break
        }
        index += 1
      }
    }
  }

  /// Where comments may begin again behind a scalar; for a block scalar, behind its indicators.
  private static func end(_ node: Document.Node, _ bytes: [UInt8]) -> Int {
    switch node.style {
    case .literal, .folded: Int(node.start) + BlockHeader(bytes, at: Int(node.start)).count
    case .plain, .singleQuoted, .doubleQuoted: Int(node.end)
    }
  }
}

/// The indicators that begin a block scalar: `|`, `>-`, `|2+`.
struct BlockHeader {
  /// How many bytes the indicators have.
  private(set) var count = 1
  /// `+`: empty lines at the end belong to the text.
  private(set) var keeps = false
  /// A digit says how far the content is indented.
  private(set) var isExplicit = false

  init(_ bytes: [UInt8], at start: Int) {
    while start + count < bytes.count {
      switch bytes[start + count] {
      case UInt8(ascii: "+"): keeps = true
      case UInt8(ascii: "1")...UInt8(ascii: "9"): isExplicit = true
      case UInt8(ascii: "-"): break
      default: return
      }
      count += 1
    }
  }
}

import Documents

/// One pass of the formatter over a file, line by line with a stack of open blocks.
struct FormatPass {
  private let document: Document
  private let bytes: [UInt8]
  private let trivia: Trivia
  private let indents: Bool
  /// Lines with a key of a block mapping.
  private var keyLines: Set<Int> = []
  private var stack: [OpenBlock] = []
  private var output: [FormattedLine] = []
  /// How far each block scalar moves, and how its lines are indented now; by node.
  private var moves: [Int: (old: Int, new: Int)] = [:]
  /// The indentation change of the continuation lines of a value.
  private var shift = 0

  init(_ document: Document, indents: Bool) {
    self.document = document
    bytes = document.source.bytes
    trivia = Trivia(document)
    for (index, node) in document.nodes.enumerated() where node.shape == .mapping && !node.flags.contains(.flow) {
      for pair in document.ownPairs(index) { keyLines.insert(trivia.line(of: Int(document.nodes[pair.key].start))) }
    }
    self.indents = indents && !FormatPass.hasExplicitKeys(trivia, document.source.bytes)
  }

  /// Returns the formatted file.
  mutating func run() -> [UInt8] {
    for line in trivia.lines.indices {
      switch trivia.lines[line].place {
      case .structure: takeStructure(line)
      case .flow: takeContinuation(line, least: (stack.last?.new ?? -2) + 2, isText: false)
      case .scalar: takeContinuation(line, least: (stack.last?.new ?? -2) + 2, isText: true)
      case .blockScalar(let node): takeContent(line, node)
      }
    }
    placeComments()
    FormattedLine.align(&output)
    return join()
  }

  // MARK: - Lines

  private mutating func takeStructure(_ line: Int) {
    let range = trivia.lines[line].range
    let first = trivia.firstVisible(line)
    if first == range.upperBound { return output.append(FormattedLine(kind: .empty)) }
    let column = first - range.lowerBound
    if trivia.isComment(line) {
      var comment = FormattedLine(kind: .comment, indent: column)
      comment.comment = Array(bytes[first..<Trivia.trimmed(first..<range.upperBound, bytes)])
      comment.old = column
      comment.blocks = stack
      return output.append(comment)
    }
    if isMarker(first, range) {
      stack = []
      shift = 0
      noteBlockScalars(line)
      return append(line, from: first, indent: 0, prefix: [], kind: .code)
    }
    guard indents else {
      shift = 0
      return append(line, from: first, indent: column, prefix: [], kind: .code)
    }
    var index = first
    var prefix: [UInt8] = []
    var indent: Int?
    while isDash(index, range) {
      let new = open(index - range.lowerBound, isSequence: true)
      if indent == nil { indent = new }
      index += 1
      while index < range.upperBound, Trivia.isSpace(bytes[index]) { index += 1 }
      prefix += "- ".utf8
    }
    let old = index - range.lowerBound
    let hasRest = index < range.upperBound && index != trivia.lines[line].comment
    if hasRest, keyLines.contains(line) {
      let new = open(old, isSequence: false)
      if indent == nil { indent = new }
      shift = new - old
    } else if hasRest, indent == nil {
      while let last = stack.last, last.old >= old { stack.removeLast() }
      indent = stack.last.map { $0.new + 2 } ?? 0
      shift = (indent ?? 0) - old
    } else {
      shift = stack.last.map { $0.new - $0.old } ?? 0
    }
    if !hasRest, !prefix.isEmpty { prefix.removeLast() }
    noteBlockScalars(line)
    append(line, from: index, indent: indent ?? column, prefix: prefix, kind: .code, old: column)
  }

  /// Finds or opens the block whose keys or dashes are in the column `old`, and returns their new column.
  private mutating func open(_ old: Int, isSequence: Bool) -> Int {
    while let last = stack.last, last.old > old { stack.removeLast() }
    // A list may be in the same column as the keys above it.
    if let last = stack.last, last.old == old, last.isSequence, !isSequence { stack.removeLast() }
    if let last = stack.last, last.old == old, last.isSequence == isSequence { return last.new }
    let new = stack.last.map { $0.new + 2 } ?? 0
    stack.append(OpenBlock(old: old, new: new, isSequence: isSequence))
    return new
  }

  /// A continuation line of a value: it moves with the line on which the value begins.
  private mutating func takeContinuation(_ line: Int, least: Int, isText: Bool) {
    let range = trivia.lines[line].range
    let first = trivia.firstVisible(line)
    guard first < range.upperBound else {
      return output.append(FormattedLine(kind: isText ? .text : .empty))
    }
    var spaces = range.lowerBound
    while spaces < first, bytes[spaces] == 0x20 { spaces += 1 }
    let old = spaces - range.lowerBound
    let moved = indents && shift != 0 ? max(old + shift, isText ? least : 0, 0) : old
    if trivia.isComment(line) {
      var comment = FormattedLine(kind: .text, indent: moved)
      comment.code = Array(bytes[spaces..<Trivia.trimmed(first..<range.upperBound, bytes)])
      return output.append(comment)
    }
    append(line, from: spaces, indent: moved, prefix: [], kind: .code)
  }

  /// A line of a block scalar's content: all of them move alike.
  private mutating func takeContent(_ line: Int, _ node: Int) {
    let range = trivia.lines[line].range
    let move = moves[node] ?? (0, 0)
    var start = range.lowerBound
    while start < range.upperBound, bytes[start] == 0x20, start - range.lowerBound < move.old { start += 1 }
    var content = FormattedLine(kind: .text)
    if start < range.upperBound {
      content.indent = start - range.lowerBound + (start - range.lowerBound == move.old ? move.new - move.old : 0)
      content.code = Array(bytes[start..<range.upperBound])
    }
    output.append(content)
  }

  /// Decides how the block scalars move that begin on a line.
  private mutating func noteBlockScalars(_ line: Int) {
    guard line + 1 < trivia.lines.count, case .blockScalar(let node) = trivia.lines[line + 1].place else { return }
    var next = line + 1
    var old = 0
    while next < trivia.lines.count, trivia.lines[next].place == .blockScalar(node) {
      let range = trivia.lines[next].range
      old = bytes[range].prefix { $0 == 0x20 }.count
      if old < range.count { break }
      next += 1
    }
    let isEmpty = next == trivia.lines.count || trivia.lines[next].place != .blockScalar(node)
    guard indents, !isEmpty else { return moves[node] = (isEmpty ? 0 : old, isEmpty ? 0 : old) }
    guard let block = stack.last else { return moves[node] = (old, old) }
    let header = BlockHeader(bytes, at: Int(document.nodes[node].start))
    if header.isExplicit {
      // The digit counts from the block around, so the whole content moves with that.
      moves[node] = (min(old, block.old), min(old, block.old) + block.new - block.old)
    } else {
      moves[node] = (old, block.new + 2)
    }
  }

  /// Adds a line of code, with its comment apart.
  private mutating func append(
    _ line: Int, from start: Int, indent: Int, prefix: [UInt8], kind: FormattedLine.LineKind, old: Int? = nil
  ) {
    let info = trivia.lines[line]
    var formatted = FormattedLine(kind: kind, indent: indent)
    formatted.old = old ?? start - info.range.lowerBound
    formatted.blocks = stack
    if let comment = info.comment {
      let end = Trivia.trimmed(start..<max(start, comment), bytes)
      formatted.code = prefix + bytes[start..<end]
      formatted.gap = max(1, start == comment ? comment - firstGap(comment, info.range) : comment - end)
      formatted.comment = Array(bytes[comment..<Trivia.trimmed(comment..<info.range.upperBound, bytes)])
      formatted.commentColumn = FormattedLine.width(bytes[info.range.lowerBound..<comment])
    } else {
      let end = info.endsInText ? info.range.upperBound : Trivia.trimmed(start..<info.range.upperBound, bytes)
      formatted.code = prefix + bytes[start..<end]
    }
    output.append(formatted)
  }

  /// The beginning of the spaces before a comment that follows only dashes.
  private func firstGap(_ comment: Int, _ range: Range<Int>) -> Int {
    Trivia.trimmed(range.lowerBound..<comment, bytes)
  }

  /// Indents comments like the line below where they were in its column, else like the deepest block that they reached.
  private mutating func placeComments() {
    guard indents else { return }
    var below: (old: Int, new: Int) = (-1, 0)
    for index in output.indices.reversed() {
      switch output[index].kind {
      case .code: below = (output[index].old, output[index].indent)
      case .comment:
        var best: (old: Int, new: Int) = (-1, 0)
        for block in output[index].blocks where block.old <= output[index].old && block.old >= best.old {
          best = (block.old, block.new)
        }
        if below.old <= output[index].old, below.old >= best.old { best = below }
        output[index].indent = best.new
      case .empty, .text: break
      }
    }
  }

  // MARK: - The whole

  private func join() -> [UInt8] {
    var result = bytes.starts(with: SourceFile.byteOrderMark) ? SourceFile.byteOrderMark : []
    var lines = output[...]
    while lines.first?.kind == .empty { lines.removeFirst() }
    while lines.last?.kind == .empty { lines.removeLast() }
    let lineBreak = lineBreak
    var wasEmpty = false
    for line in lines where line.kind != .empty || !wasEmpty {
      wasEmpty = line.kind == .empty
      line.write(to: &result)
      result += lineBreak
    }
    if lines.endIndex == output.endIndex, !lines.isEmpty, let last = trivia.lines.last, last.endsInText,
      last.next == last.range.upperBound
    {
      // A block scalar at the end of the file would get one more line break.
      result.removeLast(lineBreak.count)
    }
    return result
  }

  /// The line break of most lines: CRLF or LF is the file's own choice, which Git and editors make for a whole file.
  private var lineBreak: [UInt8] {
    let pairs = trivia.lines.count { $0.next - $0.range.upperBound == 2 }
    let others = trivia.lines.count { $0.next - $0.range.upperBound == 1 }
    return pairs > others ? [0x0D, 0x0A] : [0x0A]
  }

  private func isDash(_ index: Int, _ range: Range<Int>) -> Bool {
    index < range.upperBound && bytes[index] == UInt8(ascii: "-")
      && (index + 1 == range.upperBound || Trivia.isSpace(bytes[index + 1]))
  }

  /// A document's beginning or end, or a directive.
  private func isMarker(_ first: Int, _ range: Range<Int>) -> Bool {
    guard first == range.lowerBound else { return false }
    if bytes[first] == UInt8(ascii: "%") { return true }
    guard range.count >= 3, range.count == 3 || Trivia.isSpace(bytes[first + 3]) else { return false }
    return bytes[first..<first + 3].elementsEqual("---".utf8) || bytes[first..<first + 3].elementsEqual("...".utf8)
  }

  /// Finds keys that are written with `? `, or their values with `: ` at the beginning of a line.
  private static func hasExplicitKeys(_ trivia: Trivia, _ bytes: [UInt8]) -> Bool {
    trivia.lines.indices.contains { line in
      guard trivia.lines[line].place == .structure else { return false }
      let range = trivia.lines[line].range
      var index = trivia.firstVisible(line)
      while index < range.upperBound {
        let isIndicator = index + 1 == range.upperBound || Trivia.isSpace(bytes[index + 1])
        guard isIndicator else { return false }
        switch bytes[index] {
        case UInt8(ascii: "?"), UInt8(ascii: ":"): return true
        case UInt8(ascii: "-"): break
        default: return false
        }
        index += 1
        while index < range.upperBound, Trivia.isSpace(bytes[index]) { index += 1 }
      }
      return false
    }
  }
}

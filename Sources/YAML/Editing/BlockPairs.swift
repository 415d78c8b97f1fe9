import Documents

/// The lines that each pair of a block mapping owns, its comments included.
struct BlockPairs {
  /// The column of the keys.
  let column: Int
  private let document: Document
  private let trivia: Trivia
  private let pairs: [Document.Pair]
  /// The lines of each pair without the comments above it.
  private let bodies: [Range<Int>]

  init(_ document: Document, _ trivia: Trivia, _ mapping: Int) {
    self.document = document
    self.trivia = trivia
    let pairs = document.ownPairs(mapping)
    self.pairs = pairs
    let start = Int(document.nodes[mapping].start)
    let column = trivia.lines.isEmpty ? 0 : start - trivia.lines[trivia.line(of: start)].range.lowerBound
    self.column = column
    bodies = pairs.map { pair in
      let first = trivia.line(of: Int(document.nodes[pair.key].start))
      let end = max(document.nodes[pair.key].end, document.nodes[pair.value].end)
      var last = max(first, trivia.line(of: max(Int(end) - 1, 0)))
      // The rest of a block scalar, then comments that are indented more than the key.
      while last + 1 < trivia.lines.count, case .blockScalar = trivia.lines[last + 1].place { last += 1 }
      var below = last + 1
      while below < trivia.lines.count {
        if trivia.isEmpty(below) {
          below += 1
          continue
        }
        guard trivia.isComment(below),
          trivia.firstVisible(below) - trivia.lines[below].range.lowerBound > column
        else { break }
        last = below
        below += 1
      }
      return first..<last + 1
    }
  }

  /// The lines of a pair, with the comments right above it.
  func lines(_ index: Int) -> Range<Int> {
    var first = bodies[index].lowerBound
    let limit = index == 0 ? 0 : bodies[index - 1].upperBound
    while first > limit, trivia.isComment(first - 1), trivia.lines[first - 1].place == .structure, isLevel(first - 1) {
      first -= 1
    }
    return first..<bodies[index].upperBound
  }

  /// Whether a pair has its lines to itself: no dash, bracket or marker comes before its key.
  func isWhole(_ index: Int) -> Bool {
    let line = bodies[index].lowerBound
    let visible = trivia.firstVisible(line)
    guard visible - trivia.lines[line].range.lowerBound == column else { return false }
    let bytes = document.source.bytes
    return visible == Int(document.nodes[pairs[index].key].start) || bytes[visible] == UInt8(ascii: "&")
      || bytes[visible] == UInt8(ascii: "!")
  }

  /// The edit that puts the pairs into another order.
  func edit(_ order: [Int]) -> TextEdit {
    let bytes = document.source.bytes
    let first = lines(0).lowerBound
    let last = bodies[bodies.count - 1].upperBound - 1
    let lineBreak: [UInt8] =
      first < last ? Array(bytes[trivia.lines[first].range.upperBound..<trivia.lines[first].next]) : [0x0A]
    var texts: [(gap: [UInt8], body: [UInt8])] = []
    for index in pairs.indices {
      let start = index == 0 ? first : bodies[index - 1].upperBound
      var visible = start
      while visible < bodies[index].upperBound, trivia.isEmpty(visible) { visible += 1 }
      let from = trivia.lines[start].range.lowerBound
      let middle = trivia.lines[visible].range.lowerBound
      var body = Array(bytes[middle..<trivia.lines[bodies[index].upperBound - 1].next])
      if body.last != 0x0A, body.last != 0x0D { body += lineBreak }
      texts.append((Array(bytes[from..<middle]), body))
    }
    // What comes first leaves its empty lines to what came first before.
    let leader = order[0]
    let gap = texts[leader].gap
    texts[leader].gap = []
    texts[0].gap = gap
    var result = order.flatMap { texts[$0].gap + texts[$0].body }
    let end = trivia.lines[last].next
    if end == trivia.lines[last].range.upperBound { result.removeLast(lineBreak.count) }
    return TextEdit(trivia.lines[first].range.lowerBound..<end, result)
  }

  /// Whether a comment is in the column of the keys.
  private func isLevel(_ line: Int) -> Bool {
    trivia.firstVisible(line) - trivia.lines[line].range.lowerBound == column
  }
}

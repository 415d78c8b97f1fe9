import Testing

@testable import kitform

/// A terminal as far as the live lines use one: cursor, erasing, line breaks.
private struct Screen {
  var rows = [""]
  private var row = 0

  mutating func take(_ output: String) {
    var rest = Substring(output)
    while let character = rest.unicodeScalars.first {
      if rest.hasPrefix("\u{1B}[J") {
        rows = Array(rows[...row])
        rows[row] = ""
        rest = rest.dropFirst(3)
      } else if rest.hasPrefix("\u{1B}["), let end = rest.firstIndex(of: "A") {
        row -= Int(rest[rest.index(rest.startIndex, offsetBy: 2)..<end]) ?? 0
        rest = rest[rest.index(after: end)...]
      } else {
        switch character {
        case "\r": break
        case "\n":
          row += 1
          if row == rows.count { rows.append("") }
        default: rows[row].unicodeScalars.append(character)
        }
        rest = Substring(rest.unicodeScalars.dropFirst())
      }
    }
  }
}

struct LiveBlockTests {
  @Test func `messages stay above lines that come, change and go`() {
    var block = LiveBlock()
    var screen = Screen()
    func expect(_ lines: [String], above text: String = "", _ rows: [String]) {
      screen.take(block.redraw(lines, above: text, width: 80, height: 24))
      #expect(screen.rows == rows)
    }
    expect([], above: "plan\n", ["plan", ""])
    expect(["a: 0 s", "0 of 2"], ["plan", "a: 0 s", "0 of 2"])
    expect(["a: 1 s", "b: 0 s", "0 of 2"], ["plan", "a: 1 s", "b: 0 s", "0 of 2"])
    expect(["b: 1 s", "1 of 2"], above: "a done\n", ["plan", "a done", "b: 1 s", "1 of 2"])
    expect([], above: "b done\n", ["plan", "a done", "b done", ""])
    expect([], ["plan", "a done", "b done", ""])
  }

  @Test func `no line wraps, and no block is taller than the terminal`() {
    var block = LiveBlock()
    let lines = (0..<9).map { "change \($0) goes on" }
    #expect(block.redraw(lines, width: 9, height: 4) == "change 6\nchange 7\nchange 8")
    #expect(block.lines.count == 3)
    #expect(block.redraw(["wide"], width: 5, height: 4) == "\r\u{1B}[5A\u{1B}[Jwide", "the terminal became narrower")
    #expect(block.redraw([], width: 0, height: 0) == "\r\u{1B}[3A\u{1B}[J")
    #expect(block.redraw(["ab"], width: 0, height: 0) == "a")
  }
}

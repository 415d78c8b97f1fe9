import Basics
import Documents
import Support
import Testing

/// Lines of megabytes: a finding on one costs no more than what it shows.
@Suite struct LongLineTests {
  private func excerpt(_ text: String, _ start: Int, _ end: Int, secrets: [Range<Int>] = []) -> Excerpt? {
    var sources = SourceMap()
    let file = sources.add(SourceFile(path: "a.yaml", text: text))
    let masking = Masking(
      secretPlaces: secrets.map { SourcePlace(file: file, start: $0.lowerBound, end: $0.upperBound) }, unparsed: [])
    return Excerpt(SourcePlace(file: file, start: start, end: end), in: sources, masking: masking)
  }

  @Test func `the surroundings of the caret are shown, with marks where the line goes on`() throws {
    let text = String(repeating: "ü", count: 50_000) + "HERE" + String(repeating: "b", count: 50_000)
    let found = try #require(excerpt(text, 100_000, 100_004))
    let shown = Array(found.text.unicodeScalars)
    #expect(shown.first == "…" && shown.last == "…" && shown.count == 162)
    #expect(String(String.UnicodeScalarView(shown[found.caretStart..<found.caretStart + found.caretLength])) == "HERE")
  }

  @Test func `a secret of megabytes before the caret is one mask`() throws {
    let text = "a: [" + String(repeating: "s", count: 100_000) + ", HERE]"
    let found = try #require(excerpt(text, 100_006, 100_010, secrets: [4..<100_004]))
    #expect(found.text.hasSuffix("•••, HERE]"))
    #expect(!found.text.contains("s"))
    #expect(Array(found.text.unicodeScalars)[found.caretStart] == "H")
    let inside = try #require(excerpt(text, 50_000, 50_001, secrets: [4..<100_004]))
    #expect(!inside.text.contains("s"))
  }

  @Test func `columns are characters, wherever in the file a place is`() {
    let line = String(repeating: "aüж😀", count: 700)
    let file = SourceFile(path: "a", text: "\u{FEFF}" + line + "\r\n" + line + "\n" + line)
    var offset = 3
    for number in 1...3 {
      for (index, scalar) in line.unicodeScalars.enumerated() {
        let position = file.position(at: offset)
        #expect(position == (number, index + 1))
        offset += UTF8.width(scalar)
      }
      offset += number == 1 ? 2 : 1
    }
    #expect(file.position(at: .max).line == 3)
  }

  @Test func `many findings on one long line are rendered`() {
    var sources = SourceMap()
    let file = sources.add(SourceFile(path: "a.yaml", text: String(repeating: "{a: b://c@d}, ", count: 10_000)))
    let findings = (0..<500).map { number in
      Diagnostic(.sample("area.rule"), at: SourcePlace(file: file, start: number * 140, end: number * 140 + 2), "wrong")
    }
    let renderer = DiagnosticRenderer(
      sources: sources, secretPlaces: (0..<500).map { SourcePlace(file: file, start: $0 * 100, end: $0 * 100 + 1) },
      unparsed: [file], color: false)
    #expect(renderer.render(findings).utf8.count < 500_000)
  }

  @Test func `lines of a file that does not parse are looked at once`() {
    var sources = SourceMap()
    let text = "a:\n" + String(repeating: "  b: 1\n", count: 2_000)
    let file = sources.add(SourceFile(path: "a.yaml", text: text))
    let renderer = DiagnosticRenderer(sources: sources, secretPlaces: [], unparsed: [file], color: false)
    let findings = (0..<500).map { number in
      Diagnostic(
        .sample("area.rule"), at: SourcePlace(file: file, start: 5 + number * 14, end: 6 + number * 14), "wrong")
    }
    #expect(renderer.render(findings).contains(" 1000 |   b: •••"))
  }

  @Test func `a text of somebody else's is shortened before it is escaped`() {
    #expect(SafeText.shortened("short") == "short")
    #expect(SafeText.shortened(String(repeating: "é", count: 200)) == String(repeating: "é", count: 200))
    let long = String(repeating: "\u{1B}", count: 300)
    let shown = SafeText.escape(SafeText.shortened(long))
    #expect(shown == String(repeating: "\\u{001B}", count: 200) + "…")
    let message = Diagnostic(.sample("area.rule"), at: nil, String(repeating: "x", count: 100_000)).message
    #expect(message.unicodeScalars.count == 4_001)
  }

  @Test func `half a secret before the place where a text was shortened is masked too`() {
    let redactor = Redactor(["a-secret-of-many-characters", "another-secret"])
    #expect(redactor.redact("title: a-secret-of-many…") == "title: •••…")
    #expect(redactor.redact("title: a-sec…") == "title: a-sec…")
    #expect(redactor.redact("an innocent text…") == "an innocent text…")
  }
}

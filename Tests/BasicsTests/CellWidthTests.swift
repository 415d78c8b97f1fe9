import Basics
import Documents
import Support
import Testing

struct CellWidthTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("Привет", 6), ("é", 1), ("e\u{301}", 1), ("日本語", 6), ("한국어", 6), ("ｆｕｌｌ", 8), ("😀", 2),
    ("❤\u{FE0F}", 2), ("a\u{0300}\u{0301}b", 2), ("“→”", 3), ("🇩🇪", 2), ("中a文", 5), ("\u{1100}\u{1161}", 2),
  ])
  func `a text takes the cells that a terminal gives it`(_ text: String, _ cells: Int) {
    #expect(CellWidth.of(text) == cells)
  }

  @Test func `a beginning never takes more cells than there are`() {
    for text in ["日本語", "a日b本c", "e\u{301}e\u{301}", "❤\u{FE0F}❤\u{FE0F}", "abc", "😀😀"] {
      for cells in 0...8 {
        let prefix = CellWidth.prefix(text, cells: cells)
        #expect(CellWidth.of(prefix) <= cells && text.unicodeScalars.starts(with: prefix.unicodeScalars))
      }
      #expect(CellWidth.prefix(text, cells: 8) == text)
    }
  }

  @Test func `a caret stands under its place behind wide characters`() throws {
    var sources = SourceMap()
    let file = sources.add(SourceFile(path: "kitform.yaml", text: "name: 日本 bad\n"))
    let start = "name: 日本 ".utf8.count
    let finding = Diagnostic(
      .sample("area.rule"), at: SourcePlace(file: file, start: start, end: start + 3), "it is wrong")
    let text = DiagnosticRenderer(sources: sources, secretPlaces: [], unparsed: [], color: false).render([finding])
    let lines = text.split(separator: "\n")
    let line = try #require(lines.first(where: { $0.contains("| name") }))
    let caret = try #require(lines.first(where: { $0.contains("^") }))
    let bad = try #require(line.firstRange(of: "bad"))
    #expect(CellWidth.of(String(line[..<bad.lowerBound])) == caret.prefix { $0 != "^" }.count && caret.hasSuffix("^^^"))
  }
}

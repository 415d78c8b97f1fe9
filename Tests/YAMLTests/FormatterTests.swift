import Documents
import Support
import Testing
import YAML

@Suite(.computes) struct FormatterTests {
  /// A file before and after; spaces at line ends are written as `·`, tabs as `→`.
  struct Case: CustomTestStringConvertible {
    var testDescription: String
    var before: String
    var after: String

    init(_ title: String, _ before: String, _ after: String) {
      testDescription = title
      self.before = before.replacing("·", with: " ").replacing("→", with: "\t")
      self.after = after.replacing("→", with: "\t")
    }
  }

  static let cases = [
    Case("spaces at line ends go, tabs in comments stay", "a: 1··\n# x→y·→\nb: 2→\n", "a: 1\n# x→y\nb: 2\n"),
    Case("one empty line stays, none at the ends", "\n\na: 1\n\n··\n\nb: 2\n\n\n", "a: 1\n\nb: 2\n"),
    Case("the last line gets a line break", "a: 1", "a: 1\n"),
    Case("CRLF stays", "a: 1\r\n\r\n\r\nb:\r\n    c: 2", "a: 1\r\n\r\nb:\r\n  c: 2\r\n"),
    Case("line breaks become those of most lines", "a: 1\r\nb: 2\nc: 3\r\n", "a: 1\r\nb: 2\r\nc: 3\r\n"),
    Case("as many of both become LF", "a: 1\r\nb: 2\n", "a: 1\nb: 2\n"),
    Case("a byte order mark stays", "\u{FEFF}a:\n   b: 1\n", "\u{FEFF}a:\n  b: 1\n"),
    Case(
      "blocks are indented by two", "a:\n      b:\n       c: 1\n      d: 2\ne: 3\n",
      "a:\n  b:\n    c: 1\n  d: 2\ne: 3\n"),
    Case("lists are indented under their key", "a:\n- 1\n- b: 2\n  c: 3\n", "a:\n  - 1\n  - b: 2\n    c: 3\n"),
    Case(
      "one space follows a dash", "-   a: 1\n    b: 2\n-  - x\n   - y\n-\n    c: 3\n",
      "- a: 1\n  b: 2\n- - x\n  - y\n-\n  c: 3\n"),
    Case(
      "comments move with the line below them",
      "# top\na:\n    # b's\n    b: 1\n    # end of a\n# c's\nc:\n- 1\n# one\n- 2\n",
      "# top\na:\n  # b's\n  b: 1\n  # end of a\n# c's\nc:\n  - 1\n  # one\n  - 2\n"),
    Case(
      "comments at line ends keep their common column",
      "a:\n    bb: 1       # x\n    ccccc: 2    # y\nd: 1 # z\n", "a:\n  bb: 1       # x\n  ccccc: 2    # y\nd: 1 # z\n"
    ),
    Case(
      "the common column holds over several levels",
      "a:         # x\n    b:     # y\n        c: # z\n            d: 1\n",
      "a:     # x\n  b:   # y\n    c: # z\n      d: 1\n"),
    Case("a tab before a comment becomes a space", "a: 1→# x\n", "a: 1 # x\n"),
    Case(
      "a literal moves as a whole and keeps its lines",
      "a:\n    b: |\n          one  \n\n            two\n          # text\n    # comment\n    c: 1\n",
      "a:\n  b: |\n    one  \n\n      two\n    # text\n  # comment\n  c: 1\n"),
    Case(
      "an indentation indicator counts on", "a:\n     b: |2\n           x\n         y\n",
      "a:\n  b: |2\n        x\n      y\n"),
    Case(
      "empty lines that a string keeps stay", "a: |+\n  x\n\n\nb: |\n  y\n\n\nc: 1\n",
      "a: |+\n  x\n\n\nb: |\n  y\n\nc: 1\n"),
    Case("a string at the end gets no line break", "a:\n    b: |\n      x", "a:\n  b: |\n    x"),
    Case("a folded text without its end line break", "a: >-\n    x\n    y\n\n\n", "a: >-\n  x\n  y\n"),
    Case(
      "quoted text over several lines keeps its spaces", "a:\n    b: \"one  \n      two\\\n\n      three\"\n",
      "a:\n  b: \"one  \n    two\\\n\n    three\"\n"),
    Case("plain text over several lines", "a:\n    b: one··\n     two\n    c: 1\n", "a:\n  b: one\n    two\n  c: 1\n"),
    Case(
      "brackets over several lines move along", "a:\n    b: {c: 1,  # x\n        d: [1,\n      2]\n    }\n",
      "a:\n  b: {c: 1,  # x\n      d: [1,\n    2]\n  }\n"),
    Case(
      "anchors, aliases and merges", "x-a: &a\n    b: 1\nc:\n    <<: *a\n    &k d: *a\n",
      "x-a: &a\n  b: 1\nc:\n  <<: *a\n  &k d: *a\n"),
    Case("an anchor on a line of its own", "a:\n    &x\n    b: 1\n", "a:\n  &x\n  b: 1\n"),
    Case(
      "several documents", "%YAML 1.1\n--- # one\na:\n    b: 1\n...\n---\n- |\n x\n--- text\n",
      "%YAML 1.1\n--- # one\na:\n  b: 1\n...\n---\n- |\n  x\n--- text\n"),
    Case("letters beyond ASCII", "ключ:   # ж\n    имя: ö # ж\n", "ключ:   # ж\n  имя: ö # ж\n"),
    Case("explicit keys keep their indentation", "? a\n:    b: 1··\n\n\nc: 2\n", "? a\n:    b: 1\n\nc: 2\n"),
    Case("nothing", "\n\n", ""),
    Case("comments alone", "  # a\n\n\n# b\n", "# a\n\n# b\n"),
  ]

  @Test(arguments: cases) func `moves white space`(_ example: Case) throws {
    #expect(try format(example.before) == example.after)
    #expect(try format(example.after) == example.after)
  }

  @Test func `careless files keep their tree and comments, and formatting twice is formatting once`() throws {
    var read = 0
    for seed in 0..<3_000 as Range<UInt64> {
      let text = RandomYAML.text(seed: seed)
      let (document, findings) = yaml(text)
      guard !findings.contains(where: { $0.severity == .error }) else { continue }
      read += 1
      let once = try #require(try? Formatter.format(document), "seed \(seed) is left alone")
      let (formatted, after) = yaml(once)
      #expect(after.filter { $0.severity == .error } == [], "seed \(seed)")
      #expect(DocumentTree.all(formatted) == DocumentTree.all(document), "seed \(seed)")
      #expect(Trivia(formatted).comments == Trivia(document).comments, "seed \(seed)")
      let twice = try #require(try? Formatter.format(formatted), "seed \(seed) is left alone when formatted")
      #expect(String(decoding: twice, as: UTF8.self) == String(decoding: once, as: UTF8.self), "seed \(seed)")
    }
    // The generator must not quietly stop making YAML.
    #expect(read > 2_300)
  }

  @Test func `indentation is two everywhere in what careless files become`() throws {
    for seed in 0..<500 as Range<UInt64> {
      let (document, findings) = yaml(RandomYAML.text(seed: seed))
      guard !findings.contains(where: { $0.severity == .error }) else { continue }
      let (formatted, _) = yaml(try Formatter.format(document))
      let trivia = Trivia(formatted)
      for line in trivia.lines.indices where trivia.lines[line].place == .structure && !trivia.isComment(line) {
        let indentation = trivia.firstVisible(line) - trivia.lines[line].range.lowerBound
        #expect(indentation % 2 == 0, "seed \(seed), line \(line + 1)")
      }
    }
  }

  private func format(_ text: String) throws -> String {
    let (document, findings) = yaml(text)
    try #require(!findings.contains { $0.severity == .error })
    return String(decoding: try Formatter.format(document), as: UTF8.self)
  }
}

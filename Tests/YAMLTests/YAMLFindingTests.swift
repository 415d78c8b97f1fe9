import Documents
import Support
import Testing

@Suite struct YAMLFindingTests {
  /// A string and what must be found in it, as `line:column-endColumn id`.
  struct Case: Sendable, CustomTestStringConvertible {
    var text: String
    var expected: [String]
    init(_ text: String, _ expected: String...) {
      self.text = text
      self.expected = expected
    }
    var testDescription: String { text.debugDescription }
  }

  @Test(arguments: [
    Case("a: 1\nb: 2\na: 3\n", "3:1-2 yaml.duplicate-key"),
    Case("{c: 1, \"c\": 2, 'c': 3}", "1:8-11 yaml.duplicate-key", "1:16-19 yaml.duplicate-key"),
    Case("x: &x {a: 1}\n<<: *x\n<<: *x\n", "3:1-3 yaml.duplicate-key"),
    Case("a: !secret x\nb: 1\nb: 2\n", "1:4-11 yaml.unknown-tag", "3:1-2 yaml.duplicate-key"),
    Case("a: &n !secret x\n", "1:7-14 yaml.unknown-tag"),
    Case("a: !e!x y\n", "1:4-8 yaml.unknown-tag"),
    Case(
      "a: !!int abc\nb: !!map [x]\nc: !!int \"5\"\n", "1:4-9 yaml.unknown-tag", "2:4-9 yaml.unknown-tag",
      "3:4-9 yaml.unknown-tag"),
    Case("a: !!binary x\n", "1:4-12 yaml.unknown-tag"),
    Case(
      "a: !!bool yes\nb: !!null 0\nc: !!float x\n", "1:4-10 yaml.unknown-tag", "2:4-10 yaml.unknown-tag",
      "3:4-11 yaml.unknown-tag"),
    Case("a: !!str 5\nb: ! 5\nc: !!null\nd: !<tag:yaml.org,2002:int> 5\ne: !!seq [!!bool true, !!float 1, !!map {}]\n"),
    Case("a: *b\n", "1:4-6 yaml.unknown-alias"),
    Case("token: *one two\n", "1:8-12 yaml.unknown-alias"),
    Case("a: &a [1, *a]\n", "1:11-13 yaml.recursive-alias"),
    Case("a: &x {<<: *x}\n", "1:12-14 yaml.recursive-alias"),
    Case("a: {<<: 1}\n", "1:9-10 yaml.merge"),
    Case("a: &x [1]\nb: {<<: *x}\n", "2:9-11 yaml.merge"),
    Case("a: {<<: [{b: 1}, 2]}\n", "1:9-20 yaml.merge"),
    Case("? [a]\n: b\n", "1:3-6 yaml.key"),
    Case("a: {{ name }}\n", "1:5-13 yaml.key"),
    Case("a: &x [1]\n*x : b\n", "2:1-3 yaml.key"),
    Case(": x\n", "1:1-2 yaml.key"),
    Case("redirect: {function: ${botFunction}}\n", "1:22-36 yaml.variable-in-flow"),
    Case(
      "a: [${b}, x${c}y, \"${d}\"]\nb: {${e}: 1}\nc: 1\nc: 2\n", "1:5-9 yaml.variable-in-flow",
      "1:12-16 yaml.variable-in-flow",
      "2:5-9 yaml.variable-in-flow", "4:1-2 yaml.duplicate-key"),
    Case("a: [\n  é,\n  ${x}\n]\n", "3:3-7 yaml.variable-in-flow"),
    Case("a: ${b}\nb: x ${c} y\nc: {d: \"${e}\"}\n"),
    Case("include: [*.yaml]\n", "1:11-17 yaml.alias-in-flow-pattern"),
    Case("include:\n  - **/*.yaml\n", "2:5-14 yaml.alias-in-flow-pattern"),
    Case(
      "a: \"\\0\"\nb: \"x\\e\"\nc: \"\\x80\"\nd: \"\\N\"\ne: \"\\t\\r\\n\"\n", "1:4-8 yaml.control-character",
      "2:4-9 yaml.control-character", "3:4-10 yaml.control-character", "4:4-8 yaml.control-character"),
    Case(
      "a: x\u{1}y\nb: \u{7F}\nc: \u{85}\u{2028}é\nd: \u{9B}\nb: 1\n", "1:5-6 yaml.control-character",
      "2:4-5 yaml.control-character", "3:4-5 yaml.control-character", "3:5-6 yaml.control-character",
      "4:4-5 yaml.control-character", "5:1-2 yaml.duplicate-key"),
    Case("a: 1\u{0}\n", "1:5-6 yaml.control-character"),
    Case("a: 1\n\u{0}\u{0}\nb: 2\n", "2:1-2 yaml.control-character", "2:2-3 yaml.control-character"),
  ])
  func `what is wrong stands at its place`(example: Case) {
    let (document, diagnostics) = yaml(example.text)
    #expect(located(diagnostics, in: document) == example.expected)
  }

  @Test(arguments: [
    (Case("a:\n\t- b\n", "2:1-2 yaml.syntax"), "tab"),
    (Case("a:\n  b: |\n\tx\n", "3:1-2 yaml.syntax"), "tab"),
    (Case("key:value\nother: x\n", "1:4-5 yaml.syntax"), "space is missing"),
    (Case("a: 1\nkey:value\nother: x\n", "2:4-5 yaml.syntax"), "space is missing"),
    (Case("a: b: c\n", "1:5-6 yaml.syntax"), "second colon"),
    (Case("a: b\n  c: d\n", "2:4-5 yaml.syntax"), "a key cannot be here"),
    (Case("a: \"x\nb: \"y\"\n", "1:4-6 yaml.syntax"), "closed on a later line"),
    (Case("a: 'x\nb: 1\n", "1:4-6 yaml.syntax"), "never closed"),
    (Case("a: [1, 2\nb: 3\n", "1:4-5 yaml.syntax"), "never closed"),
    (Case("a: {b: 1\n", "1:4-5 yaml.syntax"), "never closed"),
    (Case("a: [b, {c: d]\n", "1:13-14 yaml.syntax"), "comma or `}`"),
    (Case("a: 1\n]\n", "2:1-2 yaml.syntax"), "no bracket is open"),
    (Case("a: - b\n", "1:4-5 yaml.syntax"), "list cannot begin"),
    (Case("a: @x\n", "1:4-6 yaml.syntax"), "without quotes"),
    (Case("a: \"x\\q\"\n", "1:6-8 yaml.syntax"), "escape"),
    (Case("a: \"b\" c\n", "1:8-9 yaml.syntax"), "nothing may follow"),
    (Case("- a\nb: c\n", "2:1-3 yaml.syntax"), "item of the list"),
    (Case("a:\n  b: 1\n c: 2\n", "3:2-4 yaml.syntax"), "a key is expected"),
    (Case("\"a\" : b\nc", "2:1-2 yaml.syntax"), "colon is missing"),
    (Case("a: |x\n  b\n", "1:5-6 yaml.syntax"), "only a comment"),
    (Case("a: 1\n...\nc: 3\n", "3:1-3 yaml.syntax"), "document has ended"),
    (Case("%FOO\n---\na\n", "1:1-5 yaml.syntax"), "directive"),
    (Case("%YAML 2.0\n---\na: b\n", "1:1-6 yaml.syntax"), "version"),
    (Case("a: &*x b\n", "1:4-7 yaml.syntax"), "`&`"),
    (Case("a: }\n", "1:4-5 yaml.syntax"), "value is missing"),
  ])
  func `a syntax error says in words what to do`(example: Case, words: String) throws {
    let (document, diagnostics) = yaml(example.text)
    #expect(located(diagnostics, in: document) == example.expected)
    let finding = try #require(diagnostics.first)
    #expect(finding.message.contains(words))
  }

  @Test func `a duplicate key notes where the key was first written`() throws {
    let (document, diagnostics) = yaml("a: 1\nb: {}\na: 2\n")
    let note = try #require(diagnostics.first?.notes.first)
    #expect(note.place == SourcePlace(file: 0, start: 0, end: 1))
    #expect(document.roots.count == 1)
  }

  @Test func `keys count as equal by their bytes, composed and decomposed letters are two`() {
    #expect(yaml("é: 1\ne\u{301}: 2\n").1.isEmpty)
    #expect(yaml("é: 1\n\"\\xe9\": 2\n").1.map(\.id) == ["yaml.duplicate-key"])
  }

  @Test func `a large mapping finds its duplicate too`() {
    let text = (0..<500).map { "key\($0): 1\n" }.joined() + "key250: 2\n"
    let (document, diagnostics) = yaml(text)
    #expect(located(diagnostics, in: document) == ["501:1-7 yaml.duplicate-key"])
    #expect(document.source.position(at: Int(diagnostics[0].notes[0].place?.start ?? 0)) == (251, 1))
  }

  @Test func `no message quotes a value, a tag or an alias`() {
    for text in [
      "t: *hunter2x\n", "t: !hunter2x a\n", "t: @hunter2x\n", "t: a: hunter2x\n", "t: \"hunter2x\n", "hunter2x\nt: 1\n",
    ] {
      for finding in yaml(text).1 {
        let words = [finding.message, finding.why ?? "", finding.suggestion ?? ""] + finding.notes.map(\.message)
        #expect(!words.joined().contains("hunter2x"))
      }
    }
  }

  @Test func `a file of nothing but mistakes reports a hundred and says how many more there are`() throws {
    let (_, diagnostics) = yaml(String(repeating: "a: 1\n", count: 500))
    #expect(diagnostics.count == 100)
    #expect(diagnostics.last?.notes.last?.message == "399 more findings in this file are not shown")
  }
}

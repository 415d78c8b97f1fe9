import Basics
import Documents
import Support
import Testing

@Suite struct JSONComposerTests {
  @Test func `values keep their kinds, their number's text and their places`() throws {
    let (document, diagnostics) = json(#" {"a": [1, -0.50, 1e9, true, null, "x"], "б": {"c": ""}} "#)
    #expect(diagnostics.isEmpty)
    let root = try #require(document.roots.first)
    #expect(
      document.json(root) == [
        "a": [1, .number("-0.50"), .number("1e9"), true, .null, "x"], "б": ["c": ""],
      ])
    let list = try #require(document.value(of: "a", in: root))
    #expect(covered(document, list) == #"[1, -0.50, 1e9, true, null, "x"]"#)
    #expect(document.items(list).map { covered(document, $0) } == ["1", "-0.50", "1e9", "true", "null", "\"x\""])
    #expect(document.nodes[list].count == 6)
  }

  @Test func `escapes are decoded, pairs of surrogates included`() throws {
    let (document, diagnostics) = json(#"["\"\\\/\b\f\n\r\t", "\u00e9\uD83D\uDE00x", "<<"]"#)
    #expect(diagnostics.isEmpty)
    let root = try #require(document.roots.first)
    #expect(document.json(root) == [.string("\"\\/\u{8}\u{C}\n\r\t"), "é😀x", "<<"])
  }

  @Test(arguments: [
    ("", "1:1-1"), ("  ", "1:3-3"), ("[1,]", "1:4-5"), ("[1 2]", "1:4-5"), ("{a: 1}", "1:2-3"), ("{\"a\" 1}", "1:6-7"),
    ("{\"a\": }", "1:7-8"), ("{\"a\": 1,}", "1:9-10"), ("[1", "1:3-3"), ("1 2", "1:3-4"), ("01", "1:1-3"),
    ("1.", "1:1-3"),
    ("-", "1:1-2"), ("1e", "1:1-3"), (".5", "1:1-2"), ("+1", "1:1-2"), ("tru", "1:1-2"), ("True", "1:1-2"),
    ("NaN", "1:1-2"), ("'a'", "1:1-2"), ("\"a", "1:1-2"), ("\"a\nb\"", "1:3-2:1"), ("\"\\x\"", "1:2-4"),
    ("\"\\u12\"", "1:2-4"),
    ("\"\\uD800\"", "1:2-8"), ("\"\\uD800\\u0041\"", "1:2-14"), ("\"\\uDC00\"", "1:2-8"), ("[1] // x", "1:5-6"),
    ("]", "1:1-2"),
    ("{\"a\": [}", "1:8-9"), ("\u{1}1", "1:1-2"),
  ])
  func `what is not JSON is refused at its place`(text: String, place: String) {
    let (document, diagnostics) = json(text)
    #expect(located(diagnostics, in: document) == [place + " json.syntax"])
  }

  @Test func `a key that stands twice is an error`() {
    let (document, diagnostics) = json(#"{"a": 1, "b": {"c": 1, "\u0063": 2}, "a": 2}"#)
    #expect(located(diagnostics, in: document) == ["1:24-32 json.duplicate-key", "1:38-41 json.duplicate-key"])
  }

  @Test func `a million levels end at the depth budget`() {
    #expect(json(String(repeating: "[", count: 1_000_000)).1.map(\.id) == ["json.depth"])
    #expect(json(String(repeating: "{\"a\":", count: 1_000_000)).1.map(\.id) == ["json.depth"])
  }

  @Test func `what is written is read again as the same value`() throws {
    let value: JSONValue = [
      "text": "a\"b\\c\u{1}\u{7F}\u{85}\u{202E}\u{200B}é😀\u{E0041}\n",
      "list": [[], [:], .null, true, false, -5, .number("1.50")],
      "": .integer(Int.min), "nested": ["x": ["y": .integer(Int.max)]],
    ]
    for pretty in [false, true] {
      let (document, diagnostics) = json(CanonicalJSON.text(value, pretty: pretty))
      #expect(diagnostics.isEmpty)
      #expect(document.roots.first.map { document.json($0) } == value)
    }
  }

  @Test func `canonical JSON keeps the order, and escapes what could drive a terminal`() {
    let value: JSONValue = [
      "b": "\u{1B}[31m\u{9B}", "a": ["\u{202E}", "\u{200D}\u{FEFF}", "é/\u{2028}", "\u{E0001}", "\t\n\r"],
    ]
    #expect(
      CanonicalJSON.text(value)
        == #"{"b":"\u001B[31m\u009B","a":["\u202E","\u200D\uFEFF","é/\u2028","\uDB40\uDC01","\t\n\r"]}"#)
    #expect(
      CanonicalJSON.text(["a": [1, [:]], "b": []], pretty: true)
        == "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}\n")
  }

  @Test func `typed readers give nothing for another type`() throws {
    let (document, _) = yaml("s: text\nq: \"5\"\ni: -5\nb: true\nn:\nl: []\nz: 010\ny: yes\nf: 1.5\n")
    let root = try #require(document.roots.first)
    #expect(document.string("s", in: root) == "text")
    #expect(document.string("q", in: root) == "5")
    #expect(document.string("n", in: root) == nil && document.string("l", in: root) == nil)
    #expect(document.integer("i", in: root) == -5)
    #expect(["q", "z", "f", "s"].allSatisfy { document.integer($0, in: root) == nil })
    #expect(document.bool("b", in: root) == true && document.bool("y", in: root) == nil)
    #expect(document.json(root)["z"] == "010" && document.json(root)["f"] == .number("1.5"))
  }
}

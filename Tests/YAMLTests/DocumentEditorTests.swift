import Support
import Testing

@testable import Documents
@testable import YAML

@Suite struct DocumentEditorTests {
  /// Edits a string through the mapping or value at a path of keys, and returns what the file became.
  private func edit(
    _ text: String, at path: [String] = [], _ body: (inout DocumentEditor, Int) throws -> Void
  ) throws -> String {
    let (document, findings) = yaml(text)
    try #require(findings.isEmpty)
    var node = document.roots[0]
    for key in path {
      node = try #require(document.ownPairs(node).first { document.text($0.key) == key }).value
    }
    var editor = DocumentEditor(document)
    try body(&editor, node)
    return String(decoding: try editor.finish().source.bytes, as: UTF8.self)
  }

  @Test(arguments: [
    ("12h", "\"12h\""), ("Sales", "Sales"), ("yes", "\"yes\""), ("n", "\"n\""), ("a: b", "\"a: b\""),
    ("say \"hi\"", "'say \"hi\"'"),
    ("1\n2", "\"1\\n2\""), ("", "\"\""), ("it's", "\"it's\""), ("ж, я", "\"ж, я\""), ("null", "\"null\""),
    ("back\\slash", "'back\\slash'"),
  ])
  func `a text is quoted where it needs quotes`(_ text: String, _ written: String) throws {
    let result = try edit("a: {b: c} # x\n", at: ["a", "b"]) { try $0.replace($1, withText: text) }
    #expect(result == "a: {b: \(written)} # x\n")
  }

  @Test func `a text that no file may have is not written`() {
    #expect(throws: EditFailure.self) { try edit("a: b\n", at: ["a"]) { try $0.replace($1, withText: "\u{7}") } }
  }

  @Test func `a value is replaced in its place`() throws {
    let text = "# top\na:\n  b: 24h   # why\n\n  c: {d: [1, 2]}\n"
    #expect(
      try edit(text, at: ["a", "b"]) { try $0.replace($1, withYAML: "12h") }
        == "# top\na:\n  b: 12h   # why\n\n  c: {d: [1, 2]}\n")
    #expect(try edit("a: # x\n", at: ["a"]) { try $0.replace($1, withYAML: "1") } == "a: 1 # x\n")
    #expect(try edit("a: |\n  x\n# c\n", at: ["a"]) { try $0.replace($1, withText: "text") } == "a: text\n# c\n")
  }

  @Test func `a value that others share is not replaced`() {
    #expect(throws: EditFailure("the edit would give the file another meaning")) {
      try edit("a: &x 1\nb: *x\n", at: ["a"]) { try $0.replace($1, withYAML: "2") }
    }
  }

  @Test func `an alias is replaced without touching what it names`() throws {
    #expect(try edit("a: &x 1\nb: *x\n", at: ["b"]) { try $0.replace($1, withYAML: "2") } == "a: &x 1\nb: 2\n")
  }

  @Test func `keys are inserted with the indentation of their siblings`() throws {
    #expect(
      try edit("a:\n    b: 1 # x\n      # deeper\n    # end\n\nc: 2\n", at: ["a"]) {
        try $0.insert("new", "{q: 1}", into: $1)
      }
        == "a:\n    b: 1 # x\n      # deeper\n    new: {q: 1}\n    # end\n\nc: 2\n")
    #expect(
      try edit("a:\r\n  b: 1\r\n  c: 2\r\n", at: ["a"]) { try $0.insert("new", "3", into: $1, after: "b") }
        == "a:\r\n  b: 1\r\n  new: 3\r\n  c: 2\r\n")
    #expect(try edit("a: 1") { try $0.insert("new", "2", into: $1) } == "a: 1\nnew: 2")
    #expect(
      try edit("- a: 1\n") { try $0.insert("new", "2", into: $1 + 1) }
        == "- a: 1\n  new: 2\n")
    #expect(try edit("a: |+\n  x\n\n") { try $0.insert("new", "2", into: $1) } == "a: |+\n  x\n\nnew: 2\n")
  }

  @Test func `keys are inserted between brackets`() throws {
    #expect(try edit("a: {} # x\n", at: ["a"]) { try $0.insert("new", "2", into: $1) } == "a: {new: 2} # x\n")
    #expect(
      try edit("a: {b: 1, c: 2}\n", at: ["a"]) { try $0.insert("new", "3", into: $1) } == "a: {b: 1, c: 2, new: 3}\n")
    #expect(
      try edit("a: {b: 1, c: 2}\n", at: ["a"]) { try $0.insert("new", "3", into: $1, after: "b") }
        == "a: {b: 1, new: 3, c: 2}\n")
  }

  @Test func `several insertions at one place stand in the order given`() throws {
    #expect(
      try edit("a: 1\nz: 9\n") { editor, node in
        try editor.insert("b", "2", into: node, after: "a")
        try editor.insert("c", "3", into: node, after: "a")
      } == "a: 1\nb: 2\nc: 3\nz: 9\n")
    #expect(
      try edit("x: {a: 1, z: 9}\n", at: ["x"]) { editor, node in
        try editor.insert("b", "2", into: node)
        try editor.insert("c", "3", into: node)
      } == "x: {a: 1, z: 9, b: 2, c: 3}\n")
  }

  @Test func `a key is inserted behind one that goes`() throws {
    #expect(
      try edit("x:\n  a: 1 # one\n  b: 2\n", at: ["x"]) { editor, node in
        try editor.remove("b", from: node)
        try editor.insert("c", "3", into: node)
      } == "x:\n  a: 1 # one\n  c: 3\n")
    #expect(
      try edit("x: {a: 1, b: 2}\n", at: ["x"]) { editor, node in
        try editor.remove("b", from: node)
        try editor.insert("c", "3", into: node)
      } == "x: {a: 1, c: 3}\n")
  }

  @Test func `a key that is a number stays one`() throws {
    #expect(
      try edit("x: {a: 1}\n", at: ["x"]) { try $0.insert("7", "2", into: $1, keyYAML: "7") } == "x: {a: 1, 7: 2}\n")
    #expect(try edit("x: {a: 1}\n", at: ["x"]) { try $0.insert("7", "2", into: $1) } == "x: {a: 1, \"7\": 2}\n")
  }

  /// Replaces the value of the first pair.
  private func replacePair(_ text: String, _ yaml: String) throws -> String {
    try edit(text) { editor, node in
      try editor.replace(try #require(editor.document.ownPairs(node).first), withYAML: yaml)
    }
  }

  @Test func `a whole value is replaced, whatever its form`() throws {
    #expect(try replacePair("a:\n  b: 1\n  c: 2\n# end\nd: 3\n", "{}") == "a: {}\n# end\nd: 3\n")
    #expect(try replacePair("a:\r\n  - 1\r\n  - 2\r\nd: 3\r\n", "none") == "a: none\r\nd: 3\r\n")
    #expect(try replacePair("a: {b: 1,\n  c: 2} # x\nd: 3\n", "{q: 1}") == "a: {q: 1} # x\nd: 3\n")
    #expect(try replacePair("a: {}\n", "{q: 1}") == "a: {q: 1}\n")
    #expect(try replacePair("a: 1 # x\n", "{q: 1}") == "a: {q: 1} # x\n")
    #expect(
      try replacePair("a: *x\n".replacing("*x", with: "[&x 1]") + "b: *x\n".replacing("*x", with: "2"), "3")
        == "a: 3\nb: 2\n")
  }

  @Test(arguments: ["a:\n  b: 1 # lost\n  c: 2\n", "a: {b: 1, # lost\n  c: 2}\n", "a: # lost\n  b: 1\n"])
  func `a comment inside a value is not lost`(_ text: String) {
    #expect(throws: EditFailure.self) { try replacePair(text, "{}") }
  }

  @Test func `a text keeps its quotes where they can hold it`() throws {
    func replaced(_ old: String, by text: String) throws -> String {
      try edit("a: \(old) # x\n", at: ["a"]) { try $0.replace($1, withText: text) }
    }
    #expect(try replaced("\"b\"", by: "Sales") == "a: \"Sales\" # x\n")
    #expect(try replaced("'b'", by: "it's") == "a: 'it''s' # x\n")
    #expect(try replaced("'b'", by: "it'\u{0301}s") == "a: 'it''\u{0301}s' # x\n")
    #expect(try replaced("'b'", by: "a\tb") == "a: \"a\\tb\" # x\n")
    #expect(try replaced("b", by: "\u{FFFF}") == "a: \"\\uFFFF\" # x\n")
  }

  @Test func `what cannot be inserted says what to paste`() {
    #expect(throws: EditFailure("the mapping has this key already", yaml: "a: 2")) {
      try edit("a: 1\n") { try $0.insert("a", "2", into: $1) }
    }
  }

  @Test func `a pair goes with its comments and nothing else does`() throws {
    let text = """
      # top

      # of a
      a: 1 # one
        # below a

      # detached

      # of b
      b:
        # in b
        c: 1
      # of d
      d: 2
      # end

      """
    #expect(
      try edit(text) { try $0.remove("b", from: $1) } == """
        # top

        # of a
        a: 1 # one
          # below a

        # detached

        # of d
        d: 2
        # end

        """)
    #expect(
      try edit(text) { try $0.remove("a", from: $1) }.hasPrefix("# top\n\n# detached\n\n# of b\nb:"))
    #expect(try edit(text) { try $0.remove("d", from: $1) }.hasSuffix("  c: 1\n# end\n"))
  }

  @Test func `a pair between brackets goes with its comma`() throws {
    let text = "a: {b: 1, &k c: 2, d: 3}\n"
    #expect(try edit(text, at: ["a"]) { try $0.remove("b", from: $1) } == "a: {&k c: 2, d: 3}\n")
    #expect(try edit(text, at: ["a"]) { try $0.remove("c", from: $1) } == "a: {b: 1, d: 3}\n")
    #expect(try edit(text, at: ["a"]) { try $0.remove("d", from: $1) } == "a: {b: 1, &k c: 2}\n")
  }

  @Test func `what others need is not removed`() {
    #expect(throws: EditFailure.self) { try edit("a: &x 1\nb: *x\n") { try $0.remove("a", from: $1) } }
    #expect(throws: EditFailure.self) { try edit("- a: 1\n  b: 2\n", at: []) { try $0.remove("a", from: $1 + 1) } }
    #expect(throws: EditFailure.self) { try edit("a: 1\n") { try $0.remove("a", from: $1) } }
  }

  @Test func `pairs move with their comments and the empty lines above them`() throws {
    let text = "x:\n  # of b\n  b: 1 # one\n\n  # of a\n  a:\n    - 1\n    # in a\n  c: |\n    t\n# end"
    let result = try edit(text, at: ["x"]) { editor, node in
      let moved = editor.order(node) { ["a", "b", "c"].firstIndex(of: $0) ?? 3 }
      #expect(moved)
    }
    #expect(result == "x:\n  # of a\n  a:\n    - 1\n    # in a\n\n  # of b\n  b: 1 # one\n  c: |\n    t\n# end")
  }

  @Test func `pairs between brackets change places`() throws {
    let result = try edit("x: { c: 3,  <<: *y, &k a : 1 } # z\n".replacing("*y", with: "{q: 0}"), at: ["x"]) {
      editor, node in
      let moved = editor.order(node) { $0 == "a" ? 0 : 1 }
      #expect(moved)
    }
    #expect(result == "x: { <<: {q: 0},  &k a : 1, c: 3 } # z\n")
  }

  @Test(arguments: ["b: &x 1\na: *x\n", "b: {c: [&x 1]}\na: {d: {e: *x}}\n"])
  func `an alias never comes before what it names`(_ text: String) throws {
    var editor = DocumentEditor(yaml(text).0)
    let root = try #require(editor.document.roots.first)
    #expect(!editor.order(root) { $0 == "a" ? 0 : 1 })
    #expect(editor.isEmpty)
    #expect(editor.holding.map { editor.document.text($0) } == ["1"])
  }

  @Test func `edits that overlap are refused`() {
    #expect(TextEdit.apply([TextEdit(0..<2, []), TextEdit(1..<3, [])], to: [1, 2, 3]) == nil)
    #expect(TextEdit.apply([TextEdit(2..<4, [])], to: [1, 2, 3]) == nil)
    #expect(
      TextEdit.apply([TextEdit(1..<1, [9]), TextEdit(1..<1, [8]), TextEdit(0..<1, [])], to: [1, 2]) == [9, 8, 2])
  }
}

import Basics
import Documents
import Support
import Testing

@Suite struct DiagnosticRendererTests {
  /// Renders one finding at the first place where `marked` is in the text.
  func render(
    _ text: String, at marked: String, secrets: [String] = [], unparsed: Bool = false, color: Bool = false,
    _ change: (inout Diagnostic) -> Void = { _ in }
  ) throws -> String {
    var sources = SourceMap()
    let file = sources.add(SourceFile(path: "channels/a.yaml", text: text))
    var finding = Diagnostic(.sample("area.rule"), at: try place(marked, in: text, file), "it is wrong")
    change(&finding)
    return DiagnosticRenderer(
      sources: sources, secretPlaces: try secrets.map { try place($0, in: text, file) },
      unparsed: unparsed ? [file] : [],
      color: color
    ).render([finding])
  }

  func place(_ marked: String, in text: String, _ file: Int32) throws -> SourcePlace {
    let all = Array(text.utf8)
    let part = Array(marked.utf8)
    let start = try #require((0...all.count - part.count).first { all[$0..<$0 + part.count].elementsEqual(part) })
    return SourcePlace(file: file, start: start, end: start + part.count)
  }

  /// The quoted line and the caret line, without their margins.
  func excerpt(_ rendered: String) -> [String] {
    rendered.split(separator: "\n").filter { $0.contains(" | ") }.prefix(2).map { line in
      String(line[line.index(line.firstIndex(of: "|") ?? line.startIndex, offsetBy: 2)...])
    }
  }

  @Test func `a finding shows place, words, line, caret, reason, help and notes`() throws {
    let text = "closing:\n  agent: 8d # long\n"
    let rendered = try render(text, at: "8d") {
      $0.message = "closing.agent must be at most 7 days"
      $0.why = "Kit allows 60 s to 7 days"
      $0.suggestion = "write 7d\nor less"
      $0.notes = [.init("the mapping", at: SourcePlace(file: 0, start: 0, end: 7))]
    }
    #expect(
      rendered == """
        channels/a.yaml:2:10: error: closing.agent must be at most 7 days [area.rule]
            2 |   agent: 8d # long
              |          ^^
          why:  Kit allows 60 s to 7 days
          help: write 7d
                or less
          note: the mapping (channels/a.yaml:1:1)
            1 | closing:
              | ^^^^^^^

        """)
  }

  @Test func `a finding without a place is its words alone`() {
    let renderer = DiagnosticRenderer(sources: SourceMap(), secretPlaces: [], unparsed: [], color: false)
    #expect(
      renderer.render([Diagnostic(.sample("a.b"), .warning, at: nil, "no account")]) == "warning: no account [a.b]\n")
    let lost = SourcePlace(file: 7, start: 0, end: 1)
    #expect(renderer.render([Diagnostic(.sample("a.b"), at: lost, "x")]) == "error: x [a.b]\n")
  }

  @Test func `carets align behind tabs, wide letters and escaped characters`() throws {
    #expect(
      try excerpt(render("a:\t日本 \u{1B}[2J: x\n", at: ": x")) == [
        "a:    日本 \\u{001B}[2J: x", "                      ^^^",
      ])
    #expect(try excerpt(render("\u{FEFF}é: x", at: "x")) == ["é: x", "   ^"])
  }

  @Test func `an empty place and one over several lines have a caret on their first line`() throws {
    #expect(
      try excerpt(render("a:\nb: 1\n", at: "") { $0.place = SourcePlace(file: 0, start: 2, end: 2) }) == ["a:", "  ^"])
    #expect(try excerpt(render("a: |\n  x\n", at: "|\n  x")) == ["a: |", "   ^"])
  }

  @Test func `a long line is cut around its caret`() throws {
    let text = "a: [" + String(repeating: "x, ", count: 100) + "HERE, " + String(repeating: "y, ", count: 100) + "]"
    let shown = try excerpt(render(text, at: "HERE"))
    let line = try #require(shown.first)
    #expect(line.hasPrefix("…") && line.hasSuffix("…") && line.unicodeScalars.count == 162)
    let caret = try #require(shown.last)
    let start = caret.prefix { $0 == " " }.count
    #expect(String(line.dropFirst(start).prefix(4)) == "HERE" && caret.dropFirst(start) == "^^^^")
    let value = String(repeating: "z", count: 500)
    let long = try excerpt(render("a: \(value)", at: value))
    #expect(long[1].count <= 162)
  }

  @Test func `a secret's place is masked whichever finding quotes its line, and the caret stays under its value`()
    throws
  {
    let text = "apiToken: {value: hunter2, id: wrong}\n"
    #expect(
      try excerpt(render(text, at: "wrong", secrets: ["hunter2"])) == [
        "apiToken: {value: •••, id: wrong}", "                           ^^^^^",
      ])
    #expect(
      try excerpt(render(text, at: "hunter2", secrets: ["hunter2"])) == [
        "apiToken: {value: •••, id: wrong}", "                  ^^^",
      ])
    let block = "token: |\n  hunter2\n  more\nx: 1\n"
    #expect(try excerpt(render(block, at: "more", secrets: ["|\n  hunter2\n  more"]))[0] == "  •••")
  }

  @Test(arguments: [
    ("u: https://me:pa?ss@host/p?t=1&x=a b", "u: https://•••"),
    ("u: \"https://h/p?t=1 2\" # c", "u: \"https://h/p?•••\" # c"),
    ("u: {a: https://h/p?t=1, b: 2}", "u: {a: https://h/p?••• b: 2}"),
    ("u: https://h/p#frag # c", "u: https://h/p#••• # c"),
    ("u: https://h/plain", "u: https://h/plain"), ("{\"u\": \"https:\\/\\/a:b@h\"}", "{\"u\": \"https:\\/\\/•••@h\"}"),
    ("a: http://x@h http://y@h", "a: http://•••@h"),
  ])
  func `user info and query of a URL are masked`(line: String, expected: String) throws {
    #expect(try excerpt(render(line, at: String(line.prefix(1))))[0] == expected)
  }

  @Test(arguments: [
    ("  accessToken: hunter2 # hunter2", "  accessToken: •••"),
    ("t: {env: hunter2, \"k\": 'hunter2', x}", "t: {env: •••, \"k\": •••, •••}"),
    ("- hunter2", "- •••"), ("- name: hunter2", "- name: •••"), ("token:hunter2", "•••"), ("hunter2 more: x", "•••"),
    ("t: \"hunter2", "t: •••"),
    ("t: 'a' hunter2", "t: ••• •••"), ("t: [hunter2, hunter2 hunter2", "t: [•••, •••"),
    ("token: @hunter2: a", "token: •••"), ("\thunter2", "    •••"),
    ("t: *hunter2", "t: •••"), ("t: !hunter2 x", "t: •••"), ("t: {a: https://u:hunter2@h/?q", "t: {a: •••"),
  ])
  func `where a file does not parse, only keys are shown`(line: String, expected: String) throws {
    let text = "x:\n" + line + "\n"
    let rendered = try render(text, at: line, unparsed: true)
    #expect(excerpt(rendered)[0] == expected)
    #expect(!rendered.contains("hunter2"))
  }

  @Test func `a line that may go on with a text from above shows nothing`() throws {
    for above in ["t: |", "t: >-", "t: one", "t: \"one", "- t: one"] {
      let text = "\(above)\n   hunter2: x\n"
      #expect(try excerpt(render(text, at: "hunter2", unparsed: true))[0] == "   •••")
    }
    let text = "a: { # open\n   key: x\n"
    #expect(try excerpt(render(text, at: "key", unparsed: true))[0] == "   key: •••")
  }

  @Test func `nothing of the finding or the path reaches a terminal raw`() throws {
    var sources = SourceMap()
    let file = sources.add(SourceFile(path: "a\u{1B}[31m.yaml", text: "k: \u{9B}x\u{202E}\n"))
    let finding = Diagnostic(
      .sample("a.b"), at: SourcePlace(file: file, start: 0, end: 1), "m\u{1B}\n", why: "w\u{7}",
      suggestion: "s\u{200B}",
      notes: [.init("n\u{8}", at: nil)])
    let rendered = DiagnosticRenderer(sources: sources, secretPlaces: [], unparsed: [], color: false).render([finding])
    #expect(!rendered.unicodeScalars.contains { $0 != "\n" && SafeText.isUnsafe($0) })
  }

  @Test func `colours frame the words and never come from the data`() throws {
    let rendered = try render("a: x\n", at: "x", color: true)
    #expect(rendered.contains("\u{1B}[1;31merror:\u{1B}[0m") && rendered.contains("\u{1B}[1;31m^\u{1B}[0m"))
  }

  @Test func `findings stand in the order of path, place and id, each once`() {
    var sources = SourceMap()
    let second = sources.add(SourceFile(path: "b.yaml", text: "x: 1"))
    let first = sources.add(SourceFile(path: "a.yaml", text: "x: 1"))
    func finding(_ id: String, _ file: Int32, _ start: Int) -> Diagnostic {
      Diagnostic(.sample(id), at: SourcePlace(file: file, start: start, end: start + 1), id)
    }
    let found = [
      finding("r.4", second, 0), finding("r.3", first, 3), finding("r.2", first, 0), finding("r.1", first, 3),
      finding("r.3", first, 3),
    ]
    #expect(found.sorted(in: sources).map(\.id) == ["r.2", "r.1", "r.3", "r.4"])
  }
}

import Basics
import Documents
import Support
import Testing

@Suite struct YAMLComposerTests {
  @Test func `a project reads into nodes with their byte ranges`() throws {
    let (document, diagnostics) = yaml(
      """
      # a comment
      account: {name: acme, region: 'eu'}
      list:
      - one
      -   two # behind
      text: |
        first
          second


      last: "a\\tb"
      """)
    #expect(diagnostics.isEmpty)
    let root = try #require(document.roots.first)
    #expect(document.roots.count == 1)
    #expect(document.pairs(root).map { document.text($0.key) } == ["account", "list", "text", "last"])
    let account = try #require(document.value(of: "account", in: root))
    #expect(covered(document, account) == "{name: acme, region: 'eu'}")
    #expect(document.string("region", in: account) == "eu")
    let list = try #require(document.value(of: "list", in: root))
    #expect(covered(document, list) == "- one\n-   two")
    #expect(document.items(list).map { document.text($0) } == ["one", "two"])
    let text = try #require(document.value(of: "text", in: root))
    #expect(document.text(text) == "first\n  second\n")
    #expect(covered(document, text) == "|\n  first\n    second")
    let last = try #require(document.value(of: "last", in: root))
    #expect(document.text(last) == "a\tb")
    #expect(covered(document, last) == "\"a\\tb\"")
  }
}

extension YAMLComposerTests {
  @Test func `a plain or quoted scalar without escapes is a slice of the source`() {
    let (document, _) = yaml("a: plain\nb: 'single'\nc: \"double\"\nd: two\n  lines\ne: 'it''s'\n")
    let flags = document.nodes.filter { $0.shape == .scalar && $0.count > 1 }
    #expect(flags.map { $0.flags.contains(.sideText) } == [false, false, false, true, true])
    #expect(String(decoding: document.side, as: UTF8.self) == "two linesit's")
  }

  @Test func `anchors and tags are not part of a value's range`() throws {
    let (document, diagnostics) = yaml(
      """
      one: &a !!str 5
      two: !!map &b
        x: 1
      three: &c # about it
        - y
      four: &d [z]
      five: &e
      six: *a
      """)
    #expect(diagnostics.isEmpty)
    let root = try #require(document.roots.first)
    let ranges = document.pairs(root).map { covered(document, $0.value) }
    #expect(ranges == ["5", "x: 1", "- y", "[z]", "", "*a"])
    let one = try #require(document.value(of: "one", in: root))
    #expect(!document.isPlain(one))
    let six = try #require(document.value(of: "six", in: root))
    #expect(document.text(six) == "5")
    #expect(document.nodes[six].shape == .alias)
  }

  @Test(arguments: ["", "\u{FEFF}"], ["\n", "\r\n", "\r"])
  func `places are right with any line break, byte order mark and non-ASCII text`(mark: String, lineBreak: String)
    throws
  {
    let lines = ["# Привет 👋", "name: Поддержка", "ключ: {e\u{301}: \"ü\", x: [日本, '語']}", "last: &a é", "again: *a"]
    let (document, diagnostics) = yaml(mark + lines.joined(separator: lineBreak) + lineBreak)
    #expect(diagnostics.isEmpty)
    let scalars = document.nodes.filter { $0.shape == .scalar }
    let found = scalars.map { node in
      let (line, column) = document.source.position(at: Int(node.start))
      return "\(line):\(column) "
        + String(decoding: document.source.bytes[Int(node.start)..<Int(node.end)], as: UTF8.self)
    }
    #expect(
      found == [
        "2:1 name", "2:7 Поддержка", "3:1 ключ", "3:8 e\u{301}", "3:12 \"ü\"", "3:17 x", "3:21 日本", "3:25 '語'",
        "4:1 last",
        "4:10 é", "5:1 again",
      ])
  }

  @Test func `several documents of a file have a root each, and their anchors are their own`() {
    let (document, diagnostics) = yaml("a: &x 1\n---\n- b\n---\nplain\n...\n---\nc: *x\n")
    #expect(document.roots.map { document.nodes[$0].shape } == [.mapping, .sequence, .scalar, .mapping])
    #expect(located(diagnostics, in: document) == ["8:4-6 yaml.unknown-alias"])
  }

  @Test(arguments: ["", "\n\n", "# only a comment\n", "\u{FEFF}"])
  func `a file without content has no root`(text: String) {
    let (document, diagnostics) = yaml(text)
    #expect(document.roots.isEmpty && diagnostics.isEmpty)
  }

  @Test func `own keys win over merged ones, and an earlier merge over a later`() throws {
    let (document, diagnostics) = yaml(
      """
      x-one: &one {a: 1, b: 1}
      x-two: &two {b: 2, c: 2}
      all:
        <<: [*one, *two]
        c: 3
      plain: {"<<": text}
      """)
    #expect(diagnostics.isEmpty)
    let root = try #require(document.roots.first)
    let all = try #require(document.value(of: "all", in: root))
    #expect(document.nodes[all].flags.contains(.hasMerge))
    #expect(document.json(all) == ["c": 3, "a": 1, "b": 1])
    let plain = try #require(document.value(of: "plain", in: root))
    #expect(document.json(plain) == ["<<": "text"])
  }

  @Test func `a pair in a list ends where its value does`() throws {
    let (document, diagnostics) = yaml("list: [a: 1 , b]\n")
    #expect(diagnostics.isEmpty)
    let root = try #require(document.roots.first)
    let list = try #require(document.value(of: "list", in: root))
    #expect(document.items(list).map { covered(document, $0) } == ["a: 1", "b"])
  }

  @Test func `after a syntax error the document holds what stood before, well-formed`() throws {
    let (document, diagnostics) = yaml("a: 1\nb:\n  - c\n  - {d: \n]\n")
    #expect(diagnostics.count == 1)
    var index = 0
    for (position, node) in document.nodes.enumerated() {
      #expect(Int(node.next) > position && Int(node.next) <= document.nodes.count)
      index += 1
    }
    let root = try #require(document.roots.first)
    #expect(document.json(root) == ["a": 1, "b": ["c", ["d": .null]]])
    #expect(index == document.nodes.count)
  }

  /// Random projects of every scalar style: what a node covers, read alone, is its text again.
  @Test(arguments: 0..<50)
  func `every scalar's byte range reads to its text again`(seed: UInt64) {
    var random = Sequence(seed: seed)
    let words = [
      "acme", "Поддержка", "a b", "x-1", "日本", "https://a.b/c", "12", "é#f", "it's", "semi;colon", "tab\tin",
    ]
    var text = ""
    for line in 0..<30 {
      let word = words.randomElement(using: &random) ?? ""
      let other = words.randomElement(using: &random) ?? ""
      let lineBreak = Bool.random(using: &random) ? "\n" : "\r\n"
      switch Int.random(in: 0..<6, using: &random) {
      case 0: text += "k\(line): \(word)"
      case 1: text += "k\(line): &a\(line) \(word) # \(other)"
      case 2: text += "k\(line): {x: '\(word.filter { $0 != "'" })', y: \"\(other)\"}"
      case 3: text += "k\(line):\(lineBreak)  - \(word)\(lineBreak)  -  \(other)"
      case 4: text += "k\(line): \(word)\(lineBreak)   \(other)"
      default: text += "k\(line): |\(lineBreak)  \(word)\(lineBreak)   \(other)\(lineBreak)"
      }
      text += lineBreak
    }
    let (document, diagnostics) = yaml(text)
    #expect(diagnostics.isEmpty)
    for (index, node) in document.nodes.enumerated() where node.shape == .scalar {
      let range = covered(document, index)
      switch node.style {
      case .plain where !node.flags.contains(.sideText): #expect(range == document.text(index))
      case .singleQuoted, .doubleQuoted: #expect(range.dropFirst().dropLast() == document.text(index)[...])
      default:
        let (alone, _) = yaml("x: " + range)
        #expect(
          alone.roots.first.flatMap { alone.value(of: "x", in: $0) }.map { alone.text($0).trimmed }
            == document.text(index).trimmed)
      }
    }
  }

  /// A linear congruential generator, so that a failing seed fails again.
  private struct Sequence: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed &* 2_862_933_555_777_941_757 &+ 3_037_000_493 }
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }
}

extension String {
  fileprivate var trimmed: String { String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()) }
}

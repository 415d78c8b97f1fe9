import Documents
import Support
import Testing
import YAML

@Suite(.computes) struct BombTests {
  @Test(arguments: ["[", "{a: ", "- ", "? ", "[{a: ", "{? "])
  func `a million levels end at the depth budget`(level: String) {
    let (document, diagnostics) = yaml(String(repeating: level, count: min(1_000_000, (4 << 20) / level.utf8.count)))
    #expect(diagnostics.first { $0.id == "yaml.depth" } != nil)
    #expect(document.nodes.count < 1000)
  }

  @Test func `a million indented levels end at the depth budget`() {
    let text = (0..<2800).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
    let (document, diagnostics) = yaml(text)
    #expect(located(diagnostics, in: document).contains { $0.hasSuffix("yaml.depth") && $0.hasPrefix("65:") })
  }

  @Test func `64 levels are allowed and 65 are not`() {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(yaml(nested(64)).1.isEmpty)
    let (document, diagnostics) = yaml(nested(65))
    #expect(located(diagnostics, in: document) == ["1:65-66 yaml.depth"])
    #expect(json(nested(64)).1.isEmpty)
    let (other, found) = json(nested(65))
    #expect(located(found, in: other) == ["1:65-66 json.depth"])
  }

  @Test func `aliases of aliases cannot nest deeper than the file may`() {
    var text = "a0: &a0 [1]\n"
    for index in 1...70 { text += "a\(index): &a\(index) [*a\(index - 1)]\n" }
    let (document, diagnostics) = yaml(text)
    #expect(located(diagnostics, in: document).first == "64:12-16 yaml.depth")
  }

  @Test func `a billion laughs are refused at the alias that goes too far`() {
    var text = "a0: &a0 [l, l, l, l, l, l, l, l, l, l]\n"
    for index in 1...9 {
      text += "a\(index): &a\(index) [" + Array(repeating: "*a\(index - 1)", count: 10).joined(separator: ", ") + "]\n"
    }
    let (document, diagnostics) = yaml(text)
    #expect(located(diagnostics, in: document) == ["5:45-48 yaml.alias-budget"])
    #expect(document.nodes.count < 1000)
  }

  @Test func `merges count like aliases, and 100,000 added nodes are allowed`() {
    let base = "x: &x {" + (0..<499).map { "k\($0): 1" }.joined(separator: ", ") + "}\n"
    func uses(_ count: Int) -> String {
      base + (0..<count).map { $0 % 2 == 0 ? "m\($0): {<<: *x}\n" : "m\($0): *x\n" }.joined()
    }
    #expect(yaml(uses(100)).1.isEmpty)
    #expect(yaml(uses(101)).1.map(\.id) == ["yaml.alias-budget"])
  }

  @Test func `doublings beyond any integer stay arithmetic`() {
    var text = "a0: &a0 {}\n"
    for index in 1...63 { text += "a\(index): &a\(index) {<<: [*a\(index - 1), *a\(index - 1)]}\n" }
    #expect(yaml(text).1.map(\.id) == ["yaml.alias-budget"])
  }

  @Test func `10 MB are refused unread`() {
    let (document, diagnostics) = yaml([UInt8](repeating: 0x61, count: 10 << 20))
    #expect(located(diagnostics, in: document) == ["1:1-1 yaml.file-size"])
    let (other, found) = json(String(repeating: " ", count: 10 << 20))
    #expect(located(found, in: other) == ["1:1-1 json.size"])
  }

  @Test func `a million keys in one mapping are read, and the one that repeats is found`() {
    let budget = YAMLComposer.Budget(bytes: 16 << 20, scalarBytes: 64 << 10, nodes: 3_000_000)
    let keys = (0..<1_000_000).map { "k\($0): \n" }.joined()
    let (document, diagnostics) = yaml(keys + "k500000: \n", budget: budget)
    #expect(located(diagnostics, in: document) == ["1000001:1-8 yaml.duplicate-key"])
    #expect(yaml(keys).1.map(\.id) == ["yaml.file-size"])
  }

  @Test func `more values than a file may have end the reading`() {
    let (document, diagnostics) = yaml("[" + String(repeating: "a,", count: 1_100_000) + "]")
    #expect(diagnostics.map(\.id) == ["yaml.file-size"])
    #expect(document.nodes.count <= 1_000_001)
  }

  @Test func `a scalar over 64 KiB is refused at its place`() {
    #expect(yaml("a: " + String(repeating: "x", count: 65536)).1.isEmpty)
    let (document, diagnostics) = yaml("a: " + String(repeating: "x", count: 65537) + "\nb: 1\nb: 2\n")
    #expect(located(diagnostics, in: document) == ["1:4-65541 yaml.scalar-size", "3:1-2 yaml.duplicate-key"])
  }

  @Test func `tag declarations, each compared with all before it, are bounded`() {
    let text = (0..<100_000).map { "%TAG !a\($0)! x\n" }.joined() + "---\na: 1\n"
    #expect(yaml(text).1.map(\.id) == ["yaml.syntax"])
  }

  @Test func `unquoted variables in a large file do not make it be read again and again`() {
    let text = String(repeating: "a: 1\n", count: 700_000) + String(repeating: "- {a: ${b}}\n", count: 40)
    #expect(!yaml(text).1.isEmpty)
  }

  @Test func `many wrong names of anchors are not compared with many right ones`() {
    let right = (0..<30_000).map { "- &a\($0) 1\n" }.joined()
    let wrong = (0..<30_000).map { "- *b\($0)\n" }.joined()
    let (document, diagnostics) = yaml("x:\n\(right)y:\n\(wrong)")
    #expect(located(diagnostics, in: document).first == "30003:3-6 yaml.unknown-alias")
    #expect(diagnostics.last?.notes.map(\.message) == ["29900 more findings in this file are not shown"])
  }
}

import Documents
import Manifest
import Support
import Testing

/// One mistake is one finding, however often it is written, and its cause is named.
struct SameMistakeTests {
  private func check(_ text: String, location: SourceLocation = #_sourceLocation) {
    let text = MarkedText(text)
    #expect(ProjectFixture.mark(text) == text.expected, sourceLocation: location)
  }

  private func findings(_ text: String) -> [Diagnostic] {
    ProjectFixture.validate(ProjectFixture.project(ProjectFixture.header + text)).findings
  }

  @Test func `channels that share a name and a token are two findings, with the places counted`() {
    let channels = (0..<300).map { "    c\($0): {name: same, accessToken: {env: T}, redirect: {queue: 1}}\n" }.joined()
    let found = findings("channels:\n  ok:\n" + channels).sorted { $0.id < $1.id }
    #expect(found.map(\.id) == ["name.duplicate", "ok.accessToken.shared"])
    #expect(found[0].message == "300 channels have one name: `ok.c0`, `ok.c1`, `ok.c2`, `ok.c3`, `ok.c4` and 295 more")
    #expect(
      found[0].notes.map(\.message) == [
        "the first is here", "`ok.c2` has it too", "`ok.c3` has it too", "and 296 more channels",
      ])
    #expect(found[1].message == "300 channels take one token: T")
  }

  @Test func `what looks like a kind, a field or a value has its character named`() {
    let found = findings("channels:\n  оk: {}\n  ok:\n    c: {nаme: a, accessToken: {env: T}, redirect: {queue: 1}}\n")
    #expect(
      found.contains { $0.suggestion == "did you mean `ok`? what is written has the character U+043E (Cyrillic o)" })
    #expect(
      found.contains { $0.suggestion == "did you mean `name`? what is written has the character U+0430 (Cyrillic a)" })
    let key = findings("channels:\n  ok:\n    с: {name: a, accessToken: {env: T}, redirect: {queue: 1}}\n")
    #expect(key.first?.why?.hasSuffix("; it has the character U+0441 (Cyrillic es)") == true)
  }

  @Test(arguments: [">", "|"])
  func `a block scalar that ends with a line break is told how it would not`(indicator: String) {
    let fields = [
      "name: \(indicator)\n        a name\n        of two lines\n",
      "name: n\n      redirect:\n        queue: \(indicator)\n          Support\n",
      "name: n\n      closing:\n        agent: \(indicator)\n          1d\n",
    ]
    for field in fields {
      let found = findings("channels:\n  custom:\n    c:\n      \(field)")
      #expect(found.contains { $0.suggestion?.hasPrefix("write `\(indicator)-` in place of") == true }, "\(field)")
    }
  }

  @Test(arguments: ["\tname: a\n", "\tname: a\n    b: 1\n"])
  func `a section that a mistake cuts off is not also empty`(lines: String) {
    #expect(findings("channels:\n  ok:\n" + lines).map(\.id) == ["yaml.syntax"])
    #expect(findings("channels:\n" + lines).map(\.id) == ["yaml.syntax"])
    #expect(findings("channels:\n  ok:\n    c:\n" + lines).map(\.id) == ["yaml.syntax"])
    // What is empty elsewhere is so all the same.
    #expect(findings("variables:\nchannels:\n  ok:\n" + lines).map(\.id) == ["field.empty", "yaml.syntax"])
  }

  @Test func `names that look equal and have other bytes are distinguished by their encoding`() {
    let found = findings(
      """
      channels:
        ok:
          a: {name: "Caf\u{E9}", accessToken: {env: A}, redirect: {queue: 1}}
          b: {name: "Cafe\u{301}", accessToken: {env: B}, redirect: {queue: 1}}
      """
    ).filter { $0.id == "name.duplicate" }
    #expect(
      found.first?.why
        == "they differ only in how their characters are encoded (the same letters, NFC → NFD: U+00E9 → U+0065 U+0301); people cannot distinguish them in Kit",
      "\(found)")
  }
}

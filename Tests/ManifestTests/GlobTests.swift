import Manifest
import Testing

@Suite struct GlobTests {
  @Test(arguments: [
    ("Bot", "Bot", true), ("Bot", "bot", false), ("Bot 1", "Bot*", true), ("Bot 1", "*1", true),
    ("Bot 1", "B?t*", true),
    ("Bot", "Bot?", false), ("", "*", true), ("", "", true), ("", "?", false), ("a*b", "a*b", true),
    ("Кафе\u{0301}", "Каф?", true), ("Cafe\u{0301} X", "Caf\u{E9}*", true), ("a/b", "a*b", true), ("ab", "*a*", true),
    ("👨‍👩‍👧", "?", true),
  ])
  func `a name matches whole, character by character`(_ name: String, _ pattern: String, _ matches: Bool) {
    #expect(Glob.matches(name: name, pattern) == matches)
  }

  @Test func `a hostile pattern costs no more than a product`() {
    let name = String(repeating: "a", count: 2000)
    #expect(!Glob.matches(name: name, String(repeating: "*a", count: 200) + "b"))
  }
}

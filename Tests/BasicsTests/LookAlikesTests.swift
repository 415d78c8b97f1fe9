import Basics
import Support
import Testing

@Suite struct LookAlikesTests {
  @Test(arguments: [
    ("оk", "ok", "U+043E (Cyrillic o)"), ("аgent", "agent", "U+0430 (Cyrillic a)"),
    ("Ѕupport", "Support", "U+0405 (Cyrillic dze)"), ("Αccount", "Account", "U+0391 (Greek alpha)"),
    ("\u{A0}\u{A0}name", "name", "U+00A0 (no-break space)"), ("na\u{AD}me", "name", "U+00AD (soft hyphen)"),
    ("name\u{2800}", "name", "U+2800 (braille pattern blank)"), ("name\u{3164}", "name", "U+3164 (hangul filler)"),
    ("na\u{200B}me", "name", "U+200B (zero width space)"), ("ｎame", "name", "U+FF4E (Fullwidth latin n)"),
    ("a–b", "a-b", "U+2013 (en dash)"),
  ])
  func `a word that looks like another one has its characters named`(text: String, seen: String, named: String) {
    #expect(LookAlikes.skeleton(text) == seen)
    #expect(LookAlikes.named(in: text) == named)
  }

  @Test(arguments: ["name", "日本", "é", ""])
  func `a word without look-alikes is left as it is`(text: String) {
    #expect(LookAlikes.named(in: text) == nil)
    #expect(LookAlikes.skeleton(text) == text)
  }

  @Test(arguments: [0xA0, 0xAD, 0x34F, 0x115F, 0x1160, 0x180E, 0x2007, 0x202F, 0x205F, 0x2800, 0x3164, 0xFFA0, 0xE0100])
  func `what nobody sees is escaped`(value: Int) throws {
    let scalar = try #require(Unicode.Scalar(UInt32(value)))
    let digits = String(value, radix: 16, uppercase: true)
    let number = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    #expect(SafeText.escape("a\(String(scalar))b") == "a\\u{\(number)}b")
  }

  @Test func `emoji and letters of every language stay`() {
    #expect(SafeText.escape("❤️ Здравствуйте 日本　语 – “ok”") == "❤️ Здравствуйте 日本　语 – “ok”")
  }
}

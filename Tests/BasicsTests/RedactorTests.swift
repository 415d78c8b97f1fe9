import Basics
import Support
import Testing

@Suite(.computes) struct RedactorTests {
  private static let secret = "tok/en+ü \"1\""

  @Test(arguments: [
    "tok/en+ü \"1\"", "tok%2Fen%2B%C3%BC%20%221%22", "tok%2fen%2b%c3%bc+%221%22", #"tok\/en+\u00fc \"1\""#,
    #"tok/en+ü \u00221\u0022"#, "dG9rL2VuK8O8ICIxIg==", "dG9rL2VuK8O8ICIxIg",
  ])
  func `a secret is masked however it is spelt`(spelling: String) {
    #expect(Redactor([Self.secret]).redact("before=\(spelling)&after") == "before=•••&after")
  }

  @Test(arguments: ["dXNlcjp0b2svZW4rw7wgIjEi", "dXNlOnRvay9lbivDvCAiMSI=", "dTp0b2svZW4rw7wgIjEi"])
  func `in base64 it may begin anywhere`(code: String) {
    #expect(Redactor([Self.secret]).redact("Basic \(code), refused") == "Basic •••, refused")
  }

  @Test func `short values are masked as they are alone, and other words stay`() {
    #expect(Redactor(["a:b"]).redact("a:b a%3Ab") == "••• a%3Ab")
    #expect(Redactor(["", Self.secret]).redact("100% \\ tok/en \\u00") == "100% \\ tok/en \\u00")
    #expect(Redactor([]).redact("anything") == "anything")
  }

  @Test func `a character beyond the first plane may be spelt by two escapes`() {
    #expect(Redactor(["secret-😀-1"]).redact(#"secret-\ud83d\ude00-1"#) == "•••")
  }

  @Test func `foreign words that are longer than any words are masked as a whole, unread`() {
    let redactor = Redactor(["a-secret-value"])
    let fitting = String(repeating: "x", count: Redactor.limit)
    #expect(redactor.redact(foreign: fitting) == fitting)
    #expect(redactor.redact(foreign: fitting + "x") == Redactor.mask)
    #expect(redactor.redact(foreign: String(repeating: "a%2Dsecret", count: 1 << 20)) == Redactor.mask)
    #expect(redactor.redact(fitting + "a%2Dsecret-value") == fitting + Redactor.mask)
  }

  @Test(arguments: [
    // JSON in a form, as a call sends it; a form in a form; JSON in JSON; a form in JSON; base64 in a form.
    #"api_key%22%3A%22tkn%5C%22Q-secret%22%7D"#, "tkn%2522Q-secret", #"tkn\\"Q-secret"#, #"tkn\u002522Q-secret"#,
    "dGtuIlEtc2VjcmV0MT8%2FPz8%3D",
  ])
  func `a secret is found through two spellings, one around the other`(text: String) {
    let shown = Redactor([#"tkn"Q-secret"#, #"tkn"Q-secret1????"#]).redact("<\(text)>")
    #expect(shown.contains("•••") && !shown.contains("Q-secret") && !shown.contains("tkn") && !shown.contains("dGtu"))
    #expect(shown.hasPrefix("<") && shown.hasSuffix(">"))
  }

  /// A string with every character spelt in one of the ways that hold for it.
  private static func spell(_ text: String, json: Bool, _ generator: inout SeededGenerator) -> String {
    text.unicodeScalars.map { scalar in
      let isPlain = Bool.random(using: &generator) && scalar != "%" && scalar != "\\" && scalar != "\""
      if isPlain { return String(scalar) }
      guard json else {
        return String(scalar).utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      }
      let digits = String(scalar.value, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined()
  }

  @Test func `exactly the secret is masked, whatever escapes stand around it and however it is spelt twice`() {
    let parts = ["%41", "%", "%4", "\\n", "\\u00fc", "\\", "+", "é", "plain words", "%25%35%32", "\\\\", " ", "😀"]
    let secret = "tok/en \"1\" ü%"
    let redactor = Redactor([secret, "another one, with spaces"])
    for seed in 0..<2_000 {
      var generator = SeededGenerator(seed: UInt64(seed))
      func around() -> String {
        (0..<Int.random(in: 0...6, using: &generator)).map { _ in parts.randomElement(using: &generator)! }.joined()
      }
      let (before, after) = (around() + "·", "·" + around())
      var spelt = secret
      for _ in 0..<Int.random(in: 0...2, using: &generator) {
        spelt = Self.spell(spelt, json: .random(using: &generator), &generator)
      }
      #expect(redactor.redact(before + spelt + after) == before + Redactor.mask + after, "seed \(seed): \(spelt)")
    }
  }

  @Test func `each of many secrets is found, also where all begin alike`() {
    let secrets = (0..<2_000).map { "https://bots.example.com/hook/\($0)?key=\($0 * 7)" }
    let redactor = Redactor(secrets)
    for secret in [secrets[0], secrets[999], secrets[1_999]] {
      #expect(redactor.redact("to \(secret), and on") == "to •••, and on")
    }
    let innocent = "https://bots.example.com/hook/none and https://bots.example.com/"
    #expect(redactor.redact(innocent) == innocent)
    #expect(redactor.redact(secrets.joined(separator: " ")) == secrets.map { _ in "•••" }.joined(separator: " "))
  }

  @Test func `of secrets that overlap nothing is left`() {
    let redactor = Redactor(["secret-one", "secret-one-and-more", "and-more-still", "one-and-m"])
    #expect(redactor.redact("a secret-one-and-more-still b") == "a ••• b")
    #expect(redactor.redact("a secret-one-and-less b") == "a •••-and-less b")
    #expect(redactor.redact("a secret-one-and-m") == "a •••")
    #expect(redactor.redact("secret-onsecret-one") == "secret-on•••")
  }

  @Test func `texts of a JSON value are masked one by one, and keys are not`() {
    let value: JSONValue = ["a-secret-value": "the a-secret-value", "list": [1, "a%2Dsecret-value", .null, true]]
    let shown: JSONValue = ["a-secret-value": "the •••", "list": [1, "•••", .null, true]]
    #expect(Redactor(["a-secret-value"]).redact(value) == shown)
  }
}

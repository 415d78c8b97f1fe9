import Documents
import Testing

@Suite struct RedactorTests {
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

  @Test func `a text that is longer than any words is masked as a whole, unread`() {
    let redactor = Redactor(["a-secret-value"])
    let fitting = String(repeating: "x", count: Redactor.limit)
    #expect(redactor.redact(fitting) == fitting)
    #expect(redactor.redact(fitting + "x") == Redactor.mask)
    #expect(redactor.redact(String(repeating: "a%2Dsecret", count: 1 << 20)) == Redactor.mask)
  }
}

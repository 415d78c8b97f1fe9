import Basics
import Support
import Testing

/// Secrets in a server's words, with every two layers of encoding around them.
@Suite(.computes) struct LayeredRedactionTests {
  private static let secrets = [
    "tok/en+ü \"1\" <&'=?>\\~", "plain-token_0123456789", "пароль-😀-secret", "first line\nsecond line\r\nthird",
  ]
  /// The words of another party around a secret: each begins at another place of a base64 group.
  private static let around: [(String, String)] = [
    ("", ""), ("u", ""), ("us", "."), ("user:", ":end"), (#"{"a":""#, #"","b":1}"#),
  ]

  /// Nothing of the secret, read back by the test's own decoders, is left where the mask covers all that was encoded.
  private func expectHidden(_ text: String, _ redactor: Redactor, _ what: String) {
    let shown = redactor.redact("It said <\(text)>.")
    // What is left is the frame, and what the encoded text had around the secret.
    let rest = shown.split(separator: Redactor.mask, omittingEmptySubsequences: false)
    #expect(rest.count >= 2, "\(what): \(text)")
    #expect(shown.hasPrefix("It said <") && shown.hasSuffix(">."), "\(what): \(shown)")
  }

  @Test(arguments: secrets)
  func `no composition of two encodings shows a secret, wherever in the encoded text it begins`(secret: String) {
    let redactor = Redactor([secret, "another secret of the run"])
    for inner in SecretSpelling.allCases {
      for outer in SecretSpelling.allCases {
        for (before, after) in Self.around {
          let whole = outer.encode(inner.encode(before + secret + after))
          let part = outer.encode(before + inner.encode(secret) + after)
          expectHidden(whole, redactor, "\(outer) of \(inner)")
          expectHidden(part, redactor, "\(outer) around \(inner)")
        }
        let exact = outer.encode(inner.encode(secret))
        #expect(redactor.redact("<\(exact)>") == "<\(Redactor.mask)>", "\(outer) of \(inner): \(exact)")
      }
    }
  }

  @Test(arguments: [76, 64, 19], ["\n", "\r\n"])
  func `nor where either encoding is broken into lines`(width: Int, lineBreak: String) {
    for secret in [Self.secrets[0], Self.secrets[2]] {
      let redactor = Redactor([secret])
      let long =
        String(repeating: "words before it, ", count: 5) + secret + String(repeating: ", words after it", count: 5)
      for inner in SecretSpelling.allCases {
        for outer in SecretSpelling.allCases {
          for text in [secret, long] {
            let once = inner.encode(text)
            expectHidden(
              SecretSpelling.wrapped(outer.encode(once), at: width, lineBreak), redactor,
              "lines of \(outer) of \(inner)")
            expectHidden(
              outer.encode(SecretSpelling.wrapped(once, at: width, lineBreak)), redactor,
              "\(outer) of lines of \(inner)")
          }
        }
      }
    }
  }

  @Test func `of the lines around a wrapped code nothing else is masked`() {
    let secret = "a secret that is long enough for two lines of base64 in a letter"
    let code = SecretSpelling.wrapped(SecretSpelling.base64.encode(secret), at: 64, "\n")
    #expect(Redactor([secret]).redact("refused\n\(code)\nby nobody") == "refused\n•••\nby nobody")
    #expect(Redactor(["a-secret-value"]).redact("one\r\na-secret-value\r\ntwo") == "one\r\n•••\r\ntwo")
  }

  @Test func `words that only look encoded stay`() {
    let innocent = [
      "deadbeefdeadbeefdeadbeef", "QUJDREVGR0hJSktMTU5PUFFSU1Q=", "&amp; &#x41; &unknown; &#; &#xZZ; &#99999999999; &",
      "\\u{110000} \\u{} \\u{41 \\xZZ \\x", "%41%zz%", "a+b", "é\r\n\u{85}",
    ].joined(separator: "\n")
    #expect(Redactor(["a-secret-value"]).redact(innocent) == innocent)
  }

  @Test(arguments: [
    "%", "\\", "&", "&#x41;", "%41", "\\u0041", "A", "QUJD", "41", "\n", "%25", "\\\\", "a-secret", "&amp",
  ])
  func `a long text of nothing but escapes costs what its length says`(unit: String) {
    let redactor = Redactor(["a-secret-value", "another secret"])
    let text = String(repeating: unit, count: (64 << 10) / unit.utf8.count)
    #expect(redactor.redact(text) == text)
    #expect(redactor.redact(text + "a-secret-value").hasSuffix(Redactor.mask))
  }
}

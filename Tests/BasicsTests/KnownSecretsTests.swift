import Basics
import Testing

@Suite struct KnownSecretsTests {
  @Test func `what becomes known later is masked from then on`() {
    let known = KnownSecrets()
    #expect(known.redact("tkn-first tkn-second") == "tkn-first tkn-second")
    known.insert("tkn-first")
    #expect(known.redact("tkn-first tkn-second") == "••• tkn-second")
    known.insert("tkn-second")
    #expect(known.redact("tkn-first tkn-second") == "••• •••")
  }

  @Test func `values under 8 characters are left alone`() {
    let known = KnownSecrets()
    known.insert("acme")
    known.insert("пароль7")
    #expect(known.redact("acme пароль7") == "acme пароль7")
  }

  @Test(arguments: [
    ("/kit/hook-of-ours", "•••"), ("key=query-secret-of-ours&to=7", "•••"), ("key=query-secret-of-ours", "•••"),
    ("/kit/hook-of-ours?key=query-secret-of-ours&to=7", "•••"), ("query-secret-of-ours", "•••"),
    ("bots.example.com", "bots.example.com"), ("to=7", "to=7"),
  ])
  func `of a URL path and query are known too, and its host is not`(said: String, shown: String) {
    let known = KnownSecrets()
    known.insert("https://bots.example.com/kit/hook-of-ours?key=query-secret-of-ours&to=7")
    #expect(known.redact("it is <\(said)>") == "it is <\(shown)>")
  }
}

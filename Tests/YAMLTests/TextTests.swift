import Basics
import Documents
import Support
import Testing
import YAML

@Suite struct ScalarsTests {
  @Test(arguments: [
    "010", "1_000", "0x1F", "0o17", "0b1", "60:00", "1:30", "1:30:00", ".inf", "-.INF", "+.inf", ".nan", ".NaN", "1e3",
    "1.5", "1.",
    ".5", "1.5e-3", "2026-01-01", "+1", "-5", "0", "42", "2026-01-01T12:00:00Z", "2026-1-1 12:00:00", "190:20:30.15",
    "-0x1F", "6.8523e+5",
    "685_230.15", "1__0",
  ])
  func `either YAML version reads this as a number or a date`(text: String) {
    #expect(Scalars.looksLikeNumberOrDate(text))
  }

  @Test(arguments: [
    "no", "on", "true", "null", "~", "", "-", "+", ".", "..", "1a", "10m", "1h30m", "0x", "0xG", "0b2", "0o8", "1:60",
    "1:2:", "1:", ":1",
    "2026-01", "2026-01-01x", "1.2.3", "1.2.3.4", "1e", "e3", "inf", "nan", "_1", "1-2", "+a", "Support 1",
    "127.0.0.1:80", "12:345", "1 2",
  ])
  func `this is a text in either YAML version`(text: String) {
    #expect(!Scalars.looksLikeNumberOrDate(text))
  }

  @Test func `a whole number has no sign and no leading zero`() {
    #expect(["0", "7", "1207", "99999999999999999999"].allSatisfy(Scalars.isDecimalInteger))
    #expect(
      ["", "00", "010", "+1", "-1", "1_000", "1.0", "0x1", "١", " 1"].allSatisfy { !Scalars.isDecimalInteger($0) })
  }

  @Test func `only true and false are switches, and the words of YAML 1.1 are known for hints`() {
    #expect(Scalars.bool("true") == true && Scalars.bool("false") == false)
    #expect(["True", "yes", "on", "1", ""].allSatisfy { Scalars.bool($0) == nil })
    #expect(["yes", "On", "TRUE", "y"].allSatisfy { Scalars.yaml11Bool($0) == true })
    #expect(["no", "Off", "FALSE", "N"].allSatisfy { Scalars.yaml11Bool($0) == false })
    #expect(Scalars.yaml11Bool("maybe") == nil)
  }

  @Test func `JSON's numbers are told from YAML's`() {
    #expect(["0", "-0", "10", "1.5", "-1e3", "1E+2", "0.1e-2"].allSatisfy(Scalars.isJSONNumber))
    #expect(
      ["", "-", "01", "1.", ".5", "1.e3", "+1", "1e", "0x1", ".inf", "1_0"].allSatisfy { !Scalars.isJSONNumber($0) })
  }
}

@Suite struct SafeTextTests {
  @Test func `whatever could drive a terminal, hide or reorder text is shown by its number`() {
    let unsafe: [Unicode.Scalar] = [
      "\u{0}", "\u{7}", "\u{8}", "\t", "\n", "\r", "\u{1B}", "\u{7F}", "\u{80}", "\u{85}", "\u{9B}", "\u{9F}",
      "\u{61C}", "\u{200B}", "\u{200C}",
      "\u{200D}", "\u{200E}", "\u{200F}", "\u{2028}", "\u{2029}", "\u{202A}", "\u{202E}", "\u{2060}", "\u{2066}",
      "\u{2069}", "\u{FEFF}",
      "\u{E0041}",
    ]
    for scalar in unsafe {
      let escaped = SafeText.escape("a\(scalar)b")
      #expect(!escaped.unicodeScalars.contains(where: SafeText.isUnsafe))
      #expect(escaped.hasPrefix("a\\u{") && escaped.hasSuffix("}b"))
    }
    #expect(SafeText.escape("\u{1B}[2J") == "\\u{001B}[2J")
    #expect(SafeText.escape("Поддержка – é 日本 😀") == "Поддержка – é 日本 😀")
    #expect(SafeText.escape("a\n\tb", newlines: true, tabs: true) == "a\n\tb")
    #expect(SafeText.escape("a\n\tb", newlines: true) == "a\n\\u{0009}b")
  }

  @Test(arguments: [
    ("::error::x", "\\::error::x"), ("a\n::set-output name=x::y", "a\n\\::set-output name=x::y"),
    ("a\r::x", "a\r\\::x"),
    ("  \t\u{A0}::x", "  \t\u{A0}\\::x"), ("a ::x", "a ::x"), ("##[group]x", "##\\[group]x"),
    ("a ##[error]x", "a ##\\[error]x"),
    ("###[x", "###\\[x"), ("a: b\n:c ::", "a: b\n:c ::"), (": :x", ": :x"), ("", ""), (":::", "\\:::"),
    ("##vso[task.complete]", "##vso\\[task.complete]"), ("a ##teamcity[x", "a ##teamcity\\[x"),
    ("##a-b[", "##a-b\\["), ("#a[ # #[ ##a [ ##1[ ##a#b[", "#a[ # #[ ##a [ ##1[ ##a#b["),
  ])
  func `text cannot become a workflow command`(text: String, expected: String) {
    #expect(SafeText.neutralizingCommands(text) == expected)
  }

  @Test(arguments: ["##[x] ::y\n::z", "##vso[a][b]", "a ###[", "it's ##[\"q\"] \\##["])
  func `neither JSON nor YAML that says such a text is a command`(text: String) throws {
    let json = CanonicalJSON.encode(["k": .string(text)], pretty: true)
    #expect(
      SafeText.neutralizingCommands(String(decoding: json, as: UTF8.self)) == String(decoding: json, as: UTF8.self))
    let (document, findings) = JSONComposer.compose(SourceFile(path: "a.json", bytes: json), file: 0)
    #expect(findings.isEmpty && document.string("k", in: document.roots[0]) == text)

    let line = "k: \(ScalarText.scalar(text))\n"
    #expect(SafeText.neutralizingCommands(line) == line)
    let (file, found) = yaml(line)
    #expect(found.isEmpty && file.string("k", in: file.roots[0]) == text)
  }
}

@Suite struct SuggestionTests {
  @Test func `the nearest names come first, and far ones not at all`() {
    let fields = ["closing", "callbackURL", "redirect", "skills", "topicSet", "useTags", "name"]
    #expect(Suggestion.nearest(to: "clsoing", among: fields) == ["closing"])
    #expect(Suggestion.nearest(to: "callbackUrl", among: fields) == ["callbackURL"])
    #expect(Suggestion.nearest(to: "skils", among: fields) == ["skills"])
    #expect(Suggestion.nearest(to: "xyzzy", among: fields) == [])
    #expect(Suggestion.nearest(to: "", among: fields) == [])
    #expect(Suggestion.nearest(to: "aac", among: ["aab", "aad", "aac"], limit: 2) == ["aac", "aab"])
    #expect(Suggestion.nearest(to: "ok", among: ["no"]) == [])
  }

  @Test func `a hostile name costs no more than a long one`() {
    let name = String(repeating: "x", count: 65_536)
    #expect(Suggestion.nearest(to: name, among: (0..<50).map { "\(name)y\($0)" }).count == 3)
    #expect(Suggestion.nearest(to: name, among: Array(repeating: name + "y", count: 50)).count == 1, "each once")
  }
}

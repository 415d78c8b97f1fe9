import Documents
import Manifest
import Support
import Testing

struct GivenVariableTests {
  @Test(arguments: [
    "a # b", " lead", "trail ", "&x", "*x", "!t", "Support: tier 1", "one\ntwo", "[a", "{a: b}", "- a", "a:",
    "%YAML 1.2",
    "---", "|", ">-", "@x", "`x`", "it's", "\"a\" and \"b\"", "'", "\"", "# all", "", "\t",
  ])
  func `a text is taken as it is, whatever YAML would make of it`(_ text: String) throws {
    #expect(try Variables.Definition(given: text, label: "--var").text == text)
  }

  @Test func `one pair of quotes around all of it makes a string, and no number`() throws {
    for (given, text) in [("\"12\"", "12"), ("'12'", "12"), ("\"a: b\"", "a: b"), ("''", ""), ("'\"12\"'", "\"12\"")] {
      let definition = try Variables.Definition(given: given, label: "--var")
      #expect(definition.text == text && !definition.isPlain)
    }
    #expect(try Variables.Definition(given: "12", label: "--var").isPlain)
  }

  @Test func `control characters and what is not UTF-8 are refused`() {
    for scalar: Unicode.Scalar in ["\u{0}", "\u{1B}", "\u{7F}", "\u{85}", "\u{FFFE}", "\u{FFFF}"] {
      #expect(throws: GivenValueProblem.control(scalar)) {
        try Variables.Definition(given: "a\(scalar)b", label: "--var")
      }
    }
    let cut = String(decoding: [0x61, 0xC3], as: UTF8.self)
    #expect(throws: GivenValueProblem.notUTF8) { try Variables.Definition(given: cut, label: "--var") }
    #expect(GivenValueProblem.control("\u{1B}").words == "has the control character U+001B")
  }

  @Test func `the spelling gives the type, as for a plain scalar`() throws {
    let manifest =
      ProjectFixture.header + """
        variables: {queue: x, tags: x, wait: x}
        channels:
          ok:
            a:
              name: A
              accessToken: {env: T}
              redirect: {queue: "${queue}"}
              useTags: ${tags}
              closing: {agent: "${wait}"}

        """
    func slot(_ name: String, _ given: [(String, String)]) throws -> Value? {
      let variables = try given.map { ($0.0, try Variables.Definition(given: $0.1, label: "--var")) }
      let (configuration, _) = ProjectFixture.project(manifest).configuration(
        for: nil, options: DecodingOptions(variables: variables.map { (name: $0.0, definition: $0.1) }))
      return configuration.records.first?[name]?.value
    }
    let plain = [("queue", "12"), ("tags", "true"), ("wait", "90m")]
    #expect(try slot("redirect", plain)?.isSame(as: .route(.queue, Reference(id: 12))) == true)
    #expect(try slot("useTags", plain)?.isSame(as: .flag(true)) == true)
    #expect(try slot("closing.agent", plain)?.isSame(as: .seconds(5400)) == true)
    guard case .route(.queue, let reference)? = try slot("redirect", [("queue", "\"12\"")] + plain.dropFirst()) else {
      Issue.record("no queue")
      return
    }
    #expect(reference.id == nil && reference.title == "12")
  }
}

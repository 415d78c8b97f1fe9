import Documents
import Manifest
import Support
import Testing

/// No mistake is reported twice, and nothing that is written is dropped without a word.
struct RepeatedFindingTests {
  private func check(_ text: String, location: SourceLocation = #_sourceLocation) {
    let text = MarkedText(text)
    #expect(ProjectFixture.mark(text) == text.expected, sourceLocation: location)
  }

  @Test func `a file that cannot be read to its end lacks nothing`() {
    check(
      """
      kitform: 1
      channels:
        ok: {a: {name: a
                ^ error yaml.syntax: the bracket that opens here is never closed
      """)
  }

  @Test func `a project file that is a list is told so and nothing else`() {
    check(
      """
      [kitform, 1]
      ^^^^^^^^^^^^ error value.type: the file is a list, but a mapping of sections is wanted
      """)
  }

  @Test func `an empty account is not also missing`() {
    check(
      """
      kitform: 1
      account:
      ^^^^^^^ error field.empty: `account` is empty
      """)
  }

  @Test func `what the YAML says of a key, the schema does not say again`() {
    check(
      ProjectFixture.header + """
        channels:
          ok:
            a:
              name: "a\\e"
                    ^^^^^ error yaml.control-character: an escape in this text stands for the control character U+001B
              accessToken: {env: T}
              redirect: {queue: S}
              skills: {one: 1, one: 2}
                               ^^^ error yaml.duplicate-key: this key appears twice in one mapping
        """)
  }

  @Test func `a merge of nothing is not an unknown field too`() {
    check(
      ProjectFixture.header + """
        channels:
          ok:
            a: {<<: 3, name: a, accessToken: {env: T}, redirect: {queue: S}}
                    ^ error yaml.merge: a merge key `<<` needs a mapping, an alias of a mapping, or a list of those
            b: {<<: [[x]], name: b, accessToken: {env: U}, redirect: {queue: S}}
                    ^^^^^ error yaml.merge: a merge key `<<` needs a mapping, an alias of a mapping, or a list of those
        """)
  }

  @Test func `an include without patterns is one finding`() {
    let project = ProjectFixture.project(ProjectFixture.header + "include:\n")
    var findings = Findings()
    #expect(Project.include(in: project.documents[0], &findings)?.isEmpty == true)
    #expect(findings.list.map(\.id) == ["field.empty"])
    #expect(ProjectFixture.validate(project).findings.isEmpty)
  }

  @Test func `a move says which address there was`() {
    check(
      ProjectFixture.header + """
        channels:
          ok:
            a: {name: a, accessToken: {env: T}, redirect: {queue: S}}
            b: {name: b, accessToken: {env: U}, redirect: {queue: S}}
        moved:
          ok.a: [ok.c]
                ^^^^^^ error moved.address: `moved` does not say which address `ok.a` had
          ok.b:
          ^^^^ error moved.address: `moved` does not say which address `ok.b` had
        """)
  }

  @Test func `two environments do not name one state`() {
    check(
      ProjectFixture.header + """
        environments:
          one: {state: {path: states/one.json}}
          two: {state: {path: states/one.json}}
                              ^^^^^^^^^^^^^^^ error state.shared: two environments would share one state
          three: {state: {path: "states/${environment}.json"}}
          four: {state: {path: "states/${environment}.json"}}
        """)
  }

  @Test func `settings of another backend are not ignored`() {
    check(
      ProjectFixture.header + """
        state: {backend: local, bucket: b, key: {keep: true}}
                                ^^^^^^ error state.backend: the backend `local` has no setting `bucket`
                                                ^^^^^^^^^^^^ error secret.form: `keep` has no effect here
        """)
  }

  @Test func `a bare API token is masked, as it may be the token itself`() {
    let text =
      ProjectFixture.header + """
        channels:
          custom:
            a:
              apiToken: literal-token-1
            b:
              apiToken: {id: literal-token-2, value: literal-token-3}
            c:
              apiToken: {id: 42}
            d:
              apiToken: {name: Bots}
        """
    let project = ProjectFixture.project(text)
    let places = SecretPlaces(kinds: project.kinds).find(in: project.documents[0])
    let bytes = Array(text.utf8)
    let masked = places.map { String(decoding: bytes[Int($0.start)..<Int($0.end)], as: UTF8.self) }.sorted()
    #expect(masked == ["literal-token-1", "literal-token-2", "literal-token-3"])
  }

  /// Channels that take one variable, which environments set to nothing.
  private func overlaid(channels: Int, environments: Int) -> Validation {
    let overlays = (0..<environments).map { "  e\($0): {variables: {q: \"\"}}\n" }.joined()
    let written = (0..<channels).map {
      "    a\($0): {name: N\($0), accessToken: {env: T\($0)}, redirect: {queue: \"${q}\"}}\n"
    }.joined()
    return ProjectFixture.validate(
      ProjectFixture.project(
        ProjectFixture.header + "environments:\n" + overlays + "channels:\n  ok:\n" + written))
  }

  @Test func `one wrong variable of many environments and channels is one finding, and the places are counted`() throws
  {
    let findings = overlaid(channels: 40, environments: 40).findings
    #expect(findings.count == 1)
    let finding = try #require(findings.first)
    #expect(finding.message == "the title of the queue is empty")
    #expect(finding.notes.count == 12)
    #expect(
      finding.notes.suffix(2).map(\.message) == ["and 30 more places", "the same is wrong in 39 more places"])
  }

  @Test func `few places of one wrong variable are all shown`() {
    let findings = overlaid(channels: 3, environments: 2).findings
    #expect(findings.count == 3 && findings.allSatisfy { $0.notes.count == 2 })
  }

  @Test func `the same mistake in many channels of one environment is reported at each of them`() {
    let channels = (1...5).map { "    c\($0):\n      environments: [prod]\n      name: \"a\\tb\"\n" }.joined()
    let text =
      ProjectFixture.header + "environments: {prod: {}, staging: {}}\nchannels:\n  ok:\n" + channels
    let places = ProjectFixture.validate(ProjectFixture.project(text)).findings.filter {
      $0.message.hasPrefix("`name` has control")
    }
    #expect(places.count == 5, "\(places)")
  }
}

import Documents
import Manifest
import Support
import Testing

/// Odd manifests: each mistake is reported once, at its place and in words that fit.
struct OddManifestTests {
  private func check(_ text: String, location: SourceLocation = #_sourceLocation) {
    let text = MarkedText(text)
    #expect(ProjectFixture.mark(text) == text.expected, sourceLocation: location)
  }

  @Test func `a field that defaults do not share is told so and nothing else`() {
    check(
      ProjectFixture.header + """
        defaults: {apiToken: {}, accessToken: literal, ok: {accessToken: [a]}}
                   ^^^^^^^^ error field.unknown: `defaults` has no field `apiToken`
                                 ^^^^^^^^^^^ error field.unknown: `defaults` has no field `accessToken`
                                                                         ^^^ error secret.form: `accessToken` is a list, but a secret reference is wanted
        """)
  }

  @Test func `an adoption names a channel by a text or a number`() {
    check(
      ProjectFixture.header + """
        adopt:
          ok.a: {uuid: ""}
                       ^^ error adopt.target: `adopt` names no channel for `ok.a`
          ok.b: {id: -1}
                     ^^ error adopt.target: the id of `adopt` is not a plain whole number
          ok.c: {uid: 1}
                 ^^^ error field.unknown: `adopt.ok.c` has no field `uid`
        channels:
          ok:
            a: {name: A, accessToken: {env: A}, redirect: {queue: 1}}
            b: {name: B, accessToken: {env: B}, redirect: {queue: 1}}
            c: {name: C, accessToken: {env: C}, redirect: {queue: 1}}
        """)
  }

  @Test func `words have their article, and a reason fits its value`() throws {
    let project = ProjectFixture.project(
      """
      kitform: [1]
      account:
      channels: {custom: {a: {name: A, callbackURL: https://a.example, apiToken: {id: [1]}, redirect: {queue: 1}}}}
      """)
    let findings = ProjectFixture.validate(project).findings
    #expect(findings.map(\.id) == ["project.version", "field.empty", "value.type"])
    #expect(findings.first?.why == "this Kitform knows no other")
    #expect(findings[1].suggestion?.contains("region: eu") == true)
    #expect(findings.last?.message.hasSuffix("but the title or id of an API token is wanted") == true)
  }

  @Test func `an alias or a merge is as good or as bad as what it stands for`() {
    check(
      ProjectFixture.header + """
        x-d: &d {useTags: yes, closing: {}}
                          ^^^ error value.type: `useTags` is a boolean: `true` or `false`
                                        ^^ error field.empty: `defaults.closing` has no value
        x-s: &s {russian: 9}
                          ^ error skills.level: the level of the skill `russian` is 9
        defaults: {<<: *d}
        channels:
          ok:
            a: &a {name: A, accessToken: {env: A}, redirect: {queue: 1}, skills: {<<: *s, billing: 2}}
            b: {<<: *a, name: B, accessToken: {env: B}}
        """)
  }
}

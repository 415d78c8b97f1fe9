import Documents
import Manifest
import Support
import Testing

/// One mistake is reported once and where it is written, whichever way and however often it is read.
struct OneMistakeTests {
  /// Marks a project file and an included file, with notes.
  private func check(_ text: String, included: String = "", location: SourceLocation = #_sourceLocation) {
    let texts = [MarkedText(text), MarkedText(included)]
    let project = ProjectFixture.project(texts[0].source, files: [("channels/a.yaml", texts[1].source)])
    let findings = ProjectFixture.validate(project).findings
    for (index, text) in texts.enumerated() {
      let marked = text.marked(findings, in: project.sources, file: Int32(index), notes: true, tellsOthers: false)
      #expect(marked == text.expected, sourceLocation: location)
    }
  }

  @Test func `what two channels merge is told at the anchor`() {
    check(
      ProjectFixture.header + """
        x-common: &common {useTags: yes, closing: {agent: 30s}, colour: red}
                                    ^^^ error value.type: `useTags` is a boolean: `true` or `false`
                                                          ^^^ error closing.agent.range: `closing.agent` is 30s, less than 60 seconds
                                                                ^^^^^^ error field.unknown: `ok` has no field `colour`
        channels:
          ok:
            a: {<<: *common, name: A, accessToken: {env: A}, redirect: {queue: 1}}
            b: {<<: *common, name: B, accessToken: {env: B}, redirect: {queue: 1}}
        """)
  }

  @Test func `what channels name by an alias is told at each alias, and inside a mapping where it is written`() {
    check(
      ProjectFixture.header + """
        x-wait: &wait 30s
        x-closing: &closing {bot: 1:30}
                                  ^^^^ error duration.format: `closing.bot` is not a duration
        channels:
          ok:
            a: {name: A, accessToken: {env: A}, redirect: {queue: 1}, closing: {agent: *wait}}
                                                                                       ^^^^^ error closing.agent.range: `closing.agent` is 30s, less than 60 seconds
            b: {name: B, accessToken: {env: B}, redirect: {queue: 1}, closing: *closing}
            c: {name: C, accessToken: {env: C}, redirect: {queue: 1}, closing: *closing}
        """)
  }

  @Test func `what defaults give to channels of two files is told at the default`() {
    check(
      ProjectFixture.header + """
        defaults: {closing: {bot: 8d}, custom: {callbackURL: "http://a.example/"}, colour: red}
                                  ^^ error closing.bot.range: `closing.bot` is 8d, more than 7 days
                                                             ^^^^^^^^^^^^^^^^^^^ error callbackURL.https: `callbackURL` is plain http
                                                                                   ^^^^^^ error field.unknown: `defaults` has no field `colour`
        channels:
          ok:
            a: {name: A, accessToken: {env: A}, redirect: {queue: 1}}
            ^ note closing.bot.range: this channel takes the default
        """,
      included: """
        channels:
          custom:
            b: {name: B, apiToken: {id: 1}, redirect: {queue: 1}}
            ^ note closing.bot.range: this channel takes the default
            ^ note callbackURL.https: this channel takes the default
        """)
  }

  @Test func `what environments share is told once, and what one overlays at its own place`() {
    check(
      """
      kitform: 1
      account: {name: acme, region: mars, token: {env: T}}
                                    ^^^^ error value.choice: there is no region `mars`
      environments:
        one: {guards: {maxDeletes: -1}, account: {colour: red}}
                                   ^^ error guards.limit: `guards.maxDeletes` is not a whole number
                                                  ^^^^^^ error field.unknown: `account` has no field `colour`
        two: {defaults: {closing: {agent: 30s}, useTags: no}}
                                          ^^^ error closing.agent.range: `closing.agent` is 30s, less than 60 seconds
                                                         ^^ error value.type: `useTags` is a boolean: `true` or `false`
        three: {variables: {wait: 30s}}
                                  ^^^ note closing.agent.range: the value of `wait` comes from `variables`
      variables: {wait: 1h}
      channels:
        ok:
          a: {name: A, accessToken: {env: A}, redirect: {queue: 1}, skills: {russian: 6}}
                                                                                      ^ error skills.level: the level of the skill `russian` is 6
          ^ note closing.agent.range: this channel takes the default
          ^ note value.type: this channel takes the default
      elsewhere note closing.agent.range: in the environment `three`
      elsewhere note guards.limit: in the environment `one`
      elsewhere note field.unknown: in the environment `one`
      elsewhere note closing.agent.range: in the environment `two`
      elsewhere note value.type: in the environment `two`
      """,
      included: """
        channels:
          ok:
            b:
            ^ error field.missing: `ok.b` lacks `redirect`
            ^ note value.type: this channel takes the default
              name: B
              accessToken: literal
                           ^^^^^^^ error secret.literal: `accessToken` is written as a literal
              closing: {agent: "${wait}"}
                               ^^^^^^^^^ error closing.agent.range: `closing.agent` is 30s, less than 60 seconds
        """)
  }
}

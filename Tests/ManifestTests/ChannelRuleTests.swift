import Documents
import Manifest
import Support
import Testing

/// Every rule about one channel's fields, each shown at the place where the finding is.
struct ChannelRuleTests {
  /// Checks a string whose markers are all the findings there are.
  private func check(_ channels: String, location: SourceLocation = #_sourceLocation) {
    let text = MarkedText(ProjectFixture.header + channels)
    #expect(ProjectFixture.mark(text) == text.expected, sourceLocation: location)
  }

  @Test func `a whole channel of each kind has no findings`() {
    check(
      """
      channels:
        ok:
          community:
            name: OK community
            accessToken: {env: OK_COMMUNITY_TOKEN}
            redirect: {queue: Support}
            closing: {agent: 12h, bot: 1h}
            useTags: true
            topicSet: none
            skills: {russian: 3, 7: 2}
            protect: true
        custom:
          partner-bot:
            name: no
            callbackURL: https://bots.example.com/kit
            apiToken: {id: 42, value: {env: PARTNER_API_TOKEN}}
            redirect: {function: 1207}
            skills: {}
      """)
  }

  @Test func `a duration says what is wrong with it and what to write`() {
    check(
      """
      defaults:
        ok: {name: x}
             ^^^^ error field.unknown: `defaults.ok` has no field `name`
      channels:
        ok:
          a: &a
            name: A
            accessToken: {env: A}
            redirect: {queue: 1}
            closing: {agent: 3600, bot: 1:30}
                             ^^^^ error duration.format: `closing.agent` is a number without a unit
                                        ^^^^ error duration.format: `closing.bot` is not a duration
          b: {<<: *a, name: B, accessToken: {env: B}, closing: {agent: 59s, bot: 7d1s}}
                                                                       ^^^ error closing.agent.range: `closing.agent` is 59s, less than 60 seconds
                                                                                 ^^^^ error closing.bot.range: `closing.bot` is 7d1s, more than 7 days
          c: {<<: *a, name: C, accessToken: {env: C}, closing: {agent: 1m30h, bot: "90"}}
                                                                       ^^^^^ error duration.format: `closing.agent` is not a duration
                                                                                   ^^^^ error duration.format: `closing.bot` is a number without a unit
          d: {<<: *a, name: D, accessToken: {env: D}, closing: {agent: 59m60s, bot: 7d}}
          e: {<<: *a, name: E, accessToken: {env: E}, closing: 24h}
                                                               ^^^ error value.type: `closing` is a plain value, but a mapping is wanted
      """)
  }

  @Test func `a switch is true or false, and nothing that older YAML takes for it`() {
    check(
      """
      channels:
        ok:
          a:
            name: A
            accessToken: {env: A}
            redirect: {queue: 1}
            useTags: yes
                     ^^^ error value.type: `useTags` is a boolean: `true` or `false`
            protect: "true"
                     ^^^^^^ error value.type: `protect` is a boolean: `true` or `false`
      """)
  }

  @Test func `an unknown field says which was meant`() {
    check(
      """
      channels:
        ok:
          a:
            name: A
            acessToken: {env: A}
            ^^^^^^^^^^ error field.unknown: `ok` has no field `acessToken`
            accessToken: {env: A}
            redirect: {queu: Support}
                       ^^^^ error field.unknown: `redirect` has no field `queu`
            agent: 12h
            ^^^^^ error field.unknown: `ok` has no field `agent`
      """)
  }

  @Test func `what is missing is said once, at the channel's key`() {
    check(
      """
      channels:
        ok:
          a: {name: A}
          ^ error field.missing: `ok.a` lacks `accessToken` and `redirect`
        custom:
          b:
          ^ error field.missing: `custom.b` has no fields
          c: {name: C, callbackURL: 7, apiToken: {id: 1}, redirect: {queue: 1}}
                                    ^ error callbackURL.form: `callbackURL` is not an absolute https URL
      """)
  }

  @Test func `an empty value offers to clear or to leave`() {
    let text = MarkedText(
      ProjectFixture.header + """
        channels:
          ok:
            a:
              name: A
              accessToken: {env: A}
              redirect: {queue: 1}
              topicSet:
                       ^ error field.empty: `topicSet` has no value
        """)
    #expect(ProjectFixture.mark(text) == text.expected)
    let finding = ProjectFixture.validate(ProjectFixture.project(text.source)).findings.first
    #expect(
      finding?.suggestion == "write `topicSet: none` to clear it, or remove the line to leave it as it is in Kit")
  }

  @Test func `messages go to exactly one queue or function`() {
    check(
      """
      channels:
        ok:
          a: {name: A, accessToken: {env: A}, redirect: {queue: Support, function: 7}}
                                                                         ^^^^^^^^ error redirect.one: `redirect` names `queue` and `function`
          b: {name: B, accessToken: {env: B}, redirect: {}}
                                                        ^^ error redirect.one: `redirect` names neither a queue nor a function
          c: {name: C, accessToken: {env: C}, redirect: Support}
                                                        ^^^^^^^ error redirect.one: `redirect` is a plain value, but a mapping with one key is wanted
      """)
  }

  @Test(arguments: ["010", "1_000", "0x1F", "60:00", "2026-01-01", "1.5", "+7", "1e3", ".inf"])
  func `a reference that some YAML reads as another number or a date wants quotes`(_ spelling: String) {
    let marker = String(repeating: "^", count: spelling.count)
    check(
      """
      channels:
        ok:
          a:
            name: A
            accessToken: {env: A}
            redirect:
              queue: \(spelling)
                     \(marker) error reference.format: `\(spelling)` is neither an id nor clearly a title
            topicSet: "\(spelling)"
      """)
  }

  @Test func `a channel has one topic set`() {
    check(
      """
      channels:
        ok:
          a:
            name: A
            accessToken: {env: A}
            redirect: {queue: Support}
            topicSet: [Retail, Wholesale]
                      ^^^^^^^^^^^^^^^^^^^ error topicSet.one: `topicSet` is a list, but a channel has one topic set
      """)
  }

  @Test func `skills have levels from one to five and stand once`() {
    check(
      """
      channels:
        ok:
          a:
            name: A
            accessToken: {env: A}
            redirect: {queue: Support}
            skills:
              russian: 6
                       ^ error skills.level: the level of the skill `russian` is 6
              english: "3"
                       ^^^ error value.type: the level of the skill `english` is not a whole number
              german: 0
                      ^ error skills.level: the level of the skill `german` is 0
              "caf\\u00e9": 2
              "cafe\\u0301": 2
              ^^^^^^^^^^^^ error skills.repeated: the skill `café` is named twice
      """)
  }

  @Test func `a secret is a reference and its literal is never shown`() {
    check(
      """
      channels:
        ok:
          a: {name: A, accessToken: tkn123, redirect: {queue: 1}}
                                    ^^^^^^ error secret.literal: `accessToken` is written as a literal
          b: {name: B, accessToken: {env: "not a name"}, redirect: {queue: 1}}
                                          ^^^^^^^^^^^^ error secret.form: `env` of `accessToken` is not the name of an environment variable
          c: {name: C, accessToken: {env: A, file: b}, redirect: {queue: 1}}
                                    ^^^^^^^^^^^^^^^^^ error secret.form: `accessToken` is not a secret reference
          d: {name: D, accessToken: {keep: false}, redirect: {queue: 1}}
                                           ^^^^^ error secret.form: `keep` is `true`, or not there
          e: {name: E, accessToken: {file: "${botHost}"}, redirect: {queue: 1}}
                                           ^^^^^^^^^^^^ error variable.place: a secret reference does not take variables
          f: {name: F, accessToken: {file: {env: F}}, redirect: {queue: 1}}
      """)
  }

  @Test func `a callback URL is public, absolute and https`() {
    check(
      """
      channels:
        custom:
          a: {name: A, apiToken: {id: 1}, redirect: {queue: 1}, callbackURL: "http://bots.example.com/"}
                                                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^ error callbackURL.https: `callbackURL` is plain http
          b: {name: B, apiToken: {id: 1}, redirect: {queue: 1}, callbackURL: "https://user:pw@bots.example.com/"}
                                                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error callbackURL.form: `callbackURL` has user info
          c: {name: C, apiToken: {id: 1}, redirect: {queue: 1}, callbackURL: "https://10.0.0.7/"}
                                                                             ^^^^^^^^^^^^^^^^^^^ error callbackURL.address: `callbackURL` names a private address
          d: {name: D, apiToken: {id: 1}, redirect: {queue: 1}, callbackURL: "https://2130706433/"}
                                                                             ^^^^^^^^^^^^^^^^^^^^^ error callbackURL.address: `callbackURL` names a host of digits that is not four dotted decimals
          e: {name: E, apiToken: {id: 1}, redirect: {queue: 1}, callbackURL: "https://169.254.169.254/"}
                                                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^ error callbackURL.address: `callbackURL` names a cloud's metadata service
          f: {name: F, apiToken: {id: 1}, redirect: {queue: 1}, callbackURL: {env: F_URL}}
          g: {name: G, apiToken: {id: 1}, redirect: {queue: 1}, callbackURL: bots.example.com/kit}
                                                                             ^^^^^^^^^^^^^^^^^^^^ error callbackURL.form: `callbackURL` is not an absolute https URL
      """)
  }

  @Test func `an API token is named by id or by name`() {
    check(
      """
      channels:
        custom:
          a: {name: A, apiToken: {id: 1, name: x}, redirect: {queue: 1}, callbackURL: "https://a.example/"}
                                         ^^^^ error value.choice: `apiToken` has both `id` and `name`
          b: {name: B, apiToken: {}, redirect: {queue: 1}, callbackURL: "https://a.example/"}
                                 ^^ error field.missing: `apiToken` names no API token
          c: {name: C, apiToken: 42, redirect: {queue: 1}, callbackURL: "https://a.example/"}
                                 ^^ error value.type: `apiToken` is a plain value, but a mapping with the id or name of an API token is wanted
          d: {name: D, apiToken: {id: "42"}, redirect: {queue: 1}, callbackURL: "https://a.example/"}
                                      ^^^^ error value.type: `apiToken.id` is not a number
          e: {name: E, apiToken: {id: 1, value: literal}, redirect: {queue: 1}, callbackURL: "https://a.example/"}
                                                ^^^^^^^ error secret.literal: `apiToken.value` is written as a literal
      """)
  }

  @Test func `a name has one to 255 characters and none that hide`() {
    let long = String(repeating: "x", count: 256)
    check(
      """
      channels:
        ok:
          a:
            name: ""
                  ^^ error name.length: `name` has 0 characters
            accessToken: {env: A}
            redirect: {queue: 1}
          b:
            name: "b "
                  ^^^^ error name.characters: `name` begins or ends with white space
            accessToken: {env: B}
            redirect: {queue: 1}
          c:
            name: \(long)
                  \(String(repeating: "^", count: 256)) error name.length: `name` has 256 characters
            accessToken: {env: C}
            redirect: {queue: 1}
      """)
  }

  @Test func `kinds and keys are checked at their keys`() {
    check(
      """
      channels:
        okk: {}
        ^^^ error channel.kind: there is no kind of channel `okk`
        ok:
          Community: {name: A, accessToken: {env: A}, redirect: {queue: 1}}
          ^^^^^^^^^ error channel.key: `Community` cannot be a channel's key
          a-: {name: B, accessToken: {env: B}, redirect: {queue: 1}}
          ^^ error channel.key: `a-` cannot be a channel's key
      """)
  }

  @Test func `two channels with one name or one token are warned about`() {
    check(
      """
      channels:
        ok:
          a: {name: A, accessToken: {env: T}, redirect: {queue: 1}}
          b: {name: A, accessToken: {env: T}, redirect: {queue: 1}}
                    ^ warning name.duplicate: `ok.b` and `ok.a` have one name
                                    ^^^^^^^^ warning ok.accessToken.shared: `ok.b` takes the same token as another channel: T
      """)
  }

  @Test func `closing.agent is greater than the waiting time that is assumed`() {
    check(
      """
      assume: {queues: {Support: {maxWaitingTime: 10m}}}
      channels:
        ok:
          a: {name: A, accessToken: {env: A}, redirect: {queue: Support}, closing: {agent: 10m}}
                                                                                           ^^^ error closing.agent.waiting: `closing.agent` of `ok.a` is 10m, not more than the 10m that the queue Support lets customers wait
          b: {name: B, accessToken: {env: B}, redirect: {queue: Support}, closing: {agent: 10m1s}}
          c: {name: C, accessToken: {env: C}, redirect: {queue: Other}, closing: {agent: 1m}}
      """)
  }

  @Test func `a switch of YAML 1.1 is told what YAML 1.2 reads, and a time past all limits its limit`() {
    let findings = ProjectFixture.validate(
      ProjectFixture.project(
        ProjectFixture.header + """
          channels:
            ok:
              a:
                name: A
                accessToken: {env: A}
                redirect: {queue: 1}
                useTags: yes
                protect: "no"
                closing: {agent: 99999999999999999999d}
          """)
    ).findings
    #expect(
      findings.map { "\($0.id): \($0.message); \($0.why ?? ""); \($0.suggestion ?? "")" } == [
        "value.type: `useTags` is a boolean: `true` or `false`; YAML 1.2 reads `yes` as a string; write `true`",
        "value.type: `protect` is a boolean: `true` or `false`; a quoted value is always a string; write `false`, without quotes",
        "closing.agent.range: `closing.agent` is more than 7 days; "
          + "Kit closes conversations after 60 seconds at the least and 7 days at the most; write a time from `1m` to `7d`",
      ])
  }

  @Test func `a channel under a bad key, or one that is taken, is read all the same`() {
    check(
      """
      channels:
        ok:
          B_x: {nam: A, accessToken: lit, redirect: {queue: 1}, closing: {agent: 3}}
          ^^^ error channel.key: `B_x` cannot be a channel's key
                ^^^ error field.unknown: `ok` has no field `nam`
                                     ^^^ error secret.literal: `accessToken` is written as a literal
                                                                                 ^ error duration.format: `closing.agent` is a number without a unit
          C_x:
          ^^^ error channel.key: `C_x` cannot be a channel's key
          ^^^ error field.missing: `ok.C_x` has no fields
          a: {name: A, accessToken: {env: A}, redirect: {queue: 1}}
      ---
      channels:
        ok:
          a: {name: A, accessToken: {env: A}, redirect: {queue: 1}, closing: {agent: 3}}
          ^ error channel.duplicate: `ok.a` appears twice
                                                                                     ^ error duration.format: `closing.agent` is a number without a unit
      """)
  }
}

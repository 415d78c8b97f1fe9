import Documents
import Manifest
import Support
import Testing

/// Rules about the project's sections, its environments, variables and defaults.
struct ProjectRuleTests {
  private func check(_ text: String, location: SourceLocation = #_sourceLocation) {
    let text = MarkedText(text)
    #expect(ProjectFixture.mark(text) == text.expected, sourceLocation: location)
  }

  @Test func `an empty file lacks its version and its account`() {
    let findings = ProjectFixture.validate(ProjectFixture.project("")).findings
    #expect(findings.map(\.id) == ["field.missing", "project.version"])
    #expect(findings.allSatisfy { $0.place?.start == 0 })
  }

  @Test func `sections are known by name and stand once`() {
    check(
      """
      kitform: "1"
               ^^^ error project.version: the manifest version is 1
      account: {name: acme, region: eu, token: {env: T}}
      chanels: {}
      ^^^^^^^ error field.unknown: there is no section `chanels`
      x-mine: [anything, {at: all}]
      guards:
      ^^^^^^ error field.empty: `guards` is empty
      ---
      account: {name: other}
      ^^^^^^^ error project.repeated: `account` appears twice
      """)
  }

  @Test func `the account says what it lacks and which region was meant`() {
    check(
      """
      kitform: 1
      account: {region: ue, token: literal, apiHost: "bad host"}
      ^^^^^^^ error field.missing: `account` lacks `name`
                        ^^ error value.choice: there is no region `ue`
                                   ^^^^^^^ error secret.literal: `account.token` is written as a literal
                                                     ^^^^^^^^^^ error account.host: `account.apiHost` is not a host name
      """)
  }

  @Test func `variables are typed, and unknown ones are found at their place`() {
    check(
      """
      kitform: 1
      account: {name: acme, region: eu, token: {env: T}}
      variables: {fn: 1207, title: "1207", on: true, nested: "${fn}", environment: x, wait: 2h}
                                                             ^^^^^^^ error variable.value: the variable `nested` refers to another variable
                                                                      ^^^^^^^^^^^ error variable.name: `environment` cannot be a variable's name
      channels:
        ok:
          a:
            name: A ${missing}
                  ^^^^^^^^^^^^ error variable.unknown: there is no variable `missing`
            accessToken: {env: A}
            redirect: {function: "${fn}"}
            useTags: "${on}"
            closing: {agent: "${wait}", bot: "${fn}"}
                                             ^^^^^^^ error duration.format: `closing.bot` is a number without a unit
          b:
            name: literal $${fn}
            accessToken: {env: B}
            redirect: {function: "${title}"}
            useTags: "x${on}"
                     ^^^^^^^^ error value.type: `useTags` is a boolean: `true` or `false`
            skills: {"${fn}": 3}
                     ^^^^^^^ error variable.place: a key does not take variables
      """)
  }

  @Test func `a whole-value variable takes the type of its value`() throws {
    let project = ProjectFixture.project(
      ProjectFixture.header + """
        variables: {id: 7, title: "7"}
        channels:
          ok:
            a: {name: A, accessToken: {env: A}, redirect: {queue: "${id}"}, topicSet: "${title}"}
        """)
    let validation = ProjectFixture.validate(project)
    #expect(validation.findings.isEmpty)
    let record = try #require(validation.configurations.first?.records.first)
    guard case .route(.queue, let queue)? = record["redirect"]?.value,
      case .reference(let set)? = record["topicSet"]?.value
    else {
      Issue.record("redirect and topicSet were not read")
      return
    }
    #expect(queue.id == 7 && queue.title == nil)
    #expect(set.id == nil && set.title == "7")
  }

  @Test func `a finding on a default stands there, with a note at each channel`() throws {
    let text = MarkedText(
      ProjectFixture.header + """
        defaults:
          closing: {agent: 3600}
                           ^^^^ error duration.format: `closing.agent` is a number without a unit
        channels:
          ok:
            a: {name: A, accessToken: {env: A}, redirect: {queue: 1}}
            b: {name: B, accessToken: {env: B}, redirect: {queue: 1}}
            c: {name: C, accessToken: {env: C}, redirect: {queue: 1}}
            d: {name: D, accessToken: {env: D}, redirect: {queue: 1}}
            e: {name: E, accessToken: {env: E}, redirect: {queue: 1}, closing: {agent: 2h}}
        """)
    #expect(ProjectFixture.mark(text) == text.expected)
    let finding = try #require(ProjectFixture.validate(ProjectFixture.project(text.source)).findings.first)
    #expect(
      finding.notes.map(\.message) == Array(repeating: "this channel takes the default", count: 3) + [
        "and 1 more channel"
      ])
  }

  @Test func `a default that two kinds share has one count of channels`() throws {
    let project = ProjectFixture.project(
      ProjectFixture.header + """
        defaults:
          closing: {agent: 3600}
        channels:
          ok:
            a: {name: A, accessToken: {env: A}, redirect: {queue: 1}}
            b: {name: B, accessToken: {env: B}, redirect: {queue: 1}}
          custom:
            c: {name: C, callbackURL: "https://b.example/", apiToken: {id: 1}, redirect: {queue: 1}}
            d: {name: D, callbackURL: "https://b.example/", apiToken: {id: 1}, redirect: {queue: 1}}
            e: {name: E, callbackURL: "https://b.example/", apiToken: {id: 1}, redirect: {queue: 1}}
        """)
    let findings = ProjectFixture.validate(project).findings
    #expect(findings.map(\.id) == ["duration.format"])
    #expect(
      findings.first?.notes.map(\.message) == Array(repeating: "this channel takes the default", count: 3) + [
        "and 2 more channels"
      ])
  }

  @Test func `a default too short for two queues is found for each, with every channel that leads there`() {
    let text = MarkedText(
      ProjectFixture.header + """
        assume: {queues: {S: {maxWaitingTime: 10m}, L: {maxWaitingTime: 2h}}}
                                              ^^^ note closing.agent.waiting: the waiting time is assumed here
                                                                        ^^ note closing.agent.waiting: the waiting time is assumed here
        defaults: {closing: {agent: 10m}}
                                    ^^^ error closing.agent.waiting: `closing.agent` is 10m, not more than the 10m that the queue S lets customers wait
                                    ^^^ error closing.agent.waiting: `closing.agent` is 10m, not more than the 2h that the queue L lets customers wait
        channels:
          ok:
            a: {name: A, accessToken: {env: A}, redirect: {queue: S}}
            ^ note closing.agent.waiting: this channel takes the default
            b: {name: B, accessToken: {env: B}, redirect: {queue: L}}
            ^ note closing.agent.waiting: this channel takes the default
            c: {name: C, accessToken: {env: C}, redirect: {queue: S}}
            ^ note closing.agent.waiting: this channel takes the default
            d: {name: D, accessToken: {env: D}, redirect: {queue: S}}
            ^ note closing.agent.waiting: this channel takes the default
            e: {name: E, accessToken: {env: E}, redirect: {queue: S}}
        elsewhere note closing.agent.waiting: and 1 more channel
        """)
    #expect(ProjectFixture.mark(text, notes: true) == text.expected)
  }

  @Test func `closing is filled key by key and a kind's own default wins`() throws {
    let project = ProjectFixture.project(
      ProjectFixture.header + """
        environments: {production: {}, staging: {defaults: {closing: {agent: 5h}}}}
        defaults:
          closing: {agent: 24h, bot: 1h}
          ok: {closing: {bot: 2h}}
        channels:
          ok:
            a: {name: A, accessToken: {env: A}, redirect: {queue: 1}, closing: {agent: 3h}}
          custom:
            b: {name: B, callbackURL: "https://b.example/", apiToken: {id: 1}, redirect: {queue: 1}}
        """)
    let validation = ProjectFixture.validate(project)
    #expect(validation.findings.isEmpty)
    func seconds(_ environment: Int, _ record: Int, _ field: String) -> Int? {
      if case .seconds(let seconds)? = validation.configurations[environment].records[record][field]?.value {
        seconds
      } else {
        nil
      }
    }
    // Records are sorted by address: custom.b, then ok.a.
    #expect(seconds(0, 1, "closing.agent") == 3 * 3600)
    #expect(seconds(0, 1, "closing.bot") == 2 * 3600)
    #expect(seconds(0, 0, "closing.agent") == 24 * 3600)
    #expect(seconds(1, 0, "closing.agent") == 5 * 3600)
    #expect(seconds(1, 0, "closing.bot") == 3600)
  }

  @Test func `environments overlay sections, narrow channels and name what only they get wrong`() throws {
    let project = ProjectFixture.project(
      ProjectFixture.header + """
        environments:
          production: {}
          staging: {account: {name: acme-staging}, variables: {host: s.example}}
          Bad: {}
          odd: {channels: {}}
        channels:
          custom:
            a: {name: A, callbackURL: "https://${host}/", apiToken: {id: 1}, redirect: {queue: 1}}
            b: {name: B, callbackURL: "https://b.example/", apiToken: {id: 1}, redirect: {queue: 1}, only: [staging]}
            c: {name: C, callbackURL: "https://b.example/", apiToken: {id: 1}, redirect: {queue: 1}, only: [stagin]}
        """)
    #expect(project.environments == ["production", "staging", "odd"])
    let validation = ProjectFixture.validate(project)
    #expect(validation.findings.map(\.id) == ["environment.name", "field.unknown", "variable.unknown", "only.unknown"])
    let unknown = try #require(validation.findings.first { $0.id == "variable.unknown" })
    #expect(unknown.notes.last?.message == "in the environments `production` and `odd`")
    let staging = validation.configurations[1]
    #expect(staging.account.name?.value == "acme-staging")
    #expect(staging.records.map(\.address.key).contains("b"))
    #expect(!validation.configurations[0].records.map(\.address.key).contains("b"))
  }

  @Test func `a shared state is refused in a project with environments`() {
    check(
      """
      kitform: 1
      account: {name: acme, region: eu, token: {env: T}}
      environments: {a: {}, b: {}}
      state: {path: states/one.json, encrypt: true}
                    ^^^^^^^^^^^^^^^ error state.shared: all environments would share one state
                                              ^^^^ error state.encrypt: an encrypted state takes a key, and `state.key` is not there
      """)
  }

  @Test func `guards, rules and assumptions are checked`() {
    check(
      """
      kitform: 1
      account: {name: acme, region: eu, token: {env: T}}
      guards: {maxDeletes: -1, maxDeletePercent: 101, drift: ignore, maxDelete: 3}
                           ^^ error guards.limit: `guards.maxDeletes` is not a whole number
                                                 ^^^ error guards.limit: `guards.maxDeletePercent` is not a whole number from 0 to 100
                                                             ^^^^^^ error value.choice: `guards.drift` is `refuse` or `overwrite`
                                                                     ^^^^^^^^^ error field.unknown: `guards` has no field `maxDelete`
      rules: {callbackURL.https: warning, closing.agent.range: off, name.lenght: off}
                                          ^^^^^^^^^^^^^^^^^^^ error rules.documented: the rule `closing.agent.range` cannot be relaxed
                                                                    ^^^^^^^^^^^ error rules.unknown: there is no rule `name.lenght`
      assume:
        queues:
          Support: {maxWaitingTime: 10}
                                    ^^ error duration.format: `assume.queues.Support.maxWaitingTime` is a number without a unit
          Sales: {}
          ^^^^^ error field.missing: `assume.queues.Sales` lacks `maxWaitingTime`
      channels:
        custom:
          a: {name: A, callbackURL: "http://a.example/", apiToken: {id: 1}, redirect: {queue: 1}}
                                    ^^^^^^^^^^^^^^^^^^^ warning callbackURL.https: `callbackURL` is plain http
      """)
  }

  @Test func `adopt, moved and removed are checked against the channels`() {
    check(
      """
      kitform: 1
      account: {name: acme, region: eu, token: {env: T}}
      adopt:
        ok.gone: {uuid: x}
        ^^^^^^^ error adopt.address: `ok.gone` is not in `channels`
        ok.a: {uuid: x, id: 3}
              ^^^^^^^^^^^^^^^^ error adopt.target: `adopt` names the channel for `ok.a` 2 times
        ok: {id: 3}
        ^^ error channel.key: `ok` is not an address
      moved:
        ok.a: custom.old
              ^^^^^^^^^^ error moved.address: `custom.old` and `ok.a` are of different kinds
        ok.new: ok.old
        ^^^^^^ error moved.address: `ok.new` is not in `channels`
        ok.b: ok.a
              ^^^^ error moved.address: `ok.a` is still in `channels`
      removed:
        ok.b: {destroy: true}
        ^^^^ error removed.address: `ok.b` is still in `channels`
        ok.c: true
              ^^^^ error removed.form: `removed` does not say what to do with `ok.c`
      channels:
        ok:
          a: {name: A, accessToken: {env: A}, redirect: {queue: 1}}
          b: {name: B, accessToken: {env: B}, redirect: {queue: 1}}
      """)
  }

  @Test func `a fact stands once, and a variable is written whole`() {
    check(
      """
      kitform: 1
      account: {name: acme, region: eu, token: {env: T}}
      assume: {queues: {Support: {maxWaitingTime: 10m}}}
      removed:
        ok.z: {destroy: true}
      ---
      assume: {queues: {Support: {maxWaitingTime: 11m}}}
                        ^^^^^^^ error assume.repeated: the queue `Support` is assumed twice
      removed:
        ok.z: {destroy: false}
        ^^^^ error refactoring.repeated: `removed` names `ok.z` twice
      channels:
        ok:
          a: {name: "A ${", accessToken: {env: A}, redirect: {queue: 1}}
                    ^^^^^^ error variable.syntax: `${` begins a variable, but no `${name}` follows
      """)
  }

  @Test func `one address moves to one place`() {
    check(
      """
      kitform: 1
      account: {name: acme, region: eu, token: {env: T}}
      moved:
        ok.a: ok.old
        ok.b: ok.old
        ^^^^ error moved.cycle: `ok.old` moves to `ok.a` and to `ok.b`
      channels:
        ok:
          a: {name: A, accessToken: {env: A}, redirect: {queue: 1}}
          b: {name: B, accessToken: {env: B}, redirect: {queue: 1}}
      """)
  }

  @Test func `moves that make a cycle are one finding, and nothing proposes what is written`() {
    check(
      ProjectFixture.header + """
        moved:
          ok.a: ok.q
          ^^^^ error moved.cycle: the moves of `ok.a` and `ok.q` make a cycle
          ok.q: ok.a
          ok.b: ok.c
          ^^^^ error moved.cycle: the moves of `ok.b` and `ok.c` make a cycle
          ok.c: ok.b
          ok.d: ok.a
                ^^^^ error moved.address: `ok.a` is still in `channels`
          ok.e: ok.e
          ^^^^ error moved.cycle: the moves of `ok.e` lead to where they begin
        channels:
          ok:
            a: {name: A, accessToken: {env: A}, redirect: {queue: 1}}
            b: {name: B, accessToken: {env: B}, redirect: {queue: 1}}
            c: {name: C, accessToken: {env: C}, redirect: {queue: 1}}
            d: {name: D, accessToken: {env: D}, redirect: {queue: 1}}
            e: {name: E, accessToken: {env: E}, redirect: {queue: 1}}
        """)
  }

  @Test func `guarded sections stand in kitform.yaml, addresses once in all files`() {
    let project = ProjectFixture.project(
      ProjectFixture.header + "channels: {ok: {a: {name: A, accessToken: {env: A}, redirect: {queue: 1}}}}",
      files: [
        (
          "channels/a.yaml",
          """
          guards: {maxDeletes: 100}
          channels: {ok: {a: {name: A2, accessToken: {env: A2}, redirect: {queue: 1}}}}
          """
        )
      ])
    let findings = ProjectFixture.validate(project).findings
    #expect(findings.map(\.id) == ["project.placement", "channel.duplicate"])
    #expect(findings.allSatisfy { $0.place?.file == 1 })
    #expect(findings.last?.notes.first?.place?.file == 0)
  }

  @Test func `private callbacks are allowed for a local Kit and in the sandbox`() {
    let channel =
      #"channels: {custom: {a: {name: A, callbackURL: "https://10.0.0.7/", apiToken: {id: 1}, redirect: {queue: 1}}}}"#
    let local =
      "kitform: 1\naccount: {name: a, token: {env: T}, apiHost: \"http://127.0.0.1:8080\", messagingHost: \"http://127.0.0.1:8080\"}\n"
    #expect(ProjectFixture.validate(ProjectFixture.project(local + channel)).findings.isEmpty)
    let project = ProjectFixture.project(ProjectFixture.header + channel)
    #expect(ProjectFixture.validate(project).findings.map(\.id) == ["callbackURL.address"])
    #expect(ProjectFixture.validate(project, options: DecodingOptions(isSandbox: true)).findings.isEmpty)
  }

  @Test(arguments: [
    ("channels/**/*.yaml", "channels/a.yaml", true), ("channels/**/*.yaml", "channels/x/y/a.yaml", true),
    ("channels/**/*.yaml", "channels/a.yml", false), ("*.yaml", "a/b.yaml", false), ("**/*.yaml", "a.yaml", true),
    ("a?c/*", "abc/d", true), ("a?c/*", "ac/d", false), ("**", "a/b/c", true),
  ])
  func `include patterns match whole paths`(_ pattern: String, _ path: String, _ matches: Bool) throws {
    #expect(try #require(IncludePattern(pattern)).matches(path) == matches)
  }

  @Test(arguments: ["../x.yaml", "/etc/*.yaml", "a/../../b", ""])
  func `include patterns stay in the project`(_ pattern: String) {
    #expect(IncludePattern(pattern) == nil)
  }
}

import Documents
import Manifest
import Support
import Testing

/// A value that another is before in every environment is read all the same, so that no mistake waits in it.
struct HiddenValueTests {
  private func check(_ text: String, location: SourceLocation = #_sourceLocation) {
    let text = MarkedText(text)
    #expect(ProjectFixture.mark(text, notes: true) == text.expected, sourceLocation: location)
  }

  @Test func `what every environment overlays is checked too`() {
    check(
      """
      kitform: 1
      account: {name: [acme], region: ue, apiHost: "a b", token: literal, profile: [x]}
                      ^^^^^^ error value.type: `account.name` is a list
                                      ^^ error value.choice: there is no region `ue`
                                                   ^^^^^ error account.host: `account.apiHost` is not a host name
                                                                 ^^^^^^^ error secret.literal: `account.token` is written as a literal
                                                                                   ^^^ error value.type: `account.profile` is a list
      state: {path: ../x, key: literal, encrypt: maybe}
                    ^^^^ error state.backend: `state.path` leaves the project's directory
                               ^^^^^^^ error secret.literal: `state.key` is written as a literal
                                                 ^^^^^ error value.type: `state.encrypt` is a boolean: `true` or `false`
      guards: {maxDeletes: many, maxDeletePercent: 101, drift: ignore}
                           ^^^^ error guards.limit: `guards.maxDeletes` is not a whole number
                                                   ^^^ error guards.limit: `guards.maxDeletePercent` is not a whole number from 0 to 100
                                                               ^^^^^^ error value.choice: `guards.drift` is `refuse` or `overwrite`
      defaults: {useTags: yes, closing: {agent: 30}, ok: {protect: on}}
                          ^^^ error value.type: `useTags` is a boolean: `true` or `false`
                                                ^^ error duration.format: `closing.agent` is a number without a unit
                                                                   ^^ error value.type: `protect` is a boolean: `true` or `false`
      assume: {queues: {Support: {maxWaitingTime: 10}}}
                                                  ^^ error duration.format: `assume.queues.Support.maxWaitingTime` is a number without a unit
      adopt: {ok.a: {id: x}}
                         ^ error adopt.target: the id of `adopt` is not a plain whole number
      moved: {ok.a: }
              ^^^^ error moved.address: `moved` does not say which address `ok.a` had
      removed: {ok.z: {destroy: yes}}
                                ^^^ error removed.form: `removed` does not say what to do with `ok.z`
      environments:
        only:
          account: {name: acme, region: eu, apiHost: kit.voximplant.com, token: {env: T}, profile: kit-v3}
          state: {path: x.json, key: {env: K}, encrypt: false}
          guards: {maxDeletes: 1, maxDeletePercent: 10, drift: refuse}
          defaults: {useTags: true, closing: {agent: 1h}, ok: {protect: true}}
          assume: {queues: {Support: {maxWaitingTime: 10m}}}
          adopt: {ok.a: {id: 1}}
          moved: {ok.a: ok.b}
          removed: {ok.z: {destroy: true}}
      channels:
        ok:
          a: {name: A, accessToken: {env: A}, redirect: {queue: 1}}
      """)
  }

  @Test func `a backend that every environment leaves behind is checked, and its settings are not read as another's`() {
    check(
      """
      kitform: 1
      account: {name: acme, region: eu, token: {env: T}}
      state: {backend: tape, path: ../x, key: literal}
                       ^^^^ error state.backend: there is no backend `tape`
      environments: {only: {state: {backend: local, path: x.json, key: {env: K}}}}
      """)
  }

  @Test func `what one environment takes is told there, and once`() {
    check(
      """
      kitform: 1
      account: {name: "${host}", region: ue, token: {env: T}}
                                         ^^ error value.choice: there is no region `ue`
      environments:
        one: {account: {name: acme}}
        two: {variables: {host: acme-two}, account: {region: eu}}
      elsewhere note value.choice: in the environment `one`
      """)
  }

  @Test func `a shared default that each kind replaces is checked`() {
    check(
      ProjectFixture.header + """
        defaults: {useTags: yes, ok: {useTags: true}, custom: {useTags: false}}
                            ^^^ error value.type: `useTags` is a boolean: `true` or `false`
        """)
  }

  @Test func `one environment alone is not asked what the others take`() {
    let project = ProjectFixture.project(
      """
      kitform: 1
      account: {name: "${host}", region: eu, token: {env: T}}
      environments: {one: {account: {name: acme}}, two: {variables: {host: acme-two}}}
      """)
    #expect(Validation(project, environments: ["one"], options: DecodingOptions()).findings.isEmpty)
    #expect(Validation(project, environments: ["two"], options: DecodingOptions()).findings.isEmpty)
  }

  @Test func `a state of its own is one path for one environment`() {
    check(
      ProjectFixture.header + """
        state: {path: "states/${environment}.json"}
        environments:
          one: {}
          two: {state: {path: states/two.json}}
                              ^^^^^^^^^^^^^^^ note state.shared: the other is here
                              ^^^^^^^^^^^^^^^ note state.shared: the other is here
          three: {state: {path: states/two.json}}
                                ^^^^^^^^^^^^^^^ error state.shared: two environments would share one state
          four: {state: {path: states/two.json}}
                               ^^^^^^^^^^^^^^^ error state.shared: two environments would share one state
        elsewhere note state.shared: in the environment `three`
        elsewhere note state.shared: in the environment `four`
        """)
    let single = ProjectFixture.project(ProjectFixture.header + "state: {path: one.json}\n")
    #expect(ProjectFixture.validate(single).findings.isEmpty)
  }

  @Test func `a finding of many environments names five of them`() throws {
    let names = (1...9).map { "e\($0): {variables: {v: 30s}}" }.joined(separator: ", ")
    let project = ProjectFixture.project(
      ProjectFixture.header + """
        environments: {\(names), fine: {variables: {v: 1h}}}
        channels: {ok: {a: {name: A, accessToken: {env: A}, redirect: {queue: 1}, closing: {agent: "${v}"}}}}
        """)
    let finding = try #require(ProjectFixture.validate(project).findings.first)
    #expect(finding.notes.count { $0.message.hasPrefix("the value of `v`") } == 9)
    #expect(finding.notes.last?.message == "in the environments `e1`, `e2`, `e3`, `e4`, `e5` and 4 more")
  }
}

import Documents
import Manifest
import Support
import Testing

/// Titles and ids against what the account says; every finding is at the scalar that names the object.
struct ResolverTests {
  private let facts = AccountFacts([
    .queue: .objects([
      AccountObject(id: 1, title: "Support", maxWaitingTime: 600), AccountObject(id: 2, title: "Sales"),
      AccountObject(id: 3, title: "Twice"), AccountObject(id: 4, title: "Twice"),
    ]),
    .skill: .objects([AccountObject(id: 10, title: "russian"), AccountObject(id: 11, title: "caf\u{E9}")]),
    .topicSet: .objects([AccountObject(id: 20, title: "Retail")]),
    .function: .unavailable("the profile kit-v3 names no method that lists functions"),
  ])

  /// Resolves the channels of a marked text and writes the findings back.
  private func mark(_ text: MarkedText) -> String {
    let project = ProjectFixture.project(text.source)
    let validation = ProjectFixture.validate(project)
    var findings = Findings()
    findings.append(contentsOf: validation.findings)
    for configuration in validation.configurations {
      _ = Resolver(facts).resolve(configuration.records, &findings)
    }
    return text.marked(findings.list.sorted(in: project.sources), in: project.sources)
  }

  @Test func `what the account lacks is found at its name, with the nearest titles`() {
    let text = MarkedText(
      ProjectFixture.header + """
        channels:
          ok:
            a:
              name: A
              accessToken: {env: A}
              redirect: {queue: Suport}
                                ^^^^^^ error account.reference: the account has no queue `Suport`
              topicSet: 99
                        ^^ error account.reference: the account has no topic set with the id 99
              skills: {english: 3, "cafe\\u0301": 2}
                       ^^^^^^^ error account.reference: the account has no skill `english`
            b:
              name: B
              accessToken: {env: B}
              redirect: {queue: Twice}
                                ^^^^^ error account.ambiguous: the account has 2 queues with the title `Twice`
              skills: {russian: 3, 10: 2}
                                   ^^ error skills.repeated: the skill `russian` is named twice, by its title and by its id 10
            c:
              name: C
              accessToken: {env: C}
              redirect: {function: 1207}
                                   ^^^^ warning account.unconfirmed: the account does not confirm 1 function id: the profile kit-v3 names no method that lists functions
            d:
              name: D
              accessToken: {env: D}
              redirect: {function: FAQ}
                                   ^^^ error account.reference: the function `FAQ` cannot be looked up: the profile kit-v3 names no method that lists functions
        """)
    #expect(mark(text) == text.expected)
  }

  @Test func `ids get titles and titles get ids`() throws {
    let project = ProjectFixture.project(
      ProjectFixture.header
        + "channels: {ok: {a: {name: A, accessToken: {env: A}, redirect: {queue: 2}, topicSet: Retail}}}")
    let records = try #require(ProjectFixture.validate(project).configurations.first).records
    var findings = Findings()
    let record = try #require(Resolver(facts).resolve(records, &findings).first)
    #expect(findings.list.isEmpty)
    #expect(Resolver.needs(records) == [.queue, .topicSet])
    guard case .route(.queue, let queue)? = record["redirect"]?.value,
      case .reference(let set)? = record["topicSet"]?.value
    else {
      Issue.record("a value has another form")
      return
    }
    #expect(queue.id == 2 && queue.title == "Sales")
    #expect(set.id == 20 && set.title == "Retail")
  }

  @Test func `closing times are checked for what the plan touches, and warned about elsewhere`() throws {
    let project = ProjectFixture.project(
      ProjectFixture.header + """
        assume: {queues: {Sales: {maxWaitingTime: 5m}, Support: {maxWaitingTime: 9m}}}
        channels:
          ok:
            a: {name: A, accessToken: {env: A}, redirect: {queue: Support}, closing: {agent: 10m}}
            b: {name: B, accessToken: {env: B}, redirect: {queue: Support}}
            c: {name: C, accessToken: {env: C}, redirect: {queue: Sales}, closing: {agent: 6m}}
            d: {name: D, accessToken: {env: D}, redirect: {function: 7}}
        """)
    let configuration = try #require(ProjectFixture.validate(project).configurations.first)
    var findings = Findings()
    let records = Resolver(facts).resolve(configuration.records, &findings)
    var checked = Findings()
    WaitingTimes(facts, assumed: configuration.assumedQueues).check(
      records, current: { address, field in address.key == "b" && field == "closing.agent" ? 60 : nil },
      isTouched: { address, _ in address.key == "a" }, &checked)
    let verdicts = checked.list.map { "\($0.severity) \($0.id)" }
    #expect(verdicts.count { $0 == "error closing.agent.waiting" } == 1)
    #expect(verdicts.count { $0 == "warning closing.agent.waiting" } == 1)
    // The account shows another waiting time than assumed, and none for Sales; functions cannot be checked.
    #expect(verdicts.count { $0 == "warning closing.agent.unchecked" } == 1)
    #expect(verdicts.count { $0 == "info closing.agent.unchecked" } == 2)
  }

  @Test func `without titles ids are the only notation, and the finding says so`() {
    let untitled = AccountFacts([
      .queue: .objects((1...7).map { AccountObject(id: $0, title: nil) }), .skill: .objects([]),
    ])
    let project = ProjectFixture.project(
      ProjectFixture.header + """
        channels:
          ok:
            a: {name: A, accessToken: {env: A}, redirect: {queue: Support}}
            b: {name: B, accessToken: {env: B}, redirect: {queue: 3}}
        """)
    var findings = Findings()
    for configuration in ProjectFixture.validate(project).configurations {
      _ = Resolver(untitled).resolve(configuration.records, &findings)
    }
    #expect(
      findings.list.map(\.message) == [
        "the queue `Support` cannot be looked up: the account shows no title of any queue"
      ])
    #expect(
      findings.list.first?.suggestion
        == "write its numeric id: ids are the only notation here; the account has 1, 2, 3, 4, 5, 6, 7")
  }

  @Test func `a closing time without a known waiting time is unchecked, and said once`() throws {
    let project = ProjectFixture.project(
      ProjectFixture.header + """
        channels:
          ok:
            a: {name: A, accessToken: {env: A}, redirect: {queue: Sales}, closing: {agent: 1m}}
            b: {name: B, accessToken: {env: B}, redirect: {queue: 2}, closing: {agent: 1m}}
            c: {name: C, accessToken: {env: C}, redirect: {queue: 3}}
            d: {name: D, accessToken: {env: D}, redirect: {queue: 4}}
            e: {name: E, accessToken: {env: E}, redirect: {queue: Support}, closing: {agent: 1h}}
        """)
    let configuration = try #require(ProjectFixture.validate(project).configurations.first)
    var findings = Findings()
    let records = Resolver(facts).resolve(configuration.records, &findings)
    var checked = Findings()
    WaitingTimes(facts, assumed: []).check(
      records, current: { address, _ in address.key == "c" ? 60 : nil }, isTouched: { _, _ in true }, &checked)
    #expect(
      checked.list.map { "\($0.severity) \($0.id): \($0.message)" } == [
        "info closing.agent.unchecked: closing times are not checked for the queues `Sales`, `Twice`: no waiting time is known"
      ], "a channel without a closing time has nothing to check")
  }
}

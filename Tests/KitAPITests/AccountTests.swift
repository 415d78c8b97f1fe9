import KitAPI
import KitProfile
import Manifest
import Provisioning
import Testing
import Transport

/// The account's information and the objects that manifests name.
@Suite struct AccountTests {
  @Test func `name and flags are read, an absent flag is unknown`() async throws {
    let transport = ScriptedTransport(
      always: .json("{\"success\": true, \"result\": {\"domain\": {\"name\": \"acme\"}, \"cc_enabled\": true}}"))
    let account = try await TestKit.remote(transport).account()
    #expect(account.name == "acme")
    #expect(account.contactCentre == true)
    #expect(account.functions == nil)
    #expect(transport.requests.map(\.path) == ["/api/v3/account/getAccountInfo"])
    #expect(transport.requests[0].fields.isEmpty)
  }

  @Test func `an account without a name is a failure`() async {
    let remote = TestKit.remote(ScriptedTransport(always: .json("{\"success\": true, \"result\": {}}")))
    let failure = await failure { () throws(RemoteFailure) in try await remote.account() }
    #expect(
      failure?.message.hasSuffix("the account has no `domain.name` or `domain`; no member is there at all") == true,
      "\(failure?.message ?? "")")
  }

  private func serve(_ answers: [String: ScriptedTransport.Answer]) -> ScriptedTransport {
    ScriptedTransport { request, _ in
      answers.first { request.path.hasSuffix($0.key) }?.value ?? .json("<html>", status: 404)
    }
  }

  private func titles(_ listing: AccountFacts.FactListing) -> [String] {
    switch listing {
    case .objects(let objects):
      objects.map { "\($0.id) \($0.title ?? "(untitled)")" + ($0.maxWaitingTime.map { " \($0) s" } ?? "") }
    case .unavailable(let reason): ["unavailable: \(reason)"]
    }
  }

  @Test func `objects are listed by kind, a missing method is told apart from none`() async throws {
    let profile = try TestKit.profile([("  listFunctions: /api/v3/function/searchFunctions\n", "")])
    let transport = serve([
      "searchQueues": .json(
        TestKit.page(
          [
            "{\"id\": 2, \"acd_queue_title\": \"Sales\", \"call_max_waiting_time\": 3}",
            "{\"id\": 1, \"acd_queue_title\": \"Support\", \"im_max_waiting_time\": 5}",
          ], total: 2)),
      "searchSkills": .json(TestKit.page([], total: 0)),
    ])
    let remote = TestKit.remote(transport, profile: profile)
    let facts = try await remote.facts([.queue, .skill, .function, .apiToken, .queue])
    #expect(titles(facts[.queue]) == ["1 Support 300 s", "2 Sales"])
    #expect(titles(facts[.skill]) == [])
    #expect(titles(facts[.function]) == ["unavailable: the profile kit-v3 names no method that lists functions"])
    let line = try #require(profile[.listAPITokens]).line
    #expect(
      titles(facts[.apiToken]) == [
        "unavailable: /api/v3/accessToken/searchTokens is not there (404; the profile kit-v3, line \(line))"
      ])
    #expect(titles(facts[.topicSet]) == ["unavailable: the account was not asked for it"])
    #expect(transport.requests.count == 3)
  }

  @Test func `a refusal is a failure, not an absent method`() async {
    let transport = serve([
      "searchQueues": .json("{\"success\": false, \"result\": {\"error\": \"role\", \"code\": 3}}", status: 403)
    ])
    let remote = TestKit.remote(transport)
    let failure = await failure { () throws(RemoteFailure) in try await remote.facts([.queue]) }
    #expect(failure?.status == 403)
    #expect(failure?.message.contains("list the queues") == true)
  }

  @Test(arguments: [
    ("{\"acd_queue_title\": \"x\"}", "a queue has no `id`; it has `acd_queue_title`"),
    ("{\"id\": 1}", "a queue has no `acd_queue_title`; it has `id`"),
    ("{\"id\": 1, \"acd_queue_title\": 5}", "`acd_queue_title` of a queue is a number or a boolean, not a string"),
  ])
  func `objects of another form are a failure`(_ item: String, _ words: String) async throws {
    let profile = try TestKit.profile([("status: unconfirmed", "status: confirmed")])
    let remote = TestKit.remote(serve(["searchQueues": .json(TestKit.page([item], total: 1))]), profile: profile)
    let failure = await failure { () throws(RemoteFailure) in try await remote.facts([.queue]) }
    #expect(failure?.message.hasSuffix(words) == true)
  }
}

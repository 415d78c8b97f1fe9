import Basics
import Documents
import KitAPI
import KitProfile
import Manifest
import Provisioning
import Testing
import Transport

@Suite struct ChannelEncoderTests {
  private static let done = "{\"success\": true, \"result\": {\"id\": 31, \"channel_uuid\": \"u-31\"}}"

  private func created(_ draft: ChannelDraft, profile: APIProfile = .builtIn) async -> HTTPRequest? {
    let transport = ScriptedTransport(always: .json(Self.done))
    _ = await TestKit.remote(transport, profile: profile).create(draft)
    return transport.requests.first
  }

  private func updated(
    _ draft: ChannelDraft, raw: JSONValue, profile: APIProfile = .builtIn
  ) async -> HTTPRequest? {
    let transport = ScriptedTransport(always: .json(Self.done))
    let current = RemoteChannel(
      id: 31, uuid: "u-31", kind: draft.kind, kindLabel: "x", name: "n", values: [], raw: raw)
    _ = await TestKit.remote(transport, profile: profile).update(current, to: draft)
    return transport.requests.first
  }

  @Test func `a create sends the type and the draft's fields, as one form`() async throws {
    let draft = ChannelDraft(
      kind: TestKit.ok,
      fields: [
        ("name", .text("Ünited & co")), ("accessToken", .secret(.environment("OK"))),
        ("redirect", .route(.queue, Reference(id: 12, title: "Support"))), ("closing.agent", .seconds(7200)),
        ("useTags", .flag(true)), ("topicSet", .reference(Reference(id: 5))),
        ("skills", .levels([.init(Reference(id: 9, title: "billing"), level: 2)])),
      ], secrets: ["accessToken": Secret("tkn:A1")])
    let request = try #require(await created(draft))
    #expect(request.method == "POST")
    #expect(request.scheme == "https")
    #expect(request.host == "kitapi-eu.voximplant.com")
    #expect(request.path == "/api/v3/channel/addChannel")
    #expect(request.query == "domain=acme%20%26%20co")
    #expect(request.headers.first { $0.name == "Content-Type" }?.value == "application/x-www-form-urlencoded")
    #expect(
      String(decoding: request.body, as: UTF8.self) == "access_token=t0ken%2Bsecret%2Fvalue&channel_type=odnoklassniki"
        + "&channel_name=%C3%9Cnited+%26+co&channel_settings=%7B%22api_key%22%3A%22tkn%3AA1%22%7D"
        + "&processing_method=queue&processing_queue=12&agent_close_timeout_sec=7200&use_tags=true&use_topics=true"
        + "&topic_set_id=5&skills=%5B%7B%22skill_id%22%3A9%2C%22level%22%3A2%7D%5D")
  }

  @Test func `an update sends the id and the draft's fields alone`() async throws {
    let draft = ChannelDraft(
      kind: TestKit.custom,
      fields: [
        ("redirect", .route(.function, Reference(id: 88))), ("closing.bot", .seconds(60)), ("useTags", .flag(false)),
        ("topicSet", .cleared), ("skills", .cleared), ("protect", .flag(true)),
      ], secrets: [:])
    let request = try #require(await updated(draft, raw: ["channel_settings": ["x": 1]]))
    #expect(request.path == "/api/v3/channel/updateChannel")
    #expect(
      request.fields == [
        "id=31", "processing_method=function", "processing_function=88", "bot_close_timeout_sec=60", "use_tags=false",
        "use_topics=false", "skills=[]",
      ])
  }

  @Test func `what else stands in a nested object goes back as it was`() async throws {
    let draft = ChannelDraft(
      kind: TestKit.custom, fields: [("callbackURL", .text("https://new.example"))], secrets: [:])
    let raw: JSONValue = [
      "channel_settings": [
        "odd": [1, .number("2.50"), .null], "url": "https://old.example", "token_id": 4, "nested": ["a": true],
      ], "other": 1,
    ]
    let request = try #require(await updated(draft, raw: raw))
    #expect(
      request.fields == [
        "id=31",
        #"channel_settings={"odd":[1,2.50,null],"url":"https://new.example","token_id":4,"nested":{"a":true}}"#,
      ])
  }

  @Test func `a value from a secret reference is sent, a kept one is not`() async throws {
    let draft = ChannelDraft(
      kind: TestKit.custom,
      fields: [
        ("callbackURL", .secret(.environment("URL"))), ("apiToken", .credential(Reference(id: 4), value: .keep)),
      ], secrets: ["callbackURL": Secret("https://bots.example/s3cret")])
    let request = try #require(await updated(draft, raw: ["channel_settings": .object([])]))
    #expect(
      request.fields == ["id=31", #"channel_settings={"url":"https://bots.example/s3cret","token_id":4}"#])
    let keep = ChannelDraft(
      kind: TestKit.ok, fields: [("name", .text("n")), ("accessToken", .secret(.keep))], secrets: [:])
    #expect(try #require(await updated(keep, raw: .object([]))).fields == ["id=31", "channel_name=n"])
  }

  @Test func `a delete sends the id alone`() async throws {
    let transport = ScriptedTransport(always: .json("{\"success\": true, \"result\": 1}"))
    let attempt = await TestKit.remote(transport).delete(ChannelIdentity(id: 31, uuid: nil))
    guard case .done = attempt.outcome else {
      Issue.record("\(attempt.outcome)")
      return
    }
    #expect(transport.requests.map(\.path) == ["/api/v3/channel/deleteChannel"])
    #expect(transport.requests[0].fields == ["id=31"])
  }

  @Test func `what cannot be sent is refused before the first call`() async throws {
    let minutes = try TestKit.profile([("  unit: seconds\n", "  unit: minutes\n")])
    let cases: [(ChannelDraft, APIProfile, String)] = [
      (
        ChannelDraft(kind: TestKit.ok, fields: [("closing.agent", .seconds(90))], secrets: [:]), minutes,
        "closing.agent is 90 seconds, which is not a whole number of minutes"
      ),
      (
        ChannelDraft(kind: TestKit.ok, fields: [("accessToken", .secret(.environment("A")))], secrets: [:]), .builtIn,
        "the value of accessToken is not there"
      ),
      (
        ChannelDraft(kind: TestKit.ok, fields: [("topicSet", .reference(Reference(title: "T")))], secrets: [:]),
        .builtIn, "topicSet has no id"
      ),
    ]
    for (draft, profile, words) in cases {
      let transport = ScriptedTransport(always: .json(Self.done))
      let attempt = await TestKit.remote(transport, profile: profile).create(draft)
      guard case .refused(let failure) = attempt.outcome else {
        Issue.record("\(attempt.outcome)")
        continue
      }
      #expect(failure.message.hasSuffix(words), "\(failure.message)")
      #expect(attempt.calls == 0)
      #expect(transport.requests.isEmpty)
    }
  }

  @Test func `a renamed profile writes and reads back under its own names`() async throws {
    let profile = try TestKit.profile([
      ("{name: domain, in: query}", "{name: konto, in: body}"), ("{name: access_token}", "{name: schluessel}"),
      ("createChannel: /api/v3/channel/addChannel", "createChannel: /v9/kanal/neu"),
      ("type: channel_type\n", "type: meta.art\n"), ("uuid: channel_uuid\n", "uuid: kennung\n"),
      ("type: odnoklassniki\n", "type: gruppe\n"), ("name: channel_name", "name: titel"),
      ("  unit: seconds\n", "  unit: minutes\n"),
      ("closing.agent: agent_close_timeout_sec", "closing.agent: zeiten.mensch"),
      ("{word: queue, read: processing_queue.id, write: processing_queue, unused: -1}", "{word: q, at: ziel.schlange}"),
      ("method: processing_method\n", "method: ziel.art\n"),
      ("{on: \"true\", off: \"false\"}", "{on: ja, off: nein}"), ("useTags: use_tags", "useTags: marken"),
    ])
    let draft = ChannelDraft(
      kind: TestKit.ok,
      fields: [
        ("name", .text("N")), ("redirect", .route(.queue, Reference(id: 2))), ("closing.agent", .seconds(600)),
        ("useTags", .flag(true)),
      ], secrets: [:])
    let request = try #require(await created(draft, profile: profile))
    #expect(request.path == "/v9/kanal/neu")
    #expect(request.query == "")
    #expect(
      request.fields == [
        "schluessel=t0ken+secret/value", "konto=acme & co", #"meta={"art":"gruppe"}"#, "titel=N",
        #"ziel={"art":"q","schlange":2}"#, #"zeiten={"mensch":10}"#, "marken=ja",
      ])

    let wire = """
      {"id": 1, "kennung": "k", "meta": {"art": "gruppe"}, "titel": "N", "ziel": {"art": "q", "schlange": 2},
      "zeiten": {"mensch": 10}, "marken": "ja"}
      """
    let remote = TestKit.remote(
      ScriptedTransport(always: .json(TestKit.page([wire], total: 1))), profile: profile)
    let channel = try #require(try await remote.channels().first)
    for (name, value) in draft.fields {
      let slot = try #require(TestKit.ok.index(of: name))
      #expect(channel.values[slot]?.isSame(as: value) == true, "\(name)")
    }
  }
}

import Basics
import Documents
import KitAPI
import KitProfile
import Manifest
import Provisioning
import Testing

@Suite struct ChannelReaderTests {
  private func read(_ channels: String..., profile: APIProfile = .builtIn) async throws -> [RemoteChannel] {
    let transport = ScriptedTransport(always: .json(TestKit.page(channels, total: channels.count)))
    return try await TestKit.remote(transport, profile: profile).channels()
  }

  private static let full = """
    {"id": 7, "channel_uuid": "u-7", "channel_type": "odnoklassniki", "channel_name": "OK \\u0041",
    "processing_method": "queue", "processing_queue": {"id": 12, "name": "Support"}, "processing_function": null,
    "agent_close_timeout_sec": 3600, "bot_close_timeout_sec": "600", "use_tags": true, "use_topics": true,
    "topic_set_id": 5, "skills": [{"skill_id": 9, "level": 2, "skill_name": "Zeta"}, {"skill_id": 3, "level": 5}],
    "channel_settings": {"api_key": "tkn:hidden", "security_salt": "salty", "colour": "blue"},
    "extra": {"deep": [{"password": "hidden too", "kept": 1}]}, "updated_at": "2026-01-01"}
    """

  @Test func `every field is read into its slot`() async throws {
    let channel = try #require(try await read(Self.full).first)
    #expect(channel.id == 7)
    #expect(channel.uuid == "u-7")
    #expect(channel.kind === TestKit.ok)
    #expect(channel.kindLabel == "odnoklassniki")
    #expect(channel.name == "OK A")
    func value(_ field: String) -> JSONValue? { TestKit.ok.index(of: field).flatMap { channel.values[$0] }?.json }
    #expect(value("name") == "OK A")
    #expect(value("accessToken") == nil)
    #expect(value("redirect") == ["queue": ["id": 12]])
    #expect(value("closing.agent") == 3600)
    #expect(value("closing.bot") == 600)
    #expect(value("useTags") == true)
    #expect(value("topicSet") == ["id": 5])
    #expect(value("skills") == [["id": 3, "level": 5], ["id": 9, "title": "Zeta", "level": 2]])
    #expect(value("protect") == nil)
  }

  @Test func `fields that the account shows in another form are noted, absent ones are not`() async throws {
    let channel = try #require(
      try await read(
        """
        {"id": 1, "channel_uuid": "u", "channel_type": "odnoklassniki", "channel_name": "n", "use_tags": "maybe",
        "skills": [{"id": 41, "level": 1}], "agent_close_timeout_sec": null}
        """
      ).first)
    #expect(channel.misread.map { TestKit.ok.fields[$0].name } == ["useTags", "skills"])
    #expect(try await read(Self.full).first?.misread == [])
  }

  @Test func `secrets, the salt and what changes by itself are dropped, the rest stays`() async throws {
    let channel = try #require(try await read(Self.full).first)
    let text = CanonicalJSON.text(channel.raw)
    for hidden in ["hidden", "salty", "api_key", "security_salt", "password", "updated_at"] {
      #expect(!text.contains(hidden))
    }
    #expect(channel.raw["channel_settings"] == ["colour": "blue"])
    #expect(channel.raw["extra"] == ["deep": [["kept": 1]]])
    #expect(channel.raw["processing_queue"] == ["id": 12, "name": "Support"])
    #expect(!String(reflecting: channel).contains("hidden"))
  }

  @Test func `a secret field is dropped under whatever name the profile gives it`() async throws {
    let profile = try TestKit.profile([
      ("accessToken: channel_settings.api_key", "accessToken: {read: conf.gruppe, write: schreib.gruppe}")
    ])
    let channel = try #require(
      try await read(
        """
        {"id": 1, "channel_uuid": "u", "channel_type": "odnoklassniki", "channel_name": "n", "gruppe": 1,
        "conf": {"gruppe": "hidden", "x": 1}, "schreib": {"gruppe": "hidden"}}
        """, profile: profile
      ).first)
    #expect(channel.raw["conf"] == ["x": 1])
    #expect(channel.raw["schreib"] == .object([]))
    #expect(channel.raw["gruppe"] == 1)
  }

  @Test func `an unknown kind and unknown fields survive as they are`() async throws {
    let channel = try #require(
      try await read(
        """
        {"id": 3, "channel_uuid": null, "channel_type": "telegram", "channel_name": "TG", "odd": [1, 2.50, null, true]}
        """
      ).first)
    #expect(channel.kind == nil)
    #expect(channel.kindLabel == "telegram")
    #expect(channel.name == "TG")
    #expect(channel.values.isEmpty)
    #expect(channel.raw["odd"] == [1, .number("2.50"), .null, true])
  }

  @Test func `a queue that is not in use is no route`() async throws {
    let function = try #require(
      try await read(
        """
        {"id": 1, "channel_uuid": "u", "channel_type": "custom", "channel_name": "n", "processing_method": "function",
        "processing_queue": {"id": -1}, "processing_function": 88}
        """
      ).first)
    let none = try #require(
      try await read(
        """
        {"id": 1, "channel_uuid": "u", "channel_type": "custom", "channel_name": "n", "processing_method": "queue",
        "processing_queue": {"id": -1}, "processing_function": 88}
        """
      ).first)
    let slot = try #require(TestKit.custom.index(of: "redirect"))
    #expect(function.values[slot]?.json == ["function": ["id": 88]])
    #expect(none.values[slot] == nil)
  }

  @Test func `a topic set is none while its switch is off, whatever id is stored`() async throws {
    let channel = try #require(
      try await read(
        """
        {"id": 1, "channel_uuid": "u", "channel_type": "custom", "channel_name": "n", "use_topics": false,
        "topic_set_id": 5, "skills": [], "use_tags": 0, "channel_settings": {"url": "https://b.example/x", "token_id": 4}}
        """
      ).first)
    func value(_ field: String) -> JSONValue? { TestKit.custom.index(of: field).flatMap { channel.values[$0] }?.json }
    #expect(value("topicSet") == .null)
    #expect(value("skills") == .null)
    #expect(value("useTags") == false)
    #expect(value("callbackURL") == "https://b.example/x")
    #expect(value("apiToken") == ["id": 4])
    #expect(value("closing.agent") == nil)
  }

  @Test(arguments: [
    ("{\"channel_uuid\": \"u\", \"channel_type\": \"custom\", \"channel_name\": \"n\"}", "a channel has no `id`"),
    (
      "{\"id\": -1, \"channel_uuid\": \"u\", \"channel_type\": \"custom\", \"channel_name\": \"n\"}",
      "`id` of a channel is a number or a boolean, not a whole number from 1"
    ),
    (
      "{\"id\": \"0\", \"channel_uuid\": \"u\", \"channel_type\": \"custom\", \"channel_name\": \"n\"}",
      "`id` of a channel is a string, not a whole number from 1"
    ),
    ("{\"id\": 1, \"channel_type\": \"custom\", \"channel_name\": \"n\"}", "a channel has no `channel_uuid`"),
    ("{\"id\": 1, \"channel_uuid\": \"u\", \"channel_name\": \"n\"}", "a channel has no `channel_type`"),
    ("{\"id\": 1, \"channel_uuid\": \"u\", \"channel_type\": \"custom\"}", "a channel has no `channel_name`"),
    ("[1]", "a channel has no `id`"), ("null", "a channel has no `id`"),
  ])
  func `a listing of another form is a failure, never an empty account`(_ item: String, _ words: String) async {
    let remote = TestKit.remote(ScriptedTransport(always: .json(TestKit.page([item], total: 1))))
    let failure = await failure { () throws(RemoteFailure) in try await remote.channels() }
    #expect(failure?.message.contains("says: \(words)") == true, "\(failure?.message ?? "none")")
  }

  @Test func `the precondition counts neither order nor secrets nor what changes by itself`() async throws {
    func precondition(_ rest: String) async throws -> String? {
      try await read(
        "{\"id\": 1, \"channel_uuid\": \"u\", \"channel_type\": \"custom\", \"channel_name\": \"n\", \(rest)}"
      ).first?.precondition
    }
    let base = try #require(try await precondition("\"a\": 1, \"b\": {\"x\": 1, \"y\": 2}"))
    #expect(base.utf8.count == 64)
    #expect(try await precondition("\"b\": {\"y\": 2, \"x\": 1}, \"a\": 1") == base)
    #expect(try await precondition("\"a\": 1, \"b\": {\"x\": 1, \"y\": 2, \"secret\": 9}, \"status\": 4") == base)
    #expect(try await precondition("\"a\": 2, \"b\": {\"x\": 1, \"y\": 2}") != base)
    #expect(try await precondition("\"a\": 1, \"b\": {\"x\": 1}") != base)
  }

  /// What stays of a value, said in the plainest way.
  private func kept(_ value: JSONValue, _ path: [String]) -> JSONValue {
    switch value {
    case .array(let items): .array(items.map { kept($0, path) })
    case .object(let members):
      .object(
        members.filter { member in
          !["password", "status"].contains(member.key) && path + [member.key] != ["deep", "er", "salt"]
        }.map { .init($0.key, kept($0.value, path + [$0.key])) })
    default: value
    }
  }

  private func sample(_ depth: Int, _ generator: inout some RandomNumberGenerator) -> JSONValue {
    switch Int.random(in: 0..<(depth > 4 ? 3 : 6), using: &generator) {
    case 0: return .integer(Int.random(in: -9...9, using: &generator))
    case 1: return .string(["password", "salt", "\u{e9}\n\"", ""].randomElement(using: &generator) ?? "")
    case 2: return [.null, true, .number("1.50")].randomElement(using: &generator) ?? .null
    case 3:
      return .array((0..<Int.random(in: 0...3, using: &generator)).map { _ in sample(depth + 1, &generator) })
    default:
      let names = ["password", "status", "deep", "er", "salt", "x"].shuffled(using: &generator)
      return .object(
        names.prefix(Int.random(in: 0...6, using: &generator)).map { .init($0, sample(depth + 1, &generator)) })
    }
  }

  @Test func `whatever an object looks like, exactly the dropped members are missing`() async throws {
    let profile = try TestKit.profile([("  salt: channel_settings.security_salt\n", "  salt: deep.er.salt\n")])
    var generator = SeededGenerator(state: 41)
    var items: [JSONValue] = []
    for id in 1...50 {
      var members: [JSONValue.Member] = [
        .init("id", .integer(id)), .init("channel_uuid", "u"), .init("channel_type", "viber"),
      ]
      for name in ["deep", "status", "password", "a", "b"].shuffled(using: &generator) {
        members.insert(
          .init(name, sample(0, &generator)), at: Int.random(in: 0...members.count, using: &generator))
      }
      items.append(.object(members))
    }
    for isPretty in [false, true] {
      let texts = items.map { CanonicalJSON.text($0, pretty: isPretty) }
      let transport = ScriptedTransport(always: .json(TestKit.page(texts, total: texts.count)))
      let channels = try await TestKit.remote(transport, profile: profile).channels()
      #expect(channels.map(\.raw) == items.map { kept($0, []) })
    }
  }

  @Test func `salts are read only when asked for`() async throws {
    let transport = ScriptedTransport(
      always: .json(TestKit.page([Self.full, TestKit.channel(8)], total: 2)))
    let salts = try await TestKit.remote(transport).salts()
    let uuid = try #require(try await TestKit.remote(transport).channels().first { $0.id == 7 }?.uuid)
    #expect(Array(salts.keys) == [uuid], "an id may be that of another account's channel")
    #expect(salts[uuid]?.reveal { $0 } == "salty")
  }
}

/// A small generator whose numbers are the same in every run (SplitMix64).
private struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

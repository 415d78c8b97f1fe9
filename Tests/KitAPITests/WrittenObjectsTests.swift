import Basics
import Documents
import KitAPI
import KitProfile
import Manifest
import Provisioning
import Synchronization
import Testing
import Transport

@Suite struct WrittenObjectsTests {
  private static func channel(_ settings: JSONValue, type: String = "custom") -> JSONValue {
    [
      "id": 31, "channel_uuid": "u-31", "channel_type": .string(type), "channel_name": "Bot",
      "channel_settings": settings,
    ]
  }

  private static let url = ChannelDraft(
    kind: TestKit.custom, fields: [("callbackURL", .text("https://new.example"))], secrets: [:])

  private static let full: JSONValue = [
    "url": "https://old.example", "token_id": 4, "security_salt": "5a17-0f-bot", "api_key": "k3y!",
    "status": "active", "odd": [1, .null, ["password": "pa55word"]], "nothing": .null,
  ]

  /// Lists, updates, and returns what the account has then, with the verdict.
  private func update(
    _ kit: ReplacingKit, _ draft: ChannelDraft, profile: APIProfile = .builtIn
  ) async throws -> (settings: JSONValue?, failure: RemoteFailure?) {
    let remote = TestKit.remote(kit, profile: profile)
    let channel = try #require(try await remote.channels().first)
    switch await remote.update(channel, to: draft).outcome {
    case .done: return (kit.channels[0]["channel_settings"], nil)
    case .refused(let failure), .unknown(let failure): return (kit.channels[0]["channel_settings"], failure)
    case .keptBack: return (nil, nil)
    }
  }

  private func replacing(_ object: JSONValue, _ key: String, _ value: JSONValue?) -> JSONValue {
    guard case .object(let members) = object else { return object }
    return .object(members.compactMap { $0.key == key ? value.map { .init(key, $0) } : $0 })
  }

  @Test func `an object goes back with its secret and volatile members`() async throws {
    let (settings, failure) = try await update(ReplacingKit([Self.channel(Self.full)]), Self.url)
    #expect(failure == nil)
    #expect(settings == replacing(Self.full, "url", "https://new.example"))
  }

  @Test(arguments: [
    "*", "•••", "xxxx", "ab***", "tail•••", "seexxx", "****abcd", "ab***cd", "•••1234", "xxx-12", "XXXX1234",
    "[REDACTED]",
    "<hidden>",
  ])
  func `a masked value is never written back, and the update is refused before it leaves`(_ mask: String) async throws {
    for name in ["security_salt", "api_key", "status"] {
      let kit = ReplacingKit([Self.channel(Self.full)]) { shown in
        guard case .object(let members) = shown, let settings = shown["channel_settings"] else { return shown }
        let masked = replacing(settings, name, .string(mask))
        return .object(members.map { $0.key == "channel_settings" ? .init($0.key, masked) : $0 })
      }
      let (settings, failure) = try await update(kit, Self.url)
      #expect(settings == Self.full)
      #expect(failure?.message.contains("the account does not show") == true, "\(String(describing: failure))")
      #expect(kit.paths == ["searchChannels"])
      var accepting = Self.url
      accepting.acceptedLosses = [name == "security_salt" ? "salt" : "channel_settings.\(name)"]
      let (accepted, none) = try await update(kit, accepting)
      #expect(none == nil)
      #expect(accepted == replacing(replacing(Self.full, name, nil), "url", "https://new.example"))
    }
  }

  @Test(arguments: ["ab**cd", "…abcd", "ab•cd", "####", "12##", "hidden", "REDACTED", "<your token>", "(write-only)"])
  func `where a secret is expected, a slighter mask counts, and elsewhere it is a text like others`(
    _ mask: String
  ) async throws {
    for name in ["security_salt", "api_key"] {
      let settings = replacing(Self.full, name, .string(mask))
      let (_, failure) = try await update(ReplacingKit([Self.channel(settings)]), Self.url)
      #expect(failure?.message.contains("the account does not show") == true)
    }
    let settings = replacing(Self.full, "status", .string(mask))
    let (written, failure) = try await update(ReplacingKit([Self.channel(settings)]), Self.url)
    #expect(failure == nil && written?["status"] == .string(mask))
  }

  @Test(arguments: ["https://a.example/x/y", "a*b", "s*p*r", "axxxb", "tkn1:2f3c", "5a17-0f-bot", "xx-1", "a#b"])
  func `a value with a star or a cross in it goes back as it is`(_ text: String) async throws {
    for name in ["security_salt", "api_key", "status"] {
      let settings = replacing(Self.full, name, .string(text))
      let (written, failure) = try await update(ReplacingKit([Self.channel(settings)]), Self.url)
      #expect(failure == nil && written?[name] == .string(text))
    }
  }

  @Test func `a masked salt is not given out as a salt`() async throws {
    let settings = replacing(Self.full, "security_salt", "****abcd")
    #expect(try await TestKit.remote(ReplacingKit([Self.channel(settings)])).salts().isEmpty)
  }

  @Test func `a secret that is null or empty is not written back, and one that no field needs is no loss`() async throws
  {
    let odd = replacing(replacing(Self.full, "api_key", ""), "security_salt", .null)
    let (settings, failure) = try await update(ReplacingKit([Self.channel(odd)]), Self.url)
    #expect(failure == nil)
    #expect(settings?["api_key"] == nil && settings?["security_salt"] == nil)
    #expect(settings?["nothing"] == .null)
  }

  @Test func `where the profile merges objects, the changed members alone are sent`() async throws {
    let profile = try TestKit.profile([("  update: replace\n", "  update: merge\n")])
    let (settings, _) = try await update(ReplacingKit([Self.channel(Self.full)]), Self.url, profile: profile)
    #expect(settings == ["url": "https://new.example"])
  }

  @Test func `a read-only member is never sent`() async throws {
    let profile = try TestKit.profile([
      ("  update: replace\n", "  update: replace\n  readOnly: [status, channel_settings.odd]\n")
    ])
    let (settings, _) = try await update(ReplacingKit([Self.channel(Self.full)]), Self.url, profile: profile)
    #expect(settings?["odd"] == nil && settings?["status"] == nil)
    #expect(settings?["security_salt"] == "5a17-0f-bot")
  }

  @Test func `an object that is read under another name is written whole under its own`() async throws {
    let profile = try TestKit.profile([
      ("callbackURL: channel_settings.url", "callbackURL: {read: shown.address, write: channel_settings.url}"),
      ("apiToken: channel_settings.token_id", "apiToken: {read: shown.token, write: channel_settings.token_id}"),
    ])
    var members: [JSONValue.Member] = []
    if case .object(let all) = Self.channel(.null) { members = all.filter { $0.key != "channel_settings" } }
    members.append(.init("shown", ["address": "https://old.example", "token": 4, "colour": "red", "api_key": "k3y!"]))
    let (settings, _) = try await update(ReplacingKit([.object(members)]), Self.url, profile: profile)
    #expect(settings?["url"] == "https://new.example" && settings?["token_id"] == 4)
    #expect(settings?["colour"] == "red" && settings?["api_key"] == "k3y!")
    #expect(settings?["address"] == nil && settings?["token"] == nil)
  }

  @Test func `a route inside an object keeps the object's other members`() async throws {
    let profile = try TestKit.profile([
      (
        "{word: queue, read: processing_queue.id, write: processing_queue, unused: -1}",
        "{word: queue, at: target.queue}"
      ),
      ("{word: function, at: processing_function}", "{word: function, at: target.function}"),
      ("method: processing_method\n", "method: target.kind\n"),
    ])
    var channel = Self.channel(.object([]))
    if case .object(let members) = channel {
      channel = .object(members + [.init("target", ["kind": "queue", "queue": 3, "note": "by hand"])])
    }
    let kit = ReplacingKit([channel])
    let draft = ChannelDraft(
      kind: TestKit.custom, fields: [("redirect", .route(.function, Reference(id: 8)))], secrets: [:])
    _ = try await update(kit, draft, profile: profile)
    #expect(kit.channels[0]["target"] == ["kind": "function", "note": "by hand", "function": 8])
  }

  @Test(arguments: [
    "{read: [shown_url, channel_settings.url], write: channel_settings.url}",
    "{read: [channel_settings.shown, channel_settings.url], write: channel_settings.url}",
  ])
  func `an alternative that is null or another member never takes a value away`(_ form: String) async throws {
    let profile = try TestKit.profile([("callbackURL: channel_settings.url", "callbackURL: \(form)")])
    let token = ChannelDraft(
      kind: TestKit.custom, fields: [("apiToken", .credential(Reference(id: 43), value: nil))], secrets: [:])
    for shown: JSONValue? in [nil, .null, "https://old.example"] {
      guard case .object(let members) = Self.full, case .object(let all) = Self.channel(Self.full) else { return }
      let settings = JSONValue.object(members + (shown.map { [.init("shown", $0)] } ?? []))
      let channel = JSONValue.object(
        all.map { $0.key == "channel_settings" ? .init($0.key, settings) : $0 }
          + (shown.map { [.init("shown_url", $0)] } ?? []))
      let (after, failure) = try await update(ReplacingKit([channel]), token, profile: profile)
      #expect(failure == nil)
      #expect(after == replacing(settings, "token_id", 43), "\(String(describing: shown))")
    }
  }

  @Test(arguments: ["text", [1, 2], 7] as [JSONValue])
  func `another value in the object's place is not replaced without a word`(_ value: JSONValue) async throws {
    let kit = ReplacingKit([Self.channel(value, type: "odnoklassniki")])
    let token = ChannelDraft(
      kind: TestKit.ok, fields: [("accessToken", .secret(.environment("T")))],
      secrets: ["accessToken": Secret("tkn-new")])
    let (settings, failure) = try await update(kit, token)
    #expect(settings == value && failure?.message.contains("channel_settings") == true)
  }

  private static let newToken = ChannelDraft(
    kind: TestKit.ok, fields: [("accessToken", .secret(.environment("T")))], secrets: ["accessToken": Secret("tkn-new")]
  )

  /// A channel whose listing has null in the place of its settings, or nothing.
  private static func unseen(_ isNull: Bool) -> @Sendable (JSONValue) -> JSONValue {
    { channel in
      guard case .object(let members) = channel else { return channel }
      return .object(
        members.compactMap { $0.key != "channel_settings" ? $0 : isNull ? .init($0.key, .null) : nil })
    }
  }

  @Test(arguments: [false, true])
  func `an object that the listing does not show is not overwritten unless the loss is accepted`(
    _ isNull: Bool
  ) async throws {
    let settings: JSONValue = ["api_key": "tkn-old", "group": 7]
    let kit = ReplacingKit([Self.channel(settings, type: "odnoklassniki")], display: Self.unseen(isNull))
    let channel = try #require(try await TestKit.remote(kit).channels().first)
    #expect(
      TestKit.remote(kit).hidden(channel, writing: Self.newToken.fields)
        == [HiddenMember("channel_settings", isCertain: true), HiddenMember("accessToken", isCertain: true)])
    #expect(TestKit.remote(kit).hidden(channel, writing: [("name", .text("Bot"))]).isEmpty)
    let (kept, failure) = try await update(kit, Self.newToken)
    #expect(kept == settings && kit.paths.last == "searchChannels")
    #expect(failure?.message.contains("channel_settings") == true, "\(String(describing: failure))")

    let merge = try TestKit.profile([("  update: replace\n", "  update: merge\n")])
    #expect(TestKit.remote(kit, profile: merge).hidden(channel, writing: Self.newToken.fields).isEmpty)

    var accepting = Self.newToken
    accepting.acceptedLosses = ["channel_settings"]
    let (after, none) = try await update(kit, accepting)
    #expect(none == nil && after == ["api_key": "tkn-new"])
  }

  @Test func `an object that is shown empty is written with the new value alone`() async throws {
    let kit = ReplacingKit([Self.channel(.object([]), type: "odnoklassniki")])
    let (after, failure) = try await update(kit, Self.newToken)
    #expect(failure == nil && after == ["api_key": "tkn-new"])
  }

  @Test func `an object that only the reading of one channel shows is judged by that reading`() async throws {
    let profile = try TestKit.profile([
      ("  listChannels: ", "  readChannel: /api/v3/channel/readChannel\n  listChannels: ")
    ])
    let settings: JSONValue = ["api_key": "tkn-old", "group": 7]
    let full = Self.channel(settings, type: "odnoklassniki")
    let kit = ReplacingKit([full], display: Self.unseen(false), readDisplay: { $0 })
    let channel = try #require(try await TestKit.remote(kit, profile: profile).channels().first)
    #expect(
      TestKit.remote(kit, profile: profile).hidden(channel, writing: Self.newToken.fields).allSatisfy { !$0.isCertain })
    let (after, failure) = try await update(kit, Self.newToken, profile: profile)
    #expect(failure == nil && after == ["api_key": "tkn-new", "group": 7])

    let silent = ReplacingKit([full], display: Self.unseen(false))
    let (kept, refusal) = try await update(silent, Self.newToken, profile: profile)
    #expect(kept == settings && silent.paths == ["searchChannels", "readChannel"])
    #expect(refusal?.message.contains("channel_settings") == true)
  }

  @Test func `the canary sees a member that changes by itself and vanishes`() async throws {
    let kit = ReplacingKit([Self.channel(Self.full)])
    let remote = TestKit.remote(kit)
    let before = try #require(try await remote.channels().first)
    kit.channels = [Self.channel(replacing(Self.full, "status", "idle"))]
    #expect(remote.unplanned(from: before, to: try #require(try await remote.channels().first), by: Self.url).isEmpty)
    kit.channels = [Self.channel(replacing(Self.full, "status", nil))]
    #expect(
      remote.unplanned(from: before, to: try #require(try await remote.channels().first), by: Self.url)
        == ["channel_settings.status"])
  }

  @Test func `with readChannel, the object is read right before the update, and another channel gets nothing`()
    async throws
  {
    let profile = try TestKit.profile([
      ("  listChannels: ", "  readChannel: /api/v3/channel/readChannel\n  listChannels: ")
    ])
    let kit = ReplacingKit([Self.channel(Self.full)])
    let remote = TestKit.remote(kit, profile: profile)
    let channel = try #require(try await remote.channels().first)
    #expect(!remote.needsRecentListing(Self.url))
    let later = replacing(Self.full, "api_key", "changed later")
    kit.channels = [Self.channel(later)]
    let attempt = await remote.update(channel, to: Self.url)
    #expect(attempt.calls == 2)
    #expect(kit.paths == ["searchChannels", "readChannel", "updateChannel"])
    #expect(kit.channels[0]["channel_settings"] == replacing(later, "url", "https://new.example"))

    var other = Self.channel(Self.full)
    if case .object(let members) = other {
      other = .object(members.map { $0.key == "channel_uuid" ? .init($0.key, "u-other") : $0 })
    }
    kit.channels = [other]
    guard case .refused(let failure) = await remote.update(channel, to: Self.url).outcome else {
      Issue.record("not refused")
      return
    }
    #expect(failure.message.contains("another channel"))
    #expect(kit.channels == [other])

    guard case .object(let members) = Self.channel(Self.full) else { return }
    let deleted = JSONValue.object(members + [.init("deleted", true)])
    kit.channels = [deleted]
    guard case .refused(let gone) = await remote.update(channel, to: Self.url).outcome else {
      Issue.record("not refused")
      return
    }
    #expect(gone.message.contains("as deleted"))
    #expect(kit.channels == [deleted])
  }

  @Test func `secrets that go back are masked in Kit's words from four characters on`() async throws {
    let refusal = #"{"success":false,"result":{"error":"bad k3y! in 5a17-0f-bot and pa55word, inner1 inner2, active"}}"#
    guard case .object(let members) = Self.full else { return }
    let settings = JSONValue.object(members + [.init("secret", ["value": "inner1", "all": ["inner2"]])])
    let listing = TestKit.page([CanonicalJSON.text(Self.channel(settings))], total: 1)
    let transport = ScriptedTransport { request, _ in
      request.path.hasSuffix("searchChannels") ? .json(listing) : .json(refusal, status: 422)
    }
    let remote = TestKit.remote(transport)
    let channel = try #require(try await remote.channels().first)
    guard case .refused(let failure) = await remote.update(channel, to: Self.url).outcome else {
      Issue.record("not refused")
      return
    }
    #expect(failure.message.contains("bad ••• in ••• and •••, ••• •••, active"), "\(failure.message)")
  }

  @Test func `nothing prints the whole object`() async throws {
    let remote = TestKit.remote(ReplacingKit([Self.channel(Self.full)]))
    let channel = try #require(try await remote.channels().first)
    #expect(channel.whole != nil)
    var dumped = ""
    dump(channel, to: &dumped)
    for text in [dumped, String(reflecting: channel), "\(channel)", CanonicalJSON.text(channel.raw)] {
      #expect(!text.contains("k3y!") && !text.contains("pa55word"))
    }
  }

  @Test func `what differs beside the draft and what changes by itself is named, never its value`() async throws {
    let kit = ReplacingKit([Self.channel(Self.full)])
    let remote = TestKit.remote(kit)
    let before = try #require(try await remote.channels().first)
    var after = replacing(replacing(Self.full, "url", "https://new.example"), "status", "idle")
    kit.channels = [Self.channel(after)]
    #expect(remote.unplanned(from: before, to: try #require(try await remote.channels().first), by: Self.url) == [])
    after = replacing(replacing(after, "api_key", nil), "odd", [1])
    kit.channels = [Self.channel(after)]
    #expect(
      remote.unplanned(from: before, to: try #require(try await remote.channels().first), by: Self.url)
        == ["channel_settings.api_key", "channel_settings.odd"])
  }
}

import Basics
import Channels
import Documents
import KitAPI
import KitProfile
import KitSandbox
import Manifest
import Provisioning
import Testing
import Transport

/// Client and sandbox, each with rules of its own, over one profile: what one writes the other understands.
@Suite struct SandboxRoundTripTests {
  /// The words of another API: names, nesting, unit, paging and the places of credentials differ.
  static func renamed() throws -> APIProfile {
    try TestKit.profile([
      ("{name: domain, in: query}", "{name: konto, in: body}"), ("{name: access_token}", "{name: schluessel}"),
      ("/api/v3/channel/addChannel", "/v9/kanal/neu"), ("/api/v3/channel/searchChannels", "/v9/kanal/alle"),
      ("/api/v3/channel/updateChannel", "/v9/kanal/anders"), ("/api/v3/channel/deleteChannel", "/v9/kanal/weg"),
      ("  success: success\n", "  success: gut\n"), ("  result: result\n", "  result: antwort.inhalt\n"),
      ("  error: result.error\n", "  error: antwort.fehler\n"), ("  code: result.code\n", "  code: antwort.nummer\n"),
      ("  style: pages\n", "  style: cursor\n"), ("  size: per-page", "  size: anzahl"),
      ("  page: page\n", "  cursor: ab\n  next: mehr.ab\n"), ("  total: _meta.totalCount\n", "  total: mehr.alle\n"),
      ("  pages: _meta.pageCount\n", ""), ("  current: _meta.currentPage\n", ""), ("  perPage: _meta.perPage\n", ""),
      ("{on: \"true\", off: \"false\"}", "{on: ja, off: nein}"), ("\n  id: id\n", "\n  id: nummer\n"),
      ("uuid: channel_uuid\n", "uuid: kennung\n"), ("type: channel_type\n", "type: art\n"),
      ("type: odnoklassniki\n", "type: gruppe\n"), ("name: channel_name", "name: titel"),
      ("  unit: seconds\n", "  unit: minutes\n"), ("salt: channel_settings.security_salt", "salt: rest.salz"),
      ("closing.agent: agent_close_timeout_sec", "closing.agent: rest.mensch"),
      ("processing_queue.id, write: processing_queue, unused: -1}", "ziel.schlange, write: ziel_schlange, unused: 0}"),
      ("useTags: use_tags", "useTags: marken"), ("channel_settings.api_key", "rest.geheim"),
      ("channel_settings.url", "rest.adresse"), ("channel_settings.token_id", "rest.marke"),
      ("{switch: use_topics, at: topic_set_id}", "{switch: themen.an, at: themen.nummer}"),
      ("{at: skills, id: skill_id, level: level, title: skill_name}", "{at: k.liste, id: wer, level: wie}"),
    ])
  }

  static func profile(_ isRenamed: Bool) throws -> APIProfile { isRenamed ? try renamed() : .builtIn }

  private func account() -> Account {
    var account = Account(name: "acme & co")
    var generator = SystemRandomNumberGenerator()
    account.apiTokens = [
      APIToken(id: 41, name: "deploy", hash: SaltedHash(TestKit.token, using: &generator)),
      APIToken(id: 42, name: "bot"),
    ]
    account.queues = [.init(id: 12, title: "Support", maxWaitingTime: 600), .init(id: 13, title: "Sales")]
    account.functions = [.init(id: 88, title: "router")]
    account.skills = [.init(id: 3, title: "russian"), .init(id: 9, title: "billing")]
    account.topicSets = [.init(id: 5, title: "Retail")]
    return account
  }

  private func remote(_ sandbox: Sandbox) -> KitRemote {
    TestKit.remote(SandboxTransport(sandbox), profile: sandbox.profile, kinds: Kinds.all)
  }

  private static let ok = ChannelDraft(
    kind: .ok,
    fields: [
      ("name", .text("OK «community»")), ("accessToken", .secret(.environment("OK"))),
      ("redirect", .route(.queue, Reference(id: 12))), ("closing.agent", .seconds(43_200)),
      ("closing.bot", .seconds(3600)), ("useTags", .flag(true)), ("topicSet", .reference(Reference(id: 5))),
      ("skills", .levels([.init(Reference(id: 9), level: 2), .init(Reference(id: 3), level: 3)])),
    ], secrets: ["accessToken": Secret("tkn:AbC123")])

  private static let custom = ChannelDraft(
    kind: .custom,
    fields: [
      ("name", .text("Partner bot")), ("callbackURL", .text("https://bots.example.com/kit")),
      ("apiToken", .credential(Reference(id: 42), value: nil)), ("redirect", .route(.function, Reference(id: 88))),
    ], secrets: [:])

  private func expect(_ channel: RemoteChannel, shows draft: ChannelDraft) {
    for (name, value) in draft.fields {
      guard let slot = draft.kind.index(of: name) else { continue }
      if draft.kind.fields[slot].isSecret {
        #expect(channel.values[slot] == nil)
      } else {
        #expect(channel.values[slot]?.isSame(as: value) == true, "\(name): \(String(describing: channel.values[slot]))")
      }
    }
  }

  @Test(arguments: [false, true])
  func `what is created is listed with every value`(_ isRenamed: Bool) async throws {
    let sandbox = Sandbox(account: account(), profile: try Self.profile(isRenamed))
    let remote = remote(sandbox)
    for draft in [Self.ok, Self.custom] {
      let attempt = await remote.create(draft)
      guard case .done(let identity) = attempt.outcome else {
        Issue.record("\(attempt.outcome)")
        continue
      }
      let channel = try #require(try await remote.channels().first { $0.id == identity.id })
      #expect(channel.uuid == identity.uuid)
      #expect(channel.kind === draft.kind)
      expect(channel, shows: draft)
    }
    let salts = try await remote.salts()
    #expect(salts.count == 1)
    let salt = try #require(salts.values.first?.reveal { $0 })
    for channel in try await remote.channels() { #expect(!CanonicalJSON.text(channel.raw).contains(salt)) }
  }

  @Test(arguments: [false, true])
  func `an update changes what it names and nothing else`(_ isRenamed: Bool) async throws {
    let sandbox = Sandbox(account: account(), profile: try Self.profile(isRenamed))
    let remote = remote(sandbox)
    _ = await remote.create(Self.ok)
    _ = await remote.create(Self.custom)
    for channel in try await remote.channels() {
      let kind = try #require(channel.kind)
      let draft = ChannelDraft(
        kind: kind,
        fields: kind === Kind.ok
          ? [("redirect", .route(.function, Reference(id: 88))), ("topicSet", .cleared), ("skills", .cleared)]
          : [("callbackURL", .text("https://bots.example.com/new")), ("redirect", .route(.queue, Reference(id: 13)))],
        secrets: [:])
      let attempt = await remote.update(channel, to: draft)
      guard case .done = attempt.outcome else {
        Issue.record("\(attempt.outcome)")
        continue
      }
      let changed = try #require(try await remote.channels().first { $0.id == channel.id })
      expect(changed, shows: draft)
      for (slot, field) in kind.fields.enumerated() where !draft.fields.contains(where: { $0.name == field.name }) {
        #expect(changed.values[slot]?.json == channel.values[slot]?.json, "\(field.name)")
      }
      #expect(changed.precondition != channel.precondition)
    }
    // The access token is still the one of the creation.
    let hash = try #require(sandbox.snapshot.account.channels.first { $0.kind == "ok" }?.accessToken)
    #expect(hash.matches("tkn:AbC123"))
  }

  @Test(arguments: [false, true])
  func `a delete is done, and done again`(_ isRenamed: Bool) async throws {
    let sandbox = Sandbox(account: account(), profile: try Self.profile(isRenamed))
    let remote = remote(sandbox)
    guard case .done(let identity) = await remote.create(Self.custom).outcome else {
      Issue.record("not created")
      return
    }
    for _ in 0..<2 {
      guard case .done = await remote.delete(identity).outcome else {
        Issue.record("not deleted")
        return
      }
    }
    #expect(try await remote.channels().isEmpty)
  }

  @Test(arguments: [false, true])
  func `look-ups and long listings are complete`(_ isRenamed: Bool) async throws {
    var account = account()
    account.queues = (1...120).map { .init(id: $0, title: "Queue \($0)", maxWaitingTime: $0 * 60) }
    let remote = remote(Sandbox(account: account, profile: try Self.profile(isRenamed)))
    #expect(try await remote.account().name == "acme & co")
    let facts = try await remote.facts(ReferenceKind.allCases)
    guard case .objects(let queues) = facts[.queue], case .objects(let tokens) = facts[.apiToken],
      case .objects(let skills) = facts[.skill], case .objects(let sets) = facts[.topicSet],
      case .objects(let functions) = facts[.function]
    else {
      Issue.record("unavailable")
      return
    }
    #expect(queues.map(\.id) == Array(1...120))
    #expect(queues.map(\.maxWaitingTime) == (1...120).map { $0 * 60 })
    #expect(tokens.map(\.title) == ["deploy", "bot"])
    #expect(skills.map(\.title) == ["russian", "billing"])
    #expect(sets.map(\.title) == ["Retail"])
    #expect(functions.map(\.title) == ["router"])
  }

  @Test(arguments: [false, true])
  func `Kit's refusal keeps its words`(_ isRenamed: Bool) async throws {
    let remote = remote(Sandbox(account: account(), profile: try Self.profile(isRenamed)))
    var draft = Self.custom
    draft.fields[3] = ("redirect", .route(.queue, Reference(id: 999)))
    guard case .refused(let failure) = await remote.create(draft).outcome else {
      Issue.record("not refused")
      return
    }
    #expect(failure.status == 422)
    #expect(failure.message.contains("“"), "\(failure.message)")
  }
}

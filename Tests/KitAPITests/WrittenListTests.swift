import Basics
import Documents
import KitAPI
import KitProfile
import Manifest
import Provisioning
import Testing

/// A channel's list of skills, which every update of it writes whole.
@Suite struct WrittenListTests {
  private static func channel() -> JSONValue {
    [
      "id": 31, "channel_uuid": "u-31", "channel_type": "custom", "channel_name": "Bot",
      "channel_settings": ["url": "https://old.example", "token_id": 4],
    ]
  }

  private static func channel(_ items: JSONValue) -> JSONValue {
    guard case .object(let members) = channel() else { return .null }
    return .object(members + [.init("skills", items)])
  }

  private static func draft(_ levels: [Int: Int]) -> ChannelDraft {
    let levels = levels.sorted { $0.key < $1.key }.map { Value.Level(Reference(id: $0.key), level: $0.value) }
    return ChannelDraft(kind: TestKit.custom, fields: [("skills", .levels(levels))], secrets: [:])
  }

  @Test func `skills keep the members of their items, and the canary sees one that is lost`() async throws {
    guard case .object(let members) = Self.channel() else { return }
    let items: JSONValue = [
      ["skill_id": 41, "level": 3, "skill_name": "english", "weight": 7], ["skill_id": 42, "level": 1],
    ]
    let kit = ReplacingKit([.object(members + [.init("skills", items)])])
    let remote = TestKit.remote(kit)
    let before = try #require(try await remote.channels().first)
    let draft = ChannelDraft(
      kind: TestKit.custom,
      fields: [
        (
          "skills",
          .levels([Value.Level(Reference(id: 41), level: 4), Value.Level(Reference(id: 43), level: 2)])
        )
      ], secrets: [:])
    guard case .done = await remote.update(before, to: draft).outcome else {
      Issue.record("not done")
      return
    }
    let sent: JSONValue = [["skill_id": 41, "level": 4, "weight": 7], ["skill_id": 43, "level": 2]]
    #expect(kit.channels[0]["skills"] == .string(CanonicalJSON.text(sent)))
    kit.channels = [.object(members + [.init("skills", sent)])]
    let after = try #require(try await remote.channels().first)
    #expect(remote.unplanned(from: before, to: after, by: draft).isEmpty)
    kit.channels = [.object(members + [.init("skills", [["skill_id": 41, "level": 4]])])]
    let poorer = try #require(try await remote.channels().first)
    #expect(remote.unplanned(from: before, to: poorer, by: draft) == ["skills.weight"])
  }

  private static let skillNames =
    "id: [skill_id, skill.id], level: [level, skill.level], title: [skill_name, skill.name]"

  @Test func `a skill's members are read at the first name that is there and written at the first of all`() async throws
  {
    let profile = try TestKit.profile([("id: skill_id, level: level, title: skill_name", Self.skillNames)])
    guard case .object(let members) = Self.channel() else { return }
    let items: JSONValue = [
      ["skill": ["id": 41, "level": 3, "name": "english", "note": "by hand"], "weight": 7],
      ["skill_id": 42, "level": 1, "skill_name": "billing", "skill": ["id": 77]],
    ]
    let kit = ReplacingKit([.object(members + [.init("skills", items)])])
    let remote = TestKit.remote(kit, profile: profile)
    let before = try #require(try await remote.channels().first)
    let slot = try #require(TestKit.custom.index(of: "skills"))
    guard case .levels(let levels)? = before.values[slot] else {
      Issue.record("no skills")
      return
    }
    #expect(levels.map(\.reference.id) == [41, 42] && levels.map(\.level) == [3, 1])
    #expect(levels.map(\.reference.title) == ["english", "billing"])
    let draft = ChannelDraft(
      kind: TestKit.custom,
      fields: [
        ("skills", .levels([Value.Level(Reference(id: 41), level: 4), Value.Level(Reference(id: 42), level: 2)]))
      ], secrets: [:])
    guard case .done = await remote.update(before, to: draft).outcome else {
      Issue.record("not done")
      return
    }
    let sent: JSONValue = [
      ["skill_id": 41, "level": 4, "skill": ["note": "by hand"], "weight": 7],
      ["skill_id": 42, "level": 2, "skill": ["id": 77]],
    ]
    #expect(kit.channels[0]["skills"] == .string(CanonicalJSON.text(sent)))
    kit.channels = [.object(members + [.init("skills", sent)])]
    let after = try #require(try await remote.channels().first)
    #expect(remote.unplanned(from: before, to: after, by: draft).isEmpty)
    kit.channels = [.object(members + [.init("skills", [["skill_id": 41, "level": 4, "weight": 7]])])]
    let poorer = try #require(try await remote.channels().first)
    #expect(remote.unplanned(from: before, to: poorer, by: draft) == ["skills.skill"])
  }

  @Test func `a masked member of a skill's item refuses the update that writes the list`() async throws {
    guard case .object(let members) = Self.channel() else { return }
    let items: JSONValue = [["skill_id": 41, "level": 3, "ticket": "***"]]
    let kit = ReplacingKit([.object(members + [.init("skills", items)])])
    let remote = TestKit.remote(kit)
    let channel = try #require(try await remote.channels().first)
    var draft = ChannelDraft(
      kind: TestKit.custom, fields: [("skills", .levels([Value.Level(Reference(id: 41), level: 4)]))], secrets: [:])
    #expect(remote.hidden(channel, writing: draft.fields) == [HiddenMember("skills.ticket", isCertain: true)])
    #expect(remote.hidden(channel, writing: [("name", .text("Bot"))]).isEmpty)
    guard case .refused(let failure) = await remote.update(channel, to: draft).outcome else {
      Issue.record("not refused")
      return
    }
    #expect(failure.message.contains("skills.ticket"), "\(failure.message)")
    draft.acceptedLosses = ["skills.ticket"]
    guard case .done = await remote.update(channel, to: draft).outcome else {
      Issue.record("not done")
      return
    }
    #expect(kit.channels[0]["skills"] == .string(CanonicalJSON.text([["skill_id": 41, "level": 4]])))
  }

  @Test func `an item without a level is reported at the line that names it`() async throws {
    guard case .object(let members) = Self.channel() else { return }
    let kit = ReplacingKit([.object(members + [.init("skills", [["skill_id": 41, "grade": 3]])])])
    let remote = TestKit.remote(kit)
    _ = try await remote.channels()
    let line = String(decoding: APIProfile.builtIn.source.bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false
    ).firstIndex { $0.hasPrefix("    skills: ") }
    let gap = try #require(remote.gaps.first { $0.message.contains("an item of") })
    #expect(gap.line == (line ?? 0) + 1)
    #expect(
      gap.message.hasSuffix(
        "an item of `skills` has no `level`; it has `skill_id`, `grade`. So `skills` is not compared with the account"),
      "\(gap.message)")
  }

  @Test func `a masked member of a skill that the update removes is no loss`() async throws {
    let kit = ReplacingKit([
      Self.channel([
        ["skill_id": 41, "level": 3, "ticket": "***"], ["skill_id": 42, "level": 1, "ticket": "t-42"],
      ])
    ])
    let remote = TestKit.remote(kit)
    let channel = try #require(try await remote.channels().first)
    for levels in [[42: 2], [:]] {
      let draft = Self.draft(levels)
      #expect(remote.hidden(channel, writing: draft.fields).isEmpty)
      guard case .done = await remote.update(channel, to: draft).outcome else {
        Issue.record("not done")
        return
      }
    }
    #expect(remote.hidden(channel, writing: [("skills", .cleared)]).isEmpty)
    #expect(!remote.hidden(channel, writing: Self.draft([41: 3]).fields).isEmpty)
  }

  @Test(arguments: ["replace", "merge"])
  func `an update of skills alone writes from a recent listing`(_ update: String) async throws {
    let profile = try TestKit.profile([("  update: replace\n", "  update: \(update)\n")])
    let remote = TestKit.remote(ReplacingKit([]), profile: profile)
    #expect(remote.needsRecentListing(Self.draft([41: 3])))
    let name = ChannelDraft(kind: TestKit.custom, fields: [("name", .text("Other"))], secrets: [:])
    #expect(!remote.needsRecentListing(name))
  }

  @Test func `with readChannel, the list is read right before the update of skills alone`() async throws {
    let profile = try TestKit.profile([
      ("  listChannels: ", "  readChannel: /api/v3/channel/readChannel\n  listChannels: ")
    ])
    let kit = ReplacingKit([Self.channel([["skill_id": 41, "level": 3, "note": "old"]])])
    let remote = TestKit.remote(kit, profile: profile)
    let channel = try #require(try await remote.channels().first)
    #expect(!remote.needsRecentListing(Self.draft([41: 4])))
    kit.channels = [Self.channel([["skill_id": 41, "level": 3, "note": "changed later"]])]
    #expect(await remote.update(channel, to: Self.draft([41: 4])).calls == 2)
    #expect(kit.paths == ["searchChannels", "readChannel", "updateChannel"])
    let sent: JSONValue = [["skill_id": 41, "level": 4, "note": "changed later"]]
    #expect(kit.channels[0]["skills"] == .string(CanonicalJSON.text(sent)))
  }
}

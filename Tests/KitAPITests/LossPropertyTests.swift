import Basics
import Documents
import KitAPI
import KitProfile
import Manifest
import Provisioning
import Support
import Testing

/// No update loses a member of any object, against a Kit that replaces what is written.
@Suite struct LossPropertyTests {
  private static let masks = ["*", "****", "••••••", "xxx", "abcd***", "12•••"]

  /// A random object of settings, and what a listing shows instead of some members, by their paths.
  private struct Settings {
    var members: [JSONValue.Member] = []
    var shown: [String: JSONValue?] = [:]

    init(_ random: inout SeededGenerator, isOK: Bool) {
      var names = ["colour", "retry", "bot_token", "password", "status", "note", "nested", "list", "empty"]
      names.shuffle(using: &random)
      for name in names.prefix(Int.random(in: 0...6, using: &random)) {
        members.append(.init(name, Settings.value(name, &random, depth: 0)))
      }
      if isOK {
        members.append(.init("api_key", .string("tkn:\(random.next() % 1000)A")))
      } else {
        members += [
          .init("url", .string("https://old.example/\(random.next() % 1000)")), .init("token_id", 4),
          .init("security_salt", .string("salt-\(random.next() % 100_000)")),
        ]
      }
      members.shuffle(using: &random)
      for member in members where Int.random(in: 0..<8, using: &random) == 0 {
        switch member.key {
        case "api_key", "security_salt":
          // Kit may leave these out, or show nothing or a mask in their place.
          shown[member.key] = [nil, .null, "", .string(LossPropertyTests.mask(&random))].randomElement(using: &random)
        case "bot_token", "password", "note", "url": shown[member.key] = .string(LossPropertyTests.mask(&random))
        default: break
        }
      }
    }

    private static func value(_ name: String, _ random: inout SeededGenerator, depth: Int) -> JSONValue {
      switch name {
      case "empty": return [.null, "", .object([]), .array([])].randomElement(using: &random) ?? .null
      case "nested",
        "retry" where depth < 3:
        return .object(
          ["note", "secret", "nested", "count"].prefix(Int.random(in: 0...4, using: &random)).map {
            .init($0, value($0, &random, depth: depth + 1))
          })
      case "list": return .array([.integer(1), .null, ["password": .string("p\(random.next() % 1000)w")]])
      case "count": return .integer(Int(random.next() % 100))
      default: return .string("v\(random.next() % 100_000)é")
      }
    }

    func display(_ channel: JSONValue) -> JSONValue {
      guard case .object(let all) = channel else { return channel }
      return .object(
        all.map { member in
          guard member.key == "channel_settings", case .object(let settings) = member.value else { return member }
          return .init(
            member.key,
            .object(
              settings.compactMap { one in
                guard let shown = shown[one.key] else { return one }
                return shown.map { .init(one.key, $0) }
              }))
        })
    }
  }

  private static func mask(_ random: inout SeededGenerator) -> String { masks.randomElement(using: &random) ?? "*" }

  private static let custom = Kind(
    name: "custom", title: "custom", documentation: "", summary: "", fields: TestKit.custom.fields,
    outputs: [Kind.Output("salt", isSecret: true, documentation: "")])

  @Test func `no member of any object is lost in 10,000 random updates`() async throws {
    var random = SeededGenerator(seed: 20_260)
    var refused = 0
    var done = 0
    for trial in 0..<10_000 {
      let isOK = Bool.random(using: &random)
      let kind = isOK ? TestKit.ok : Self.custom
      let settings = Settings(&random, isOK: isOK)
      let before: JSONValue = [
        "id": 7, "channel_uuid": "u", "channel_type": isOK ? "odnoklassniki" : "custom", "channel_name": "Bot",
        "agent_close_timeout_sec": 3600, "extra": ["api_key": "outer"],
        "channel_settings": .object(settings.members),
      ]
      let kit = ReplacingKit([before], display: settings.display)
      let remote = TestKit.remote(kit, kinds: [kind])
      let channel = try #require(try await remote.channels().first)

      var draft = ChannelDraft(kind: kind, fields: [], secrets: [:])
      if Bool.random(using: &random) { draft.fields.append(("name", .text("New"))) }
      if Bool.random(using: &random) { draft.fields.append(("closing.agent", .seconds(60))) }
      if isOK, Bool.random(using: &random) {
        draft.fields.append(("accessToken", .secret(.environment("T"))))
        draft.secrets["accessToken"] = Secret("tkn:new")
      }
      if !isOK {
        if Bool.random(using: &random) { draft.fields.append(("callbackURL", .text("https://new.example"))) }
        if Bool.random(using: &random) {
          draft.fields.append(("apiToken", .credential(Reference(id: 5), value: nil)))
        }
      }
      // What the manifest has and the account does not show is sent again, as the plan does it.
      let names = draft.fields.map(\.name)
      let hidden = remote.hidden(channel, writing: names)
      if hidden.contains(where: { $0.name == "callbackURL" }), !names.contains("callbackURL"),
        Bool.random(using: &random)
      {
        draft.fields.append(("callbackURL", .text("https://again.example")))
      }
      let planned = Set(draft.fields.map(\.name))
      let isLossy = !hidden.lost(sending: planned, accepting: []).isEmpty

      switch await remote.update(channel, to: draft).outcome {
      case .done:
        done += 1
        #expect(!isLossy, "trial \(trial) was sent although it loses \(hidden)")
        let written: [[String]] = draft.fields.map { name, _ in
          switch name {
          case "name": ["channel_name"]
          case "closing.agent": ["agent_close_timeout_sec"]
          case "callbackURL": ["channel_settings", "url"]
          case "apiToken": ["channel_settings", "token_id"]
          default: ["channel_settings", "api_key"]
          }
        }
        let lost = Self.lost(before, kit.channels[0], [], besides: written)
        #expect(lost == [], "trial \(trial) lost \(lost)")
        for path in written { #expect(Self.value(path, kit.channels[0]) != nil) }
      case .refused:
        refused += 1
        #expect(isLossy, "trial \(trial) was refused for nothing")
        #expect(kit.channels == [before])
        #expect(kit.paths == ["searchChannels"])
      default: Issue.record("trial \(trial) has an unknown end")
      }
    }
    #expect(refused > 500 && done > 5000, "\(refused) refused, \(done) done")
  }

  private static func value(_ path: [String], _ json: JSONValue) -> JSONValue? {
    path.reduce(json as JSONValue?) { $0?[$1] }
  }

  /// The paths whose value is not what it was; a member without a value may go.
  private static func lost(
    _ before: JSONValue, _ after: JSONValue?, _ path: [String], besides planned: [[String]]
  ) -> [String] {
    guard !planned.contains(path), before != after else { return [] }
    if case .object(let members) = before, case .object? = after {
      return members.flatMap { lost($0.value, after?[$0.key], path + [$0.key], besides: planned) }
    }
    if before == .null, after == nil { return [] }
    return [path.joined(separator: ".")]
  }
}

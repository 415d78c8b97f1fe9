import Basics
import Documents
import KitAPI
import KitProfile
import Manifest
import Provisioning
import Support
import Testing

/// No update loses a member of any object, against a Kit that replaces what is written.
@Suite(.computes) struct LossPropertyTests {
  private static let custom = Kind(
    name: "custom", title: "custom", documentation: "", summary: "", fields: TestKit.custom.fields,
    outputs: [Kind.Output("salt", isSecret: true, documentation: "")])

  @Test(arguments: LossScene.allCases)
  func `no member of any object is lost in 10,000 random updates`(_ scene: LossScene) async throws {
    let profile = try TestKit.profile(scene.replacements)
    var random = SeededGenerator(seed: 20_260)
    var refused = 0
    var done = 0
    for trial in 0..<scene.trials {
      let isOK = Bool.random(using: &random)
      let kind = isOK ? TestKit.ok : Self.custom
      let settings = LossSettings(&random, isOK: isOK)
      let before: JSONValue = .object(
        [
          .init("id", 7), .init("channel_uuid", "u"), .init("channel_type", isOK ? "odnoklassniki" : "custom"),
          .init("channel_name", "Bot"), .init("agent_close_timeout_sec", 3600), .init("extra", ["api_key": "outer"]),
          .init("channel_settings", .object(settings.members)),
        ] + scene.members(settings, &random))
      let display = scene.display(settings, &random)
      let kit = ReplacingKit(
        [before], display: display, readDisplay: scene == .unseenListing ? settings.display : nil)
      let remote = TestKit.remote(kit, profile: profile, kinds: [kind])
      let channel = try #require(try await remote.channels().first)

      var draft = ChannelDraft(kind: kind, fields: scene.fields(&random), secrets: [:])
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
      let hidden = remote.hidden(channel, writing: draft.fields)
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
        let written = planned.flatMap { LossScene.written($0) }
        let after = try #require(kit.channels.first)
        let lost = Self.lost(before, after, [], scene, besides: written)
        #expect(lost == [], "trial \(trial) lost \(lost)")
        if planned.contains("skills") {
          let items = LossScene.lostOfSkills(before["skills"], after["skills"])
          #expect(items == [], "trial \(trial) lost \(items)")
        }
        for name in planned {
          #expect(LossScene.written(name).contains { Self.value($0, after) != nil }, "trial \(trial), \(name)")
        }
      case .refused:
        refused += 1
        let called = scene == .unseenListing ? ["searchChannels", "readChannel"] : ["searchChannels"]
        #expect(isLossy || scene == .unseenListing, "trial \(trial) was refused for nothing")
        #expect(kit.channels == [before])
        #expect(kit.paths == called)
      default: Issue.record("trial \(trial) has an unknown end")
      }
    }
    #expect(refused > scene.trials / 20 && done > scene.trials / 2, "\(refused) refused, \(done) done")
  }

  @Test func `the scenes make 10,000 updates`() {
    #expect(LossScene.allCases.reduce(0) { $0 + $1.trials } == 10_000)
  }

  private static func value(_ path: [String], _ json: JSONValue) -> JSONValue? {
    path.reduce(json as JSONValue?) { $0?[$1] }
  }

  /// The paths whose value is not what it was; a member without a value may go, and one that is never sent.
  private static func lost(
    _ before: JSONValue, _ after: JSONValue?, _ path: [String], _ scene: LossScene, besides planned: [[String]]
  ) -> [String] {
    guard !planned.contains(path), before != after else { return [] }
    if scene.isNeverSent(path), after == nil { return [] }
    if case .object(let members) = before, case .object? = after {
      return members.flatMap { lost($0.value, after?[$0.key], path + [$0.key], scene, besides: planned) }
    }
    if before == .null, after == nil { return [] }
    return [path.joined(separator: ".")]
  }
}

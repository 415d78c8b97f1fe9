import Basics
import Channels
import Documents
import Manifest
import Provisioning
import Support
import Testing

@Suite struct DriftTests {
  private static let manifest = """
    channels:
      custom:
        bot:
          name: Bot
          callbackURL: {env: BOT_URL}
          apiToken: {id: 42}
          redirect: {queue: Support}
      ok:
        community:
          name: OK community
          accessToken: {env: OK_TOKEN}
          redirect: {queue: Support}
          closing: {agent: 12h, bot: 1h}
          topicSet: Wholesale
          skills: {russian: 3}

    """
  private static let secrets = ["OK_TOKEN": "tkn1:first", "BOT_URL": "https://bots.example.com/a-secret-path"]

  private static func applied() -> PlanScene {
    var scene = PlanScene(manifest, secrets: secrets)
    scene.apply()
    return scene
  }

  @Test func `after an apply nothing has drifted, and what Kit never shows is told`() {
    let drift = Drift.find(DriftTests.applied().input())
    #expect(drift.isEmpty)
    #expect(drift.compared == 2)
    #expect(drift.unreadable.map { "\($0.address).\($0.field)" } == ["ok.community.accessToken"])
  }

  @Test func `without a state nothing is compared`() {
    let drift = Drift.find(PlanScene(DriftTests.manifest).input())
    #expect(!drift.hasState && drift.isEmpty && drift.compared == 0)
  }

  @Test func `a difference has three sides`() throws {
    var scene = DriftTests.applied()
    scene.account.change("OK community", "closing.agent", to: .seconds(7200))
    scene.account.change("OK community", "topicSet", to: .reference(Reference(id: 21)))
    scene.account.change("OK community", "skills", to: .cleared)
    scene.manifest = scene.manifest.replacing("agent: 12h", with: "agent: 6h")
    let drift = Drift.find(scene.input())
    let channel = try #require(drift.channels.first)
    #expect(drift.channels.count == 1 && channel.address == Address("ok.community") && !channel.isMissing)
    #expect(channel.fields.map(\.name) == ["closing.agent", "topicSet", "skills"])
    #expect(channel.fields[0].applied == .value(43200))
    #expect(channel.fields[0].account == .value(7200))
    #expect(channel.fields[0].manifest == .value(21600))
    #expect(channel.fields[0].source?.line == 15)
    #expect(channel.fields[1].account == .value(["id": 21, "title": "Retail"]))
    #expect(channel.fields[2].account == .value(.null))
  }

  @Test func `what the manifests want already, leave to Kit or never managed is no drift`() {
    var scene = DriftTests.applied()
    scene.account.change("OK community", "closing.agent", to: .seconds(7200))
    scene.account.change("OK community", "closing.bot", to: .seconds(7200))
    scene.account.change("OK community", "useTags", to: .flag(true))
    scene.manifest = scene.manifest.replacing("closing: {agent: 12h, bot: 1h}", with: "closing: {agent: 2h}")
    #expect(Drift.find(scene.input()).isEmpty)
  }

  @Test func `a field and the plan's cause agree`() {
    for seed in 0..<200 {
      var generator = SeededGenerator(seed: UInt64(seed))
      var scene = DriftTests.applied()
      func roll() -> Bool { Bool.random(using: &generator) }
      if roll() { scene.account.change("OK community", "closing.agent", to: .seconds(7200)) }
      if roll() { scene.account.change("OK community", "closing.bot", to: .seconds(7200)) }
      if roll() { scene.account.change("OK community", "topicSet", to: .cleared) }
      if roll() { scene.account.change("Bot", "name", to: .text("Bot\u{0301}")) }
      if roll() { scene.manifest = scene.manifest.replacing("agent: 12h", with: roll() ? "agent: 2h" : "agent: 3h") }
      if roll() { scene.manifest = scene.manifest.replacing("topicSet: Wholesale", with: "topicSet: none") }
      let input = scene.input()
      let planned = Planner.plan(input).changes.flatMap { change in
        change.fields.filter { $0.cause != .manifest }.map { "\(change.address) \($0.name)" }
      }
      let drifted = Drift.find(input).channels.flatMap { channel in
        channel.fields.map { "\(channel.address) \($0.name)" }
      }
      #expect(drifted == planned)
    }
  }

  @Test func `a channel that is gone is missing`() {
    var scene = DriftTests.applied()
    scene.account.remove("Bot")
    let drift = Drift.find(scene.input())
    #expect(drift.channels.map(\.isMissing) == [true])
    #expect(drift.channels.first?.name == "Bot")
    #expect(drift.channels.first?.source?.position.line == 5)
  }

  @Test func `a channel that the manifests no longer have drifts without their side`() {
    var scene = DriftTests.applied()
    scene.account.change("Bot", "redirect", to: .route(.function, Reference(id: 1207)))
    scene.manifest = PlanScene.header
    let drift = Drift.find(scene.input())
    #expect(drift.channels.first?.source?.isGone == true)
    #expect(drift.channels.first?.fields.map(\.manifest) == [.absent])
  }

  @Test func `a URL from a secret is compared, and neither shown nor written`() throws {
    var scene = DriftTests.applied()
    scene.account.change("Bot", "callbackURL", to: .text("https://other.example.com/another-secret-path"))
    let drift = Drift.find(scene.input())
    let field = try #require(drift.channels.first?.fields.first)
    #expect(field.isSecret && field.applied == .secret(.environment("BOT_URL")))
    #expect(field.note == "its host in Kit is other.example.com")
    #expect(!"\(drift)".contains("secret-path"))
    scene.secrets["BOT_URL"] = "https://other.example.com/another-secret-path"
    #expect(Drift.find(scene.input()).isEmpty)
    scene.secrets["BOT_URL"] = nil
    #expect(Drift.find(scene.input()).channels.count == 1)
  }

  @Test func `under another key nobody can tell whether a hidden value changed`() {
    var scene = DriftTests.applied()
    scene.account.change("Bot", "callbackURL", to: .text("https://other.example.com/another-secret-path"))
    scene.fingerprinter = nil
    let drift = Drift.find(scene.input())
    #expect(drift.isEmpty)
    #expect(drift.unreadable.map(\.field) == ["callbackURL", "accessToken"])
  }

  @Test func `a kept secret is nothing to compare`() {
    var scene = DriftTests.applied()
    scene.manifest = scene.manifest.replacing("{env: OK_TOKEN}", with: "{keep: true}")
      .replacing("{env: BOT_URL}", with: "{keep: true}")
    scene.account.change("Bot", "callbackURL", to: .text("https://other.example.com/x"))
    let drift = Drift.find(scene.input())
    #expect(drift.isEmpty && drift.unreadable.isEmpty)
  }

  @Test func `a channel that moves is compared at its new address`() {
    var scene = DriftTests.applied()
    scene.manifest =
      scene.manifest.replacing("    bot:\n", with: "    robot:\n") + "moved: {custom.robot: custom.bot}\n"
    #expect(Drift.find(scene.input()).isEmpty)
    scene.account.change("Bot", "callbackURL", to: .text("https://other.example.com/x"))
    #expect(Drift.find(scene.input()).channels.map(\.address.description) == ["custom.robot"])
  }
}

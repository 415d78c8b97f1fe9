import Channels
import Documents
import Manifest
import Provisioning
import Support
import Testing

@Suite struct MatchingAdoptionsTests {
  private static let manifest = """
    channels:
      custom:
        bot: {name: Bot, callbackURL: "https://bots.example.com/1", apiToken: {id: 42}, redirect: {queue: Support}}
        other: {name: Other, callbackURL: "https://bots.example.com/2", apiToken: {id: 42}, redirect: {queue: Support}}
      ok:
        bot: {name: Bot, accessToken: {keep: true}, redirect: {queue: Support}}

    """

  private func found(_ scene: PlanScene, lost: Bool = true) -> [String] {
    let configuration = scene.configuration().configuration
    return MatchingAdoptions.find(
      configuration, state: lost ? nil : scene.state, channels: scene.account.channels
    ).map { adoption in
      if case .uuid(let uuid) = adoption.target { "\(adoption.address) \(uuid)" } else { "\(adoption.address)" }
    }
  }

  @Test func `what has lost its state is found by kind and name, and plans as an adoption without an update`() {
    var scene = PlanScene(
      MatchingAdoptionsTests.manifest.replacing("accessToken: {keep: true}", with: "accessToken: {env: T}"),
      secrets: ["T": "tkn"])
    scene.apply()
    #expect(found(scene, lost: false).isEmpty)
    #expect(found(scene).map { $0.split(separator: " ")[0] } == ["custom.bot", "custom.other", "ok.bot"])
    scene.manifest = scene.manifest.replacing("{env: T}", with: "{keep: true}")
    scene.state = nil
    var input = scene.input()
    input.configuration.adoptions += MatchingAdoptions.find(
      input.configuration, state: nil, channels: input.channels)
    let plan = Planner.plan(input)
    #expect(plan.changes.map(\.action) == [.adopt, .adopt, .adopt])
    #expect(plan.diagnostics.filter { $0.severity == .error }.isEmpty)
  }

  @Test func `names compare after NFC, and kinds as they are`() {
    var scene = PlanScene(
      MatchingAdoptionsTests.manifest.replacing("name: Bot, callback", with: "name: \"Caf\\u00E9\", callback"))
    let cafe = scene.account.add(.custom, "Cafe\u{0301}")
    scene.account.add(.custom, "Bot")
    #expect(found(scene) == ["custom.bot \(cafe.uuid)"])
  }

  @Test func `what is ambiguous is left to a person, with the UUIDs`() {
    var scene = PlanScene(MatchingAdoptionsTests.manifest)
    let first = scene.account.add(.custom, "Bot")
    let second = scene.account.add(.custom, "Bot")
    #expect(found(scene).isEmpty)
    let finding = scene.plan().diagnostics.first { $0.id == "channel.exists" }
    #expect(finding?.suggestion?.contains(first.uuid) == true && finding?.suggestion?.contains(second.uuid) == true)
  }

  @Test func `one channel that two addresses want is nobody's`() {
    var scene = PlanScene(MatchingAdoptionsTests.manifest.replacing("name: Other", with: "name: Bot"))
    scene.account.add(.custom, "Bot")
    #expect(found(scene).isEmpty)
  }

  @Test func `what an entry of adopt, a move or the state binds is not taken`() {
    var scene = PlanScene(MatchingAdoptionsTests.manifest)
    let bot = scene.account.add(.custom, "Bot")
    scene.manifest += "adopt: {custom.other: {uuid: \(bot.uuid)}}\n"
    #expect(found(scene).isEmpty)
  }
}

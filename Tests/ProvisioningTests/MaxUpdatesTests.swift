import Channels
import Documents
import Manifest
import Support
import Testing

@testable import Provisioning

/// `guards.maxUpdates`: updates that conversations under way can be hurt by.
@Suite struct MaxUpdatesTests {
  /// A project of OK.ru channels after its first apply.
  private static func scene(_ count: Int, guards: String = "") -> PlanScene {
    var text = guards.isEmpty ? "" : "guards: \(guards)\n"
    text += "channels:\n  ok:\n"
    for index in 0..<count {
      text +=
        "    c\(index): {name: Channel \(index), accessToken: {env: T}, redirect: {queue: 1}, closing: {agent: 2h}}\n"
    }
    var scene = PlanScene(text, secrets: ["T": "tkn"])
    scene.apply()
    return scene
  }

  @Test(arguments: [
    ("agent: 2h", "agent: 90m", true), ("agent: 2h", "agent: 3h", false), ("queue: 1", "queue: 2", true),
    ("name: Channel", "name: Other", false),
  ])
  func `a shorter closing time and another redirect count, longer times and names do not`(
    old: String, new: String, counts: Bool
  ) {
    var scene = MaxUpdatesTests.scene(11)
    scene.manifest.replace(old, with: new)
    let plan = scene.plan()
    #expect(plan.count(.update) == 11)
    #expect(plan.refusals.map(\.rule.id) == (counts ? ["guards.maxUpdates"] : []))
  }

  @Test func `another access token counts`() {
    var scene = MaxUpdatesTests.scene(11)
    scene.secrets = ["T": "another"]
    #expect(scene.plan().refusals.map(\.rule.id) == ["guards.maxUpdates"])
  }

  @Test func `ten pass, and a refusal names the fields, the channels and the ways out`() throws {
    var scene = MaxUpdatesTests.scene(10)
    scene.manifest.replace("agent: 2h", with: "agent: 90m")
    #expect(scene.plan().refusals.isEmpty)
    scene = MaxUpdatesTests.scene(12)
    scene.manifest.replace("agent: 2h", with: "agent: 90m")
    scene.manifest.replace("queue: 1", with: "queue: 2")
    let refusal = try #require(scene.plan().refusals.first)
    #expect(refusal.addresses.count == 12)
    #expect(
      refusal.message
        == "the plan changes `closing.agent` and `redirect` of 12 live channels, and guards.maxUpdates allows 10")
    #expect(refusal.remedy.contains("apply --approve") && refusal.remedy.contains("--allow-updates 12"))
    #expect(refusal.isAnsweredByApproval && refusal.isAnsweredByPerson)
    #expect(scene.plan(PlanOptions(allowUpdates: 12)).refusals.isEmpty)
    #expect(scene.plan(PlanOptions(allowUpdates: 11)).refusals.map(\.rule.id) == ["guards.maxUpdates"])
  }

  @Test func `creations do not count, and an adoption counts where it changes what Kit shows`() {
    var scene = PlanScene("", secrets: ["T": "tkn"])
    var manifest = "channels:\n  ok:\n"
    for index in 0..<15 {
      manifest +=
        "    c\(index): {name: Channel \(index), accessToken: {env: T}, redirect: {queue: 1}, closing: {agent: 2h}}\n"
    }
    scene.manifest = PlanScene.header + manifest
    #expect(scene.plan().count(.create) == 15 && scene.plan().refusals.isEmpty)
    scene.apply()
    scene.state = nil
    scene.manifest = PlanScene.header + manifest + "adopt:\n"
    for (index, channel) in scene.account.channels.enumerated() {
      scene.manifest += "  ok.c\(index): {uuid: \(channel.uuid)}\n"
    }
    let adopting = scene.plan()
    #expect(adopting.count(.adopt) == 15 && adopting.count(.update) == 15)
    #expect(adopting.refusals.isEmpty)
    scene.manifest.replace("agent: 2h", with: "agent: 1h")
    #expect(scene.plan().refusals.map(\.rule.id) == ["guards.maxUpdates"])
  }

  @Test func `loosening the limit is a change of its own, and a state of before has none to loosen`() throws {
    var scene = MaxUpdatesTests.scene(2)
    scene.manifest = "guards: {maxUpdates: 500}\n" + scene.manifest
    let plan = scene.plan()
    #expect(plan.loosenedGuards?.maxUpdates == 10 && plan.guards.maxUpdates == 500)
    #expect(plan.guards.differences(from: GuardLimits()).map(\.name) == ["maxUpdates"])
    scene.state?.guards = GuardLimits(maxUpdates: nil)
    #expect(scene.plan().isEmpty && scene.plan().guards.maxUpdates == 500)
    scene.manifest.replace("maxUpdates: 500", with: "maxDeletes: 5")
    let loosening = scene.plan()
    #expect(loosening.guards.differences(from: try #require(loosening.loosenedGuards)).map(\.name) == ["maxDeletes"])
  }

  @Test func `a plan file of before is read as it is`() throws {
    var plan = MaxUpdatesTests.scene(1).plan()
    plan.guards.maxUpdates = nil
    let bytes = PlanFile(plan, tool: "t").encode()
    #expect(!String(decoding: bytes, as: UTF8.self).contains("maxUpdates"))
    #expect(try PlanFile(decoding: bytes, label: "plan").plan.guards == plan.guards)
  }
}

import Channels
import Documents
import Manifest
import Provisioning
import Support
import Testing

@Suite struct GuardTests {
  /// A project of OK.ru channels a, b, c … after its first apply, of which the last `gone` then leave the manifests.
  static func scene(_ count: Int, gone: Int, guards: String = "", extra: String = "") -> PlanScene {
    func manifest(_ count: Int) -> String {
      var text = guards.isEmpty ? "" : "guards: \(guards)\n"
      if count > 0 { text += "channels:\n  ok:\n" }
      for index in 0..<count {
        text += "    c\(index): {name: Channel \(index), accessToken: {env: T}, redirect: {queue: 1}}\n"
      }
      return text
    }
    var scene = PlanScene(manifest(count), secrets: ["T": "tkn"])
    scene.apply()
    scene.manifest = PlanScene.header + manifest(count - gone) + extra
    return scene
  }

  @Test(arguments: [(1, []), (2, ["guards.maxDeletes"])])
  func `one deletion passes and two do not`(gone: Int, rules: [String]) throws {
    let plan = GuardTests.scene(10, gone: gone).plan()
    #expect(plan.refusals.map(\.rule.id) == rules)
    #expect(plan.count(.delete) == gone)
  }

  @Test func `a refusal names the addresses and the way forward`() throws {
    let refusal = try #require(GuardTests.scene(10, gone: 2).plan().refusals.first)
    #expect(refusal.addresses.map(\.description) == ["ok.c8", "ok.c9"])
    #expect(refusal.message == "the plan deletes 2 channels, and guards.maxDeletes allows 1")
    #expect(refusal.paste == ["removed:", "  ok.c8: {destroy: true}", "  ok.c9: {destroy: true}"])
    #expect(refusal.remedy.contains("--allow-delete ok.c8"))
  }

  @Test(arguments: [
    (3, 1, []), (4, 1, []), (4, 2, ["guards.maxDeletePercent"]), (10, 3, []), (10, 4, ["guards.maxDeletePercent"]),
    (3, 2, []),
  ])
  func `the percentage counts from four managed channels`(count: Int, gone: Int, rules: [String]) {
    let plan = GuardTests.scene(count, gone: gone, guards: "{maxDeletes: 9}").plan()
    #expect(plan.refusals.map(\.rule.id) == rules)
  }

  @Test func `naming every deletion lifts the limits, naming some does not`() throws {
    let scene = GuardTests.scene(4, gone: 2)
    let both: Set = [try address("ok.c2"), try address("ok.c3")]
    let named = scene.plan(PlanOptions(allowDelete: both))
    #expect(named.refusals.isEmpty)
    #expect(try named.change("ok.c2", .delete).named == "named by --allow-delete")
    let some = scene.plan(PlanOptions(allowDelete: [try address("ok.c2")]))
    #expect(some.refusals.map(\.rule.id) == ["guards.maxDeletes", "guards.maxDeletePercent"])
    #expect(some.refusals.first?.addresses.map(\.description) == ["ok.c3"])
    let mixed = GuardTests.scene(4, gone: 2, extra: "removed: {ok.c3: {destroy: true}}\n")
    #expect(mixed.plan(PlanOptions(allowDelete: [try address("ok.c2")])).refusals.isEmpty)
  }

  @Test func `manifests without a channel refuse every deletion that is not named`() throws {
    let scene = GuardTests.scene(1, gone: 1, guards: "{maxDeletes: 100, maxDeletePercent: 100}")
    #expect(scene.plan().refusals.map(\.rule.id) == ["guards.empty"])
    #expect(scene.plan(PlanOptions(allowDelete: [try address("ok.c0")])).refusals.isEmpty)
  }

  @Test func `the stricter of the manifest's and the last applied limits holds, and loosening is a change`() {
    var scene = GuardTests.scene(10, gone: 2)
    scene.manifest = "guards: {maxDeletes: 5}\n" + scene.manifest
    let plan = scene.plan()
    #expect(plan.refusals.map(\.rule.id) == ["guards.maxDeletes"])
    #expect(plan.refusals.first?.message.contains("of the last apply") == true)
    #expect(plan.loosenedGuards == GuardLimits() && plan.guards.maxDeletes == 5)

    var kept = GuardTests.scene(10, gone: 0)
    kept.manifest = "guards: {maxDeletes: 5, drift: refuse}\n" + kept.manifest
    let loosening = kept.plan()
    #expect(loosening.changes.isEmpty && !loosening.isEmpty)
    kept.apply()
    #expect(kept.plan().isEmpty)
    kept.manifest.replace("drift: refuse", with: "drift: overwrite")
    #expect(!kept.plan().isEmpty)
    kept.manifest.replace("maxDeletes: 5, drift: overwrite", with: "maxDeletes: 0, drift: refuse")
    #expect(kept.plan().isEmpty && kept.plan().guards.maxDeletes == 0)
  }

  @Test func `a plan with targets loosens nothing`() throws {
    var scene = GuardTests.scene(2, gone: 0)
    scene.manifest = "guards: {maxDeletes: 5}\n" + scene.manifest
    let plan = scene.plan(PlanOptions(targets: [try #require(Target("ok.c0"))]))
    #expect(plan.isEmpty && plan.guards.maxDeletes == 1)
  }

  @Test func `a protected channel is not deleted, also when its manifest is gone in the same change`() throws {
    var scene = applied(bothChannels.replacing("name: Partner bot", with: "name: Partner bot\n      protect: true"))
    let start = try #require(scene.manifest.firstRange(of: "  custom:"))
    scene.manifest.removeSubrange(start.lowerBound...)
    let plan = scene.plan(PlanOptions(allowDelete: [try address("custom.bot")]))
    #expect(plan.refusals.map(\.rule.id) == ["protect"])
    #expect(plan.summary == ["delete custom.bot"])
    scene.account.remove("Partner bot")
    #expect(scene.plan().refusals.isEmpty)
  }

  @Test func `destroy is exempt from the limits and not from protection`() throws {
    #expect(GuardTests.scene(10, gone: 0).plan(PlanOptions(isDestroy: true)).refusals.isEmpty)
    var scene = applied()
    scene.manifest.replace("name: Partner bot", with: "name: Partner bot\n      protect: true")
    let plan = scene.plan(PlanOptions(isDestroy: true))
    #expect(plan.refusals.map(\.rule.id) == ["protect"])
    #expect(plan.refusals.first?.addresses.map(\.description) == ["custom.bot"])
  }

  @Test func `drift is refused where guards say so, unless the address is named`() throws {
    var scene = applied("guards: {drift: refuse}\n" + bothChannels)
    scene.manifest.replace("12h", with: "24h")
    #expect(scene.plan().refusals.isEmpty)
    scene.account.change("OK community", "topicSet", to: .reference(Reference(id: 22)))
    #expect(scene.plan().refusals.map(\.rule.id) == ["guards.drift"])
    #expect(scene.plan().refusals.first?.isAnsweredByApproval == true)
    #expect(scene.plan(PlanOptions(overwriteDrift: [try address("ok.community")])).refusals.isEmpty)
    scene.manifest.replace("drift: refuse", with: "drift: overwrite")
    #expect(scene.plan().refusals.map(\.rule.id) == ["guards.drift"])
    var open = applied()
    open.account.change("OK community", "topicSet", to: .reference(Reference(id: 22)))
    #expect(open.plan().refusals.isEmpty)
  }

  @Test func `a refusal of channels that are gone names the option of each`() throws {
    var scene = applied()
    scene.account.channels.removeAll()
    let refusal = try #require(scene.plan().refusals.first { $0.rule == .recreate })
    #expect(refusal.addresses.count == 2)
    #expect(refusal.remedy.contains("to create them again: --recreate custom.bot --recreate ok.community; "))
  }
}

import Channels
import Documents
import Manifest
import Provisioning
import Support
import Testing

/// What the account does not show of an object that an update writes whole.
@Suite struct PlannerLossTests {
  private func scene(token: String = "{env: OK_TOKEN}") -> PlanScene {
    var scene = PlanScene(
      """
      channels:
        ok:
          community: {name: OK, accessToken: {env: OK_TOKEN}, redirect: {queue: Support}, closing: {agent: 12h}}

      """, secrets: ["OK_TOKEN": "tkn1:first"])
    scene.apply()
    scene.manifest.replace("12h", with: "24h")
    scene.manifest.replace("{env: OK_TOKEN}", with: token)
    return scene
  }

  private func plan(
    _ scene: PlanScene, _ hidden: [HiddenMember], accepting losses: Set<String> = []
  ) throws -> Plan {
    var options = PlanOptions()
    if !losses.isEmpty { options.acceptedLosses = [try #require(Address("ok.community")): losses] }
    var input = scene.input(options)
    input.hidden = { _, fields in fields.contains { $0.name == "closing.agent" } ? hidden : [] }
    return Planner.plan(input)
  }

  private static let token = HiddenMember("accessToken", isCertain: true)
  private static let salt = HiddenMember("salt", isCertain: true)

  @Test func `a secret that the manifest names and the account does not show is sent again`() throws {
    let scene = scene()
    let plan = try plan(scene, [Self.token])
    #expect(plan.refusals.isEmpty)
    let change = try plan.change("ok.community", .update)
    let field = try change.field("accessToken")
    #expect(field.secret == .again && field.isSent && field.after == .secret(.environment("OK_TOKEN")))
    #expect(field.note == "sent again, unchanged")
    #expect(change.fields.map(\.name) == ["accessToken", "closing.agent"])
    #expect(change.impact == (try scene.plan().change("ok.community", .update)).impact)
    #expect(plan.sentSecrets.map(\.field) == ["accessToken"])
    #expect(change.wanted == (try scene.plan().change("ok.community", .update)).wanted)
  }

  @Test func `whether its value is at hand or not, the digest is the same; a changed value is a change`() throws {
    var scene = scene()
    let with = try plan(scene, [Self.token]).digest
    #expect(with != scene.plan().digest)
    scene.secrets = [:]
    let without = try plan(scene, [Self.token])
    #expect(without.digest == with)
    #expect(
      try without.change("ok.community", .update).field("accessToken").note == "sent again: it could not be compared")
    scene.secrets = ["OK_TOKEN": "tkn1:second"]
    #expect(try plan(scene, [Self.token]).change("ok.community", .update).field("accessToken").secret == .changed)
  }

  @Test func `a readable value that is not shown is sent again too`() throws {
    let plan = try plan(
      scene(), [HiddenMember("redirect", isCertain: false), HiddenMember("useTags", isCertain: false)])
    #expect(plan.refusals.isEmpty)
    let change = try plan.change("ok.community", .update)
    #expect(change.fields.map(\.name) == ["redirect", "closing.agent"])
    #expect(try change.field("redirect").note == "sent again, unchanged")
    #expect(try change.field("redirect").before == .unknown)
  }

  @Test(arguments: ["{keep: true}", "{env: OK_TOKEN}"])
  func `what nobody can send refuses the plan, with the ways out`(_ token: String) throws {
    let scene = scene(token: token)
    let isKept = token != "{env: OK_TOKEN}"
    let plan = try plan(scene, [Self.token, Self.salt, HiddenMember("settings.odd", isCertain: false)])
    let names = isKept ? ["accessToken", "salt"] : ["salt"]
    let refusal = try #require(plan.refusals.first)
    #expect(plan.refusals.count == 1)
    #expect(refusal.rule.id == "update.loss" && refusal.addresses.map(\.description) == ["ok.community"])
    #expect(refusal.message.contains("may delete \(names.joined(separator: ", ")):"))
    #expect(refusal.remedy.contains("update: merge"))
    for name in names { #expect(refusal.remedy.contains("--accept-loss ok.community.\(name)")) }
    #expect(!refusal.remedy.contains("odd"))
  }

  @Test func `an accepted loss is shown, counts in the digest, and survives the saved plan`() throws {
    let scene = scene()
    #expect(try plan(scene, [Self.salt], accepting: ["other"]).refusals.count == 1)
    let plan = try plan(scene, [Self.salt], accepting: ["salt", "other"])
    #expect(plan.refusals.isEmpty)
    let change = try plan.change("ok.community", .update)
    #expect(change.losses == ["salt"])
    #expect(change.impact.last == "salt may be lost: Kit does not show it, and --accept-loss names it")
    #expect(plan.digest != scene.plan().digest)
    let file = PlanFile(plan, tool: "test")
    let back = try PlanFile(decoding: file.encode(), label: "plan").plan
    #expect(try back.change("ok.community", .update).losses == ["salt"])
    #expect(back.digest == plan.digest)
    let draft = try ChannelDraft(of: change, kind: .ok, secrets: ResolvedSecrets())
    #expect(draft.acceptedLosses == ["salt"])
  }

  @Test func `where nothing is hidden, plan, digest and saved plan are as ever`() throws {
    let scene = scene()
    let plan = try plan(scene, [])
    #expect(plan == scene.plan())
    let text = String(decoding: PlanFile(plan, tool: "test").encode(), as: UTF8.self)
    #expect(!text.contains("losses") && !text.contains("profiles"))
  }
}

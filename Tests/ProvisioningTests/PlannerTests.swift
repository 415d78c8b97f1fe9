import Basics
import Channels
import Documents
import Manifest
import Provisioning
import Support
import Testing

/// A channel of each kind, as most tests begin.
let bothChannels = """
  channels:
    ok:
      community:
        name: OK community
        accessToken: {env: OK_TOKEN}
        redirect: {queue: Support}
        closing: {agent: 12h}
        topicSet: Retail
        skills: {russian: 3}
    custom:
      bot:
        name: Partner bot
        callbackURL: https://bots.example.com/kit
        apiToken: {id: 42}
        redirect: {function: Router}

  """

/// The scene after the first apply of `bothChannels`.
func applied(_ manifest: String = bothChannels, secrets: [String: String] = ["OK_TOKEN": "tkn1:first"]) -> PlanScene {
  var scene = PlanScene(manifest, secrets: secrets)
  scene.apply()
  return scene
}

func address(_ text: String) throws -> Address { try #require(Address(text)) }

extension Plan {
  /// `action address` for each change, in the plan's order.
  var summary: [String] { changes.map { "\($0.action.rawValue) \($0.address)" } }

  func change(_ address: String, _ action: Action) throws -> Change {
    try #require(changes.first { $0.address.description == address && $0.action == action })
  }

  /// The ids of the findings, in their order.
  var findings: [String] { diagnostics.map(\.id) }
}

extension Change {
  func field(_ name: String) throws -> FieldChange { try #require(fields.first { $0.name == name }) }
}

@Suite struct PlannerTests {
  @Test func `a manifest without a state is created, with every written field`() throws {
    let plan = PlanScene(bothChannels, secrets: ["OK_TOKEN": "tkn1:first"]).plan()
    #expect(plan.summary == ["create custom.bot", "create ok.community"])
    #expect(plan.diagnostics.isEmpty && plan.refusals.isEmpty)
    #expect(plan.calls == 2)
    let create = try plan.change("ok.community", .create)
    #expect(create.fields.map(\.name) == ["name", "accessToken", "redirect", "closing.agent", "topicSet", "skills"])
    #expect(create.fields.allSatisfy { $0.before == .absent })
    let token = try create.field("accessToken")
    #expect(token.secret == .set && token.after == .secret(.environment("OK_TOKEN")))
    #expect(try create.field("closing.agent").after == .value(.integer(43_200)))
    #expect(create.source == Change.Source(SourcePosition(file: "kitform.yaml", line: 5, column: 5)))
    #expect(try create.field("topicSet").source == SourcePosition(file: "kitform.yaml", line: 10, column: 17))
    #expect(create.wanted.map(\.name) == create.fields.map(\.name))
    #expect(create.precondition == nil && create.id == nil)
  }

  @Test func `after an apply there is nothing to do`() {
    let scene = applied()
    let plan = scene.plan()
    #expect(plan.isEmpty && plan.refreshed.isEmpty)
    #expect(plan.unchanged == 2 && plan.unmanaged == 0 && plan.managed == 2 && plan.calls == 0)
  }

  @Test func `a value changed in the manifest has the cause manifest`() throws {
    var scene = applied()
    scene.manifest.replace("12h", with: "24h")
    let update = try scene.plan().change("ok.community", .update)
    let field = try #require(update.fields.first)
    #expect(update.fields.count == 1)
    #expect(field.name == "closing.agent" && field.cause == .manifest && field.applied == nil)
    #expect(field.before == .value(.integer(43_200)) && field.after == .value(.integer(86_400)))
    #expect(update.precondition != nil && update.uuid == ModelAccount.uuid(102))
  }

  @Test func `a value changed in Kit has the cause account and shows what was applied`() throws {
    var scene = applied()
    scene.account.change("OK community", "topicSet", to: .reference(Reference(id: 22)))
    let field = try scene.plan().change("ok.community", .update).field("topicSet")
    #expect(field.cause == .account)
    #expect(field.before == .value(["id": 22, "title": "Wholesale"]))
    #expect(field.after == .value(["id": 21, "title": "Retail"]))
    #expect(field.applied == .value(["id": 21, "title": "Retail"]))
  }

  @Test func `a value changed on both sides is a conflict of three values`() throws {
    var scene = applied()
    scene.manifest.replace("12h", with: "24h")
    scene.account.change("OK community", "closing.agent", to: .seconds(600))
    let field = try scene.plan().change("ok.community", .update).field("closing.agent")
    #expect(field.cause == .both)
    #expect(field.before == .value(600) && field.after == .value(86_400) && field.applied == .value(43_200))
  }

  @Test func `where manifest and account agree nothing is listed, and the next write remembers it`() throws {
    var scene = applied()
    scene.manifest.replace("12h", with: "24h")
    scene.account.change("OK community", "closing.agent", to: .seconds(86_400))
    let plan = scene.plan()
    #expect(plan.isEmpty)
    let entry = try #require(plan.refreshed.first)
    #expect(plan.refreshed.count == 1 && entry.applied("closing.agent")?.value == 86_400)
    scene.apply()
    #expect(scene.plan().refreshed.isEmpty)
  }

  @Test func `an absent field is neither sent nor compared`() {
    var scene = applied()
    scene.account.change("OK community", "useTags", to: .flag(true))
    scene.account.change("OK community", "closing.bot", to: .seconds(77))
    #expect(scene.plan().isEmpty)
  }

  @Test func `a field that is no longer written is released without a call`() throws {
    var scene = applied()
    scene.manifest.replace("      skills: {russian: 3}\n", with: "")
    let plan = scene.plan()
    #expect(plan.summary == ["release ok.community"])
    let release = try plan.change("ok.community", .release)
    let field = try release.field("skills")
    #expect(field.after == .absent && !field.isSent && !release.isCall && plan.calls == 0)
    #expect(field.before == .value([["id": 31, "title": "russian", "level": 3]]))
    scene.apply()
    #expect(scene.plan().isEmpty)
    #expect(try scene.state?[address("ok.community")]?.applied("skills") == nil)
  }

  @Test func `a release beside a difference stands inside the update`() throws {
    var scene = applied()
    scene.manifest.replace("      skills: {russian: 3}\n", with: "")
    scene.manifest.replace("12h", with: "24h")
    let plan = scene.plan()
    #expect(plan.summary == ["update ok.community"])
    let update = try plan.change("ok.community", .update)
    #expect(update.fields.map(\.name) == ["closing.agent", "skills"])
    #expect(update.fields.filter(\.isSent).map(\.name) == ["closing.agent"])
    #expect(!update.wanted.contains { $0.name == "skills" })
  }

  @Test func `cleared is a value of its own`() throws {
    var scene = applied()
    scene.manifest.replace("topicSet: Retail", with: "topicSet: none")
    scene.manifest.replace("skills: {russian: 3}", with: "skills: {}")
    let update = try scene.plan().change("ok.community", .update)
    #expect(update.fields.map(\.after) == [.value(.null), .value(.null)])
    scene.apply()
    #expect(scene.plan().isEmpty)
  }

  @Test func `an object that was renamed in Kit is no difference`() {
    var scene = applied()
    scene.manifest.replace("queue: Support", with: "queue: 1")
    scene.account.facts[.queue] = .objects([AccountObject(id: 1, title: "Help desk")])
    #expect(scene.plan().isEmpty)
  }

  @Test func `skills in another order are no difference`() {
    var scene = applied(bothChannels.replacing("{russian: 3}", with: "{russian: 3, billing: 2}"))
    scene.manifest.replace("{russian: 3, billing: 2}", with: "{billing: 2, russian: 3}")
    #expect(scene.plan().isEmpty)
  }

  @Test func `texts differ by their bytes`() throws {
    var scene = applied(bothChannels.replacing("Partner bot", with: "Caf\u{E9}"))
    scene.account.change("Caf\u{E9}", "name", to: .text("Cafe\u{301}"))
    #expect(try scene.plan().change("custom.bot", .update).field("name").cause == .account)
  }

  @Test func `a field that the account does not show is compared with the last apply`() throws {
    var scene = applied()
    let slot = try #require(Kind.ok.index(of: "closing.agent"))
    let index = try #require(scene.account.channels.firstIndex { $0.name == "OK community" })
    scene.account.channels[index].values[slot] = nil
    #expect(scene.plan().isEmpty)
    scene.manifest.replace("12h", with: "24h")
    let field = try scene.plan().change("ok.community", .update).field("closing.agent")
    #expect(field.before == .unknown && field.cause == .manifest)
  }

  @Test func `a channel that left the manifests is deleted, with what it was`() throws {
    var scene = applied()
    let start = try #require(scene.manifest.firstRange(of: "  custom:"))
    scene.manifest.removeSubrange(start.lowerBound...)
    let plan = scene.plan()
    #expect(plan.summary == ["delete custom.bot"])
    let delete = try plan.change("custom.bot", .delete)
    #expect(delete.source == Change.Source(SourcePosition(file: "kitform.yaml", line: 13, column: 5), isGone: true))
    #expect(try delete.field("redirect").before == .value(["function": ["id": 12, "title": "Router"]]))
    #expect(delete.impact.contains("messages to it will be refused"))
    #expect(delete.wanted.isEmpty && delete.precondition != nil && delete.named == nil)
    scene.apply()
    #expect(scene.plan().isEmpty && scene.account.channels.count == 1)
  }

  @Test func `deletes come first, then addresses in order`() throws {
    var scene = applied()
    let start = try #require(scene.manifest.firstRange(of: "  custom:"))
    scene.manifest.removeSubrange(start.lowerBound...)
    scene.manifest += "    another: {name: Another, accessToken: {env: OK_TOKEN}, redirect: {queue: 2}}\n"
    scene.manifest.replace("12h", with: "24h")
    #expect(scene.plan().summary == ["delete custom.bot", "create ok.another", "update ok.community"])
  }

  @Test func `another kind is a delete and a create`() throws {
    var scene = applied()
    let start = try #require(scene.manifest.firstRange(of: "  custom:"))
    scene.manifest.removeSubrange(start.lowerBound...)
    scene.manifest += "    bot: {name: Partner bot, accessToken: {env: OK_TOKEN}, redirect: {queue: 2}}\n"
    #expect(scene.plan().summary == ["delete custom.bot", "create ok.bot"])
  }

  @Test func `a managed channel that is gone is made anew only when it is named`() throws {
    var scene = applied()
    scene.account.remove("Partner bot")
    let plan = scene.plan()
    let create = try plan.change("custom.bot", .create)
    #expect(create.cause == .account && create.uuid == nil)
    #expect(create.impact.first?.contains("new UUID and salt") == true)
    #expect(plan.refusals.map(\.rule.id) == ["recreate"])
    #expect(try plan.refusals.first?.addresses == [address("custom.bot")])
    let named = scene.plan(PlanOptions(recreate: [try address("custom.bot")]))
    #expect(named.refusals.isEmpty && named.digest == plan.digest)
    scene.apply(PlanOptions(recreate: [try address("custom.bot")]))
    #expect(scene.plan().isEmpty)
  }

  @Test func `a channel that is gone from manifests and account is forgotten`() throws {
    var scene = applied()
    let start = try #require(scene.manifest.firstRange(of: "  custom:"))
    scene.manifest.removeSubrange(start.lowerBound...)
    scene.account.remove("Partner bot")
    let plan = scene.plan()
    #expect(plan.summary == ["forget custom.bot"] && plan.calls == 0 && plan.refusals.isEmpty)
    #expect(try plan.change("custom.bot", .forget).cause == .account)
  }

  @Test func `an id that Kit gave to another channel is not taken for the old one`() throws {
    var scene = applied()
    let index = try #require(scene.account.channels.firstIndex { $0.name == "Partner bot" })
    scene.account.channels[index].uuid = ModelAccount.uuid(999)
    scene.account.channels[index].name = "Somebody else's"
    #expect(try scene.plan().change("custom.bot", .create).cause == .account)
  }

  @Test func `a create beside an unmanaged channel of its kind and name offers to adopt it`() throws {
    var scene = PlanScene(bothChannels, secrets: ["OK_TOKEN": "tkn1:first"])
    scene.account.add(.ok, "OK community")
    scene.account.add(.ok, "Partner bot")
    let plan = scene.plan()
    #expect(plan.findings == ["channel.exists"])
    let finding = try #require(plan.diagnostics.first)
    #expect(finding.suggestion?.contains("adopt: {ok.community: {uuid: \(ModelAccount.uuid(101))}}") == true)
    #expect(plan.unmanaged == 2)
  }

  @Test func `protecting and unprotecting are changes of the state alone`() throws {
    var scene = applied()
    scene.manifest.replace("name: Partner bot", with: "name: Partner bot\n      protect: true")
    let protecting = scene.plan()
    #expect(protecting.summary == ["update custom.bot"] && protecting.calls == 0)
    let update = try protecting.change("custom.bot", .update)
    #expect(update.isProtected && !update.isCall)
    #expect(update.fields.map(\.name) == ["protect"])
    scene.apply()
    #expect(scene.plan().isEmpty)
    scene.manifest.replace("      protect: true\n", with: "")
    let field = try scene.plan().change("custom.bot", .update).field("protect")
    #expect(field.before == .value(true) && field.after == .value(false))
    scene.apply()
    #expect(try scene.state?[address("custom.bot")]?.isProtected == false)
  }

  @Test func `protection is shown, and part of the digest, where a channel is created or adopted`() throws {
    var scene = PlanScene(bothChannels, secrets: ["OK_TOKEN": "tkn1:first"])
    let bare = scene.plan()
    scene.manifest.replace("name: Partner bot", with: "name: Partner bot\n      protect: true")
    let plan = scene.plan()
    let field = try plan.change("custom.bot", .create).field("protect")
    #expect(field.before == .absent && field.after == .value(true) && field.cause == .manifest && field.source != nil)
    #expect(plan.digest != bare.digest && plan.calls == bare.calls)
    #expect(try bare.change("custom.bot", .create).fields.allSatisfy { $0.name != "protect" })
    let check = ApprovalCheck(
      Approval(plan: plan), plan: bare, records: [],
      state: State(lineage: "l", serial: 0, environment: "default", account: PlanScene.binding),
      channels: [])
    #expect(check.reasons.contains("it approves another create custom.bot"), "\(check.reasons)")

    scene.account.add(.custom, "Partner bot")
    scene.manifest += "adopt: {custom.bot: {name: Partner bot}}\n"
    let adopting = scene.plan()
    #expect(try adopting.change("custom.bot", .adopt).fields.map(\.name) == ["protect"])
    scene.apply()
    #expect(try scene.state?[address("custom.bot")]?.isProtected == true)
    #expect(scene.plan().isEmpty)
  }

  @Test func `a target narrows what may change and says how much it looks at`() throws {
    var scene = applied()
    scene.manifest.replace("12h", with: "24h")
    scene.manifest.replace("Partner bot", with: "Robot")
    let exact = scene.plan(PlanOptions(targets: [try #require(Target("custom.bot"))]))
    #expect(exact.summary == ["update custom.bot"])
    #expect(exact.scope == Plan.Scope(channels: 1, total: 2) && exact.targets == ["custom.bot"])
    let wide = scene.plan(PlanOptions(targets: [try #require(Target("ok.*"))]))
    #expect(wide.summary == ["update ok.community"])
    #expect(scene.plan().scope == nil)
    let configuration = scene.configuration().configuration
    let unknown = try #require(Target("ok.nobody"))
    #expect(Target.unknown([unknown], configuration: configuration, state: scene.state) == [unknown])
    #expect(Target("ok.") == nil && Target("*") == nil && Target("OK.x") == nil)
  }

  @Test func `a channel of another kind than its address is not deleted, by a manifest or by destroy`() throws {
    var scene = applied()
    let index = try #require(scene.account.channels.firstIndex { $0.name == "Partner bot" })
    scene.account.channels[index].kind = nil
    scene.account.channels[index].kindLabel = "telegram"
    let destruction = scene.plan(PlanOptions(isDestroy: true))
    #expect(destruction.summary == ["delete ok.community"])
    #expect(destruction.findings == ["channel.changedKind"] && destruction.diagnostics[0].severity == .error)
    let start = try #require(scene.manifest.firstRange(of: "  custom:"))
    scene.manifest.removeSubrange(start.lowerBound...)
    #expect(scene.plan().changes.isEmpty && scene.plan().findings == ["channel.changedKind"])
    scene.manifest += "removed: {custom.bot: {destroy: false}}\n"
    #expect(scene.plan().summary == ["forget custom.bot"] && scene.plan().diagnostics.isEmpty)
  }

  @Test func `destroy deletes every managed channel and leaves the others alone`() throws {
    var scene = applied()
    scene.account.add(.ok, "Somebody else's")
    let plan = scene.plan(PlanOptions(isDestroy: true))
    #expect(plan.summary == ["delete custom.bot", "delete ok.community"])
    #expect(plan.refusals.isEmpty && plan.unmanaged == 1)
    #expect(try plan.change("custom.bot", .delete).source?.isGone == false)
  }

  @Test func `impacts speak of messages and conversations`() throws {
    var scene = applied()
    scene.manifest.replace("queue: Support", with: "queue: Wholesale")
    scene.manifest.replace("12h", with: "1h")
    scene.manifest.replace("https://bots.example.com/kit", with: "https://hooks.example.com/kit")
    let ok = try scene.plan().change("ok.community", .update).impact
    #expect(ok.contains("messages go to queue Wholesale from now on, no longer to queue Support"))
    #expect(ok.contains { $0.hasSuffix("earlier, after 1h instead of 12h") })
    let custom = try scene.plan().change("custom.bot", .update).impact
    #expect(custom == ["Kit calls hooks.example.com from now on, no longer bots.example.com"])
    scene.apply()
    scene.manifest.replace("agent: 1h", with: "agent: 2h")
    #expect(try scene.plan().change("ok.community", .update).impact.isEmpty)
  }
}

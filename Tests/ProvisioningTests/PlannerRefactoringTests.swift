import Channels
import Documents
import Manifest
import Provisioning
import Support
import Testing

@Suite struct PlannerRefactoringTests {
  /// A project with one OK.ru channel that exists in the account under the id 101.
  static func adopting(_ target: String, name: String = "OK community") -> PlanScene {
    var scene = PlanScene(
      """
      adopt: {ok.community: \(target)}
      channels:
        ok:
          community:
            name: \(name)
            accessToken: {keep: true}
            redirect: {queue: Support}

      """)
    scene.account.add(.ok, "OK community")
    return scene
  }

  @Test(arguments: [
    "{uuid: \(ModelAccount.uuid(101))}", "{uuid: \(ModelAccount.uuid(101).uppercased())}", "{id: 101}",
    "{name: OK community}",
  ])
  func `adopting binds an address to a channel and changes nothing`(target: String) throws {
    var scene = PlannerRefactoringTests.adopting(target)
    let plan = scene.plan()
    #expect(plan.summary == ["adopt ok.community"] && plan.calls == 0 && plan.findings.isEmpty)
    let adopt = try plan.change("ok.community", .adopt)
    #expect(adopt.id == 101 && adopt.uuid == ModelAccount.uuid(101) && adopt.precondition != nil)
    #expect(adopt.source?.position.line == 6)
    #expect(adopt.wanted.map(\.name) == ["name", "accessToken", "redirect"])
    #expect(plan.unmanaged == 0)
    scene.apply()
    #expect(scene.plan().isEmpty)
  }

  @Test func `adopting a channel that differs is an adoption and an update of one address`() throws {
    var scene = PlannerRefactoringTests.adopting("{id: 101}", name: "Our community")
    let plan = scene.plan()
    #expect(plan.summary == ["adopt ok.community", "update ok.community"])
    #expect(try plan.change("ok.community", .adopt).wanted.map(\.name) == ["accessToken", "redirect"])
    #expect(try plan.change("ok.community", .update).field("name").cause == .manifest)
    scene.apply()
    #expect(scene.plan().isEmpty)
  }

  @Test func `adopting sends a secret once and says so`() throws {
    var scene = PlannerRefactoringTests.adopting("{id: 101}")
    scene.manifest.replace("{keep: true}", with: "{env: OK_TOKEN}")
    scene.secrets["OK_TOKEN"] = "tkn1:first"
    let field = try scene.plan().change("ok.community", .update).field("accessToken")
    #expect(field.secret == .set && field.note == "sent once: Kit does not show the present one")
    scene.apply()
    #expect(scene.plan().isEmpty)
  }

  @Test(arguments: [
    ("{uuid: nothing}", "adopt.missing"), ("{id: 7}", "adopt.missing"), ("{name: Nobody}", "adopt.missing"),
  ])
  func `adopting what is not there is an error at the entry`(target: String, rule: String) throws {
    let plan = PlannerRefactoringTests.adopting(target).plan()
    #expect(plan.findings == [rule] && plan.changes.isEmpty)
    #expect(plan.diagnostics.first?.place != nil)
  }

  @Test func `adopting by a name that two channels have is an error that lists both`() throws {
    var scene = PlannerRefactoringTests.adopting("{name: OK community}")
    scene.account.add(.ok, "OK community")
    let plan = scene.plan()
    #expect(plan.findings == ["adopt.ambiguous"])
    #expect(plan.diagnostics.first?.why?.contains("id 101 ") == true)
    #expect(plan.diagnostics.first?.why?.contains("id 102 ") == true)
  }

  @Test func `adopting a channel of another kind is an error`() {
    var scene = PlannerRefactoringTests.adopting("{id: 102}")
    scene.account.add(.custom, "Bot")
    #expect(scene.plan().findings == ["adopt.kind"])
    scene.manifest.replace("{id: 102}", with: "{name: Bot}")
    #expect(scene.plan().findings == ["adopt.kind"])
  }

  @Test func `adopting a channel or at an address that is bound already is an error`() {
    var scene = PlannerRefactoringTests.adopting("{id: 101}")
    scene.apply()
    scene.account.add(.ok, "Second")
    scene.manifest.replace("{id: 101}", with: "{id: 102}")
    #expect(scene.plan().findings == ["adopt.bound"])
    scene.manifest.replace("adopt: {ok.community: {id: 102}}", with: "adopt: {ok.second: {id: 101}}")
    scene.manifest += "    second: {name: Second one, accessToken: {keep: true}, redirect: {queue: 1}}\n"
    #expect(scene.plan().findings == ["adopt.taken"])
  }

  @Test func `two entries for one channel bind it once`() {
    var scene = PlannerRefactoringTests.adopting("{id: 101}")
    scene.manifest.replace("{id: 101}}", with: "{id: 101}, ok.second: {name: OK community}}")
    scene.manifest += "    second: {name: Second one, accessToken: {keep: true}, redirect: {queue: 1}}\n"
    #expect(scene.plan().findings == ["adopt.taken"])
  }

  @Test func `an adoption that came true may stay, also once the channel has another name or is gone`() throws {
    var scene = PlannerRefactoringTests.adopting("{name: OK community}")
    scene.apply()
    scene.manifest.replace("name: OK community\n", with: "name: Renamed\n")
    scene.apply()
    #expect(scene.plan().isEmpty && scene.plan().findings.isEmpty)
    scene.account.remove("Renamed")
    #expect(scene.plan().summary == ["create ok.community"])
  }

  @Test func `an address whose channel is gone may adopt its successor`() throws {
    var scene = PlannerRefactoringTests.adopting("{id: 101}")
    scene.apply()
    scene.account.remove("OK community")
    scene.account.add(.ok, "OK community")
    scene.manifest.replace("{id: 101}", with: "{id: 102}")
    let plan = scene.plan()
    #expect(plan.summary == ["adopt ok.community"] && plan.findings.isEmpty && plan.refusals.isEmpty)
  }

  @Test func `a move gives the state's entry a new address without a call`() throws {
    var scene = applied()
    scene.manifest.replace("    bot:\n", with: "    partner-bot:\n")
    scene.manifest += "moved: {custom.partner-bot: custom.bot}\n"
    let plan = scene.plan()
    #expect(plan.summary == ["move custom.partner-bot"] && plan.calls == 0)
    let move = try plan.change("custom.partner-bot", .move)
    #expect(try move.movedFrom == address("custom.bot"))
    #expect(move.uuid == ModelAccount.uuid(101))
    scene.apply()
    #expect(scene.plan().isEmpty && scene.plan().findings.isEmpty)
  }

  @Test func `a move and a difference are two changes of the new address`() throws {
    var scene = applied()
    scene.manifest.replace(
      "    bot:\n      name: Partner bot", with: "    partner-bot:\n      name: Robot\n      protect: true")
    scene.manifest += "moved: {custom.partner-bot: custom.bot}\n"
    let plan = scene.plan()
    #expect(plan.summary == ["move custom.partner-bot", "update custom.partner-bot"])
    #expect(try plan.change("custom.partner-bot", .update).fields.map(\.name) == ["name", "protect"])
    scene.apply()
    #expect(scene.plan().isEmpty)
  }

  @Test func `a move sends no secret again, though fingerprints hold the address`() throws {
    var scene = applied()
    scene.manifest.replace("    community:\n", with: "    main:\n")
    scene.manifest += "moved: {ok.main: ok.community}\n"
    #expect(scene.plan().summary == ["move ok.main"])
    var changed = scene
    changed.secrets["OK_TOKEN"] = "tkn1:second"
    #expect(try changed.plan().change("ok.main", .update).field("accessToken").secret == .changed)
    var unresolved = scene
    unresolved.secrets = [:]
    #expect(
      try unresolved.plan().change("ok.main", .move).wanted.compactMap(\.fingerprint).map(\.address) == [
        Address(kind: "ok", key: "community")
      ])
    scene.apply()
    #expect(scene.plan().isEmpty)
    scene.manifest.replace("name: OK community", with: "name: OK community\n      protect: true")
    scene.manifest.replace("    main:\n", with: "    first:\n")
    scene.manifest.replace("{ok.main: ok.community}", with: "{ok.first: ok.main}")
    #expect(scene.plan().summary == ["move ok.first", "update ok.first"])
    #expect(scene.plan().calls == 0)
    scene.apply()
    #expect(scene.plan().isEmpty)
  }

  @Test func `a protected channel can be moved`() {
    var scene = applied(bothChannels.replacing("name: Partner bot", with: "name: Partner bot\n      protect: true"))
    scene.manifest.replace("    bot:\n", with: "    partner-bot:\n")
    scene.manifest += "moved: {custom.partner-bot: custom.bot}\n"
    let plan = scene.plan()
    #expect(plan.summary == ["move custom.partner-bot"] && plan.refusals.isEmpty)
  }

  @Test func `a move between two addresses of the state is an error`() {
    var scene = applied(
      bothChannels
        + "    other: {name: Other, callbackURL: \"https://a.example.com\", apiToken: {id: 41}, redirect: {queue: 1}}\n"
    )
    scene.manifest.replace("    bot:\n", with: "    unused:\n")
    scene.manifest += "moved: {custom.other: custom.bot}\n"
    let plan = scene.plan()
    #expect(plan.findings == ["moved.managed"])
    #expect(!plan.summary.contains("delete custom.bot"))
  }

  @Test func `a target leaves the moves of other addresses alone`() throws {
    var scene = applied()
    scene.manifest.replace("    bot:\n", with: "    partner-bot:\n")
    scene.manifest += "moved: {custom.partner-bot: custom.bot}\n"
    #expect(scene.plan(PlanOptions(targets: [try #require(Target("ok.*"))])).isEmpty)
    #expect(scene.plan(PlanOptions(targets: [try #require(Target("custom.bot"))])).isEmpty)
    let moved = scene.plan(PlanOptions(targets: [try #require(Target("custom.partner-bot"))]))
    #expect(moved.summary == ["move custom.partner-bot"])
    #expect(moved.scope == Plan.Scope(channels: 1, total: 2))
  }

  @Test func `removed forgets or deletes, and names the deletion for the guards`() throws {
    var scene = applied()
    let start = try #require(scene.manifest.firstRange(of: "  custom:"))
    scene.manifest.removeSubrange(start.lowerBound...)
    let text = scene.manifest
    scene.manifest = text + "removed: {custom.bot: {destroy: false}}\n"
    let forget = try scene.plan().change("custom.bot", .forget)
    #expect(!forget.isCall && forget.impact == ["it stays in Kit, and Kitform forgets it"])
    scene.manifest = text + "removed: {custom.bot: {destroy: true}}\n"
    let delete = try scene.plan().change("custom.bot", .delete)
    #expect(delete.named == "named in removed:" && delete.source?.isGone == false)
    scene.apply()
    #expect(scene.plan().isEmpty && scene.plan().findings.isEmpty)
  }

  @Test(arguments: ["true", "false"]) func `removed does not override protection`(destroy: String) throws {
    var scene = applied(bothChannels.replacing("name: Partner bot", with: "name: Partner bot\n      protect: true"))
    let start = try #require(scene.manifest.firstRange(of: "  custom:"))
    scene.manifest.removeSubrange(start.lowerBound...)
    scene.manifest += "removed: {custom.bot: {destroy: \(destroy)}}\n"
    let plan = scene.plan()
    #expect(plan.findings == ["removed.protected"] && plan.refusals.isEmpty)
  }

  @Test func `destroy leaves what removed keeps in Kit`() throws {
    var scene = applied()
    let start = try #require(scene.manifest.firstRange(of: "  custom:"))
    scene.manifest.removeSubrange(start.lowerBound...)
    scene.manifest += "removed: {custom.bot: {destroy: false}}\n"
    #expect(scene.plan(PlanOptions(isDestroy: true)).summary == ["delete ok.community", "forget custom.bot"])
  }

  @Test func `a delete and a create that are nearly alike propose the move`() throws {
    var scene = applied()
    scene.manifest.replace("    bot:\n", with: "    robot:\n")
    let plan = scene.plan()
    let finding = try #require(plan.diagnostics.first { $0.id == "moved.proposed" })
    #expect(finding.severity == .warning && finding.place != nil)
    #expect(finding.suggestion?.contains("moved: {custom.robot: custom.bot}") == true)
    scene.manifest += "moved: {custom.robot: custom.bot}\n"
    #expect(!scene.plan().findings.contains("moved.proposed") && scene.plan().count(.delete) == 0)
  }

  @Test func `a delete and a create that have little in common propose nothing`() throws {
    var scene = applied()
    scene.manifest.replace("    bot:\n", with: "    robot:\n")
    scene.manifest.replace("https://bots.example.com/kit", with: "https://other.example.com")
    scene.manifest.replace("name: Partner bot", with: "name: Another")
    #expect(scene.plan().count(.create) == 1 && !scene.plan().findings.contains("moved.proposed"))
  }
}

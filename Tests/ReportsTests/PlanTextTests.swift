import Basics
import Channels
import Documents
import Manifest
import Provisioning
import Reports
import Support
import Testing

@Suite struct PlanTextTests {
  private static let manifest = """
    channels:
      custom:
        old-bot:
          name: Old bot
          callbackURL: https://bots.example.com/kit?key=s3cret
          apiToken: {id: 42}
          redirect: {queue: Support}
      ok:
        community:
          name: OK community
          accessToken: {env: OK_TOKEN}
          redirect: {queue: Support}
          closing: {agent: 12h}
          topicSet: Wholesale
          skills: {russian: 3}

    """

  /// The example of Plans.md, "How a plan reads": a named deletion, drift, a changed secret and a released field.
  static func example() -> PlanScene {
    var scene = PlanScene(manifest, secrets: ["OK_TOKEN": "tkn1:first"])
    scene.apply()
    scene.account.change("OK community", "topicSet", to: .reference(Reference(id: 21)))
    scene.manifest =
      PlanScene.header + """
        channels:
          ok:
            community:
              name: OK community
              accessToken: {env: OK_TOKEN}
              redirect: {queue: Support}
              closing: {agent: 10h}
              topicSet: Wholesale
        removed: {custom.old-bot: {destroy: true}}

        """
    scene.secrets["OK_TOKEN"] = "tkn1:second"
    return scene
  }

  private func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }

  @Test func `a plan says what, how, why and where, deletes first`() {
    let plan = PlanTextTests.example().plan()
    let text = PlanText(color: false, callsPerSecond: 5).render(plan)
    #expect(
      text == """
          - custom.old-bot  "Old bot"                                named in removed:                    kitform.yaml:11
              uuid 0f6c0000-0000-4000-8000-000000000101, redirect queue Support: messages to it will be refused; its callback is cut off: Kit delivers no more answers to it
          ~ ok.community    "OK community"                                                                kitform.yaml:5
              accessToken    (secret {env: OK_TOKEN}) changed                                             kitform.yaml:7
              closing.agent  12h → 10h, conversations close earlier  changed here                         kitform.yaml:9
              topicSet       Retail → Wholesale                      changed in Kit since the last apply  kitform.yaml:10
              skills         no longer managed: it keeps its value in Kit

        Plan: 1 to delete, 1 to update. 2 calls, about 0.2 s.
        Plan digest: \(plan.digest)

        """)
  }

  @Test func `the meaning of an update is told on demand`() {
    let text = PlanText(color: false, isVerbose: true).render(PlanTextTests.example().plan())
    #expect(
      text.contains(
        "      open agent and unassigned conversations close at another time: earlier, after 10h instead of 12h\n"))
  }

  @Test func `a conflict shows all three values`() {
    var scene = PlanTextTests.example()
    scene.account.change("OK community", "closing.agent", to: .seconds(600))
    #expect(PlanText(color: false).render(scene.plan()).contains("10m → 10h (12h at the last apply)"))
  }

  @Test func `a plan without changes says so in one sentence`() {
    var scene = PlanScene("")
    let text = PlanText(color: false).render(scene.plan())
    #expect(text.hasPrefix("No changes: the account matches the manifests (0 channels, 1 call to read).\n"))
    scene.account.add(.ok, "Somebody else's")
    #expect(PlanText(color: false).render(scene.plan()).contains("1 channel of the account is not managed.\n"))
  }

  @Test func `a plan with errors says that it cannot be applied, and never that there are no changes`() {
    var plan = PlanScene("").plan()
    plan.diagnostics = [Diagnostic(.adoptMissing, at: nil, "one"), Diagnostic(.movedProposed, at: nil, "a warning")]
    let text = PlanText(color: false).render(plan)
    #expect(text.hasPrefix("The plan cannot be applied: 1 error.\n") && !text.contains("No changes"))
    plan = PlanTextTests.example().plan()
    plan.diagnostics = [Diagnostic(.adoptMissing, at: nil, "one"), Diagnostic(.adoptKind, at: nil, "two")]
    let lines = lines(PlanText(color: false).render(plan))
    #expect(lines.contains { $0.hasPrefix("Plan: ") } && lines.contains("The plan cannot be applied: 2 errors."))
  }

  @Test func `a creation that is uncertain is told, and then the account is not what the manifests say`() throws {
    var plan = PlanScene("").plan()
    let address = try #require(Address("custom.two"))
    plan.uncertain = [
      UncertainCreation(
        operation: RunRecord.RunOperation(
          number: 1, address: address, action: .create, name: "Two", channelID: nil, uuid: nil, source: nil,
          isProtected: false, wanted: []), candidates: [ChannelIdentity(id: 7, uuid: "u-7")])
    ]
    let text = PlanText(color: false).render(plan)
    #expect(text.contains("Whether custom.two was created is uncertain: ") && !text.contains("No changes"))
    #expect(!plan.isUpToDate && plan.isEmpty)
    #expect(plan.uncertain[0].words.contains("the UUID u-7 (id 7)"))
  }

  @Test func `a creation shows what is set, and a secret that is missing stands as not compared`() {
    var scene = PlanTextTests.example()
    scene.secrets = [:]
    let text = PlanText(color: false).render(scene.plan())
    #expect(text.contains("(secret {env: OK_TOKEN}) not compared: OK_TOKEN is not set"))
    let fresh = PlanText(color: false).render(PlanScene(PlanTextTests.manifest).plan())
    #expect(fresh.contains("+ ok.community"))
    #expect(fresh.contains("accessToken    (secret {env: OK_TOKEN}) set"))
    #expect(fresh.contains("skills         {russian: 3}"))
    #expect(!fresh.contains("changed here"))
  }

  @Test func `what a URL may hide is masked`() {
    let scene = PlanScene(PlanTextTests.manifest, secrets: ["OK_TOKEN": "x"])
    let plan = scene.plan()
    let text = PlanText(color: false).render(plan)
    #expect(text.contains("https://bots.example.com/kit?•••") && !text.contains("s3cret"))
    #expect(!CanonicalJSON.text(.object(PlanJSON.members(plan))).contains("s3cret"))
  }

  @Test func `refusals name the rule, the addresses and the way forward`() {
    var scene = PlanTextTests.example()
    scene.manifest = PlanScene.header
    let lines = lines(PlanText(color: false).render(scene.plan()))
    #expect(
      lines.contains("Refused (guards.empty): the manifests have no channel at all, and the plan deletes 2 channels"))
    #expect(lines.contains("  concerns: custom.old-bot, ok.community"))
    #expect(lines.contains { $0.hasPrefix("  way forward: see whether the right directory") })
    #expect(lines.contains { $0.contains("no longer in the manifests; it was at") })
  }

  @Test func `what an interrupted apply left open comes first`() {
    var plan = PlanTextTests.example().plan()
    plan.interrupted = ["the apply of 12:04 by ci did not finish"]
    #expect(PlanText(color: false).render(plan).hasPrefix("the apply of 12:04 by ci did not finish\n\n"))
  }

  @Test func `targets and loosened guards are shown`() throws {
    var scene = PlanTextTests.example()
    let narrowed = scene.plan(PlanOptions(targets: [try #require(Target("ok.*"))]))
    #expect(PlanText(color: false).render(narrowed).contains("partial: 1 of 2 channels (ok.*)\n"))
    scene.manifest = "guards: {maxDeletes: 3, drift: overwrite}\n" + scene.manifest
    let text = PlanText(color: false).render(scene.plan())
    #expect(text.contains("  ~ guards") && text.contains("maxDeletes") && text.contains("1 → 3"))
    #expect(text.contains("1 to update, guards to loosen."))
  }

  @Test func `each limit says whether it becomes looser or stricter, and from when on`() {
    var plan = PlanScene("").plan()
    plan.guards = GuardLimits(maxDeletes: 3, maxDeletePercent: 10, refusesDrift: true)
    plan.loosenedGuards = GuardLimits(maxDeletes: 1, maxDeletePercent: 30)
    let lines = lines(PlanText(color: false).render(plan)).map { $0.split(separator: " ").joined(separator: " ") }
    #expect(
      lines.starts(with: [
        "~ guards limits change", "drift overwrite → refuse stricter, now", "maxDeletePercent 30 → 10 stricter, now",
        "maxDeletes 1 → 3 looser, from the next plan on",
      ]), "\(lines)")
  }

  @Test func `adoption, move, protection and loss have words of their own`() {
    var scene = PlanTextTests.example()
    scene.apply()
    scene.account.add(.ok, "Second")
    scene.manifest.replace(
      "    community:\n", with: "    main:\n      protect: true\n".replacing("      protect", with: "      protect"))
    scene.manifest.replace(
      "removed:",
      with:
        "    second: {name: Second, accessToken: {keep: true}, redirect: {queue: 1}}\nmoved: {ok.main: ok.community}\nadopt: {ok.second: {name: Second}}\nremoved:"
    )
    let text = PlanText(color: false).render(scene.plan())
    #expect(text.contains("> ok.main") && text.contains("moved from ok.community"))
    #expect(text.contains("= ok.second") && text.contains("adopted as it is"))
    #expect(text.contains("protect  false → true"))
    #expect(text.contains("No call: only the state changes."))
    scene.apply()
    scene.account.remove("OK community")
    let loss = PlanText(color: false).render(scene.plan())
    #expect(loss.contains("gone from Kit") && loss.contains("in every system that sends messages"))
    #expect(loss.contains("way forward: to create it again: --recreate ok.main"))
  }

  @Test func `hostile names reach no terminal raw`() {
    var scene = PlanScene(
      "channels: {ok: {a: {name: x, accessToken: {keep: true}, redirect: {queue: 1}}}}\nadopt: {ok.a: {id: 101}}\n")
    scene.account.add(.ok, "evil\u{1B}[31m\n- custom.fake\u{202E}")
    let plan = scene.plan()
    let text = PlanText(color: false).render(plan)
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !SafeText.isUnsafe($0) })
    #expect(!text.contains("\n- custom.fake"))
  }

  @Test func `colours are there when they are wanted, and change nothing else`() {
    let plan = PlanTextTests.example().plan()
    let colored = PlanText(color: true).render(plan)
    #expect(colored.contains("\u{1B}[31m"))
    #expect(colored.replacing(/\u{1B}\[[0-9]+m/, with: "") == PlanText(color: false).render(plan))
  }

  @Test(arguments: [
    ("https://u:p@h.example/x", "https://•••@h.example/x"), ("https://h.example/x?k=1#f", "https://h.example/x?•••"),
    ("https://u:p?a#b@h.example/x?y", "https://•••@h.example/x?•••"),
    ("https://h.example/a@b", "https://h.example/a@b"),
    ("https://h.example/x?", "https://h.example/x?"), ("no URL? none", "no URL? none"),
    ("https://h.example/x#frag", "https://h.example/x#•••"),
  ])
  func `URLs are shown without user info, query and fragment`(text: String, shown: String) throws {
    var plan = Plan(environment: "e", account: PlanScene.binding, lineage: nil)
    plan.changes = [
      Change(
        address: try #require(Address("custom.x")), action: .update, id: 1, uuid: "u", name: "n", isProtected: false,
        source: nil,
        fields: [
          FieldChange(
            name: "callbackURL", before: .unknown, after: .value(.string(text)), cause: .manifest, source: nil)
        ])
    ]
    #expect(PlanText(color: false).render(plan).contains("→ \(shown)  changed here\n"))
  }
}

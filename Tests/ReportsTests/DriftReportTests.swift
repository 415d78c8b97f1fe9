import Basics
import Channels
import Documents
import Manifest
import Provisioning
import Reports
import Support
import Testing

@Suite struct DriftReportTests {
  private static func scene() -> PlanScene {
    var scene = PlanScene(
      """
      channels:
        custom:
          bot:
            name: Bot
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
          gone:
            name: Gone
            accessToken: {env: GONE_TOKEN}
            redirect: {queue: Support}

      """, secrets: ["OK_TOKEN": "tkn1:first", "GONE_TOKEN": "tkn2:other"])
    scene.apply()
    scene.account.change("Bot", "callbackURL", to: .text("https://bots.example.com/kit?key=0ther"))
    scene.account.change("OK community", "closing.agent", to: .seconds(7200))
    scene.account.change("OK community", "name", to: .text("\u{1B}[31mred"))
    scene.account.remove("Gone")
    scene.manifest = scene.manifest.replacing("agent: 12h", with: "agent: 6h")
    return scene
  }

  private static let outcome = DriftOutcome(
    written: [.init(address: Address(kind: "ok", key: "community"), field: "closing.agent", file: "kitform.yaml")],
    left: [
      .init(
        address: Address(kind: "ok", key: "community"), field: "name", reason: "it comes from the variable `x`",
        yaml: "name: \"a\"", source: SourcePosition(file: "kitform.yaml", line: 12, column: 5))
    ])

  @Test func `the text shows three sides, what is gone, and what cannot be read back`() {
    let text = DriftText(color: false).render(Drift.find(DriftReportTests.scene().input()))
    #expect(
      text == """
          ~ custom.bot    "Bot"                                                                     kitform.yaml:5
              callbackURL    https://bots.example.com/kit?••• → https://bots.example.com/kit?•••  manifest as applied  kitform.yaml:7
          ~ ok.community  "\\u{001B}[31mred"                                                         kitform.yaml:11
              name           OK community → \\u{001B}[31mred                    manifest as applied  kitform.yaml:12
              closing.agent  12h → 2h                                          manifest: 6h         kitform.yaml:15
          - ok.gone       "Gone"                                               gone from Kit        kitform.yaml:17
              uuid 0f6c0000-0000-4000-8000-000000000103

        Drift: 2 changed in Kit, 1 gone from Kit, of 3 managed channels.
        Kit never shows these values, so a change of them in Kit cannot be seen: ok.community accessToken.

        """)
  }

  @Test func `the text says what was written and what was not`() {
    let text = DriftText(color: true).render(
      Drift.find(DriftReportTests.scene().input()), outcome: DriftReportTests.outcome)
    #expect(text.contains("Written to kitform.yaml: ok.community closing.agent.\n"))
    #expect(
      text.contains(
        "Left alone:\u{1B}[0m ok.community name (kitform.yaml:12): it comes from the variable `x`.\n  to write it by hand: name: \"a\"\n"
      ))
  }

  @Test func `no drift is said in words`() {
    var scene = PlanScene("channels: {}\n")
    #expect(DriftText(color: false).render(Drift.find(scene.input())).hasPrefix("There is no state yet"))
    scene.state = State(lineage: "l", serial: 1, environment: "default", account: PlanScene.binding)
    #expect(
      DriftText(color: false).render(Drift.find(scene.input()))
        == "No drift: Kit has the values of the last apply (0 channels, 1 call to read).\n")
  }

  @Test func `the JSON has the documented shape, and hides what a URL hides`() throws {
    let drift = Drift.find(DriftReportTests.scene().input())
    let text = CanonicalJSON.text(
      .object(DriftJSON.members(drift, outcome: DriftReportTests.outcome)), pretty: false)
    let json = try ParsedJSON(text)
    #expect(json["channels"].items.map { $0["address"].string } == ["custom.bot", "ok.community", "ok.gone"])
    #expect(json["channels"].items.map { $0["missing"].bool } == [false, false, true])
    let agent = json["channels"].at("ok.community").field("closing.agent")
    #expect(agent["applied"].int == 43200 && agent["account"].int == 7200 && agent["manifest"].int == 21600)
    #expect(agent["state"]["account"].string == "value" && agent["source"]["line"].int == 15)
    #expect(json["unreadable"][0]["field"].string == "accessToken")
    #expect(json["written"][0]["file"].string == "kitform.yaml")
    #expect(json["left"][0]["reason"].string == "it comes from the variable `x`")
    #expect(!text.contains("s3cret") && !text.contains("0ther") && !text.contains("\u{1B}"))
  }

  @Test func `each difference is a finding at its place`() {
    let place = SourcePlace(file: 0, start: 1, end: 2)
    let findings = DriftFindings.list(Drift.find(DriftReportTests.scene().input())) { _, _ in place }
    #expect(findings.map(\.id) == ["drift.changed", "drift.changed", "drift.changed", "drift.missing"])
    #expect(findings.allSatisfy { $0.severity == .warning && $0.place == place })
    #expect(findings[2].message.hasSuffix("12h → 2h"))
    #expect(!"\(findings)".contains("0ther"))
  }
}

import Documents
import Manifest
import Support
import Testing

/// The commonest mistakes: one finding each, with the line to write.
struct CommonMistakeTests {
  /// The suggestions of a project's findings, one text each.
  private func suggestions(_ text: String) -> [String] {
    ProjectFixture.validate(ProjectFixture.project(text)).findings.map { $0.suggestion ?? "(none)" }
  }

  /// Lines of a channel of the kind `ok` that is right but for those given.
  private func channel(_ lines: String..., kind: String = "ok") -> String {
    let given = lines.compactMap { $0.split(separator: ":").first.map(String.init) }
    let right =
      kind == "ok"
      ? ["name: A", "accessToken: {env: T}", "redirect: {queue: 1}"]
      : ["name: A", "callbackURL: https://bots.example.com/kit", "apiToken: {id: 7}", "redirect: {queue: 1}"]
    let rest = right.filter { line in !given.contains { line.hasPrefix("\($0):") } }
    return ProjectFixture.header + "channels:\n  \(kind):\n    a:\n" + (rest + lines).map { "      \($0)\n" }.joined()
  }

  @Test(arguments: [
    ("accessToken: ${OK_TOKEN}", "write `accessToken: {env: OK_TOKEN}`"),
    ("accessToken: $OK_TOKEN", "write `accessToken: {env: OK_TOKEN}`"),
    ("accessToken: \"${{ secrets.OK_TOKEN }}\"", "write `accessToken: {env: OK_TOKEN}`"),
    ("accessToken: OK_TOKEN", "write `accessToken: {env: OK_TOKEN}`"),
    ("accessToken: {env: $OK_TOKEN}", "write `{env: OK_TOKEN}`"),
    ("accessToken: {env: \"${OK_TOKEN}\"}", "write the name alone: `{env: OK_TOKEN}`"),
    ("accessToken: {Env: OK_TOKEN}", "did you mean `env`?"),
    ("redirect: Sales", "write `redirect: {queue: Sales}` or `redirect: {function: Sales}`"),
    ("redirect: 12", "write `redirect: {queue: 12}` or `redirect: {function: 12}`"),
    ("redirect: \"12\"", "write `redirect: {queue: \"12\"}` or `redirect: {function: \"12\"}`"),
    ("redirect: [Sales]", "write `redirect: {queue: Sales}` or `redirect: {function: Sales}`"),
    ("closing: {agent: 1 day}", "write `24h`"), ("closing: {agent: 90 min}", "write `1h30m`"),
    ("closing: {agent: 1.5h}", "write `1h30m`"), ("closing: {agent: 24H}", "write `24h`"),
    ("closing: {agent: PT1H30M}", "write `1h30m`"), ("closing: {agent: 2 hours and 5 minutes}", "write `2h5m`"),
    ("closing: 24h", "write `closing: {agent: 24h}` or `closing: {bot: 24h}`"),
    ("closing: 1 day", "write `closing: {agent: 24h}` or `closing: {bot: 24h}`"),
    ("skills: [russian, billing]", "write `skills: {russian: 5, billing: 5}`, each with its level"),
    ("skills: [{russian: 3}]", "write `skills: {russian: 3}`, each with its level"),
    ("skills: russian", "write `skills: {russian: 5}`, each with its level"), ("useTags: 1", "write `true`"),
  ])
  func `a value in another form gets the line to write`(_ line: String, _ suggestion: String) {
    #expect(suggestions(channel(line)) == [suggestion])
  }

  @Test func `an API token by itself, or by its value, gets its id`() {
    #expect(suggestions(channel("apiToken: 7", kind: "custom")) == ["write `apiToken: {id: 7}`"])
    for line in ["apiToken: {env: BOT_TOKEN}", "apiToken: ${BOT_TOKEN}", "apiToken: BOT_TOKEN"] {
      let found = suggestions(channel(line, kind: "custom"))
      #expect(found.count == 1 && found[0].hasPrefix("write `apiToken: {id: 42, value: {env: BOT_TOKEN}}`"), "\(found)")
    }
    #expect(
      suggestions(channel("callbackURL: bots.example.com/kit", kind: "custom"))
        == ["write `https://bots.example.com/kit`"])
  }

  @Test(arguments: [
    "tkn7d4:xK91", "AKIAIOSFODNN7EXAMPLE", "ABCDEFGH", "a_b", "$ecret", "${lower}", "1234567890123", "A_1234_SECRET9",
  ])
  func `what may be a secret is never repeated`(_ secret: String) {
    for (line, kind) in [
      ("accessToken: '\(secret)'", "ok"), ("accessToken: {env: '\(secret)'}", "ok"),
      ("apiToken: '\(secret)'", "custom"),
      ("apiToken: \(secret)", "custom"),
    ] {
      // A variable's usual name may be repeated where a name belongs.
      if SecretReference.isVariableName(secret), line.contains("{env") { continue }
      #expect(!suggestions(channel(line, kind: kind)).contains { $0.contains(secret) }, "\(line)")
    }
  }

  @Test func `a misspelt required field is one finding`() {
    #expect(suggestions(channel("nmae: A").replacing("      name: A\n", with: "")) == ["did you mean `name`?"])
    #expect(
      suggestions(channel("acessToken: {env: T}").replacing("      accessToken: {env: T}\n", with: ""))
        == ["did you mean `accessToken`?"])
    #expect(
      suggestions("kitform: 1\naccount: {name: acme, regoin: eu, token: {env: T}}\n") == ["did you mean `region`?"])
    #expect(
      suggestions(ProjectFixture.header + "assume: {queues: {Support: {maxWaitingtime: 10m}}}\n")
        == ["did you mean `maxWaitingTime`?"])
  }

  @Test func `a section in another form gets an example`() {
    let channels = "write each channel under its kind and a key of its own: `channels: {ok: {community: {name: …}}}`"
    #expect(suggestions(ProjectFixture.header + "channels:\n  - name: A\n") == [channels])
    #expect(suggestions(ProjectFixture.header + "channels: {ok: [{name: A}]}\n").first?.contains("`ok: {…}`") == true)
    #expect(
      suggestions(ProjectFixture.header + "channels: {community: {name: A, accessToken: {env: T}}}\n")
        == ["a channel belongs under its kind: write `ok: {community: …}`"])
    #expect(suggestions("kitform: 1\naccount: acme\n").first?.hasPrefix("for example `account: {name:") == true)
    #expect(
      suggestions(ProjectFixture.header + "removed: [ok.a]\n")
        == ["for example `removed: {custom.old-bot: {destroy: false}}`"])
    var findings = Findings()
    let project = ProjectFixture.project(ProjectFixture.header + "include: channels/*.yaml\n")
    _ = Project.include(in: project.documents[0], &findings)
    #expect(findings.list.map(\.suggestion) == ["write `include: [\"channels/*.yaml\"]`"])
  }

  @Test func `only what a person may have meant is a duration`() {
    for text in [
      "", " ", "p", "pt", "day", "1", "1.5", "1 fortnight", "-1h", "1h-", "0.05s", "99999999999999999999h", "1:30",
    ] {
      #expect(TimeSpan.meant(text) == nil, "\(text)")
    }
    #expect(TimeSpan.meant("1w") == 604_800 && TimeSpan.meant("2 Tage") == nil && TimeSpan.meant("1h, 5 min") == 3900)
  }
}

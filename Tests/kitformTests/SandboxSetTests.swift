import Support
import Testing

/// `kitform sandbox set`: what somebody changes in Kit's interface, for trying drift.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct SandboxSetTests {
  @Test func `a change is drift, by address, also after the channel was renamed in Kit`() async throws {
    let project = try TestProject(Manifests.two)
    try await project.expect(64, "sandbox set ok.community closing.agent=2h", plain: true)
    try await project.expect(0, "apply --auto-approve")
    try await project.expect(0, "sandbox set ok.community closing.agent=2h useTags=false topicSet=", plain: true)
    let json = try await project.json(2, "drift")
    let fields = json["channels"][0]["fields"].items.compactMap { $0["name"].string }
    #expect(fields == ["closing.agent", "useTags", "topicSet"], "\(fields)")
    try await project.expect(0, "sandbox set ok.community name=Renamed skills.russian= skills.billing=5", plain: true)
    let second = try await project.json(0, "sandbox set ok.community accessToken=tkn1:new", plain: true)
    #expect(second["address"].string == "ok.community" && second["fields"][0].string == "accessToken")
    try await project.expect(0, "apply --auto-approve")
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
  }

  @Test func `the account's own rules hold, and nothing is changed where one is broken`() async throws {
    let project = try TestProject(Manifests.two)
    try await project.expect(0, "apply --auto-approve")
    let file = ".kitform/sandbox/default/account.json"
    let before = try project.workspace.read(file)
    for (change, words) in [
      ("closing.agent=5s", "closing.agent must be"), ("closing.agent=soon", "a time is a whole number with a unit"),
      ("closing.agnt=2h", "did you mean `closing.agent`"), ("redirect.queue=Suport", "did you mean `Support`?"),
      ("useTags=maybe", "`true` or `false`"), ("skills.russian=9", "must be 1 to 5"), ("name=", "name is required"),
      ("nonsense", "is not FIELD=VALUE"), ("useTags=true closing.agent=1s", "closing.agent must be"),
      ("accessToken=", "accessToken is required"),
    ] {
      let ended = try await project.expect(64, "sandbox set ok.community \(change)", plain: true)
      #expect(ended.errors.contains(words), "\(change): \(ended.errors)")
    }
    for change in ["callbackURL=https://bots.example.com/kit", "apiToken=Bots"] {
      let foreign = try await project.expect(64, "sandbox set ok.community \(change)", plain: true)
      #expect(foreign.errors.contains("a channel of the kind `ok` has no field"), "\(foreign.errors)")
    }
    let nobody = try await project.expect(64, "sandbox set ok.comunity name=x", plain: true)
    #expect(nobody.errors.contains("did you mean `ok.community`"), "\(nobody.errors)")
    let secret = try await project.expect(64, "sandbox set ok.community accessTokn=PLANTED-secret", plain: true)
    #expect(!secret.all.contains("PLANTED"), "\(secret.all)")
    #expect(try project.workspace.read(file) == before)
    try await project.expect(1, "sandbox set ok.community name=x --file missing.json", plain: true)
  }

  @Test func `a file of one's own is changed by name`() async throws {
    let project = try TestProject(Manifests.bots([1]))
    try await project.expect(0, "apply --auto-approve")
    let account = try project.workspace.read(".kitform/sandbox/default/account.json")
    try project.workspace.write(account, to: "account.json")
    try await project.expect(0, "sandbox set custom.bot-1 closing.bot=3h --file account.json", plain: true)
    #expect(try project.workspace.read("account.json").contains("10800"))
    #expect(try project.workspace.read(".kitform/sandbox/default/account.json") == account)
  }

  @Test func `the lines that sandbox prints make a project that speaks to it`() async throws {
    let kit = try await LocalKitProcess()
    let project = try TestProject(Manifests.two.calling(kit.url), options: [])
    try await project.expect(0, "validate")
    try await kit.stop()
  }

  @Test func `state rm forgets several channels, all or none`() async throws {
    let project = try TestProject(Manifests.bots([1, 2, 3]))
    try await project.expect(0, "apply --auto-approve")
    let none = try await project.expect(64, "state rm custom.bot-1 custom.bot-9")
    #expect(none.errors.contains("`custom.bot-9`"), "\(none.errors)")
    #expect(try await project.json(0, "state list")["channels"].items.count == 3)
    let gone = try await project.expect(0, "state rm custom.bot-1 custom.bot-3 custom.bot-1")
    #expect(gone.output.split(separator: "\n").count == 2, "\(gone.output)")
    #expect(try await project.json(0, "state list")["channels"].items.map(\.string) == ["custom.bot-2"])
    try await project.expect(64, "state rm")
    try await project.expect(64, "state rm custom.bot-2 nonsense")
  }

  @Test func `a refused guard prints lines that answer it`() async throws {
    let project = try TestProject(Manifests.bots([1, 2, 3]))
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.write(Manifests.bots([3]), to: "kitform.yaml")
    let refused = try await project.expect(4, "plan --report markdown=plan.md --report html=plan.html")
    let block = "removed:\n      custom.bot-1: {destroy: true}\n      custom.bot-2: {destroy: true}\n"
    #expect(refused.output.contains("    \(block)"), "\(refused.output)")
    #expect(try project.workspace.read("plan.md").contains("custom.bot-2: {destroy: true}"))
    #expect(try project.workspace.read("plan.html").contains("custom.bot-2: {destroy: true}"))
    let paste = try await project.json(4, "plan")["refusals"][0]["paste"].items.compactMap(\.string)
    try project.workspace.write(
      Manifests.bots([3], top: paste.joined(separator: "\n") + "\n"), to: "kitform.yaml")
    try await project.expect(0, "apply --auto-approve")
  }
}

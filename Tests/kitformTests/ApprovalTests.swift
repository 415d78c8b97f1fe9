import Support
import Testing

/// Approvals: what was reviewed is what is applied, once; and what a hostile pull request tries.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct ApprovalTests {
  /// The hidden block of a Markdown report, as a reviewer's comment carries it.
  private func markdown(_ report: String) throws -> String {
    let start = try #require(report.firstRange(of: "\"approval\": "))
    let end = try #require(report[start.upperBound...].firstRange(of: "\n  }"))
    let block = report[start.upperBound..<end.upperBound].split(separator: "\n").joined()
    return "## Plan\n\nwords\n\n<!-- kitform-approval\n\(block)\n-->\n"
  }

  /// Saves what a reviewer sees, as `plan.json`, `report.json` and `report.md`; returns the digest.
  @discardableResult
  private func review(_ project: TestProject, _ options: String = "") async throws -> String {
    let report = try await project.expect(0, "plan --out plan.json --format json\(options)").output
    try project.workspace.write(report, to: "report.json")
    try project.workspace.write(try markdown(report), to: "report.md")
    return try #require(try ParsedJSON(report)["digest"].string)
  }

  @Test func `a digest approves the plan that it stands for, once`() async throws {
    let project = try TestProject(Manifests.two)
    let digest = try await review(project)
    #expect(digest.hasPrefix("kf1-") && digest.utf8.count == 44)
    let wrong = String(digest.dropLast()) + (digest.hasSuffix("0") ? "1" : "0")
    let refused = try await project.expect(5, "apply --approve \(wrong)")
    #expect(refused.output.contains(digest), "the plan is shown")
    #expect(!project.workspace.exists(".kitform/sandbox/default/state.json"))
    try await project.expect(0, "apply --approve \(digest)")
    let spent = try await project.expect(5, "apply --approve \(digest)")
    #expect(spent.errors.contains("was used on"), "\(spent.errors)")
    try await project.expect(0, "destroy --confirm-account acme")
    try await project.expect(5, "apply --approve \(digest)")
  }

  @Test(arguments: ["plan.json", "report.json", "report.md"])
  func `a file approves what it shows, once`(_ file: String) async throws {
    let project = try TestProject(Manifests.two)
    try await review(project)
    try await project.expect(0, "apply --approve \(file)")
    let spent = try await project.expect(5, "apply --approve \(file)")
    #expect(spent.errors.contains("was used on"), "\(spent.errors)")
  }

  @Test(arguments: ["plan.json", "report.json", "report.md"])
  func `after a part of it is done a file still approves the rest, and no digest does`(_ file: String) async throws {
    // The account refuses the second creation, and nothing else.
    let kit = try await LocalKitProcess(options: ["--fault", "foreign-404@create:2"])
    let project = try kit.project(Manifests.bots([1]))
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.replace("name: Bot 1", with: "name: Bot one", in: "kitform.yaml")
    let more = Manifests.bots([2]).replacing(Manifests.header + "channels:\n  custom:\n", with: "")
    try project.workspace.write(try project.workspace.read("kitform.yaml") + more, to: "kitform.yaml")
    let digest = try await review(project)
    try await project.expect(6, "apply --approve \(file) --settle 1s")
    try await project.expect(5, "apply --approve \(digest)")
    let rest = try await project.json(0, "apply --approve \(file)")
    #expect(rest["results"].items.map { $0["action"].string } == ["create"])
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
    try await project.expect(5, "apply --approve \(file)")
    try await kit.stop()
  }

  @Test func `after a crash a file approves what was not done yet`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project(Manifests.bots([1, 2, 3]))
    try await review(project)
    project.environment["KITFORM_CRASH"] = "answered:2"
    #expect(try await project.run(["apply", "--approve", "report.md"]).exitCode == 9)
    project.environment["KITFORM_CRASH"] = nil
    try await project.expect(0, "apply --approve report.md --settle 1s")
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
    try await project.expect(5, "apply --approve report.md")
    try await kit.stop()
  }

  @Test func `after a crash a saved plan says how the rest of it is applied`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project(Manifests.bots([1, 2, 3]))
    try await review(project)
    project.environment["KITFORM_CRASH"] = "answered:2"
    #expect(try await project.run(["apply", "plan.json"]).exitCode == 9)
    project.environment["KITFORM_CRASH"] = nil
    let refused = try await project.expect(5, "apply plan.json --settle 1s")
    #expect(refused.errors.contains("`kitform apply --approve FILE` goes on with the rest"))
    try await project.expect(0, "apply --approve plan.json")
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
    try await kit.stop()
  }

  @Test func `what came true by another hand spends the approval without a call`() async throws {
    let project = try TestProject(Manifests.two)
    try await review(project)
    try await project.expect(0, "apply --auto-approve")
    let ended = try await project.json(0, "apply --approve report.md")
    #expect(ended["outcome"].string == "no-changes" && ended["results"].items.isEmpty)
    try await project.expect(5, "apply --approve report.md")
    // An empty plan approves nothing, so that there is nothing to spend.
    try await review(project)
    for _ in 0..<2 { try await project.expect(0, "apply --approve report.md") }
  }

  @Test func `a change that was added, or became another, is shown and refused`() async throws {
    let project = try TestProject(Manifests.bots([1]))
    try await review(project)
    try project.workspace.write(Manifests.bots([1, 2]), to: "kitform.yaml")
    for file in ["plan.json", "report.json", "report.md"] {
      let more = try await project.expect(5, "apply --approve \(file)")
      #expect(more.errors.contains("it does not approve: create custom.bot-2"), "\(more.errors)")
      #expect(more.output.contains("create custom.bot-2") && more.output.contains("planned now"), "\(more.output)")
    }
    try project.workspace.write(
      Manifests.bots([1]).replacing("{queue: Support}", with: "{queue: Sales}"), to: "kitform.yaml")
    let json = try await project.json(5, "apply --approve report.json")
    #expect(json["difference"]["changed"][0]["fields"][0]["name"].string == "redirect")
    let hidden = try await project.expect(5, "apply --approve report.md")
    #expect(hidden.output.contains("not shown in full"), "\(hidden.output)")
    #expect(!project.workspace.exists(".kitform/sandbox/default/state.json"))
  }

  @Test func `a report that is too long for its changes approves the plan as a whole`() async throws {
    let project = try TestProject(Manifests.bots(Array(1...300)))
    try await project.expect(0, "plan --report markdown=c.md --out plan.json")
    try await project.expect(0, "plan --report markdown=short.md,max=4000 --report json=report.json")
    for file in ["c.md", "short.md"] {
      #expect(try project.workspace.read(file).contains("it approves the plan as a whole"), "\(file)")
      for other in ["plan.json", "report.json"] {
        let equal = try await project.json(0, "plan-diff \(file) \(other)", plain: true)
        #expect(equal["equal"].bool == true)
      }
    }
    try project.workspace.replace("name: Bot 1\n", with: "name: Bot one\n", in: "kitform.yaml")
    let stale = try await project.expect(5, "apply --approve c.md")
    #expect(stale.errors.contains("the report was too long to approve each change by itself"), "\(stale.errors)")
    try await project.expect(0, "plan --report markdown=new.md")
    let diff = try await project.json(2, "plan-diff c.md new.md", plain: true)
    #expect(diff["changesCompared"].bool == false && diff["added"].items.isEmpty)
    let words = try await project.expect(2, "plan-diff c.md new.md", plain: true)
    #expect(words.output.contains("Changes are not compared"), "\(words.output)")
    try project.workspace.replace("name: Bot one\n", with: "name: Bot 1\n", in: "kitform.yaml")
    try await project.expect(0, "apply --approve c.md")
    let spent = try await project.expect(5, "apply --approve short.md")
    #expect(spent.errors.contains("was used on"), "\(spent.errors)")
  }

  @Test func `a whole approval without a digest is none`() async throws {
    let project = try TestProject(Manifests.bots([1]))
    for digest in ["", "kf1-", "kf1-zz", "nothing"] {
      try project.workspace.write(
        """
        <!-- kitform-approval
        {"account":"acme","digest":"\(digest)","environment":"default","format":"kitform.approval/v1","host":"sandbox","sandbox":true,"whole":true}
        -->

        """, to: "report.md")
      let ended = try await project.expect(1, "apply --approve report.md")
      #expect(ended.errors.contains("cannot be used"), "\(ended.errors)")
    }
  }

  // MARK: A hostile pull request

  @Test func `an old approval is not replayed after a revert`() async throws {
    let project = try TestProject(Manifests.two)
    try await project.expect(0, "apply --auto-approve")
    let old = try project.workspace.read("kitform.yaml")
    try project.workspace.replace("agent: 12h", with: "agent: 24h", in: "kitform.yaml")
    let digest = try await review(project)
    try await project.expect(0, "apply --approve report.md")
    let new = try project.workspace.read("kitform.yaml")
    try project.workspace.write(old, to: "kitform.yaml")
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.write(new, to: "kitform.yaml")
    #expect(try await project.json(0, "plan")["digest"].string == digest, "the replayed plan looks the same")
    for approval in [digest, "report.md", "report.json", "plan.json"] {
      let ended = try await project.expect(5, "apply --approve \(approval)")
      #expect(ended.errors.contains("this approval was used on"), "\(ended.errors)")
    }
    try await project.expect(5, "apply plan.json")
  }

  @Test func `an approval whose changes were taken back does not pass as already true`() async throws {
    let project = try TestProject(Manifests.two)
    try await project.expect(0, "apply --auto-approve")
    let old = try project.workspace.read("kitform.yaml")
    try project.workspace.replace("agent: 12h", with: "agent: 24h", in: "kitform.yaml")
    try await review(project)
    try project.workspace.write(old, to: "kitform.yaml")
    let ended = try await project.expect(5, "apply --approve report.md")
    #expect(ended.errors.contains("the manifests no longer want what it approves"), "\(ended.errors)")
  }

  @Test func `staging's approval is none for production`() async throws {
    let project = try TestProject(
      Manifests.two.replacing("channels:\n", with: "environments: {production: {}, staging: {}}\nchannels:\n"))
    let digest = try await review(project, " --env staging")
    try await project.expect(5, "apply --env production --approve \(digest)")
    for file in ["plan.json", "report.json", "report.md"] {
      let ended = try await project.expect(5, "apply --env production --approve \(file)")
      #expect(ended.errors.contains("it is for another environment"), "\(ended.errors)")
      #expect(ended.output.contains("staging → production"), "\(ended.output)")
    }
    try await project.expect(0, "apply --env staging --approve report.md")
  }

  @Test func `an approval of other targets, or of the sandbox, is none`() async throws {
    let kit = try await LocalKitProcess()
    let project = try kit.project()
    try await review(project, " --target ok.*")
    let targets = try await project.expect(5, "apply --approve report.md")
    #expect(targets.errors.contains("it is for other targets"), "\(targets.errors)")
    try await review(project, " --sandbox")
    let sandbox = try await project.expect(5, "apply --approve report.md")
    #expect(sandbox.errors.contains("it is for another account"), "\(sandbox.errors)")
    try await kit.stop()
  }

  @Test func `a dropped create does not leave its delete`() async throws {
    let project = try TestProject(Manifests.bots([1, 2]))
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.write(Manifests.bots([2, 3]), to: "kitform.yaml")
    try await review(project)
    try project.workspace.write(Manifests.bots([2]), to: "kitform.yaml")
    let ended = try await project.expect(5, "apply --approve report.md")
    #expect(ended.errors.contains("it approves: create custom.bot-3, which is no longer planned"), "\(ended.errors)")
    #expect(try await project.json(0, "output")["channels"]["custom.bot-1"]["uuid"].string != nil)
  }

  @Test func `a dropped delete does not leave the rest, unless the channel is gone`() async throws {
    let project = try TestProject(Manifests.bots([1, 2]))
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.write(Manifests.bots([2]), to: "kitform.yaml")
    try await review(project)
    try await project.expect(0, "state rm custom.bot-1")
    let there = try await project.expect(5, "apply --approve report.md")
    #expect(there.errors.contains("and the channel is still there"), "\(there.errors)")
    let file = ".kitform/sandbox/default/account.json"
    let account = try project.workspace.read(file)
    let parsed = try ParsedJSON(account)
    #expect(parsed["channels"].items.count == 2)
    try project.workspace.write(
      Manifests.bots([1, 2], top: "adopt: {custom.bot-1: {name: Bot 1}}\n"), to: "kitform.yaml")
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.write(Manifests.bots([2]), to: "kitform.yaml")
    try await project.expect(0, "apply --auto-approve")
    try await project.expect(0, "apply --approve report.md")
  }

  @Test func `plans that look alike have other digests`() async throws {
    let plain = Manifests.bots([1, 2])
    let manifests = [
      plain, plain.replacing("Bot 1", with: "B\u{43E}t 1"), plain.replacing("Bot 1", with: "Caf\u{E9}"),
      plain.replacing("Bot 1", with: "Cafe\u{301}"),
      plain.replacing("Bot 1", with: "X").replacing("Bot 2", with: "Bot 1").replacing("name: X", with: "name: Bot 2"),
      plain.replacing("example.com/1", with: "example.com/12").replacing("example.com/2", with: "example.com/"),
    ]
    let project = try TestProject(plain)
    var digests: Set<String> = []
    for manifest in manifests {
      try project.workspace.write(manifest, to: "kitform.yaml")
      digests.insert(try await review(project))
      try await project.expect(5, "apply --approve kf1-0123456789012345678901234567890123456789")
    }
    #expect(digests.count == manifests.count)
    try project.workspace.write(manifests[2], to: "kitform.yaml")
    try await review(project)
    try project.workspace.write(manifests[3], to: "kitform.yaml")
    let ended = try await project.expect(5, "apply --approve report.md")
    #expect(ended.errors.contains("it approves another create custom.bot-1"), "\(ended.errors)")
  }

  @Test func `an approval that was edited is none`() async throws {
    let project = try TestProject(Manifests.bots([1]))
    try await review(project)
    let block = try project.workspace.read("report.md")
    try project.workspace.write(Manifests.bots([1, 2]), to: "kitform.yaml")
    let other = try await review(project)
    try project.workspace.write(
      block.replacing(/kf1-[0-9a-f]{40}/, with: other), to: "report.md")
    let ended = try await project.expect(1, "apply --approve report.md")
    #expect(ended.errors.contains("its digest is not that of its changes"), "\(ended.errors)")
    try project.workspace.write(block + block, to: "report.md")
    try await project.expect(1, "apply --approve report.md")
    try project.workspace.write("# A report\n", to: "report.md")
    let none = try await project.expect(1, "apply --approve report.md")
    #expect(none.errors.contains("holds no approval"), "\(none.errors)")
  }

  @Test func `plans, reports and digests are the same bytes in every process`() async throws {
    let project = try TestProject(example: "retail", options: ["--sandbox", "--env", "staging"])
    var seen: Set<String> = []
    for _ in 0..<4 {
      let report = try await project.expect(0, "plan --out plan.json --format json").output
      let text = try await project.expect(0, "plan").output
      seen.insert(report + text + (try project.workspace.read("plan.json")))
    }
    #expect(seen.count == 1)
  }

  @Test func `a file's approval answers drift and losses that it shows`() async throws {
    let project = try TestProject(
      Manifests.bots([1, 2], top: "guards: {drift: refuse}\n"))
    try await project.expect(0, "apply --auto-approve")
    let account = ".kitform/sandbox/default/account.json"
    try project.workspace.replace("\"Bot 1\"", with: "\"Drifted\"", in: account)
    let report = try await project.expect(4, "plan --format json").output
    try project.workspace.write(report, to: "report.json")
    try project.workspace.write(try markdown(report), to: "report.md")
    try await project.expect(4, "apply --auto-approve")
    try await project.expect(0, "apply --approve report.md")
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
  }

  @Test func `plan-diff compares plans in every form`() async throws {
    let project = try TestProject(Manifests.two)
    try await review(project)
    for name in ["plan.json", "report.json", "report.md"] {
      let equal = try await project.json(0, "plan-diff plan.json \(name)", plain: true)
      #expect(equal["equal"].bool == true && equal["outcome"].string == "no-changes")
      try project.workspace.write(try project.workspace.read(name), to: "old-\(name)")
    }
    try project.workspace.replace("agent: 12h", with: "agent: 6h", in: "kitform.yaml")
    try project.workspace.replace("partner-bot:", with: "partner-robot:", in: "kitform.yaml")
    try await review(project)
    for old in ["plan.json", "report.json", "report.md"] {
      for new in ["plan.json", "report.json", "report.md"] {
        let diff = try await project.json(2, "plan-diff old-\(old) \(new)", plain: true)
        #expect(diff["added"].items.map { $0["address"].string } == ["custom.partner-robot"])
        #expect(diff["removed"].items.map { $0["address"].string } == ["custom.partner-bot"])
        let changed = diff["changed"].at("ok.community")
        let fields = changed["fields"].items.map { $0["name"].string }
        #expect(fields == (old == "report.md" || new == "report.md" ? [] : ["closing.agent"]), "\(old) \(new)")
        let text = try await project.expect(2, "plan-diff old-\(old) \(new)", plain: true)
        #expect(text.output.contains("no longer planned") && text.output.contains("planned otherwise"))
      }
    }
    try await project.expect(1, "plan-diff plan.json kitform.yaml", plain: true)
    try await project.expect(1, "plan-diff plan.json missing.json", plain: true)
    try await project.expect(64, "plan-diff plan.json", plain: true)
  }
}

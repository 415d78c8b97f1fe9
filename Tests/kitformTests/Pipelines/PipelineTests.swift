import Foundation
import Support
import Testing

/// The pipelines of `examples/ci`, their shell run as their forge would run it: branch, plan, review, merge, apply, drift.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct PipelineTests {
  private static let manifest = """
    kitform: 1
    account: {name: acme, apiHost: "URL", messagingHost: "URL", token: {env: KIT_API_TOKEN}}
    channels:
      custom:
        partner-bot:
          name: Partner bot
          callbackURL: http://127.0.0.1:9/partner
          apiToken: {id: 42}
          redirect: {queue: Support}
          closing: {agent: 12h}

    """

  private func files(_ kit: LocalKitProcess) -> [String: String] {
    [
      "kitform.yaml": PipelineTests.manifest.replacing("\"URL\"", with: "\"\(kit.url)\""),
      // A machine of one's own keeps the state; everything else that a job leaves is not the repository's either.
      ".gitignore": "/.kitform/\n/*.md\n/plan*\n/stale-*\n/*.json\n/*.xml\n",
    ]
  }

  /// Somebody changes the channel in Kit's web form.
  private func changeInKit(_ kit: LocalKitProcess, closing seconds: Int, _ runner: Runner) async throws {
    let id = try #require(
      try ParsedJSON(try await runner.run("kitform output --format json").output)["channels"]["custom.partner-bot"][
        "id"
      ]
      .int)
    let ended = try await runner.run(
      """
      curl --silent --fail --data-urlencode 'access_token=\(LocalKitProcess.credentials["KIT_API_TOKEN"] ?? "")' \
        --data-urlencode 'id=\(id)' --data-urlencode 'agent_close_timeout_sec=\(seconds)' \
        '\(kit.url)/api/v3/channel/updateChannel?domain=acme'
      """)
    try #require(ended.exitCode == 0 && ended.output.contains("\"success\":true"), "\(ended.all)")
  }

  /// The exit code of a plan of what the machine has checked out: 0 when nothing is left to do, 2 for changes.
  private func pending(_ runner: Runner) async throws -> Int32 {
    try await runner.run(
      "kitform plan --detailed-exitcode", ["KIT_API_TOKEN": LocalKitProcess.credentials["KIT_API_TOKEN"] ?? ""]
    ).exitCode
  }

  // MARK: GitHub

  private let expressions = [
    "inputs.environment": "default", "matrix.environment": "default", "vars.KITFORM_APPLY_OPTIONS": "",
    "secrets.KIT_API_TOKEN": LocalKitProcess.credentials["KIT_API_TOKEN"] ?? "",
    "vars.KITFORM_SECRET_ENV": "KIT_API_TOKEN OK_*", "vars.KITFORM_ALLOW_PROFILES": "",
    "github.token": Forge.token, "github.event.pull_request.number": "7",
  ]

  /// Runs the shell of one GitHub job to its first failure; returns its last exit code, all output, and the job's outputs.
  private func gitHubJob(
    _ file: String, _ job: String, _ runner: Runner, _ more: [String: String] = [:],
    at location: SourceLocation = #_sourceLocation
  ) async throws -> (code: Int32, words: String, outputs: [String: String]) {
    let steps = try PipelineFile("github/.github/workflows/\(file)").steps(
      job, expressions.merging(more) { $1 })
    try #require(!steps.isEmpty, sourceLocation: location)
    let outputs = "\(runner.workspace.path)/outputs", summary = "\(runner.workspace.path)/summary"
    try runner.workspace.write("", to: "outputs")
    try runner.workspace.write("", to: "summary")
    var words = "", code: Int32 = 0
    for step in steps {
      // The comment is written whether or not the plan was refused.
      guard code == 0 || step.name == "Comment" else { continue }
      let ended = try await runner.run(
        step.script,
        step.environment.merging(["GITHUB_OUTPUT": outputs, "GITHUB_STEP_SUMMARY": summary]) { $1 })
      words += "== \(step.name): \(ended.exitCode)\n\(ended.all)\n"
      if code == 0 { code = ended.exitCode }
    }
    let pairs = try runner.workspace.read("outputs").split(separator: "\n").compactMap { line -> (String, String)? in
      let parts = line.split(separator: "=", maxSplits: 1)
      return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }
    return (code, words, Dictionary(pairs) { $1 })
  }

  @Test func `on GitHub the reviewed plan is applied after the merge, and what no longer fits waits for a person`()
    async throws
  {
    let kit = try await LocalKitProcess()
    try await Forge.with(.gitHub) { forge, url in
      let runner = try await Runner(
        files(kit),
        scripts: ["kitform", "kitform-plan", "kitform-apply"].map {
          ("ci/github/.github/workflows/\($0).yml", ".github/workflows/\($0).yml")
        } + [("ci/github/.github/kitform/comment", ".github/kitform/comment")],
        environment: ["GITHUB_API_URL": url, "GITHUB_REPOSITORY": "acme/channels", "CI": "true"])

      // Every push is validated, without a secret, and says which environments there are.
      let validated = try await gitHubJob("kitform.yml", "validate", runner)
      #expect(validated.code == 0, "\(validated.words)")
      #expect(validated.outputs["names"] == #"["default"]"#)

      // The first push to main was reviewed by nobody: it waits, as a plan file, for a person's approval.
      let first = ["GITHUB_SHA": "0000000000000000000000000000000000000000"]
      var applying = runner
      applying.environment.merge(first) { $1 }
      let unreviewed = try await gitHubJob("kitform-apply.yml", "apply", applying)
      #expect(unreviewed.code == 0 && unreviewed.outputs["stale"] == "true", "\(unreviewed.words)")
      let replanned = try await gitHubJob("kitform-apply.yml", "replan", applying)
      #expect(replanned.code == 0 && replanned.outputs["pending"] == "true", "\(replanned.words)")
      let digest = try #require(replanned.outputs["digest"], "\(replanned.words)")
      let approved = try await gitHubJob(
        "kitform-apply.yml", "approved", applying, ["needs.replan.outputs.digest": digest])
      #expect(approved.code == 0, "\(approved.words)")

      // A pull request is planned as its merge result; a second push renews the one comment.
      for other in 0..<120 { forge.comment("comment \(other)", by: "reviewer") }
      try await runner.push("longer", replacing: "agent: 12h", with: "agent: 20h")
      try await runner.checkOutMerge(of: "longer")
      let planned = try await gitHubJob("kitform-plan.yml", "plan", runner)
      #expect(planned.code == 0, "\(planned.words)")
      try await runner.push("longer", replacing: "agent: 12h", with: "agent: 24h")
      try await runner.checkOutMerge(of: "longer")
      _ = try await gitHubJob("kitform-plan.yml", "plan", runner)
      let own = forge.comments.filter { $0.author == Forge.account }
      #expect(own.count == 1)
      let comment = try #require(own.first)
      #expect(comment.body.contains("24h") && !comment.body.contains("20h"), "\(comment.body)")
      // A caller that writes a comment that looks alike approves nothing.
      forge.comment(comment.body.replacing("kf1-", with: "kf1-0"), by: "mallory")

      // After the merge exactly what was reviewed is applied.
      let merged = try await runner.merge("longer")
      forge.merge(as: merged)
      try await runner.checkOut("main")
      applying.environment["GITHUB_SHA"] = merged
      let applied = try await gitHubJob("kitform-apply.yml", "apply", applying)
      #expect(applied.code == 0 && applied.outputs["stale"] == nil, "\(applied.words)")
      #expect(applied.outputs["outcome"] == "done", "\(applied.words)")
      #expect(try await pending(runner) == 0)

      // A report without an approval, of a plan that failed, is no approval: the next job asks for one.
      forge.open()
      try await runner.push("broken", replacing: "agent: 24h", with: "agent: 5s")
      try await runner.checkOutMerge(of: "broken")
      let broken = try await gitHubJob("kitform-plan.yml", "plan", runner)
      #expect(broken.code == 3 && forge.comments.count == 1, "\(broken.words)")
      forge.merge(as: merged)
      try await runner.checkOut("main")
      let none = try await gitHubJob("kitform-apply.yml", "apply", applying)
      #expect(none.code == 0 && none.outputs["stale"] == "true", "\(none.words)")

      // The night's check says what was changed in Kit.
      let quiet = try await gitHubJob("kitform.yml", "drift", runner)
      #expect(quiet.code == 0, "\(quiet.words)")
      try await changeInKit(kit, closing: 3600, runner)
      let drifted = try await gitHubJob("kitform.yml", "drift", runner)
      #expect(drifted.code == 2 && drifted.words.contains("custom.partner-bot"), "\(drifted.words)")

      // Kit changed between review and merge: the approval does not fit, and a person sees the new plan.
      forge.open()
      try await runner.push("rename", replacing: "name: Partner bot", with: "name: Partners")
      try await runner.checkOutMerge(of: "rename")
      _ = try await gitHubJob("kitform-plan.yml", "plan", runner)
      try await changeInKit(kit, closing: 7200, runner)
      let renamed = try await runner.merge("rename")
      forge.merge(as: renamed)
      try await runner.checkOut("main")
      applying.environment["GITHUB_SHA"] = renamed
      let stale = try await gitHubJob("kitform-apply.yml", "apply", applying)
      #expect(stale.code == 0 && stale.outputs["stale"] == "true", "\(stale.words)")
      #expect(try await pending(runner) == 2)
      let again = try await gitHubJob("kitform-apply.yml", "replan", applying)
      _ = try await gitHubJob(
        "kitform-apply.yml", "approved", applying,
        ["needs.replan.outputs.digest": try #require(again.outputs["digest"])])
      #expect(try await pending(runner) == 0)
      #expect(forge.problems.isEmpty, "\(forge.problems)")
      let words = [unreviewed, replanned, approved, planned, applied, drifted, stale, again].map(\.words).joined()
      #expect(!words.contains(Forge.token) && !words.contains("full-token-Zq7vK2-of-thirty-two-bytes"))
    }
    try await kit.stop()
  }

  @Test func `no GitHub job for a fork's pull request sees a secret`() throws {
    let file = try PipelineFile("github/.github/workflows/kitform.yml").json
    let jobs = file["jobs"]
    #expect(jobs["validate"]["if"].string == nil)
    #expect(!jobs["validate"].description.contains("secrets"))
    let same = "github.event.pull_request.head.repo.full_name == github.repository"
    #expect(jobs["plan"]["if"].string?.contains(same) == true)
    #expect(jobs["apply"]["if"].string?.contains("github.event_name == 'push'") == true)
    #expect(jobs["drift"]["if"].string == "github.event_name == 'schedule'")
    #expect(file["permissions"].names.isEmpty)
    let apply = try PipelineFile("github/.github/workflows/kitform-apply.yml").json["jobs"]
    for job in ["apply", "approved"] {
      #expect(apply[job]["concurrency"]["cancel-in-progress"].bool == false)
    }
    #expect(apply["approved"]["environment"].string == "${{ inputs.environment }}-approval")
  }

  @Test func `an environment is chosen where the project has some, and none where it has none`() throws {
    for (file, job) in [
      ("kitform-plan.yml", "plan"), ("kitform-apply.yml", "apply"), ("kitform-apply.yml", "approved"),
      ("kitform.yml", "drift"),
    ] {
      for (environment, wanted) in [("default", ""), ("production", "production")] {
        var values = expressions
        values.merge(["inputs.environment": environment, "matrix.environment": environment]) { $1 }
        values["needs.replan.outputs.digest"] = "kf1-0"
        let steps = try PipelineFile("github/.github/workflows/\(file)").steps(job, values)
        #expect(steps.last?.environment["KITFORM_ENV"] == wanted, "\(file) \(job) \(environment)")
      }
    }
  }

  @Test func `what a fork's change request runs has its image in the file, and each apply may accept a profile`() throws
  {
    let gitHub = try PipelineFile("github/.github/workflows/kitform.yml").json["jobs"]
    let image = try #require(gitHub["validate"]["container"].string)
    #expect(!image.contains("${{") && gitHub["validate"]["outputs"]["image"].string == image)
    let gitLab = try PipelineFile("gitlab/.gitlab-ci.yml").json
    #expect(gitLab["variables"]["KITFORM_IMAGE"].string?.isEmpty == false)
    for file in ["github/.github/workflows/kitform-apply.yml", "gitlab/.gitlab-ci.yml", "atlantis/repos.yaml"] {
      let applies = try Examples.text("ci/\(file)").split(separator: "\n").filter { $0.contains("kitform apply ") }
      #expect(!applies.isEmpty && applies.allSatisfy { $0.contains("KITFORM_APPLY_OPTIONS") }, "\(file)")
    }
  }

  @Test func `a job that sends a secret ends at once, with what to set, while KITFORM_SECRET_ENV is empty`()
    async throws
  {
    let runner = try await Runner(["kitform.yaml": Self.manifest], scripts: [], environment: ["ENVIRONMENT": "default"])
    func check(_ script: String, _ environment: [String: String], _ label: String) async throws {
      let empty = try await runner.run(script, environment.merging(["KITFORM_SECRET_ENV": ""]) { $1 })
      #expect(
        empty.exitCode == 1 && empty.all.contains("KITFORM_SECRET_ENV is empty: set it"), "\(label)\n\(empty.all)")
      let set = try await runner.run(script, environment.merging(["KITFORM_SECRET_ENV": "KIT_API_TOKEN"]) { $1 })
      #expect(set.exitCode == 0, "\(label)\n\(set.all)")
    }
    let gitHub = [
      ("kitform.yml", ["drift"]), ("kitform-plan.yml", ["plan"]),
      ("kitform-apply.yml", ["apply", "replan", "approved"]),
    ]
    for (name, jobs) in gitHub {
      let file = try PipelineFile("github/.github/workflows/\(name)")
      for job in jobs {
        // The first step of all, so that nothing of the branch has run.
        #expect(file.json["jobs"][job]["steps"][0]["run"].string != nil, "\(job)")
        let steps = try file.steps(job, expressions.merging(["needs.replan.outputs.digest": ""]) { $1 })
        let first = try #require(steps.first)
        try await check(first.script, first.environment, "\(name) \(job)")
      }
    }
    let gitLab = try PipelineFile("gitlab/.gitlab-ci.yml")
    let before = try #require(gitLab.json[".environments"]["before_script"][0].string)
    try await check(before, [:], "GitLab")
    for job in ["plan", "apply", "replan", "approved", "drift"] {
      #expect(gitLab.json[job]["extends"].string == ".environments" && gitLab.json[job]["before_script"].items.isEmpty)
    }
    #expect(try !gitLab.script("validate").contains("KITFORM_SECRET_ENV"), "a fork's job gets no variable")
    let atlantis = try Examples.text("ci/atlantis/repos.yaml").split(separator: "\n")
    for line in atlantis where line.contains("export CI=true") {
      #expect(line.contains("KITFORM_SECRET_ENV='KIT_API_TOKEN"), "\(line)")
    }
  }

  // MARK: GitLab

  @Test func `on GitLab the reviewed plan is applied after the merge, and what no longer fits waits for a person`()
    async throws
  {
    let kit = try await LocalKitProcess()
    let pipeline = try PipelineFile("gitlab/.gitlab-ci.yml")
    try await Forge.with(.gitLab) { forge, url in
      var runner = try await Runner(
        files(kit), scripts: [("ci/gitlab/.gitlab/kitform/note", ".gitlab/kitform/note")],
        environment: [
          "CI_API_V4_URL": url, "CI_PROJECT_ID": "7", "CI": "true", "ENVIRONMENT": "default",
          "KITFORM_NOTES_TOKEN": Forge.token, "CI_MERGE_REQUEST_IID": "7",
          "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "CI_COMMIT_SHA": String(repeating: "0", count: 40),
          "KIT_API_TOKEN": LocalKitProcess.credentials["KIT_API_TOKEN"] ?? "",
          "KITFORM_SECRET_ENV": "KIT_API_TOKEN OK_* CI_JOB_TOKEN",
        ])
      func job(_ name: String, _ runner: Runner) async throws -> BinaryUnderTest.Ended {
        try await runner.run(try pipeline.script(name))
      }
      var offline = runner
      offline.environment["KIT_API_TOKEN"] = nil
      let validated = try await job("validate", offline)
      #expect(validated.exitCode == 0, "\(validated.all)")

      for name in ["apply", "replan", "approved"] {
        let ended = try await job(name, runner)
        #expect(ended.exitCode == 0, "\(name)\n\(ended.all)")
      }
      #expect(try await pending(runner) == 0)
      _ = try await runner.run("rm -f stale-* plan-* reviewed.md")

      // The branch lacks what main has by now; what is planned is the merge of both.
      try await runner.push("longer", replacing: "agent: 12h", with: "agent: 24h")
      try await runner.push("rename", replacing: "name: Partner bot", with: "name: Partners")
      let renamed = try await runner.merge("rename")
      try await runner.checkOut("longer")
      for other in 0..<120 { forge.comment("comment \(other)", by: "reviewer") }
      let planned = try await job("plan", runner)
      #expect(planned.exitCode == 0, "\(planned.all)")
      let note = try #require(forge.comments.last { $0.author == Forge.account })
      #expect(note.body.contains("24h") && note.body.contains("Partners"), "\(note.body)")
      forge.comment(note.body, by: "mallory")
      let merged = try await runner.merge("longer")
      #expect(merged != renamed)
      forge.merge(as: merged)
      try await runner.checkOut("main")
      runner.environment["CI_COMMIT_SHA"] = merged
      let applied = try await job("apply", runner)
      #expect(applied.exitCode == 0 && !runner.hasFile("stale-default"), "\(applied.all)")
      #expect(try await pending(runner) == 0)
      for name in ["replan", "approved"] {
        let ended = try await job(name, runner)
        #expect(ended.exitCode == 0, "\(name)\n\(ended.all)")
      }

      #expect(try await job("drift", runner).exitCode == 0)
      try await changeInKit(kit, closing: 3600, runner)
      let drifted = try await job("drift", runner)
      #expect(drifted.exitCode == 2 && drifted.all.contains("custom.partner-bot"), "\(drifted.all)")

      forge.open()
      try await runner.push("short", replacing: "agent: 24h", with: "agent: 6h")
      try await runner.checkOut("short")
      _ = try await job("plan", runner)
      try await changeInKit(kit, closing: 7200, runner)
      let short = try await runner.merge("short")
      forge.merge(as: short)
      try await runner.checkOut("main")
      runner.environment["CI_COMMIT_SHA"] = short
      _ = try await job("apply", runner)
      #expect(runner.hasFile("stale-default"))
      let replanned = try await job("replan", runner)
      #expect(replanned.exitCode == 0 && runner.hasFile("plan-default.json"), "\(replanned.all)")
      let approved = try await job("approved", runner)
      #expect(approved.exitCode == 0, "\(approved.all)")
      #expect(try await pending(runner) == 0)
      #expect(forge.problems.isEmpty, "\(forge.problems)")
    }
    try await kit.stop()
  }

  @Test
  func `no GitLab job for a fork's merge request sees a secret, and an apply is serialised and never interrupted`()
    throws
  {
    let file = try PipelineFile("gitlab/.gitlab-ci.yml").json
    #expect(
      file["plan"]["rules"][0]["if"].string?.contains("$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID") == true)
    for job in ["apply", "approved"] {
      #expect(file[job]["interruptible"].bool == false)
      #expect(file[job]["resource_group"].string == "kitform-$ENVIRONMENT")
      #expect(file[job]["rules"][0]["if"].string?.contains("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH") == true)
    }
    #expect(file["approved"]["rules"][0]["when"].string == "manual")
  }

  // MARK: Atlantis

  @Test func `under Atlantis the plan file that was commented is applied with its digest`() async throws {
    let kit = try await LocalKitProcess()
    let workflow = try PipelineFile("atlantis/repos.yaml").json["workflows"]["kitform"]
    let runner = try await Runner(
      files(kit), scripts: [],
      environment: [
        "WORKSPACE": "default", "KIT_API_TOKEN": LocalKitProcess.credentials["KIT_API_TOKEN"] ?? "",
        "PLANFILE": "default.tfplan",
      ])
    for phase in ["plan", "apply"] {
      for step in workflow[phase]["steps"].items {
        let ended = try await runner.run(try #require(step["run"].string))
        #expect(ended.exitCode == 0, "\(phase)\n\(ended.all)")
      }
    }
    #expect(try await pending(runner) == 0)
    // A second apply of the same file is refused: the plan is spent.
    let apply = try #require(workflow["apply"]["steps"][0]["run"].string)
    #expect(try await runner.run(apply).exitCode == 5)
    try await kit.stop()
  }
}

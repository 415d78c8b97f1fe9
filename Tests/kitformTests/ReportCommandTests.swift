import Foundation
import Support
import Testing

/// Reports of whole runs of the shipped binary.
@Suite(.startsProcesses, .timeLimit(.minutes(60))) struct ReportCommandTests {
  private static let all =
    "--report markdown=r.md --report html=r.html --report steps=s.md --report dotenv=r.env --report json=r.json"

  /// The value of a line `NAME=value`.
  private func value(_ name: String, in text: String) -> String? {
    text.split(separator: "\n").first { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) }
  }

  @Test func `one run writes every report, and the approval of the Markdown is that of the plan`() async throws {
    let project = try TestProject(Manifests.two)
    try await project.expect(0, "plan \(ReportCommandTests.all) --out p.kfplan")
    let json = try ParsedJSON(project.workspace.read("r.json"))
    let digest = try #require(json["digest"].string)
    let markdown = try project.workspace.read("r.md")
    #expect(
      markdown.hasPrefix(
        "<!-- kitform project=. environment=default digest=\(digest) -->\n### Kitform plan: 2 to create\n"))
    #expect(markdown.contains("<!-- kitform-approval\n{"))
    #expect(markdown.contains("c0 --> t0"))
    let html = try project.workspace.read("r.html")
    #expect(html.contains(digest) && html.contains("<svg") && html.contains("custom.partner-bot"))
    #expect(
      try project.workspace.read("s.md").contains(
        "- [ ] Channel access token: the value of `{env: OK_COMMUNITY_TOKEN}`"))
    let dotenv = try project.workspace.read("r.env")
    #expect(value("KITFORM_DIGEST", in: dotenv) == digest && value("KITFORM_OUTCOME", in: dotenv) == "done")
    #expect(value("KITFORM_CHANGES", in: dotenv) == "2" && value("KITFORM_DELETES", in: dotenv) == "0")
    try await project.expect(0, "apply --approve \(digest) \(ReportCommandTests.all)")
    #expect(try project.workspace.read("r.md").contains("### Kitform apply: applied: 2 done\n"))
    #expect(try !project.workspace.read("r.md").contains("kitform-approval"))
    #expect(try project.workspace.read("r.html").contains("<span class=\"chip good\">done</span>"))
    #expect(try project.workspace.read("s.md").contains("There is nothing to be done in Kit."))
    try await project.expect(0, "plan \(ReportCommandTests.all)")
    #expect(try project.workspace.read("r.md").contains("### Kitform plan: no changes\n"))
    #expect(try value("KITFORM_OUTCOME", in: project.workspace.read("r.env")) == "no-changes")
  }

  @Test func `two plans of one input are the same Markdown and HTML, byte by byte`() async throws {
    let project = try TestProject(Manifests.two)
    var seen: Set<String> = []
    for _ in 0..<2 {
      try await project.expect(0, "plan --report markdown=r.md --report html=r.html")
      seen.insert(try project.workspace.read("r.md") + project.workspace.read("r.html"))
    }
    #expect(seen.count == 1)
  }

  @Test func `a refused plan, a stale approval, an invalid project and a failure are reported too`() async throws {
    var project = try TestProject(Manifests.bots([1, 2, 3]))
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.write(Manifests.bots([1]), to: "kitform.yaml")
    try await project.expect(4, "plan \(ReportCommandTests.all)")
    let refused = try project.workspace.read("r.md")
    #expect(refused.contains("### Kitform plan: refused\n") && refused.contains("guards.maxDeletes: the plan deletes"))
    #expect(refused.contains("- custom.bot-2") && refused.contains("- custom.bot-3"))
    #expect(try project.workspace.read("r.html").contains("Refused: <code>"))
    #expect(try !project.workspace.read("s.md").contains("[ ]"))
    #expect(try value("KITFORM_OUTCOME", in: project.workspace.read("r.env")) == "refused")
    try project.workspace.write(Manifests.bots([1, 2, 3, 4]), to: "kitform.yaml")
    try await project.expect(5, "apply --approve kf1-\(String(repeating: "0", count: 40)) \(ReportCommandTests.all)")
    let stale = try project.workspace.read("r.md")
    #expect(stale.contains("### Kitform apply: the approval no longer fits\n") && stale.contains("+ custom.bot-4"))
    try project.workspace.replace("queue: Support", with: "que: Support", in: "kitform.yaml")
    try await project.expect(3, "plan \(ReportCommandTests.all)")
    #expect(try project.workspace.read("r.md").contains("digest=none -->\n### Kitform plan: "))
    #expect(try value("KITFORM_DIGEST", in: project.workspace.read("r.env")) == "")
    project.options = []
    try project.workspace.write(Manifests.bots([1]), to: "kitform.yaml")
    try await project.expect(1, "plan \(ReportCommandTests.all)")
    let failed = try project.workspace.read("r.md")
    #expect(failed.contains("### Kitform plan: failed\n") && failed.contains("KIT_API_TOKEN"))
  }

  @Test func `github adds to the job's summary and the step's outputs, and annotates the lines that change`()
    async throws
  {
    var project = try TestProject(Manifests.two)
    try project.workspace.write("earlier\n", to: "summary.md")
    try project.workspace.write("before=1\n", to: "outputs.txt")
    project.environment = [
      "GITHUB_STEP_SUMMARY": "\(project.workspace.path)/summary.md",
      "GITHUB_OUTPUT": "\(project.workspace.path)/outputs.txt",
    ]
    let ended = try await project.expect(0, "plan --report github")
    #expect(ended.errors.contains("::notice file=kitform.yaml,line=5,col=5,title=planned::create ok.community"))
    let summary = try project.workspace.read("summary.md")
    #expect(summary.hasPrefix("earlier\n\n<!-- kitform project=. "))
    let outputs = try project.workspace.read("outputs.txt")
    #expect(outputs.hasPrefix("before=1\ndigest=kf1-") && outputs.hasSuffix("\noutcome=done\nchanges=2\ndeletes=0\n"))
    try project.workspace.write(String(repeating: "x", count: (1 << 20) - 100), to: "summary.md")
    let full = try await project.expect(1, "plan --report github")
    #expect(full.errors.contains("the job's summary is full"))
  }

  @Test func `Markdown keeps to the limit that was asked for`() async throws {
    let project = try TestProject(Manifests.bots(Array(1...60)))
    try await project.expect(0, "plan --report markdown=r.md,max=6000")
    let text = try project.workspace.read("r.md")
    #expect(text.utf8.count <= 6000 && text.contains("more changes: see the full report."))
    try await project.expect(64, "plan --report markdown=r.md,max=60")
  }

  @Test func `findings of validate are Markdown and HTML, for all environments at once`() async throws {
    let project = try TestProject(
      Manifests.two.replacing("closing: {agent: 12h", with: "closing: {agent: 8d"), options: [])
    try await project.expect(3, "validate --report markdown=r.md --report html=r.html --report dotenv=r.env")
    let text = try project.workspace.read("r.md")
    #expect(text.hasPrefix("<!-- kitform project=. environment=* digest=none -->\n### Kitform validate: 1 error\n"))
    #expect(text.contains("[closing.agent.range]"))
    #expect(try project.workspace.read("r.html").contains("closing.agent.range"))
    #expect(try value("KITFORM_CHANGES", in: project.workspace.read("r.env")) == "")
  }

  @Test func `graph draws the routes of an environment, offline`() async throws {
    let project = try TestProject(example: "retail", options: ["--env", "staging"])
    let mermaid = try await project.expect(0, "graph")
    #expect(mermaid.output.hasPrefix("flowchart LR\n") && mermaid.output.contains("[[\"queue Support\"]]"))
    let dot = try await project.expect(0, "graph --as dot")
    #expect(dot.output.hasPrefix("digraph kitform {\n") && dot.output.contains("label=\"function 88\""))
    let json = try await project.json(0, "graph")
    #expect(json["graph"].string == mermaid.output)
    #expect(json["channels"].at("ok.moscow")["route"]["label"].string == "Support")
    try await project.expect(64, "graph", plain: true)
    try await project.expect(64, "graph --as svg")
  }
}

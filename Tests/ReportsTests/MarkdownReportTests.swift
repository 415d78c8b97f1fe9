import Basics
import Documents
import Manifest
import Provisioning
import Support
import Testing

@testable import Reports

@Suite struct MarkdownReportTests {
  /// A plan that deletes and updates so many channels.
  private func plan(deletes: Int, updates: Int) -> Plan {
    func change(_ number: Int, _ action: Provisioning.Action) -> Change {
      Change(
        address: Address(kind: "ok", key: "\(action.rawValue)-\(number)"), action: action, id: number,
        uuid: "0f6c0000-0000-4000-8000-\(100_000_000_000 + number)", name: "Channel \(number)",
        impact: ["messages to it will be refused"], isProtected: false,
        source: Change.Source(SourcePosition(file: "kitform.yaml", line: number, column: 3)),
        fields: [
          FieldChange(
            name: "closing.agent", before: .value(3600), after: .value(7200), cause: .manifest,
            source: SourcePosition(file: "kitform.yaml", line: number, column: 20))
        ])
    }
    return Plan(
      environment: "production", account: PlanScene.binding, lineage: nil,
      changes: (0..<deletes).map { change($0, .delete) } + (0..<updates).map { change($0, .update) },
      calls: deletes + updates)
  }

  @Test func `whatever the plan, the text stays within its limit, and tells how much it leaves out`() throws {
    for (deletes, updates) in [(0, 0), (1, 5), (3, 400), (200, 200), (1000, 1000), (5000, 0)] {
      let run = RunSamples.run(plan(deletes: deletes, updates: updates))
      for limit in [MarkdownReport.smallestLimit, 9000, 30_000, MarkdownReport.standardLimit, 1 << 20] {
        let text = MarkdownReport.text(run, limit: limit)
        #expect(text.utf8.count <= limit, "\(deletes) \(updates) \(limit)")
        let shown = text.split(separator: "\n").count { $0.hasPrefix("- ok.delete-") || $0.hasPrefix("! ok.update-") }
        let reported = text.split(separator: "\n").last { $0.hasSuffix("see the full report.") } ?? ""
        let left = reported.split(separator: " ").compactMap { Int($0) }.reduce(0, +)
        #expect(shown + left == deletes + updates, "\(deletes) \(updates) \(limit): \(reported)")
        #expect(text.contains("Plan digest: `\(run.plan?.digest ?? "")`"))
      }
    }
  }

  @Test func `every deletion stands before any other change, shortened where all details do not fit`() {
    let text = MarkdownReport.text(RunSamples.run(plan(deletes: 300, updates: 300)), limit: 20_000)
    let lines = text.split(separator: "\n")
    #expect(lines.count { $0.hasPrefix("- ok.delete-") } == 300)
    #expect(lines.firstIndex { $0.hasPrefix("! ") } ?? .max > lines.lastIndex { $0.hasPrefix("- ok") } ?? 0)
    #expect(!text.contains("messages to it will be refused\n- ok"))
    #expect(text.contains("more changes: see the full report."))
  }

  @Test func `the approval is embedded change by change, or as a whole, and the text says so`() throws {
    let small = RunSamples.run(plan(deletes: 1, updates: 5))
    let text = MarkdownReport.text(small)
    let approval = try Approval.reading(Array(text.utf8), label: "report")
    #expect(approval == Approval(plan: try #require(small.plan)))
    for limit in [MarkdownReport.smallestLimit, MarkdownReport.standardLimit] {
      for deletes in [0, 1, 3000] {
        let large = RunSamples.run(plan(deletes: deletes, updates: 1000))
        let text = MarkdownReport.text(large, limit: limit)
        let whole = try Approval.reading(Array(text.utf8), label: "report")
        #expect(whole.isWhole && whole.changes.isEmpty && whole.digest == large.plan?.digest)
        #expect(text.contains("it approves the plan as a whole"))
      }
    }
    var applied = small
    applied.approval = nil
    #expect(!MarkdownReport.text(applied).contains("as a whole"))
    #expect(!MarkdownReport.text(applied).contains(ApprovalBlock.start))
  }

  @Test(arguments: [
    (".", "production", "<!-- kitform project=. environment=production digest=kf1-a -->"),
    (
      "a b/--> x", "s--->\n",
      "<!-- kitform project=a%20b/-%2D%3E%20x environment=s-%2D-%3E%0A digest=kf1-a -->"
    ),
  ])
  func `the marker is the same for each project and environment, and no name ends it`(
    project: String, environment: String, marker: String
  ) {
    #expect(ReportMarker.text(project: project, environment: environment, digest: "kf1-a") == marker)
  }

  @Test func `without a plan the marker has no digest, and for all environments a star`() {
    #expect(
      ReportMarker.text(project: ".", environment: nil, digest: nil)
        == "<!-- kitform project=. environment=* digest=none -->")
  }

  @Test(arguments: [
    (RunOutcome.refused, "### Kitform plan: refused"), (.stale, "### Kitform plan: the approval no longer fits"),
    (.failed, "### Kitform plan: failed"), (.invalid, "### Kitform plan: 1 error"),
    (.locked, "### Kitform plan: the state is locked"), (.interrupted, "### Kitform plan: interrupted"),
    (.unverified, "### Kitform plan: applied, but the account reads back differently"),
    (.usage, "### Kitform plan: wrong use of the command line"), (.partial, "### Kitform plan: partly done"),
  ])
  func `every end has a headline, and its findings are reported`(outcome: RunOutcome, headline: String) {
    let finding = Diagnostic(.sample("area.rule"), at: nil, "it is wrong", why: "because", suggestion: "do so")
    let text = MarkdownReport.text(RunSamples.run(nil, outcome: outcome, findings: [finding]))
    #expect(text.contains(headline + "\n"))
    #expect(text.contains("**Errors: 1**\n\n```text\nit is wrong [area.rule]\n  why: because\n  help: do so\n```\n"))
  }

  @Test func `a refused plan is reported in full, with the way forward before the changes`() {
    var plan = plan(deletes: 2, updates: 1)
    plan.refusals = [
      Refusal(
        rule: .guardsMaxDeletes, addresses: plan.changes.prefix(2).map(\.address), message: "too many",
        remedy: "name them")
    ]
    let text = MarkdownReport.text(RunSamples.run(plan, outcome: .refused))
    #expect(text.contains("> **Refused: 1 reason.**"))
    #expect(
      text.contains("guards.maxDeletes: too many\n  concerns: ok.delete-0, ok.delete-1\n  way forward: name them\n"))
    #expect(text.contains("- ok.delete-0") && text.contains("! ok.update-0"))
  }

  @Test func `an apply tells what is not done first, and then what was planned`() throws {
    var run = RunSamples.run(plan(deletes: 1, updates: 2), command: "apply", outcome: .partial)
    let changes = try #require(run.plan).changes
    run.result = ApplyResult(
      outcome: .partial,
      changes: zip(changes, [ChangeResult.ChangeEnding.notAttempted, .done, .failed]).map { change, verdict in
        ChangeResult(
          address: change.address, action: change.action, verdict: verdict,
          error: verdict == .done ? nil : RemoteFailure("Kit said no", remedy: "ask Kit"))
      }, state: State(lineage: "l", serial: 1, environment: "e", account: PlanScene.binding), calls: 2,
      duration: .milliseconds(1500))
    let text = MarkdownReport.text(run)
    #expect(text.contains("### Kitform apply: partly done\n") && text.contains("2 calls, 1.500 s."))
    #expect(text.contains("**Not done: 2**\n\n```text\nfailed: update ok.update-1\n  Kit said no\n  ask Kit\n"))
    #expect(text.contains("not attempted: delete ok.delete-0"))
  }

  @Test func `drift is reported as what was applied and what Kit has`() {
    var drift = Drift(environment: "production", account: PlanScene.binding, hasState: true)
    let source = SourcePosition(file: "kitform.yaml", line: 9, column: 5)
    func channel(_ key: String, isMissing: Bool, _ fields: [DriftedField]) -> DriftedChannel {
      DriftedChannel(
        address: Address(kind: "ok", key: key), id: 1, uuid: "0f6c", name: "OK", isMissing: isMissing,
        source: Change.Source(source), fields: fields)
    }
    drift.channels = [
      channel(
        "a", isMissing: false,
        [
          DriftedField(
            name: "closing.agent", applied: .value(3600), account: .value(7200), manifest: .value(3600), source: source),
          DriftedField(
            name: "callbackURL", applied: .secret(nil), account: .secret(nil), manifest: .secret(nil), source: source),
        ]), channel("b", isMissing: true, []),
    ]
    var run = RunSamples.run(nil, command: "drift", outcome: .changes)
    run.drift = drift.changes
    let text = MarkdownReport.text(run)
    #expect(text.contains("### Kitform drift: 2 channels changed in Kit since the last apply\n"))
    #expect(text.contains("closing.agent  1h → 2h") && text.contains("kitform drift --write"))
    #expect(text.contains("(secret) changed"))
    #expect(text.contains("x ok.b") && text.contains("gone from Kit"))
    #expect(HTMLReport.text(run).contains("Changed in Kit <span class=\"count\">2<"))
    let outputs = ReportOutputs(run)
    #expect(outputs.changes == "2" && outputs.digest == "" && outputs.outcome == "changes")
    #expect(PlanAnnotations.text(run).contains("title=drift::ok.a closing.agent: 1h → 2h"))
    run.findings.outcome = .done
    #expect(MarkdownReport.text(run).contains("The manifests now have Kit's values."))
  }

  @Test func `a sentence is wrapped between words and keeps its indentation`() {
    let words = String(repeating: "word ", count: 40) + "end"
    let lines = MarkdownText.wrapped("  why: " + words)
    #expect(lines.count == 3 && lines.allSatisfy { $0.unicodeScalars.count <= 101 })
    #expect(lines[0].hasPrefix("  why: word") && lines[1].hasPrefix("    word"))
    #expect(lines.joined(separator: " ").split(separator: " ").count == 42)
    #expect(MarkdownText.wrapped("") == [""])
  }

  @Test(arguments: [
    ("plain", "`plain`"), ("a`b", "`` a`b ``"), ("``", "``` `` ```"), (" x ", "`  x  `"), ("", "(empty)"),
    ("a\nb", "`a\\u{000A}b`"), ("<!-- x -->", "`<\\u{0021}-- x --\\u{003E}`"), ("##[error]", "`##\\[error]`"),
  ])
  func `a code span shows its text as it is`(text: String, span: String) {
    #expect(MarkdownText.code(text) == span)
  }

  @Test func `a fence is longer than any run of backticks in it`() {
    #expect(MarkdownText.fence(["a ``` b", "`````"], language: "diff") == "``````diff\na ``` b\n`````\n``````\n")
  }
}

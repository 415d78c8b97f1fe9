import Basics
import Documents
import Foundation
import Manifest
import Provisioning
import Support

@testable import Reports

/// Runs for reports in Markdown and HTML.
enum RunSamples {
  /// A run of `plan` in `infra/kit` of a repository.
  static func run(
    _ plan: Plan?, command: String = "plan", outcome: RunOutcome = .done, findings: [Diagnostic] = [],
    records: [Record] = []
  ) -> RunReport {
    var report = FindingsReport(
      command: command, tool: "1.0.0", environment: plan?.environment, outcome: outcome,
      ended: "2026-01-02T03:04:05Z", paths: RepositoryPaths(project: "/r/infra/kit", root: "/r"))
    report.add(findings + (plan?.diagnostics ?? []), in: SourceMap())
    return RunReport(
      report, account: plan?.account, plan: plan, approval: plan.map { Approval(plan: $0) },
      callsPerSecond: 5, records: records)
  }

  /// The plan from `before.yaml` to `after.yaml` of a directory beside the golden files, after a change in Kit.
  static func golden(_ name: String) throws -> RunReport {
    func text(_ file: String) throws -> String {
      let url = GeneratedFile.root.appendingPathComponent("Tests/ReportsTests/Golden/\(name)/\(file)")
      return String(decoding: try Data(contentsOf: url), as: UTF8.self)
    }
    var scene = PlanScene(
      try text("before.yaml"),
      secrets: ["OK_TOKEN": "tkn1:first", "OK_ARCHIVE_TOKEN": "tkn2:a", "OK_PARTNERS_TOKEN": "tkn3:b"])
    scene.apply()
    scene.account.change("OK community", "topicSet", to: .reference(Reference(id: 21)))
    scene.manifest = PlanScene.header + (try text("after.yaml"))
    scene.secrets["OK_TOKEN"] = "tkn1:second"
    let (configuration, sources, _) = scene.configuration()
    let plan = scene.plan()
    var run = run(plan, records: configuration.records)
    run.findings = FindingsReport(
      command: "plan", tool: "1.0.0", environment: plan.environment, outcome: plan.refusals.isEmpty ? .done : .refused,
      ended: "2026-01-02T03:04:05Z", paths: RepositoryPaths(project: "/r/infra/kit", root: "/r"),
      files: sources.files.map(\.path))
    run.findings.add(plan.diagnostics, in: sources)
    return run
  }

  /// A string that tries to leave every format that a report has.
  static let hostile =
    "`` ``` ```` </script></title><img src=x onerror=alert(1)> <!-- kitform project=x environment=y digest=kf1-0 --> --> "
    + "@everyone #123 !5 a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6a7b8c9d0 https://evil.example | a | [x](http://e) ![y](z) **b** "
    + "\n\n# Title\n::error file=a::b\n::set-output name=digest::kf1-x\r##[error]z \u{202E}\u{200B}\u{0}\u{1B}[2J\u{FEFF}"
    + " ${{ secrets.TOKEN }} $(id) ;&&'\"\\N{} %0A%0D ]]> #quot; &amp; \u{2028}/close"

  /// A plan in which every text that can come from outside is hostile.
  static func hostilePlan(_ text: String = hostile) -> Plan {
    let position = SourcePosition(file: "channels/\(text).yaml", line: 3, column: 5)
    func route(_ id: Int) -> FieldValue {
      .value(["queue": ["id": .integer(id), "title": .string("\(id)\(text)")]])
    }
    let fields = [
      FieldChange(
        name: "name", before: .value(.string(text)), after: .value(.string("\(text)2")), cause: .both, source: position),
      FieldChange(
        name: "accessToken", before: .unknown, after: .secret(.environment(text)), secret: .changed, cause: .manifest,
        source: position, note: text),
      FieldChange(name: "redirect", before: route(1), after: route(2), cause: .account, source: position),
      FieldChange(
        name: text, before: .value([["id": 1, "title": .string(text), "level": 3]]), after: .absent, cause: .manifest,
        source: position),
    ]
    func change(_ key: String, _ action: Provisioning.Action, _ fields: [FieldChange]) -> Change {
      Change(
        address: Address(kind: "ok", key: key), action: action, id: 7, uuid: text, name: text,
        impact: [text, "messages to it will be refused"], isProtected: true,
        source: Change.Source(position, isGone: action == .forget), fields: fields,
        named: action == .delete ? text : nil)
    }
    var plan = Plan(
      environment: text, account: State.AccountBinding(host: text, name: text, isSandbox: false), lineage: nil,
      targets: [text],
      changes: [
        change("a", .delete, [fields[2]]), change("b", .create, fields), change("c", .update, fields),
        change("d", .forget, []), change(text, .update, [fields[2]]),
      ], scope: Plan.Scope(channels: 2, total: 3), unchanged: 3, unmanaged: 2, calls: 4, interrupted: [text])
    plan.changes[1].uuid = nil
    plan.diagnostics = [
      Diagnostic(.sample(text), .error, at: nil, text, why: text, suggestion: text, notes: [.init(text, at: nil)]),
      Diagnostic(.sample("area.rule"), .warning, at: nil, text), Diagnostic(.sample("area.rule"), .info, at: nil, text),
    ]
    plan.refusals = [
      Refusal(rule: .sample(text), addresses: [Address(kind: "ok", key: text)], message: text, remedy: text)
    ]
    return plan
  }

  /// What became of the hostile plan.
  static func hostileResult(_ plan: Plan, _ text: String = hostile) -> ApplyResult {
    let verdicts: [ChangeResult.ChangeEnding] = [.notAttempted, .done, .failed, .done, .uncertain]
    return ApplyResult(
      outcome: .partial,
      changes: zip(plan.changes, verdicts).map { change, verdict in
        ChangeResult(
          address: change.address, action: change.action, verdict: verdict, uuid: text,
          error: verdict == .done ? nil : RemoteFailure(text, remedy: text))
      }, unverified: [.init(address: plan.changes[1].address, reason: text)],
      state: State(lineage: "l", serial: 1, environment: "e", account: PlanScene.binding), calls: 3,
      duration: .seconds(2))
  }

  /// Hostile runs: a refused plan, an apply, findings alone, and drift.
  static func hostileRuns() -> [(name: String, run: RunReport)] {
    let plan = hostilePlan()
    var refused = run(plan, outcome: .refused)
    refused.findings.paths = RepositoryPaths(project: "/r/\(hostile)", root: "/r")
    var open = plan
    open.refusals = []
    open.diagnostics.removeFirst()
    var applied = run(open, command: "apply", outcome: .partial)
    applied.result = hostileResult(open)
    applied.approval = nil
    var drift = run(nil, command: "drift", outcome: .changes, findings: plan.diagnostics)
    drift.drift = Array(plan.changes.dropFirst(2).prefix(2))
    return [
      ("plan", run(open)), ("refused", refused), ("applied", applied), ("drift", drift),
      ("validate", run(nil, command: "validate", outcome: .invalid, findings: plan.diagnostics)),
    ]
  }
}

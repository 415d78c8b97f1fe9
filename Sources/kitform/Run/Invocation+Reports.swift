import Basics
import Documents
import KitformEngine
import Manifest
import Provisioning
import Reports
import StateBackends
import Wiring

extension Invocation {
  /// Whether the command's JSON document goes anywhere: to standard output, or into a report.
  var isDocumentWanted: Bool { global.format == .json || reports.contains { $0.kind == .json } }

  /// Ends the command before it does anything when a report could not be written in the end.
  func checkReports() throws {
    for request in reports {
      guard let file = request.file else { continue }
      let path: String
      do { path = try resultPath(file, for: request.option) } catch {
        unwritable = file
        throw error
      }
      do throws(DiskFailure) { try ReportFiles.check(path) } catch {
        unwritable = file
        throw LocalFailure(
          message: "the report \(request.kind.rawValue) cannot be written: \(error.words)",
          remedy: "make the directory, or choose another file for --report")
      }
    }
  }

  /// Writes every report; one that cannot be written is a finding, and turns a success into a failure.
  ///
  /// Not so after an apply: its code says what became of the account, which no report changes; and the places of reports
  /// are tried before anything begins.
  func writeReports(_ outcome: RunOutcome) -> RunOutcome {
    guard !reports.isEmpty else { return outcome }
    var failed = false
    for request in reports {
      let problem: String?
      if request.kind == .github {
        problem = tellGitHub(outcome)
      } else if let file = request.file, file != unwritable {
        problem = write(bytes(of: request, outcome), for: request, to: file)
      } else {
        continue
      }
      guard let problem else { continue }
      failed = true
      diagnostics.append(
        Diagnostic(
          .reportUnwritten, at: nil, "the report \(request.kind.rawValue) could not be written: \(problem)",
          why: content.result == nil ? nil : "the apply itself ended as its result says; only the report is missing",
          suggestion: "fix the cause, or choose another file for --report"))
    }
    return failed && content.result == nil && (outcome.exitCode == 0 || outcome == .changes) ? .failed : outcome
  }

  private func bytes(of request: ReportRequest, _ outcome: RunOutcome) -> [UInt8] {
    switch request.kind {
    case .sarif: SARIFReport.encode(findingsReport(outcome))
    case .junit: JUnitReport.encode(findingsReport(outcome))
    case .codequality: CodeQualityReport.encode(findingsReport(outcome))
    case .json: CanonicalJSON.encode(document(outcome), pretty: true)
    case .markdown:
      Array(MarkdownReport.text(runReport(outcome), limit: request.limit ?? MarkdownReport.standardLimit).utf8)
    case .html: Array(HTMLReport.text(runReport(outcome)).utf8)
    case .dotenv: Array(ReportOutputs(runReport(outcome)).dotenv.utf8)
    case .steps: Array(StepsReport.text(runReport(outcome), kinds: loaded?.project.kinds ?? []).utf8)
    case .github: []
    }
  }

  /// Writes annotations, the job's summary and the step's outputs; returns what is wrong, or nil.
  ///
  /// The two files are those that a runner names; elsewhere there are none, and the annotations are all.
  private func tellGitHub(_ outcome: RunOutcome) -> String? {
    let report = runReport(outcome)
    terminal.annotate(GitHubReport.text(findingsReport(outcome, isForPeople: true)) + PlanAnnotations.text(report))
    func file(_ name: String) -> String? { surroundings.environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    do throws(DiskFailure) {
      if let path = file("GITHUB_OUTPUT") { try ReportFiles.append(Array(ReportOutputs(report).github.utf8), to: path) }
      if let path = file("GITHUB_STEP_SUMMARY") {
        let room = ReportFiles.summaryLimit - ReportFiles.size(path) - 1
        guard room >= MarkdownReport.smallestLimit else { return "the job's summary is full" }
        try ReportFiles.append(Array(("\n" + MarkdownReport.text(report, limit: room)).utf8), to: path)
      }
    } catch { return error.words }
    return nil
  }

  /// Writes a report; returns what is wrong, or nil.
  private func write(_ bytes: [UInt8], for request: ReportRequest, to file: String) -> String? {
    let path: String
    do { path = try resultPath(file, for: request.option) } catch {
      return (error as? LocalFailure)?.message ?? (error as? UsageFailure)?.message ?? "\(error)"
    }
    do throws(DiskFailure) { try ReportFiles.write(bytes, to: path) } catch { return error.words }
    return nil
  }

  /// Findings, refusals and what an apply did not do.
  ///
  /// - Parameter isForPeople: the text shows the changes themselves too, so they are no findings.
  private func findingsReport(_ outcome: RunOutcome, isForPeople: Bool = false) -> FindingsReport {
    var report = foundReport(outcome)
    if !isForPeople { report.add(masked(reported), in: allFindings.sources) }
    let redactor = known.redactor
    if let plan = content.plan {
      let plan = redactor.redact(plan)
      report.add(plan.refusals, of: plan)
      if let result = content.result { report.add(redactor.redact(result), of: plan) }
    }
    return report
  }

  /// The whole run, for people: values are masked before they are put into a format, which may cut them or spell them anew.
  private func runReport(_ outcome: RunOutcome) -> RunReport {
    let redactor = known.redactor
    return RunReport(
      foundReport(outcome), account: account, plan: content.plan.map { redactor.redact($0) },
      madeDigest: content.plan?.digest,
      result: content.result.map { redactor.redact($0) }, drift: content.drift?.map { redactor.redact($0) },
      approval: content.result == nil ? content.plan.map { Approval(plan: $0) } : nil,
      callsPerSecond: content.callsPerSecond,
      records: redactor.isEmpty ? content.records : content.records.map { redactor.redact($0) })
  }

  private func foundReport(_ outcome: RunOutcome) -> FindingsReport {
    let (found, sources) = allFindings
    let files = loaded?.project.sources.files.map(\.path) ?? []
    var report = FindingsReport(
      command: command, tool: Version.number, environment: environment, outcome: outcome, ended: Surroundings.now(),
      paths: RepositoryPaths(project: surroundings.absolute(global.directory)), files: files)
    report.add(found, in: sources)
    report.add(loaded?.project.relaxed ?? [], in: sources)
    return report
  }
}

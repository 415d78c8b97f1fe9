import Documents
import Glibc
import KitformEngine
import Manifest
import Provisioning
import Reports

extension Invocation {
  /// Ends the command before it does anything when a report could not be written in the end.
  func checkReports() throws {
    for request in reports {
      guard let file = request.file else { continue }
      do throws(DiskFailure) { try ReportFiles.check(surroundings.absolute(file)) } catch {
        unwritable = file
        throw LocalFailure(
          message: "the report \(request.kind.rawValue) cannot be written: \(error.words)",
          remedy: "make the directory, or choose another file for --report")
      }
    }
  }

  /// Writes every report; one that cannot be written is a finding, and turns a success into a failure.
  func writeReports(_ outcome: RunOutcome) -> RunOutcome {
    guard !reports.isEmpty else { return outcome }
    var failed = false
    for request in reports {
      let report = findingsReport(outcome)
      let bytes: [UInt8]
      switch request.kind {
      case .sarif: bytes = SARIFReport.encode(report)
      case .junit: bytes = JUnitReport.encode(report)
      case .codequality: bytes = CodeQualityReport.encode(report)
      case .json: bytes = CanonicalJSON.encode(document(outcome), pretty: true)
      case .github:
        terminal.annotate(GitHubReport.text(report))
        continue
      }
      guard let file = request.file, file != unwritable else { continue }
      do throws(DiskFailure) {
        let path = surroundings.absolute(file)
        try checkIsNoManifest(path)
        try ReportFiles.write(bytes, to: path)
      } catch {
        failed = true
        diagnostics.append(
          Diagnostic(
            "report.unwritten", at: nil, "the report \(request.kind.rawValue) could not be written: \(error.words)",
            why: result == nil ? nil : "the apply itself ended as its result says; only the report is missing",
            suggestion: "mend the cause, and run the command again"))
      }
    }
    return failed && (outcome.exitCode == 0 || outcome == .changes) ? .failed : outcome
  }

  /// A report never takes the place of a manifest.
  private func checkIsNoManifest(_ path: String) throws(DiskFailure) {
    guard let loaded else { return }
    let root = surroundings.absolute(global.directory)
    let report = ReportFiles.normalized(path)
    for file in loaded.project.sources.files where ReportFiles.normalized("\(root)/\(file.path)") == report {
      throw DiskFailure("write", path, code: EEXIST)
    }
  }

  private func findingsReport(_ outcome: RunOutcome) -> FindingsReport {
    let (found, sources) = allFindings
    let files = loaded?.project.sources.files.map(\.path) ?? []
    var report = FindingsReport(
      command: command, tool: Version.number, environment: environment, outcome: outcome, ended: Surroundings.now(),
      paths: RepositoryPaths(project: surroundings.absolute(global.directory)), files: files)
    report.add(found, in: sources)
    if let plan {
      report.add(plan.refusals, of: plan)
      if let result { report.add(result, of: plan) }
    }
    report.add(loaded?.project.relaxed ?? [], in: sources)
    return report
  }
}

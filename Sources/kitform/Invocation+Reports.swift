import Documents
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
      guard let problem = write(bytes, to: surroundings.absolute(file)) else { continue }
      failed = true
      diagnostics.append(
        Diagnostic(
          "report.unwritten", at: nil, "the report \(request.kind.rawValue) could not be written: \(problem)",
          why: result == nil ? nil : "the apply itself ended as its result says; only the report is missing",
          suggestion: "mend the cause, or choose another file for --report"))
    }
    return failed && (outcome.exitCode == 0 || outcome == .changes) ? .failed : outcome
  }

  /// Writes a report; returns what is wrong, or nil. It never takes the place of a manifest.
  private func write(_ bytes: [UInt8], to path: String) -> String? {
    let root = surroundings.absolute(global.directory)
    let place = ReportFiles.normalized(path)
    for manifest in loaded?.project.sources.files ?? []
    where ReportFiles.normalized("\(root)/\(manifest.path)") == place {
      return "\(SafeText.escape(path)) is a manifest of this project"
    }
    do throws(DiskFailure) { try ReportFiles.write(bytes, to: path) } catch { return error.words }
    return nil
  }

  private func findingsReport(_ outcome: RunOutcome) -> FindingsReport {
    let (found, sources) = allFindings
    let files = loaded?.project.sources.files.map(\.path) ?? []
    var report = FindingsReport(
      command: command, tool: Version.number, environment: environment, outcome: outcome, ended: Surroundings.now(),
      paths: RepositoryPaths(project: surroundings.absolute(global.directory)), files: files)
    report.add(found, in: sources)
    report.add(reported, in: sources)
    if let plan {
      report.add(plan.refusals, of: plan)
      if let result { report.add(result, of: plan) }
    }
    report.add(loaded?.project.relaxed ?? [], in: sources)
    return report
  }
}

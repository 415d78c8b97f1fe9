import Basics
import Documents
import Manifest
import Provisioning

/// The changes of a plan as GitHub's workflow commands: annotations on the lines that cause them.
///
/// A runner shows ten annotations of each level for a step, so that no more than ten are written.
package enum PlanAnnotations {
  private static let most = 10
  private static let linesOfOne = 8

  /// Warnings for deletions, notices for everything else; nothing where nothing is planned, or the plan was applied.
  package static func text(_ report: RunReport) -> String {
    guard report.result == nil else { return "" }
    let deletes = report.changes.filter { $0.action == .delete || $0.action == .forget }
    let others = report.changes.filter { $0.action != .delete && $0.action != .forget }
    let title = report.drift == nil ? "planned" : "drift"
    return text(.warning, title, grouped(deletes, report)) + text(.info, title, grouped(others, report))
  }

  /// Lines of one place.
  private struct Group {
    var place: FindingsReport.ReportedLocation?
    var lines: [String]
  }

  private static func text(_ severity: Severity, _ title: String, _ groups: [Group]) -> String {
    let shown = groups.count <= most ? groups.count : most - 1
    var commands = groups.prefix(shown).map { group in
      var lines = group.lines.prefix(linesOfOne).joined(separator: "\n")
      if group.lines.count > linesOfOne { lines += "\nand \(group.lines.count - linesOfOne) more" }
      return GitHubReport.line(severity, title: title, lines, at: group.place)
    }
    if shown < groups.count {
      let rest = groups.dropFirst(shown).reduce(0) { $0 + $1.lines.count }
      commands.append(GitHubReport.line(severity, title: title, "and \(rest) more: see the report", at: nil))
    }
    return commands.map { $0 + "\n" }.joined()
  }

  /// The annotations, by file and line, in the order of the plan.
  private static func grouped(_ changes: [Change], _ report: RunReport) -> [Group] {
    var groups: [Group] = []
    var places: [String: Int] = [:]
    let lines = PlanLines(isVerbose: false, paths: report.findings.paths)
    func add(_ line: String, _ position: SourcePosition?) {
      let place = position.map {
        FindingsReport.ReportedLocation(file: report.findings.paths.path($0.file), line: $0.line, column: $0.column)
      }
      let key = place.map { "\($0.line) \($0.file)" } ?? ""
      guard let known = places[key] else {
        places[key] = groups.count
        groups.append(Group(place: place, lines: [line]))
        return
      }
      groups[known].lines.append(line)
    }
    for change in changes {
      let head = "\(change.action.rawValue) \(change.address) \"\(SafeText.escape(change.name))\""
      let position = change.source?.isGone == true ? nil : change.source?.position
      switch change.action {
      case .delete, .forget, .create, .adopt, .move:
        // The former place of a removed channel is not a line of the present files.
        let former = change.source.flatMap { $0.isGone && change.named == nil ? lines.place($0.position) : nil }
        let reason = PlanLines.cause(change)
        let cause = former.map { "\(reason) \($0)" } ?? (reason.hasSuffix(":") ? String(reason.dropLast()) : reason)
        let words = ([cause] + change.impact).filter { !$0.isEmpty }
        add(words.isEmpty ? head : "\(head): \(words.joined(separator: "; "))", position)
      case .update, .release:
        for field in change.fields {
          let cause = PlanLines.cause(field)
          let difference = FieldDifference(field, isNew: false).text
          add(
            "\(change.address) \(field.name): \(difference)" + (cause.isEmpty ? "" : " (\(cause))"),
            field.source ?? position)
        }
      }
    }
    return groups
  }
}

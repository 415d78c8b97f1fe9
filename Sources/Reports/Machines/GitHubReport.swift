import Basics
import Documents
import Manifest
import Provisioning

/// Findings as GitHub's workflow commands, one line each: they become annotations on the diff.
package enum GitHubReport {
  package static func text(_ report: FindingsReport) -> String {
    let findings = report.findings.map { finding in
      line(finding.severity, title: finding.id, finding.text, at: finding.location)
    }
    let relaxed = report.relaxed.map { rule in
      line(.info, title: Rule.rulesRelaxed.id, rule.words, at: rule.location)
    }
    return (findings + relaxed).map { $0 + "\n" }.joined()
  }

  static func line(
    _ severity: Severity, title: String, _ text: String, at place: FindingsReport.ReportedLocation?
  ) -> String {
    var properties: [String] = []
    if let place {
      properties += ["file=\(property(place.file))", "line=\(place.line)"]
      // A runner drops columns with a complaint where an annotation covers several lines.
      let isOneLine = place.end.map { $0.line == place.line } ?? true
      if isOneLine { properties.append("col=\(place.column)") }
      if let end = place.end {
        properties.append("endLine=\(end.line)")
        if isOneLine { properties.append("endColumn=\(end.column)") }
      }
    }
    properties.append("title=\(property(title))")
    let command = severity == .info ? "notice" : severity.rawValue
    return "::\(command) \(properties.joined(separator: ","))::\(data(text))"
  }

  /// Data behind the second `::`: no control character, no line that is a command of its own, `%` and line breaks encoded.
  private static func data(_ text: String) -> String {
    SafeText.neutralizingCommands(SafeText.escape(text, newlines: true))
      .replacing("%", with: "%25").replacing("\n", with: "%0A")
  }

  /// A property's value: as data, without line breaks, and `:` and `,` encoded too.
  private static func property(_ text: String) -> String {
    SafeText.neutralizingCommands(SafeText.escape(text))
      .replacing("%", with: "%25").replacing(":", with: "%3A").replacing(",", with: "%2C")
  }
}

import Documents
import Manifest
import Provisioning

/// Findings as JUnit XML, as Jenkins, GitLab and others read it: a suite for each manifest, a failure for each error.
///
/// A suite without errors holds one test that passes. Findings without a place have a suite of their own, named after the
/// environment or the project. Attributes and their order follow the schema of Ant's JUnit task, which is the strictest.
package enum JUnitReport {
  package static func encode(_ report: FindingsReport) -> [UInt8] {
    var output = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
    for (number, suite) in suites(report).enumerated() { output += text(suite, number, report) }
    return Array((output + "</testsuites>\n").utf8)
  }

  private struct Suite {
    var name: String
    var findings: [FindingsReport.ReportedFinding] = []
  }

  private static func suites(_ report: FindingsReport) -> [Suite] {
    var suites = report.files.map { Suite(name: $0) }
    var numbers = Dictionary(suites.enumerated().map { ($1.name, $0) }) { first, _ in first }
    var elsewhere = Suite(name: report.environment ?? report.paths.project)
    for finding in report.findings {
      guard let file = finding.location?.file else {
        elsewhere.findings.append(finding)
        continue
      }
      if let number = numbers[file] {
        suites[number].findings.append(finding)
      } else {
        numbers[file] = suites.count
        suites.append(Suite(name: file, findings: [finding]))
      }
    }
    return suites.isEmpty || !elsewhere.findings.isEmpty ? suites + [elsewhere] : suites
  }

  private static func text(_ suite: Suite, _ number: Int, _ report: FindingsReport) -> String {
    let errors = suite.findings.filter { $0.severity == .error }
    let attributes = [
      ("name", suite.name), ("package", "kitform.\(report.command)"), ("id", String(number)),
      ("timestamp", report.ended.replacing("Z", with: "")), ("hostname", "localhost"),
      ("tests", String(max(1, errors.count))), ("failures", String(errors.count)), ("errors", "0"), ("time", "0"),
    ]
    var output = "  <testsuite\(list(attributes))>\n    <properties>\n"
    for (name, value) in properties(report) {
      output += "      <property\(list([("name", name), ("value", value)]))/>\n"
    }
    output += "    </properties>\n"
    if errors.isEmpty {
      output += "    <testcase\(list([("name", "no errors"), ("classname", suite.name), ("time", "0")]))/>\n"
    }
    for finding in errors {
      let place = finding.location.map { " (\($0.line):\($0.column))" } ?? ""
      output +=
        "    <testcase\(list([("name", finding.id + place), ("classname", suite.name), ("time", "0")]))>\n"
        + "      <failure\(list([("message", finding.message), ("type", finding.id)]))>\(XMLText.content(lines(finding)))</failure>\n"
        + "    </testcase>\n"
    }
    let others = suite.findings.filter { $0.severity != .error }.map(lines).joined(separator: "\n")
    output += "    <system-out>\(XMLText.content(others))</system-out>\n    <system-err></system-err>\n"
    return output + "  </testsuite>\n"
  }

  private static func properties(_ report: FindingsReport) -> [(String, String)] {
    var properties = [("command", report.command), ("outcome", report.outcome.word), ("version", report.tool)]
    if let environment = report.environment { properties.append(("environment", environment)) }
    return properties + report.relaxed.map { ("\(Rule.rulesRelaxed.id).\($0.id)", $0.setting) }
  }

  /// A finding with its place, its words and the places of its notes, a line each.
  private static func lines(_ finding: FindingsReport.ReportedFinding) -> String {
    func position(_ place: FindingsReport.ReportedLocation?) -> String {
      place.map { "\($0.file):\($0.line):\($0.column): " } ?? ""
    }
    let notes = finding.notes.filter { $0.location != nil }.map { "\nNote: \(position($0.location))\($0.message)" }
    return "\(position(finding.location))\(finding.severity.rawValue) [\(finding.id)]: \(finding.text)\(notes.joined())"
  }

  private static func list(_ attributes: [(String, String)]) -> String {
    attributes.map { " \($0)=\"\(XMLText.attribute($1))\"" }.joined()
  }
}

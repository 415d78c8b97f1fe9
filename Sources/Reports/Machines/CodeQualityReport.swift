import Basics
import Documents
import Manifest
import Provisioning

/// Findings as GitLab's Code Quality report: one array of issues, each with a place and a fingerprint.
///
/// Relaxed rules are issues of severity `info` at their lines, because the format has no other place for them.
package enum CodeQualityReport {
  package static func encode(_ report: FindingsReport) -> [UInt8] {
    CanonicalJSON.encode(document(report), pretty: true)
  }

  static func document(_ report: FindingsReport) -> JSONValue {
    let findings = zip(report.findings, report.fingerprints()).map { finding, fingerprint in
      issue(
        finding.id, text: finding.text, severity: severity(finding.severity), fingerprint: fingerprint,
        at: finding.location ?? report.standIn)
    }
    let relaxed = report.relaxed.map { rule in
      var digest = FramedDigest()
      for text in [Rule.rulesRelaxed.id, rule.id, rule.setting] { digest.add(text) }
      return issue(
        Rule.rulesRelaxed.id, text: rule.words, severity: "info", fingerprint: digest.finish(),
        at: rule.location ?? report.standIn)
    }
    return .array(findings + relaxed)
  }

  private static func issue(
    _ rule: String, text: String, severity: String, fingerprint: String, at place: FindingsReport.ReportedLocation
  ) -> JSONValue {
    [
      "description": .string(SafeText.escape(text, newlines: true)), "check_name": .string(SafeText.escape(rule)),
      "fingerprint": .string(fingerprint), "severity": .string(severity),
      "location": ["path": .string(SafeText.escape(place.file)), "lines": ["begin": .integer(place.line)]],
    ]
  }

  /// GitLab knows info, minor, major, critical and blocker.
  private static func severity(_ severity: Severity) -> String {
    switch severity {
    case .error: "critical"
    case .warning: "minor"
    case .info: "info"
    }
  }
}

extension FindingsReport.Relaxed {
  /// "`rules` sets the rule callbackURL.https to warning".
  var words: String { "`rules` sets the rule \(id) to \(setting)" }
}

import Basics
import Documents
import Manifest
import Provisioning

/// Findings as SARIF 2.1.0 (OASIS), as GitHub code scanning and editors read it.
package enum SARIFReport {
  package static func encode(_ report: FindingsReport) -> [UInt8] {
    CanonicalJSON.encode(document(report), pretty: true)
  }

  static func document(_ report: FindingsReport) -> JSONValue {
    [
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run(report)],
    ]
  }

  private static func run(_ report: FindingsReport) -> JSONValue {
    var rules: [Rule] = []
    var numbers: [String: Int] = [:]
    for finding in report.findings where numbers[finding.id] == nil {
      numbers[finding.id] = rules.count
      rules.append(finding.rule)
    }
    let results = zip(report.findings, report.fingerprints()).map { finding, fingerprint in
      result(finding, fingerprint, rule: numbers[finding.id] ?? 0, standIn: report.standIn)
    }
    let category = ["kitform", report.paths.project, report.command, report.environment ?? "default"]
    return [
      "tool": [
        "driver": ["name": "Kitform", "version": .string(report.tool), "rules": .array(rules.map(rule))]
      ],
      "automationDetails": ["id": .string(category.map { URIPath.encode($0) }.joined(separator: "/") + "/")],
      "invocations": [
        [
          "executionSuccessful": .bool(worked(report.outcome)), "exitCode": .integer(Int(report.outcome.exitCode)),
          "endTimeUtc": .string(report.ended),
        ]
      ],
      "columnKind": "unicodeCodePoints",
      "results": .array(results),
      "properties": [
        "command": .string(report.command), "environment": .text(report.environment.map { SafeText.escape($0) }),
        "outcome": .string(report.outcome.word),
        "relaxedRules": .array(
          report.relaxed.map { ["id": .string(SafeText.escape($0.id)), "setting": .string($0.setting)] }),
      ],
    ]
  }

  /// Whether the command could do its work: findings are its result, not its failure.
  private static func worked(_ outcome: RunOutcome) -> Bool {
    switch outcome {
    case .done, .noChanges, .changes, .invalid: true
    default: false
    }
  }

  private static func rule(_ rule: Rule) -> JSONValue {
    [
      "id": .string(SafeText.escape(rule.id)), "shortDescription": ["text": .string(SafeText.escape(rule.summary))],
      "defaultConfiguration": ["level": .string(level(rule.severity))],
    ]
  }

  private static func result(
    _ finding: FindingsReport.ReportedFinding, _ fingerprint: String, rule: Int,
    standIn: FindingsReport.ReportedLocation
  ) -> JSONValue {
    let related = finding.notes.filter { $0.location != nil }
    var members: [JSONValue.Member] = [
      .init("ruleId", .string(SafeText.escape(finding.id))), .init("ruleIndex", .integer(rule)),
      .init("level", .string(level(finding.severity))), .init("message", message(finding.text)),
      .init("locations", [location(finding.location ?? standIn)]),
    ]
    if !related.isEmpty {
      members.append(
        .init(
          "relatedLocations",
          .array(
            related.enumerated().map { number, note in
              location(note.location ?? standIn, message: note.message, id: number)
            })))
    }
    members.append(.init("partialFingerprints", ["kitformFinding/v1": .string(fingerprint)]))
    return .object(members)
  }

  private static func location(
    _ place: FindingsReport.ReportedLocation, message words: String? = nil, id: Int? = nil
  ) -> JSONValue {
    var region: [JSONValue.Member] = [
      .init("startLine", .integer(place.line)), .init("startColumn", .integer(place.column)),
    ]
    if let end = place.end {
      region += [.init("endLine", .integer(end.line)), .init("endColumn", .integer(end.column))]
    }
    var members: [JSONValue.Member] = []
    if let id { members.append(.init("id", .integer(id))) }
    members.append(
      .init(
        "physicalLocation",
        [
          "artifactLocation": ["uri": .string(URIPath.encode(place.file)), "uriBaseId": "%SRCROOT%"],
          "region": .object(region),
        ]))
    if let words { members.append(.init("message", message(words))) }
    return .object(members)
  }

  private static func level(_ severity: Severity) -> String { severity == .info ? "note" : severity.rawValue }

  /// A message in plain text, in which no data is taken for a link (`[text](target)`, section 3.11.6) or for the place of
  /// an argument (`{0}`, section 3.11.5).
  private static func message(_ text: String) -> JSONValue {
    var scalars = String.UnicodeScalarView()
    var last: Unicode.Scalar?
    for scalar in SafeText.escape(text, newlines: true).unicodeScalars {
      if (last == "]" && scalar == "(") || (last == "{" && ("0"..."9").contains(scalar)) { scalars.append(" ") }
      scalars.append(scalar)
      last = scalar
    }
    return ["text": .string(String(scalars))]
  }
}

/// A path as a relative URI reference.
enum URIPath {
  /// Percent-encodes everything but letters, digits, `-._~` and the slashes between parts.
  static func encode(_ path: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in path.utf8 {
      let isLetter = (byte | 0x20) &- UInt8(ascii: "a") < 26
      if isLetter || byte &- UInt8(ascii: "0") < 10 || "-._~/".utf8.contains(byte) {
        bytes.append(byte)
      } else {
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

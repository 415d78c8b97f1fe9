package import Basics
import Manifest
package import Provisioning

/// Checks as text, a line each with the remedy below, and as the members of a JSON document.
package struct HealthReport {
  private let checks: [HealthCheck]

  package init(_ checks: [HealthCheck]) { self.checks = checks }

  /// The checks as text, in their order.
  ///
  /// - Parameter color: whether results are coloured; the word says the same.
  package func text(color: Bool) -> String {
    let subjects = checks.map { check in
      [check.id, check.address?.description].compactMap(\.self).joined(separator: " ")
    }
    let width = subjects.map { CellWidth.of($0) }.max() ?? 0
    var text = ""
    for (check, subject) in zip(checks, subjects) {
      let word = check.result.rawValue
      let label = word + String(repeating: " ", count: 7 - word.utf8.count)
      let pad = String(repeating: " ", count: width - CellWidth.of(subject))
      text += "\(color ? HealthReport.colored(label, check.result) : label)  \(subject)\(pad)  \(check.message)\n"
      if let remedy = check.remedy { text += String(repeating: " ", count: width + 11) + "\(remedy)\n" }
    }
    return text
  }

  /// `checks`, as Pipelines.md, "JSON documents", describes it.
  package var members: [JSONValue.Member] {
    [
      .init(
        "checks",
        .array(
          checks.map { check in
            [
              "id": .string(check.id), "address": .text(check.address?.description),
              "result": .string(check.result.rawValue), "message": .string(check.message),
              "remedy": .text(check.remedy),
            ]
          }))
    ]
  }

  private static func colored(_ text: String, _ result: HealthCheck.Result) -> String {
    let code =
      switch result {
      case .ok: "32"
      case .warning: "33"
      case .failed: "31"
      case .skipped: "2"
      }
    return "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }
}

import Provisioning

/// What the next step of a pipeline needs to know of a run: four values of letters, digits and hyphens alone.
package struct ReportOutputs: Sendable, Equatable {
  /// The plan's digest; empty where there is no plan.
  package let digest: String
  /// As in the JSON documents.
  package let outcome: String
  /// How many changes, state-only ones included; empty where there is no plan.
  package let changes: String
  package let deletes: String

  package init(_ report: RunReport) {
    outcome = ReportOutputs.plain(report.findings.outcome.word)
    digest = ReportOutputs.plain(report.digest ?? "")
    guard report.plan != nil || report.drift != nil else {
      (changes, deletes) = ("", "")
      return
    }
    changes = String(report.changes.count + (report.plan?.loosenedGuards == nil ? 0 : 1))
    deletes = String(report.changes.count { $0.action == .delete })
  }

  /// Lines for `$GITHUB_OUTPUT`.
  package var github: String {
    "digest=\(digest)\noutcome=\(outcome)\nchanges=\(changes)\ndeletes=\(deletes)\n"
  }

  /// Lines for GitLab's `artifacts:reports:dotenv`.
  package var dotenv: String {
    "KITFORM_DIGEST=\(digest)\nKITFORM_OUTCOME=\(outcome)\nKITFORM_CHANGES=\(changes)\nKITFORM_DELETES=\(deletes)\n"
  }

  /// No value holds more than this, whatever a plan says of itself.
  private static func plain(_ text: String) -> String {
    String(
      decoding: text.utf8.filter { byte in
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45
      }, as: UTF8.self)
  }
}

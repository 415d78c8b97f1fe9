import Documents
import Manifest
import Provisioning

/// What a rule says in one sentence, for reports that list rules.
struct RuleSummary {
  let text: String
  /// The rule's own severity, before anything relaxes it.
  let severity: Severity

  private static let rules = Dictionary((Rule.all + Rule.planning).map { ($0.id, $0) }) { first, _ in first }

  /// Finds a rule by its id; what no list of rules has is described by its area.
  init(_ id: String) {
    if let rule = RuleSummary.rules[id] {
      text = rule.summary
      severity = rule.severity
      return
    }
    severity = .error
    text =
      switch id.prefix(while: { $0 != "." }) {
      case "yaml", "json": "A file is well-formed and stays within the limits of its reader."
      case "apply": "An apply brings every change of its plan to its end."
      case "guards", "protect", "recreate": "A plan stays within the guards and protections of its project."
      case "approval": "An apply does what was approved."
      case "report": "Every report that was asked for is written."
      default: "A command can do its work."
      }
  }
}

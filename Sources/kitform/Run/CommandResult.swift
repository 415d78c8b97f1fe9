import Basics
import Documents
import Provisioning

/// How a command ended, with everything that it prints.
struct CommandResult {
  var outcome: RunOutcome
  /// The result as text.
  var text: String
  /// The command's own members of its JSON document.
  var members: [JSONValue.Member]
  /// Members that were asked for with their secrets, so that neither they nor the text are masked.
  var exact: Set<String>
  /// Findings besides those that the run has reported already.
  var findings: [Diagnostic]

  init(
    _ outcome: RunOutcome, text: String = "", members: [JSONValue.Member] = [], exact: Set<String> = [],
    findings: [Diagnostic] = []
  ) {
    self.outcome = outcome
    self.text = text
    self.members = members
    self.exact = exact
    self.findings = findings
  }
}

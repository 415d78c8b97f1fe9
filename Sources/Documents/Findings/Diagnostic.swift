import Basics

/// One mistake of the user's, with its place, the reason and what to write instead.
package struct Diagnostic: Sendable, Hashable {
  /// The rule that is broken.
  package var rule: Rule
  package var severity: Severity
  /// The place of the finding; nil where no file has it (a missing credential of a flag, an account).
  package var place: SourcePlace?
  /// What is wrong, one sentence without a full stop.
  package var message: String
  /// Why it is wrong, with the limit; nil where the message says it all.
  package var why: String?
  /// What to write or do.
  package var suggestion: String?
  /// Other places that matter: the first of two duplicates, the default that supplied a value.
  package var notes: [Note]

  /// The rule's id.
  package var id: String { rule.id }

  /// Another place that matters for a finding.
  package struct Note: Sendable, Hashable {
    package var place: SourcePlace?
    package var message: String

    package init(_ message: String, at place: SourcePlace?) {
      self.place = place
      self.message = message
    }
  }

  /// Makes a finding of a rule, with the rule's own severity unless another is given.
  package init(
    _ rule: Rule, _ severity: Severity? = nil, at place: SourcePlace?, _ message: String, why: String? = nil,
    suggestion: String? = nil, notes: [Note] = []
  ) {
    self.rule = rule
    self.severity = severity ?? rule.severity
    self.place = place
    self.message = SafeText.shortened(message, to: SafeText.sentence)
    self.why = why.map { SafeText.shortened($0, to: SafeText.sentence) }
    self.suggestion = suggestion.map { SafeText.shortened($0, to: SafeText.sentence) }
    self.notes = notes
  }
}

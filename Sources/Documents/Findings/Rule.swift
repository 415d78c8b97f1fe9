/// One rule that a finding refers to: its id never changes, so that a team can refer to it.
///
/// Every module declares its own beside the code that reports them; `kitform explain` knows all of them.
package struct Rule: Sendable {
  /// `area.rule`.
  package let id: String
  package let severity: Severity
  package let source: RuleSource
  /// One sentence for the reference: what holds, with the limit.
  package let summary: String
  /// What to write or to run, on one line.
  package let example: String

  package init(
    _ id: String, _ severity: Severity, _ source: RuleSource, summary: String, example: String
  ) {
    self.id = id
    self.severity = severity
    self.source = source
    self.summary = summary
    self.example = example
  }

  /// Makes a rule about the form of a file.
  package init(_ id: String, _ severity: Severity, _ summary: String, example: String) {
    self.init(id, severity, .format, summary: summary, example: example)
  }

  /// Makes a rule about the form of a file, whose findings are errors.
  package init(_ id: String, _ summary: String, example: String) { self.init(id, .error, summary, example: example) }

  /// Whether `rules` in `kitform.yaml` may relax it: what Kit documents and the form of the manifests may not.
  package var isRelaxable: Bool { source == .ours }
}

extension Rule: Hashable {
  package static func == (left: Rule, right: Rule) -> Bool { left.id == right.id }

  package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// Where a rule comes from; only ours can be relaxed.
package enum RuleSource: Sendable, Equatable {
  /// A page of the Kit documentation, by its title.
  case documented(String)
  /// Decided by Kitform, or assumed of Kit; `rules` in `kitform.yaml` can relax it.
  case ours
  /// The form of the files that Kitform reads.
  case format
  /// How Kitform treats accounts, states and approvals.
  case conduct
}

package import Documents

/// Collects findings while a project is read; nothing stops at the first one.
package struct Findings: Sendable {
  package private(set) var list: [Diagnostic] = []
  /// Rules of ours that the project relaxes: nil switches one off.
  package var relaxed: [String: Severity?] = [:]

  package init() {}

  /// Whether any finding is an error.
  package var hasErrors: Bool { list.contains { $0.severity == .error } }

  /// Notes a finding of a rule, at the rule's severity or the one that the project relaxed it to.
  package mutating func report(
    _ rule: Rule, at place: SourcePlace?, _ message: String, why: String? = nil, suggestion: String? = nil,
    notes: [Diagnostic.Note] = [], severity: Severity? = nil
  ) {
    var severity = severity ?? rule.severity
    if rule.isRelaxable, let override = relaxed[rule.id] {
      guard let override else { return }
      severity = max(severity, override)
    }
    list.append(
      Diagnostic(rule.id, severity, at: place, message, why: why, suggestion: suggestion, notes: notes))
  }

  /// Adds findings that were made elsewhere.
  package mutating func append(contentsOf findings: [Diagnostic]) { list.append(contentsOf: findings) }
}

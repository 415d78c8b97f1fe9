package import Documents

/// Collects findings while a project is read; nothing stops at the first one.
///
/// Of each severity `limit` are kept, so that a project of nothing but mistakes does not fill the memory with them; how many are
/// left out is at the last one.
package struct Findings: Sendable {
  /// How many findings of one severity are kept: more than a reader needs.
  package static let limit = 10_000

  /// What was found, in the order in which it was.
  package var list: [Diagnostic] {
    guard dropped > 0, !kept.isEmpty else { return kept }
    var list = kept
    list[list.count - 1].notes.append(Diagnostic.Note("\(dropped) more findings are not shown", at: nil))
    return list
  }
  private var kept: [Diagnostic] = []
  private var counts: [Severity: Int] = [:]
  private var dropped = 0
  /// How many more names may be compared for suggestions.
  private var comparisons = 200_000
  /// How many bytes variables may add to the texts of one environment.
  package static let variableByteLimit = 8 << 20
  /// How many more bytes variables may add to the texts that refer to them.
  package var variableBytes = Findings.variableByteLimit
  /// Rules of ours that the project relaxes: nil switches one off.
  package var relaxed: [String: Severity?] = [:]

  package init() {}

  /// Whether any finding is an error.
  package var hasErrors: Bool { counts[.error, default: 0] > 0 }

  /// Notes a finding of a rule, at the rule's severity or the one that the project gives it; `severity` can only weaken it.
  ///
  /// Its words are made only where the finding is kept.
  package mutating func report(
    _ rule: Rule, at place: SourcePlace?, _ message: @autoclosure () -> String, why: String? = nil,
    suggestion: @autoclosure () -> String? = nil, notes: [Diagnostic.Note] = [], severity: Severity? = nil
  ) {
    var chosen = rule.severity
    if rule.isRelaxable, let override = relaxed[rule.id] {
      guard let override else { return }
      chosen = override
    }
    let severity = severity.map { max($0, chosen) } ?? chosen
    guard keeps(severity) else { return }
    kept.append(Diagnostic(rule, severity, at: place, message(), why: why, suggestion: suggestion(), notes: notes))
  }

  /// "did you mean `queue`?", or nil where nothing is near, or where too many names were compared.
  ///
  /// Each of many wrong names would be compared with each of many right ones.
  package mutating func didYouMean(_ text: String, among candidates: @autoclosure () -> [String]) -> String? {
    guard comparisons > 0, counts[.error, default: 0] < Findings.limit else { return nil }
    let candidates = candidates()
    comparisons -= candidates.count + 1
    return Words.didYouMean(text, among: candidates)
  }

  /// Adds findings that were made elsewhere.
  package mutating func append(contentsOf findings: [Diagnostic]) {
    for finding in findings where keeps(finding.severity) { kept.append(finding) }
  }

  /// Counts a finding; false where no more of its severity are kept.
  private mutating func keeps(_ severity: Severity) -> Bool {
    counts[severity, default: 0] += 1
    guard counts[severity, default: 0] <= Findings.limit else {
      dropped += 1
      return false
    }
    return true
  }
}

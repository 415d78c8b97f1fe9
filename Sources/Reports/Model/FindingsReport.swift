package import Documents
package import Manifest
package import Provisioning

/// What a command found, ready to be written in any format: every place is a path from the repository's root.
///
/// It holds no line of a manifest, so none of its secrets.
package struct FindingsReport: Sendable {
  /// `validate`, `plan`, `apply` or `destroy`.
  package var command: String
  /// The tool's version.
  package var tool: String
  package var environment: String?
  package var outcome: RunOutcome
  /// When the command ended: UTC, ISO 8601 to the second.
  package var ended: String
  package var paths: RepositoryPaths
  /// The manifests, in the order in which they were read.
  package var files: [String]
  package private(set) var findings: [ReportedFinding] = []
  /// Our own rules that the project relaxes.
  package private(set) var relaxed: [Relaxed] = []

  package init(
    command: String, tool: String, environment: String?, outcome: RunOutcome, ended: String, paths: RepositoryPaths,
    files: [String] = []
  ) {
    self.command = command
    self.tool = tool
    self.environment = environment
    self.outcome = outcome
    self.ended = ended
    self.paths = paths
    self.files = files.map(paths.path)
  }

  /// One finding as reports show it.
  package struct ReportedFinding: Sendable, Equatable {
    package var rule: Rule
    package var severity: Severity
    package var message: String
    package var why: String?
    package var suggestion: String?
    package var location: ReportedLocation?
    package var notes: [ReportedNote] = []

    /// The rule's id.
    package var id: String { rule.id }

    /// Message, reason and help, a line each, and the notes without a place.
    var text: String {
      var lines = [message]
      if let why { lines.append("Why: \(why)") }
      if let suggestion { lines.append("Help: \(suggestion)") }
      for note in notes where note.location == nil { lines.append("Note: \(note.message)") }
      return lines.joined(separator: "\n")
    }

    package struct ReportedNote: Sendable, Equatable {
      package var message: String
      package var location: ReportedLocation?
    }
  }

  /// A place; lines and columns from 1, columns in Unicode scalars, the end just behind the last one.
  package struct ReportedLocation: Sendable, Equatable {
    package var file: String
    package var line: Int
    package var column: Int
    /// Nil where only the beginning is known.
    package var end: End?

    package struct End: Sendable, Equatable {
      package var line: Int
      package var column: Int
    }
  }

  /// A rule of ours that `rules` in kitform.yaml weakens.
  package struct Relaxed: Sendable, Equatable {
    package var id: String
    /// `warning`, or `off`.
    package var setting: String
    package var location: ReportedLocation?
  }

  /// Adds findings of a check; `sources` are the files that their places name.
  package mutating func add(_ diagnostics: [Diagnostic], in sources: SourceMap) {
    findings += diagnostics.map { diagnostic in
      ReportedFinding(
        rule: diagnostic.rule, severity: diagnostic.severity, message: diagnostic.message, why: diagnostic.why,
        suggestion: diagnostic.suggestion, location: location(diagnostic.place, in: sources),
        notes: diagnostic.notes.map { .init(message: $0.message, location: location($0.place, in: sources)) })
    }
  }

  /// Adds what `rules` weakens.
  package mutating func add(_ rules: [RelaxedRule], in sources: SourceMap) {
    relaxed += rules.filter(\.isRelaxing).map { rule in
      Relaxed(
        id: rule.id, setting: rule.severity?.rawValue ?? "off", location: location(rule.place, in: sources))
    }
  }

  /// Adds why a plan may not be applied.
  package mutating func add(_ refusals: [Refusal], of plan: Plan) {
    findings += refusals.map { refusal in
      let concerns = refusal.addresses.map(\.description).joined(separator: ", ")
      return ReportedFinding(
        rule: refusal.rule, severity: refusal.rule.severity, message: refusal.message,
        why: concerns.isEmpty ? nil : "it concerns \(concerns)",
        suggestion: ([refusal.remedy] + refusal.paste).joined(separator: "\n"),
        location: refusal.addresses.compactMap { location($0, in: plan) }.first)
    }
  }

  /// Adds every change that an apply did not bring to its end.
  package mutating func add(_ result: ApplyResult, of plan: Plan) {
    for change in result.changes {
      guard let rule = change.verdict.rule else { continue }
      let reason = change.error.map { ": \($0.message)" } ?? ""
      let words = change.verdict.rawValue.replacing("-", with: " ")
      findings.append(
        ReportedFinding(
          rule: rule, severity: rule.severity,
          message: "\(change.action.rawValue) of `\(change.address)` \(words)\(reason)",
          suggestion: change.error?.remedy, location: location(change.address, in: plan)))
    }
    findings += result.unverified.map { item in
      ReportedFinding(
        rule: .applyUnverified, severity: Rule.applyUnverified.severity,
        message: "`\(item.address)` reads back differently: \(item.reason)",
        location: location(item.address, in: plan))
    }
  }

  /// For each finding a value that stays the same while lines move, and that no other finding of the report has.
  ///
  /// SHA-256 over rule, file, message, and how many findings with the same three come before.
  func fingerprints() -> [String] {
    var seen: [[String]: Int] = [:]
    return findings.map { finding in
      let key = [finding.id, finding.location?.file ?? "", finding.message]
      let before = seen[key, default: 0]
      seen[key] = before + 1
      var digest = FramedDigest()
      for text in key { digest.add(text) }
      digest.add(before)
      return digest.finish()
    }
  }

  /// Where a format wants a place and a finding has none: the beginning of the project's own file.
  var standIn: ReportedLocation { ReportedLocation(file: paths.path("kitform.yaml"), line: 1, column: 1) }

  private func location(_ place: SourcePlace?, in sources: SourceMap) -> ReportedLocation? {
    guard let place, sources.files.indices.contains(Int(place.file)) else { return nil }
    let end = sources.end(of: place)
    var location = location(sources.position(of: place))
    location.end = .init(line: end.line, column: end.column)
    return location
  }

  private func location(_ address: Address, in plan: Plan) -> ReportedLocation? {
    guard let source = plan.changes.first(where: { $0.address == address })?.source, !source.isGone else { return nil }
    return location(source.position)
  }

  private func location(_ position: SourcePosition) -> ReportedLocation {
    ReportedLocation(file: paths.path(position.file), line: position.line, column: position.column)
  }
}

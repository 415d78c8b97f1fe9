package import Documents

/// The offline verdict over a project: every environment decoded, each finding once.
package struct Validation: Sendable {
  /// Sorted by file, place and id.
  package var findings: [Diagnostic]
  /// The configurations by environment, in the order written.
  package var configurations: [Configuration]

  /// Whether any finding is an error.
  package var hasErrors: Bool { findings.contains { $0.severity == .error } }

  /// The number of channels that the manifests describe, over all environments.
  package private(set) var channels: Int

  /// Checks `environments` of a project (nil stands for a project without environments).
  package init(_ project: Project, environments: [String?], options: DecodingOptions) {
    configurations = []
    channels = 0
    var merged: [Key: (finding: Diagnostic, environments: [String])] = [:]
    var order: [Key] = []
    for environment in environments {
      let result = project.configuration(for: environment, options: options)
      configurations.append(result.configuration)
      for finding in result.findings {
        let key = Key(id: finding.id, place: finding.place, message: finding.message)
        if var known = merged[key] {
          known.finding.notes += finding.notes.filter { !known.finding.notes.contains($0) }
          if known.environments.last != environment { known.environments.append(environment ?? "") }
          merged[key] = known
        } else {
          merged[key] = (finding, [environment ?? ""])
          order.append(key)
        }
      }
    }
    channels =
      configurations.count == 1
      ? configurations[0].records.count : Set(configurations.flatMap { $0.records.map(\.address) }).count
    var all = project.findings.list
    for key in order {
      guard let (known, seen) = merged[key] else { continue }
      var finding = known
      if seen.count < environments.count {
        finding.notes.append(
          Diagnostic.Note("in the environment\(seen.count == 1 ? "" : "s") \(Words.list(seen))", at: nil))
      }
      all.append(finding)
    }
    findings = Validation.once(all).sorted(in: project.sources)
  }

  /// Leaves out what a finding about the YAML itself already says: at the same place, or of a file that was not read to
  /// its end, where nobody can tell what is missing.
  private static func once(_ findings: [Diagnostic]) -> [Diagnostic] {
    let places = Set(findings.filter { $0.id.hasPrefix("yaml.") }.compactMap(\.place))
    guard !places.isEmpty else { return findings }
    let cut = Set(findings.filter(\.endsReading).compactMap { $0.place?.file })
    return findings.filter { finding in
      guard let place = finding.place, !finding.id.hasPrefix("yaml.") else { return true }
      return !places.contains(place) && !(finding.id == Rule.fieldMissing.id && cut.contains(place.file))
    }
  }

  private struct Key: Hashable {
    var id: String
    var place: SourcePlace?
    var message: String
  }
}

extension Diagnostic {
  /// Whether a file with this finding may hold more than was read of it.
  var endsReading: Bool {
    ["yaml.syntax", "yaml.encoding", "yaml.file-size", "yaml.depth", "yaml.control-character"].contains(id)
  }
}

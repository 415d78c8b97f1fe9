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
    let (environments, tooMany) = Validation.affordable(environments, of: project)
    // How many bytes variables may add to the texts of all environments.
    var variableBytes = options.variableBytes * 4
    let isComplete = environments.count >= project.environments.count
    var hidden: [HiddenKey: (finding: Diagnostic, last: Int, count: Int)] = [:]
    var hiddenOrder: [HiddenKey] = []
    var merged: [Key: Merged] = [:]
    var order: [Key] = []
    for (number, environment) in environments.enumerated() {
      var options = options
      options.variableBytes = max(0, min(options.variableBytes, variableBytes))
      let result = project.checkedConfiguration(for: environment, options: options)
      variableBytes -= result.variableBytes
      configurations.append(result.configuration)
      // What no environment takes is wrong all the same; what one takes is reported there.
      for finding in isComplete ? result.hidden + result.findings : [] {
        let key = HiddenKey(id: finding.id, place: finding.place)
        if let known = hidden[key] {
          if known.last != number { hidden[key] = (known.finding, number, known.count + 1) }
        } else {
          hidden[key] = (finding, number, 1)
          hiddenOrder.append(key)
        }
      }
      for finding in result.findings {
        let key = Key(id: finding.id, place: finding.place, message: finding.message)
        if merged[key] == nil { order.append(key) }
        merged[key, default: Merged(finding)].add(finding.notes, environment ?? "")
      }
    }
    channels =
      configurations.count == 1
      ? configurations[0].records.count : Set(configurations.flatMap { $0.records.map(\.address) }).count
    var all = project.findings.list + tooMany
    var merges: [Diagnostic] = []
    for key in order {
      guard let known = merged[key] else { continue }
      var finding = known.whole
      let seen = known.environments
      if seen.count < environments.count {
        finding.notes.append(
          Diagnostic.Note("in the environment\(seen.count == 1 ? "" : "s") \(Validation.names(seen))", at: nil))
      }
      merges.append(finding)
    }
    let reported = Set((all + merges).map { HiddenKey(id: $0.id, place: $0.place) })
    all += Validation.folded(merges)
    for key in hiddenOrder where !reported.contains(key) {
      if let known = hidden[key], known.count == environments.count { all.append(known.finding) }
    }
    findings = Validation.once(all, project.sources).sorted(in: project.sources)
  }

  /// One finding as several environments have it.
  private struct Merged {
    private var finding: Diagnostic
    private(set) var environments: [String] = []
    private var notes: Set<Diagnostic.Note>
    private var more = 0

    /// How many notes the environments add before the rest is counted.
    private static let limit = 10

    init(_ finding: Diagnostic) {
      self.finding = finding
      notes = Set(finding.notes)
    }

    mutating func add(_ others: [Diagnostic.Note], _ environment: String) {
      for note in others where notes.insert(note).inserted {
        if finding.notes.count < Merged.limit { finding.notes.append(note) } else { more += 1 }
      }
      if environments.last != environment { environments.append(environment) }
    }

    /// The finding with its notes, those that are left out counted.
    var whole: Diagnostic {
      var finding = finding
      if more > 0 { finding.notes.append(Diagnostic.Note("and \(Words.count(more, "more place"))", at: nil)) }
      return finding
    }
  }

  /// The findings; where more than three say the same of values that come from one variable or alias, only the first of them.
  private static func folded(_ findings: [Diagnostic]) -> [Diagnostic] {
    var groups: [Cause: (first: Int, count: Int)] = [:]
    for (index, finding) in findings.enumerated() {
      let cause = Cause(finding)
      if !cause.sources.isEmpty { groups[cause, default: (index, 0)].count += 1 }
    }
    return findings.enumerated().compactMap { index, finding in
      guard let group = groups[Cause(finding)], group.count > 3 else { return finding }
      guard group.first == index else { return nil }
      var finding = finding
      finding.notes.append(
        Diagnostic.Note("the same is wrong in \(Words.count(group.count - 1, "more place"))", at: nil))
      return finding
    }
  }

  /// What findings with one cause have in common.
  private struct Cause: Hashable {
    var id: String
    var message: String
    /// The notes that name a place; those without one say in which environments a finding holds.
    var sources: [Diagnostic.Note]

    init(_ finding: Diagnostic) {
      id = finding.id
      message = finding.message
      sources = finding.notes.filter { $0.place != nil }
    }
  }

  /// The environments that are read: all of them, unless reading every value for each would take too long.
  private static func affordable(_ environments: [String?], of project: Project) -> ([String?], [Diagnostic]) {
    let values = project.documents.reduce(0) { $0 + $1.nodes.count }
    let affordable = max(1, valueLimit / max(1, values))
    guard environments.count > affordable else { return (environments, []) }
    let finding = Diagnostic(
      .environmentBudget, at: project.sections["environments"]?.first?.key.place,
      "\(environments.count) environments of a project with \(values) values are too many",
      why: "every environment reads all values; only the first \(affordable) were checked",
      suggestion: "split the project, or check one environment with `--env NAME`")
    return (Array(environments.prefix(affordable)), [finding])
  }

  /// How many values all environments together read.
  private static let valueLimit = 10_000_000

  /// The names of environments: at most five, then a count.
  private static func names(_ names: [String]) -> String {
    guard names.count > 5 else { return Words.list(names) }
    return "\(names.prefix(5).map { "`\($0)`" }.joined(separator: ", ")) and \(names.count - 5) more"
  }

  /// Leaves out what a finding about the YAML itself already says: at the same place, or of a file that was not read to
  /// its end, where it is unknown what is missing.
  private static func once(_ findings: [Diagnostic], _ sources: SourceMap) -> [Diagnostic] {
    let places = Set(findings.filter { $0.isOfReading }.compactMap(\.place))
    guard !places.isEmpty else { return findings }
    var cut: [Int32: Int] = [:]
    for place in findings.filter(\.endsReading).compactMap(\.place) {
      cut[place.file] = min(cut[place.file] ?? .max, Int(place.start))
    }
    return findings.filter { finding in
      guard let place = finding.place, !finding.isOfReading else { return true }
      guard !places.contains(place), let end = cut[place.file] else { return !places.contains(place) }
      switch finding.rule {
      case .fieldMissing: return false
      case .fieldEmpty, .valueType: return !isLast(place, before: end, sources.files[Int(place.file)].bytes)
      default: return true
      }
    }
  }

  /// Whether nothing but a colon, spaces and line breaks is between a place and where reading ended: its value was cut off.
  private static func isLast(_ place: SourcePlace, before end: Int, _ bytes: [UInt8]) -> Bool {
    guard place.end < end, end <= bytes.count else { return true }
    return bytes[Int(place.end)..<end].allSatisfy { $0 <= 0x20 || $0 == UInt8(ascii: ":") }
  }

  private struct HiddenKey: Hashable {
    var id: String
    var place: SourcePlace?
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
    [.yamlSyntax, .yamlEncoding, .yamlFileSize, .yamlDepth, .yamlControlCharacter].contains(rule)
  }
}

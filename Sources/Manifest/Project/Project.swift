import Basics
package import Documents
import YAML

/// A project's files, composed and sorted into sections; the environments decode from it.
package struct Project: Sendable {
  /// The kinds of channels that exist.
  package let kinds: [Kind]
  package let documents: [Document]
  package let sources: SourceMap
  /// The names under `environments`, in the order written; empty in a project without them.
  package private(set) var environments: [String] = []
  /// Findings that concern no environment.
  package private(set) var findings: Findings
  /// Sections by name, with the place of their key, in the order of files.
  private(set) var sections: [String: [Section]] = [:]
  /// The place of each environment's name.
  private(set) var environmentPlaces: [String: SourcePlace] = [:]
  private(set) var environmentBodies: [String: Cursor] = [:]
  /// For each backend and state location, the first environment that has it.
  private(set) var firstEnvironments: [StateBackend: [[String?]: String]] = [:]
  /// The sections that are written, the empty and malformed ones among them.
  private(set) var written: Set<String> = []
  /// `kitform.yaml` was read to its end, and is what it should be: what it lacks is missing.
  let isWhole: Bool

  /// One section of one file.
  struct Section: Sendable {
    var key: Cursor
    var body: Cursor
  }

  /// Sections of `kitform.yaml` alone, so that code owners can guard them.
  package static let guardedSections = SectionGrammar.all.filter(\.isGuarded).map(\.name)
  /// Sections of any file.
  package static let openSections = SectionGrammar.all.filter { !$0.isGuarded }.map(\.name)
  /// Sections that an environment may overlay.
  package static let overlaidSections = SectionGrammar.all.filter(\.isOverlaid).map(\.name)

  /// Sorts composed files into sections; the first document is `kitform.yaml`.
  ///
  /// - Parameter rules: every rule that a command can report; `rules` may name no other.
  package init(
    documents: [Document], sources: SourceMap, kinds: [Kind], rules: [Rule] = Rule.manifest + Rule.reading,
    findings: [Diagnostic] = []
  ) {
    self.kinds = kinds
    self.documents = documents
    self.sources = sources
    self.findings = Findings()
    self.findings.append(contentsOf: findings)
    isWhole = Project.isWhole(documents.first, findings)
    for (index, document) in documents.enumerated() { sort(document, isProjectFile: index == 0) }
    readEnvironments()
    noteStates()
    self.findings.relaxed = relaxedRules(among: rules, &self.findings)
  }

  /// Returns the patterns of `include`, from any document of the file, or nil where the project has none.
  package static func include(in document: Document, _ findings: inout Findings) -> [Located<String>]? {
    let roots = document.roots.lazy.map { Cursor(document, $0) }
    guard let pair = roots.compactMap({ $0.pair(of: "include") }).first else { return nil }
    let value = pair.value
    guard value.shape == .sequence else {
      findings.report(
        value.isNull ? .fieldEmpty : .valueType, at: value.place(behind: pair.key),
        "`include` is \(value.words), but a list of patterns is wanted",
        suggestion:
          "write `include: [\(value.isScalar && !value.isNull ? ScalarText.doubleQuoted(value.text) : "\"channels/**/*.yaml\"")]`"
      )
      return []
    }
    return value.items.compactMap { item in
      guard item.shape == .scalar, !item.isNull, !item.text.isEmpty else {
        findings.report(
          .valueType, at: item.place, "a pattern of `include` is a string",
          suggestion: "for example \"channels/*.yaml\"")
        return nil
      }
      guard !item.text.contains("${") else {
        findings.report(
          .variablePlace, at: item.place, "`include` does not take variables", suggestion: "write the pattern out")
        return nil
      }
      guard IncludePattern(item.text) != nil else {
        findings.report(
          .includePattern, at: item.place, "the pattern leaves the project's directory",
          suggestion: "write a path below it, without `..` and without a leading `/`")
        return nil
      }
      guard !SecretPolicy.isForeign(item.text) else {
        findings.report(
          .includePattern, at: item.place, "the pattern names files of git, Kitform or other tools",
          why: "credentials may be in them", suggestion: "write the path of a manifest")
        return nil
      }
      return Located(item.text, at: item.place)
    }
  }

  private mutating func sort(_ document: Document, isProjectFile: Bool) {
    var sawVersion = false
    for root in document.roots where !document.isNull(root) {
      let root = Cursor(document, root)
      guard root.shape == .mapping else {
        findings.report(
          .valueType, at: root.place, "the file is \(root.words), but a mapping of sections is wanted",
          suggestion: "begin with `channels:`" + (isProjectFile ? " or `kitform: 1`" : ""))
        continue
      }
      for pair in root.pairs {
        let name = pair.key.text
        if name.hasPrefix("x-") { continue }
        if name == "kitform" {
          sawVersion = true
          checkVersion(pair.value)
        } else if name == Project.requirementKey, isProjectFile {
          Project.checkRequirement(pair.value, at: pair.value.place(behind: pair.key), &findings)
        } else if Project.guardedSections.contains(name) || name == Project.requirementKey, !isProjectFile {
          findings.report(
            .projectPlacement, at: pair.key.place, "`\(name)` is allowed in kitform.yaml only",
            why: "code owners guard these sections by guarding one file", suggestion: "move it to kitform.yaml")
        } else if Project.guardedSections.contains(name) || Project.openSections.contains(name) {
          add(Section(key: pair.key, body: pair.value), name)
        } else {
          let known =
            (isProjectFile ? ["kitform", Project.requirementKey] + Project.guardedSections : []) + Project.openSections
          findings.report(
            .fieldUnknown, at: pair.key.place, "there is no section `\(name)`",
            suggestion: Words.didYouMean(name, among: known)
              ?? "the sections are \(Words.list(known)); a key of your own begins with `x-`")
        }
      }
    }
    if isProjectFile, !sawVersion, isWhole {
      findings.report(
        .projectVersion, at: SourcePlace(file: document.file, start: 0, end: 0), "`kitform: 1` is missing",
        why: "it says which version of the format the project is written in",
        suggestion: "add `kitform: 1` as the first line")
    }
  }

  /// Whether nothing keeps a reader from telling what the file lacks: no mistake is reported twice.
  private static func isWhole(_ document: Document?, _ findings: [Diagnostic]) -> Bool {
    guard let document else { return false }
    return !findings.contains { $0.place?.file == document.file && $0.endsReading }
      && document.roots.allSatisfy { document.isNull($0) || document.shape($0) == .mapping }
  }

  private mutating func checkVersion(_ value: Cursor) {
    guard !(value.isPlain && value.text == "1") else { return }
    findings.report(
      .projectVersion, at: value.place, "the manifest version is 1",
      why: value.shape == .scalar && !value.isPlain
        ? "a quoted value is always a string" : "this Kitform knows no other",
      suggestion: "write `kitform: 1`")
  }

  private mutating func add(_ section: Section, _ name: String) {
    written.insert(name)
    if Project.guardedSections.contains(name), let first = sections[name]?.first {
      findings.report(
        .projectRepeated, at: section.key.place, "`\(name)` appears twice", suggestion: "merge both into one",
        notes: [Diagnostic.Note("the first is here", at: first.key.place)])
      return
    }
    if name == "include" { return sections[name] = [section] }
    if section.body.isNull {
      findings.report(
        .fieldEmpty, at: section.body.place(behind: section.key), "`\(name)` is empty",
        suggestion: name == SectionGrammar.account.name
          ? "write `account: \(SectionGrammar.account.example)`" : "write `\(name): {}`, or remove the line")
      return
    }
    guard section.body.shape == .mapping else {
      findings.report(
        .valueType, at: section.body.place, "`\(name)` is \(section.body.words), but a mapping is wanted",
        suggestion: Project.form(of: name))
      return
    }
    sections[name, default: []].append(section)
  }

  /// How to write a section, for one that is a list or a string.
  private static func form(of name: String) -> String {
    if name == SectionGrammar.channels.name {
      return "write each channel under its kind and a key of its own: `channels: {ok: {community: {name: …}}}`"
    }
    let example = SectionGrammar.all.first { $0.name == name }?.example
    return example.map { "for example `\(name): \($0)`" } ?? "write its keys and values below `\(name):`"
  }

  private mutating func readEnvironments() {
    guard let body = sections["environments"]?.first?.body else { return }
    for pair in body.pairs {
      let name = pair.key.text
      guard Address.isKey(name) else {
        findings.report(
          .environmentName, at: pair.key.place, "`\(name)` cannot be an environment's name",
          why: LookAlikes.named(in: name).map { "it has the character \($0)" },
          suggestion: "use lower-case letters, digits and inner hyphens, at most 63 characters")
        continue
      }
      if let first = environmentPlaces[name] {
        findings.report(
          .projectRepeated, at: pair.key.place, "the environment `\(name)` appears twice",
          suggestion: "give one of them another name", notes: [Diagnostic.Note("the first is here", at: first)])
        continue
      }
      environmentPlaces[name] = pair.key.place
      guard pair.value.shape == .mapping else {
        findings.report(
          pair.value.isNull ? .fieldEmpty : .valueType, at: pair.value.place(behind: pair.key),
          "the environment `\(name)` is \(pair.value.words), but a mapping is wanted",
          suggestion: "write `\(name): {}` where nothing differs")
        environments.append(name)
        continue
      }
      environments.append(name)
      environmentBodies[name] = pair.value
      for inner in pair.value.pairs {
        let section = inner.key.text
        if !Project.overlaidSections.contains(section) {
          findings.report(
            .fieldUnknown, at: inner.key.place, "an environment has no section `\(section)`",
            suggestion: Words.didYouMean(section, among: Project.overlaidSections)
              ?? "its sections are \(Words.list(Project.overlaidSections))")
        } else if inner.value.shape != .mapping {
          findings.report(
            inner.value.isNull ? .fieldEmpty : .valueType, at: inner.value.place(behind: inner.key),
            "`\(section)` is \(inner.value.words), but a mapping is wanted",
            suggestion: "write `\(section): {}`, or remove the line")
        }
      }
    }
  }

  /// The setting that separates an environment's state from the others, as it is written.
  func stateNames(of environment: String, _ backend: StateBackend) -> [String?] {
    let overlay = overlay("state", environment)
    return backend.distinguishing.map { overlay.value($0)?.text }
  }

  private mutating func noteStates() {
    guard !overlaidStates.isEmpty else { return }
    for backend in StateBackend.allCases {
      for environment in environments {
        let names = stateNames(of: environment, backend)
        if firstEnvironments[backend]?[names] == nil { firstEnvironments[backend, default: [:]][names] = environment }
      }
    }
  }

  /// The environments that say something of their state.
  private var overlaidStates: [String] { environments.filter { environmentBodies[$0]?.value(of: "state") != nil } }

  /// A section as an environment sees it: its own mapping first.
  func overlay(_ name: String, _ environment: String?) -> Overlay {
    let own = environment.flatMap { environmentBodies[$0]?.value(of: name) }.flatMap { $0.shape == .mapping ? $0 : nil }
    return Overlay((own.map { [$0] } ?? []) + (sections[name] ?? []).map(\.body))
  }

  /// The names of the variables that any environment declares or any file refers to, sorted.
  package var variableNames: [String] {
    let environments = environmentBodies.values.compactMap { $0.value(of: "variables") }
    let declared = ((sections["variables"] ?? []).map(\.body) + environments).flatMap(\.pairs).map(\.key.text)
    let used = documents.filter(\.mayHoldDollar).flatMap { document in
      document.nodes.indices.lazy.filter { document.nodes[$0].shape == .scalar }.flatMap { node in
        Variables.names(in: Cursor(document, node))
      }
    }
    return Set(declared + used).sorted()
  }

  /// What the section `rules` says, rule by rule.
  private var ruleSettings: some Sequence<(key: Cursor, value: Cursor)> {
    (sections["rules"] ?? []).prefix(1).lazy.flatMap(\.body.pairs)
  }

  /// The rules of ours that `rules` relaxes.
  private func relaxedRules(among rules: [Rule], _ findings: inout Findings) -> [String: Severity?] {
    var relaxed: [String: Severity?] = [:]
    for pair in ruleSettings {
      let id = pair.key.text
      guard let rule = rules.first(where: { $0.id == id }) else {
        let relaxable = rules.filter(\.isRelaxable).map(\.id)
        findings.report(
          .ruleUnknown, at: pair.key.place, "there is no rule `\(id)`",
          suggestion: Words.didYouMean(id, among: relaxable)
            ?? "the rules that can be relaxed are \(Words.list(relaxable))")
        continue
      }
      guard rule.isRelaxable else {
        findings.report(
          .ruleDocumented, at: pair.key.place, "the rule `\(id)` cannot be relaxed",
          why: rule.source.words,
          suggestion: rule.severity == .error
            ? "remove the line"
            : "remove the line: what the rule finds is \(rule.severity == .info ? "a remark" : "a warning"), and stops nothing"
        )
        continue
      }
      switch pair.value.shape == .scalar ? pair.value.text : "" {
      case "error": relaxed[id] = .some(.error)
      case "warning": relaxed[id] = .some(.warning)
      case "off": relaxed[id] = .some(nil)
      default:
        findings.report(
          .valueChoice, at: pair.value.place(behind: pair.key),
          "a rule is `error`, `warning` or `off`",
          suggestion: "write one of the three")
      }
    }
    return relaxed
  }

  /// The relaxed rules with their places, for reports.
  package var relaxed: [RelaxedRule] {
    ruleSettings.compactMap { pair in
      guard let severity = findings.relaxed[pair.key.text] else { return nil }
      return RelaxedRule(id: pair.key.text, severity: severity, place: pair.key.place)
    }
  }
}

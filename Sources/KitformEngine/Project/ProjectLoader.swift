import Basics
import Channels
package import Documents
package import Manifest
import Provisioning
package import StateBackends
import YAML

/// A project as it was read, before any environment is chosen.
package struct LoadedProject: Sendable {
  package var project: Project
  /// Files that are not read without an error.
  package var unparsed: Set<Int32>
  /// Files that were read in part or with errors, so the places of secrets in them are unknown.
  package var unclear: Set<Int32>
  /// It wants a newer Kitform, and nothing else of it was read.
  package var isRefused: Bool

  package init(project: Project, unparsed: Set<Int32>, unclear: Set<Int32>? = nil, isRefused: Bool = false) {
    self.project = project
    self.unparsed = unparsed
    self.unclear = unclear ?? unparsed
    self.isRefused = isRefused
  }
}

/// Reads a project's directory: `kitform.yaml` and what it includes.
package enum ProjectLoader {
  /// The name of the file that makes a directory a project.
  package static let fileName = "kitform.yaml"

  /// Reads the project in `files`; whatever cannot be read is a finding of the project.
  package static func load(
    _ files: PosixProjectFiles, kinds: [Kind] = Kinds.all, rules: [Rule] = Rule.manifest + Rule.reading,
    version: ToolVersion = .current
  ) -> LoadedProject {
    var reader = Reader(files: files)
    guard let document = reader.readProjectFile() else {
      return LoadedProject(
        project: Project(
          documents: [], sources: reader.sources, kinds: kinds, rules: rules, findings: reader.findings.list),
        unparsed: reader.unparsed, unclear: reader.unclear)
    }
    if let refusal = Project.refusal(of: document, by: version) {
      return LoadedProject(
        project: Project(documents: [], sources: reader.sources, kinds: kinds, rules: rules, findings: [refusal]),
        unparsed: [document.file], isRefused: true)
    }
    reader.readIncluded(document)
    return LoadedProject(
      project: Project(
        documents: reader.documents, sources: reader.sources, kinds: kinds, rules: rules,
        findings: reader.findings.list),
      unparsed: reader.unparsed, unclear: reader.unclear)
  }
}

/// Reads files one after the other, and collects what is wrong with them.
private struct Reader {
  let files: PosixProjectFiles
  var sources = SourceMap()
  var documents: [Document] = []
  var unparsed: Set<Int32> = []
  var unclear: Set<Int32> = []
  var findings = Findings()

  /// More than a manifest may have, so that the finding on a larger file can say its size.
  private static let byteLimit = 16 << 20

  /// Rules of reading whose findings leave a file's structure as it is.
  private static let clear: Set<Rule> = [
    .yamlVariableInFlow, .yamlDuplicateKey, .yamlUnknownAlias, .yamlAliasInFlowPattern,
  ]

  /// Links in a project may make much of little: more than these bytes are not read.
  private static let totalLimit = 128 << 20

  /// Reads `kitform.yaml`; nil when there is none.
  mutating func readProjectFile() -> Document? {
    do throws(DiskFailure) {
      if let bytes = try files.read(ProjectLoader.fileName, limit: Reader.byteLimit) {
        // A link may lead to a file of another tool; a file of its own shows every mistake with its line.
        let source = SourceFile(path: ProjectLoader.fileName, bytes: bytes)
        if let document = compose(source, requiresForm: files.isLink(ProjectLoader.fileName)) { return document }
        reportForm(of: ProjectLoader.fileName, at: nil, suggestion: "let the link lead to a manifest")
        return nil
      }
      let near = NearMisses.nearName(of: ProjectLoader.fileName, among: files.names)
      findings.report(
        .projectMissing, at: nil, "there is no kitform.yaml in \(files.root)",
        suggestion: near.map { "rename \($0) to kitform.yaml" }
          ?? files.directoryAbove(with: ProjectLoader.fileName).map {
            "the project is in a directory above: name it with `-C \(SafeText.escape($0))`"
          } ?? "run `kitform init` to start a project here, or name its directory with `-C DIR`")
    } catch {
      guard !files.isRootFile else {
        findings.report(
          .projectMissing, at: nil, "\(files.root) is a file, and a project is a directory",
          suggestion: "name the directory that holds it: `-C \(SafeText.escape(PosixDisk.parent(of: files.root)))`")
        return nil
      }
      findings.report(.projectUnreadable, at: nil, "\(ProjectLoader.fileName) cannot be read: \(error.reason)")
    }
    return nil
  }

  /// Reads the files that `include` names, each once, in the order of their paths.
  mutating func readIncluded(_ project: Document) {
    let written = Project.include(in: project, &findings)
    let patterns: [(pattern: IncludePattern, text: String, place: SourcePlace?)] =
      written?.compactMap { item in IncludePattern(item.value).map { ($0, item.value, item.place) } }
      ?? IncludePattern.standard.compactMap { text in IncludePattern(text).map { ($0, text, nil) } }
    let listing = files.list(below: patterns.map(\.pattern.directory))
    let candidates = listing.files.filter { $0 != ProjectLoader.fileName }
    let included = IncludedPaths(patterns.map(\.pattern), among: candidates)
    let place = patterns.first?.place
    let isWhole = !listing.isCut && !included.isIncomplete
    if !isWhole {
      findings.report(
        .includeBudget, at: place,
        listing.isCut
          ? "the directories of `include` have more than \(listing.files.count - 1) files"
          : "comparing \(Words.count(listing.files.count, "file")) with \(Words.count(patterns.count, "pattern")) takes too long",
        why: "some files were not searched",
        suggestion: "write fewer patterns, or begin each with a directory of its own")
    }
    let near =
      isWhole
      ? NearMisses(
        patterns.map(\.text), among: candidates.filter { included.owners[$0] == nil }, fileName: ProjectLoader.fileName)
      : nil
    for (index, (pattern, text, place)) in patterns.enumerated() {
      if let failure = listing.failures[pattern.directory] {
        findings.report(.projectUnreadable, at: place, "the directory of `\(text)` cannot be read: \(failure.reason)")
      } else if included.examples[index] == nil, isWhole, let place {
        let remedy = remedy(text, near?.examples[index])
        findings.report(.includeEmpty, at: place, "`\(text)` matches no file", suggestion: remedy)
      }
    }
    let missed = near?.owners.filter { included.examples[$0.value] != nil || patterns[$0.value].place == nil } ?? [:]
    let used = patterns.indices.filter { included.examples[$0] != nil }.map { patterns[$0].text }
    report(missed.mapValues { (patterns[$0].text, patterns[$0].place) }, reading: used, project)
    var size = 0
    for path in included.owners.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      do throws(DiskFailure) {
        guard let bytes = try files.read(path, limit: Reader.byteLimit) else { continue }
        size += bytes.count
        guard size <= Reader.totalLimit else {
          findings.report(
            .includeBudget, at: place, "the files of `include` have more than \(Reader.totalLimit >> 20) MiB together",
            why: "`\(path)` and the files behind it were not read",
            suggestion: "make the patterns narrower, or split the project")
          return
        }
        let pattern = included.owners[path].flatMap { patterns[$0].place }
        guard compose(SourceFile(path: path, bytes: bytes), requiresForm: true) != nil else {
          reportForm(
            of: path, at: pattern,
            suggestion: "correct the pattern of `include`, or begin the file with a section, for example `channels:`")
          continue
        }
      } catch {
        findings.report(.projectUnreadable, at: nil, "\(path) cannot be read: \(error.reason)")
      }
    }
  }

  /// What to write for a pattern that matches nothing: it may name a directory, or files of the other ending.
  private func remedy(_ text: String, _ near: String?) -> String {
    if let near { return "correct the pattern: there is \(near)" }
    let directory = text.hasSuffix("/") ? String(text.dropLast()) : text
    if files.isDirectory(directory) {
      let pattern = ScalarText.doubleQuoted("\(directory)/**/*.yaml")
      return "`\(text)` is a directory: write \(pattern)"
    }
    return "correct the pattern, or remove it: paths are relative to the project's directory"
  }

  /// Says which files no pattern matches although one nearly does; `kitform.yml` beside `kitform.yaml` is one of them.
  ///
  /// A project without `include` loses its patterns as soon as it writes one: the suggestion names the `used` ones too.
  private mutating func report(
    _ missed: [String: (text: String, place: SourcePlace?)], reading used: [String], _ project: Document
  ) {
    for (path, pattern) in missed.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      findings.report(
        .includeMissed, at: pattern.place, "\(path) is not read: `\(pattern.text)` does not match it",
        suggestion: pattern.place != nil
          ? "rename it, or add \(ScalarText.doubleQuoted(path)) to `include`"
          : "rename it, or write `include: [\(Reader.list(used + [path]))]`"
            + (used.isEmpty ? "" : ", which keeps the files that are read now")
      )
    }
    guard let near = NearMisses.nearName(of: ProjectLoader.fileName, among: files.names) else { return }
    findings.report(
      .includeMissed, at: SourcePlace(file: project.file, start: 0, end: 0),
      "\(near) is not read, because kitform.yaml is there",
      suggestion: "move what it says to kitform.yaml, and remove it")
  }

  private static func list(_ patterns: [String]) -> String {
    patterns.map { ScalarText.doubleQuoted($0) }.joined(separator: ", ")
  }

  private mutating func reportForm(of path: String, at place: SourcePlace?, suggestion: String) {
    findings.report(
      .projectUnreadable, at: place, "\(path) is not a manifest: no key at its top is a section",
      why: "its lines are not shown, because a file of another tool may hold credentials", suggestion: suggestion)
  }

  /// Composes a file and keeps it; with `requiresForm`, nil for one that is not in the form of a manifest, which is not kept.
  private mutating func compose(_ source: SourceFile, requiresForm: Bool = false) -> Document? {
    let (document, found) = YAMLComposer.compose(source, file: Int32(sources.files.count))
    let isWhole = !found.contains { $0.severity == .error && !Reader.clear.contains($0.rule) }
    let isSized = !found.contains { [.yamlEncoding, .yamlFileSize].contains($0.rule) }
    if requiresForm, isSized, !ManifestForm.fits(document, isWhole: isWhole) { return nil }
    let file = sources.add(source)
    findings.append(contentsOf: found)
    if found.contains(where: { $0.severity == .error }) { unparsed.insert(file) }
    // A repeated name, or a variable without quotes, leaves no doubt about the structure.
    if found.contains(where: { $0.severity == .error && !Reader.clear.contains($0.rule) }) { unclear.insert(file) }
    documents.append(document)
    return document
  }
}

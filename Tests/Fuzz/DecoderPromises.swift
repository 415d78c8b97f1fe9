import Channels
import Documents
import Manifest
import Provisioning
import Reports
import YAML

/// What holds for every project: it is checked to the end, and what is found can be shown to anybody.
enum DecoderPromises {
  /// Is between the files of a project; no manifest may have it.
  static let separator: UInt8 = 0x1E

  static func hold(_ bytes: [UInt8]) throws(BrokenPromise) {
    var sources = SourceMap()
    var documents: [Document] = []
    var findings: [Diagnostic] = []
    var unparsed: Set<Int32> = []
    for (index, text) in bytes.split(separator: separator, maxSplits: 3, omittingEmptySubsequences: false).enumerated()
    {
      let source = SourceFile(path: index == 0 ? "kitform.yaml" : "channels/\(index).yaml", bytes: Array(text))
      let file = sources.add(source)
      let composed = YAMLComposer.compose(source, file: file)
      if composed.diagnostics.contains(where: { $0.severity == .error }) { unparsed.insert(file) }
      documents.append(composed.document)
      findings += composed.diagnostics
    }
    var ignored = Findings()
    if let first = documents.first { _ = Project.include(in: first, &ignored) }
    let project = Project(documents: documents, sources: sources, kinds: Kinds.all, findings: findings)
    let environments: [String?] = project.environments.isEmpty ? [nil] : project.environments
    // Chance, but the same for the same bytes: to show what is found takes longer than to find it.
    let chance = bytes.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 } >> 16
    let options = DecodingOptions(isSandbox: chance % 4 == 0)
    let validation = Validation(project, environments: environments, options: options)
    try ReaderPromises.areInPlace(validation.findings, sources.files)
    try require(
      unparsed.isEmpty || validation.findings.contains { $0.severity == .error },
      "a project with an unreadable file is not valid")
    if chance % 4 == 1 { try show(validation.findings, project, unparsed) }
    if chance % 64 == 2 { try report(validation.findings, project) }
    for document in documents where !unparsed.contains(document.file) { try orders(document) }
  }

  /// Findings as a person reads them.
  private static func show(
    _ findings: [Diagnostic], _ project: Project, _ unparsed: Set<Int32>
  ) throws(BrokenPromise) {
    let sources = project.sources
    let secretPlaces = project.documents.flatMap { SecretPlaces(kinds: project.kinds).find(in: $0) }
    for place in secretPlaces {
      try require(
        place.start <= place.end && Int(place.end) <= sources.files[Int(place.file)].bytes.count,
        "a secret is in its file")
    }
    let text = DiagnosticRenderer(sources: sources, secretPlaces: secretPlaces, unparsed: unparsed, color: false)
      .render(findings)
    try require(findings.isEmpty || text.hasSuffix("\n"), "findings end with a line break")
    try SafeOutput.hasNoControls(text, "findings")
  }

  /// Findings in every form that another program reads.
  private static func report(_ findings: [Diagnostic], _ project: Project) throws(BrokenPromise) {
    let sources = project.sources
    var report = FindingsReport(
      command: "validate", tool: "1", environment: nil, outcome: .invalid, ended: "2026-01-02T03:04:05Z",
      paths: RepositoryPaths(project: "/r/p", root: "/r"), files: sources.files.map(\.path))
    report.add(findings, in: sources)
    report.add(project.relaxed, in: sources)
    try SafeOutput.isJSON(SARIFReport.encode(report), "SARIF")
    try SafeOutput.isJSON(CodeQualityReport.encode(report), "Code Quality")
    try SafeOutput.hasNoControls(String(decoding: JUnitReport.encode(report), as: UTF8.self), "JUnit")
    let annotations = GitHubReport.text(report)
    try SafeOutput.hasNoControls(annotations, "annotations")
    for line in annotations.split(separator: "\n") {
      try require(
        ["::error ", "::warning ", "::notice ", "::error::", "::warning::", "::notice::"]
          .contains { line.hasPrefix($0) }, "an annotation is a line of its own")
      try require(!line.contains("##["), "an annotation has no other command")
    }
  }

  /// Ordering the keys of channels keeps every value, or is refused.
  private static func orders(_ document: Document) throws(BrokenPromise) {
    let ordered: Document
    do throws(EditFailure) {
      ordered = try ChannelOrder.apply(to: document, kinds: Kinds.all).document
    } catch {
      return
    }
    try require(
      ordered.nodes.count == document.nodes.count && ordered.roots.count == document.roots.count,
      "ordering keeps every value")
    let again: Document
    do throws(EditFailure) { again = try ChannelOrder.apply(to: ordered, kinds: Kinds.all).document } catch {
      throw BrokenPromise("what is ordered can be ordered: \(error.reason)")
    }
    try require(again.source.bytes == ordered.source.bytes, "ordering twice is ordering once")
  }
}

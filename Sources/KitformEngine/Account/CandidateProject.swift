import Documents
import KitAPI
import Manifest
import Provisioning
import YAML

extension LoadedProject {
  /// The project as it would be with more files; nothing is read and nothing written.
  func adding(_ files: [SourceFile]) -> LoadedProject {
    var sources = project.sources
    var findings: [Diagnostic] = []
    var documents = project.documents
    for source in files {
      let (document, found) = YAMLComposer.compose(source, file: sources.add(source))
      documents.append(document)
      findings += found
    }
    return LoadedProject(
      project: Project(documents: documents, sources: sources, kinds: project.kinds, findings: findings),
      unparsed: unparsed, unclear: unclear)
  }

  /// The project as it would be with other bytes in some of its files; the documents carry the files' numbers.
  func replacing(_ edited: [Document]) -> LoadedProject {
    var sources = SourceMap()
    for file in project.sources.files.indices {
      let new = edited.first { $0.file == Int32(file) }
      _ = sources.add(new?.source ?? project.sources.files[file])
    }
    let documents = project.documents.map { old in edited.first { $0.file == old.file } ?? old }
    return LoadedProject(
      project: Project(documents: documents, sources: sources, kinds: project.kinds), unparsed: unparsed,
      unclear: unclear)
  }

  /// Whether a file at a path relative to the project would be read.
  package func includes(_ path: String) -> Bool {
    var findings = Findings()
    let written = project.documents.first.flatMap { Project.include(in: $0, &findings) }?.map(\.value)
    return (written ?? IncludePattern.standard).contains { IncludePattern($0)?.matches(path) ?? false }
  }

  /// Every environment that the project has; nil stands for a project without any.
  var allEnvironments: [String?] { project.environments.isEmpty ? [nil] : project.environments.map { $0 } }

  /// The addresses that are in the manifests of any environment.
  func addresses(_ options: DecodingOptions) -> Set<Address> {
    allEnvironments.reduce(into: []) { result, environment in
      result.formUnion(project.configuration(for: environment, options: options).configuration.records.map(\.address))
    }
  }
}

extension Engine {
  /// The environment as the project names it: nil where it has none.
  var environment: String? { loaded.project.environments.isEmpty ? nil : configuration.environment }

  /// The plan that another project would have, against the account as it was read.
  func preview(
    _ candidate: LoadedProject, state: State?, view: AccountView, options: DecodingOptions
  ) -> (plan: Plan, findings: [Diagnostic]) {
    let (wanted, found) = candidate.project.configuration(for: environment, options: options)
    var findings = Findings()
    var resolved = wanted
    resolved.records = Resolver(view.facts, formerly: formerTitles(state)).resolve(wanted.records, &findings)
    let plan = Planner.plan(
      PlanInput(
        configuration: resolved, state: state, account: binding, channels: view.channels, facts: view.facts,
        secrets: secrets.resolve(records: wanted.records), fingerprinter: fingerprinter,
        sources: candidate.project.sources, diagnostics: findings.list, reads: remote.callsMade))
    return (plan, candidate.project.findings.list + found)
  }
}

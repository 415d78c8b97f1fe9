import Documents
package import Manifest
import Channels
import YAML

/// Projects from texts, for tests of everything behind the files.
package enum ProjectFixture {
  /// Composes `kitform.yaml` and further files into a project.
  package static func project(_ text: String, files: [(path: String, text: String)] = []) -> Project {
    var sources = SourceMap()
    var documents: [Document] = []
    var findings: [Diagnostic] = []
    for (path, text) in [(path: "kitform.yaml", text: text)] + files {
      let source = SourceFile(path: path, text: text)
      let composed = YAMLComposer.compose(source, file: sources.add(source))
      documents.append(composed.document)
      findings += composed.diagnostics
    }
    return Project(documents: documents, sources: sources, kinds: Kinds.all, findings: findings)
  }

  /// Checks a project in all its environments.
  package static func validate(_ project: Project, options: DecodingOptions = DecodingOptions()) -> Validation {
    let environments: [String?] = project.environments.isEmpty ? [nil] : project.environments
    return Validation(project, environments: environments, options: options)
  }

  /// The source of a marked text, checked and marked again; equal to `text.expected` when all findings are as marked.
  package static func mark(
    _ text: MarkedText, options: DecodingOptions = DecodingOptions(), notes: Bool = false
  ) -> String {
    let project = project(text.source)
    var include = Findings()
    if let document = project.documents.first { _ = Project.include(in: document, &include) }
    let findings = (validate(project, options: options).findings + include.list).sorted(in: project.sources)
    return text.marked(findings, in: project.sources, notes: notes)
  }

  /// A header that makes a list of channels a whole project.
  package static let header = """
    kitform: 1
    account: {name: acme, region: eu, token: {env: KIT_API_TOKEN}}

    """
}

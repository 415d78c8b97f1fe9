import Channels
import Documents
import Manifest
import Workload
import YAML

/// Validates 1,000 channels in memory; `.ci/instructions` counts what `validate` takes, and nothing before or behind it.
@main
struct Instructions {
  static func main() {
    let file = SourceFile(path: "kitform.yaml", text: Workload(count: 1_000).manifest())
    print("\(validate(file)) findings")
  }

  /// Reads, decodes and checks a project of one file, as `kitform validate` does; returns the number of findings.
  @inline(never)
  private static func validate(_ file: SourceFile) -> Int {
    var sources = SourceMap()
    let (document, findings) = YAMLComposer.compose(file, file: sources.add(file))
    let project = Project(documents: [document], sources: sources, kinds: Kinds.all, findings: findings)
    return Validation(project, environments: [nil], options: DecodingOptions()).findings.count
  }
}

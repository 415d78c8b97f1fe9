import Basics
package import Documents
import KitformEngine
import Manifest
import Transport

extension Session {
  /// A warning for each variable that has Kitform's prefix and is none of its variables: a misspelt one has no effect.
  ///
  /// A variable that the manifests name, and one that `kitform output --as env` prints, are the project's own.
  package func unknownVariables() -> [Diagnostic] {
    let prefix = "KITFORM_"
    let outputs = loaded.project.kinds.map { "\(prefix)\($0.name.uppercased())_" }
    let names = run.surroundings.environment.keys.filter { name in
      name.hasPrefix(prefix) && !name.hasPrefix(Session.variablePrefix) && !Session.ownVariables.contains(name)
        && !outputs.contains { name.hasPrefix($0) } && !isNamed(name)
    }
    return names.sorted().map { name in
      Diagnostic(
        .envUnknown, at: nil,
        "the environment sets `\(SafeText.escape(SafeText.shortened(name)))`, which is no variable of Kitform's",
        suggestion: Words.didYouMean(name, among: Session.ownVariables)
          ?? "remove it, or give it a name that does not begin with \(prefix)")
    }
  }

  /// Whether a manifest holds the name, as a secret reference does.
  private func isNamed(_ name: String) -> Bool {
    loaded.project.sources.files.contains { $0.bytes.firstRange(of: Array(name.utf8)) != nil }
  }

  /// What Kitform reads, and what its pipelines set.
  private static let ownVariables =
    [
      HostPolicy.allowVariable, SecretPolicy.variable, SecretResolver.directoriesVariable, formerKeyVariable,
      profileVariable, allowVariable, "KITFORM_ENV", "KITFORM_STATE_KEY", "KITFORM_CRASH",
    ]
    + [
      "APPLY_OPTIONS", "CHANGES", "DELETES", "DIGEST", "IMAGE", "NOTES_TOKEN", "OUTCOME", "PROJECT",
    ].map { "KITFORM_\($0)" }
}

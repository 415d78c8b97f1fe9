import Manifest

/// The tool's version, as `kitform version` prints it and reports carry it.
enum Version {
  static let number = ToolVersion.current.description
  static let text = "kitform \(number)"
  /// The commit that the binary was built from; nil in a build of a checkout.
  static let commit = commit(in: BuildCommit.text)

  /// The commit in a string that `git archive` completes: without it, there is a placeholder.
  static func commit(in text: String) -> String? { GitRepository.commit(text) }
}

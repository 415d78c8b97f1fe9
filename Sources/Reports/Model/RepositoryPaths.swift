/// Names files from the repository's root, so that what a report says of them lands on the diff of a change.
package struct RepositoryPaths: Sendable, Equatable {
  /// The project's directory below the root, part by part; empty at the root itself.
  private let prefix: [Substring]

  /// Makes the paths of a project.
  ///
  /// - Parameters:
  ///   - project: the project's absolute directory, without links and without `.` or `..`.
  ///   - root: the repository's, in the same form; nil outside of any, where paths stay relative to the project.
  package init(project: String, root: String?) {
    let parts = project.split(separator: "/")
    let above = root?.split(separator: "/") ?? parts
    let isBelow =
      above.count <= parts.count && zip(above, parts).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
    prefix = isBelow ? Array(parts.dropFirst(above.count)) : []
  }

  /// The path of a file that is named relative to the project; an absolute one stays as it is.
  package func path(_ file: String) -> String {
    guard !file.utf8.starts(with: "/".utf8) else { return file }
    return (prefix + file.split(separator: "/").filter { $0 != "." }).joined(separator: "/")
  }

  /// The project's directory; `.` at the root itself.
  package var project: String { prefix.isEmpty ? "." : prefix.joined(separator: "/") }
}

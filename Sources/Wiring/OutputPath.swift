import Basics
import StateBackends

extension CommandRun {
  /// Makes a path of the command line that something is written to absolute.
  ///
  /// A relative path that a link in the project leads out of is refused: a writer of the repository would decide what is
  /// written outside of it. An absolute path, and one that lies outside as it is written, are the user's own choice.
  package func outputPath(_ path: String) throws -> String {
    let absolute = surroundings.absolute(path)
    let files = PosixProjectFiles(root: surroundings.absolute(options.directory))
    guard !path.hasPrefix("/"), let link = files.linkOut(onTheWayTo: absolute) else { return absolute }
    throw LocalFailure(
      message:
        "nothing is written to \(SafeText.escape(path)): \(SafeText.escape(link)) is a link that leads out of the project",
      remedy: "remove the link; or, where its target is meant, give the absolute path")
  }
}

import Foundation

extension PosixProjectFiles {
  /// Whether a file is in the place of the project's directory.
  package var isRootFile: Bool {
    FileManager.default.fileExists(atPath: root) && !FileManager.default.fileExists(atPath: "\(root)/.")
  }

  /// The nearest directory above the project's that has a file of this name: `..` and so on from the working directory,
  /// else its absolute path.
  package func directoryAbove(with name: String) -> String? {
    var directory = root
    var steps: [String] = []
    while true {
      let parent = PosixDisk.parent(of: directory)
      guard parent != directory, parent != "." else { return nil }
      steps.append("..")
      directory = parent
      guard !FileManager.default.fileExists(atPath: "\(directory)/\(name)") else { break }
    }
    return root == FileManager.default.currentDirectoryPath ? steps.joined(separator: "/") : directory
  }
}

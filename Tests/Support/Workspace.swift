import Foundation

/// A directory of one test, removed with the value.
package final class Workspace: Sendable {
  package let path: String

  /// Makes the directory, with files by relative path.
  package init(_ files: [String: String] = [:]) throws {
    path =
      FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appendingPathComponent("kitform-test-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (name, text) in files { try write(text, to: name) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A copy of one of the repository's examples.
  package convenience init(example: String) throws {
    try self.init()
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("examples/\(example)").path
    let files = FileManager.default.enumerator(atPath: source)?.compactMap { $0 as? String } ?? []
    for file in files where !file.split(separator: "/").contains(".kitform") && file.hasSuffix(".yaml") {
      try write(String(contentsOfFile: "\(source)/\(file)", encoding: .utf8), to: file)
    }
  }

  package func write(_ text: String, to name: String) throws {
    let url = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  package func read(_ name: String) throws -> String {
    try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
  }

  package func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

  package func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(name)") }

  /// Changes a file by replacing text that must be there.
  package func replace(_ old: String, with new: String, in name: String) throws {
    let text = try read(name)
    guard text.contains(old) else { throw BinaryUnderTest.Problem(description: "\(name) has no `\(old)`:\n\(text)") }
    try write(text.replacingOccurrences(of: old, with: new), to: name)
  }

  /// Every file under a directory of the workspace, by relative path, sorted.
  package func files(under directory: String = "") -> [(name: String, bytes: [UInt8])] {
    let root = directory.isEmpty ? path : "\(path)/\(directory)"
    let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    return names.sorted().compactMap { name in
      let url = URL(fileURLWithPath: "\(root)/\(name)")
      guard (try? url.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true else { return nil }
      return FileManager.default.contents(atPath: url.path).map { (name, Array($0)) }
    }
  }
}

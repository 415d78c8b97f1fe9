package import Foundation
package import Testing

/// A file of the repository that is made from the source and committed beside it.
package enum GeneratedFile {
  /// The repository's top level.
  package static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Holds a committed file against what is generated; `RECORD=1` writes it, and fails.
  package static func check(_ path: String, _ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = root.appendingPathComponent(path)
    let committed = (try? Data(contentsOf: file)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    guard committed != text else { return }
    if ProcessInfo.processInfo.environment["RECORD"] == "1" {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
      Issue.record("\(path) was out of date and is written anew", sourceLocation: sourceLocation)
    } else {
      Issue.record("\(path) is out of date: run this test with RECORD=1", sourceLocation: sourceLocation)
    }
  }
}

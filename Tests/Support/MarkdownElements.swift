import Foundation

/// What Markdown becomes in two renderers that are not ours: Python's `markdown-it-py` and GitHub's own `cmark-gfm`.
package struct MarkdownElements: Decodable, Sendable {
  /// Names of elements, declarations and instructions, sorted.
  package let elements: [String]
  /// `element.attribute=value`, sorted.
  package let attributes: [String]
  /// The text of every comment.
  package let comments: [String]
  /// All text that is outside code, where mentions and addresses come to life.
  package let text: String

  /// Whether both renderers are on this machine.
  package static let isAvailable: Bool = (try? run(["-c", "import cmarkgfm, markdown_it, linkify_it"])) == 0

  /// One value for each renderer.
  package static func read(_ markdown: String) throws -> [MarkdownElements] {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("kitform-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let files = ["source.md", "elements.json"].map { directory.appendingPathComponent($0) }
    try Data(markdown.utf8).write(to: files[0])
    let script = GeneratedFile.root.appendingPathComponent("Tests/Support/markdown-elements.py").path
    let status = try run([script] + files.map(\.path))
    guard status == 0 else { throw Failure(status: status) }
    return try JSONDecoder().decode([MarkdownElements].self, from: Data(contentsOf: files[1]))
  }

  private struct Failure: Error { let status: Int32 }

  private static func run(_ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}

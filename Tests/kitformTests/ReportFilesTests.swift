import Foundation
import Reports
import Testing

@testable import kitform

@Suite struct ReportFilesTests {
  /// Runs with the path of a new directory, which is gone afterwards.
  private func withDirectory(_ body: (String) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try body(directory.resolvingSymlinksInPath().path)
  }

  @Test func `a report replaces an older one whole, and everyone can read it`() throws {
    try withDirectory { directory in
      let path = "\(directory)/a.sarif"
      for text in ["a longer first report", "second"] {
        try ReportFiles.check(path)
        try ReportFiles.write(Array(text.utf8), to: path)
        #expect(FileManager.default.contents(atPath: path) == Data(text.utf8))
      }
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o644)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["a.sarif"])
    }
  }

  @Test func `a report never makes a directory, follows a link or takes the place of what is no file`() throws {
    try withDirectory { directory in
      try FileManager.default.createSymbolicLink(atPath: "\(directory)/link", withDestinationPath: "\(directory)/new")
      try Data().write(to: URL(fileURLWithPath: "\(directory)/file"))
      for path in ["missing/a", "link", "file/a", "."] {
        #expect(throws: (any Error).self, "\(path)") { try ReportFiles.check("\(directory)/\(path)") }
        #expect(throws: (any Error).self, "\(path)") { try ReportFiles.write([], to: "\(directory)/\(path)") }
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory).sorted() == ["file", "link"])
    }
  }

  @Test func `the repository's root is the nearest directory with a .git, be it a directory or a file`() throws {
    try withDirectory { directory in
      let project = "\(directory)/repository/infra/kit"
      try FileManager.default.createDirectory(atPath: project, withIntermediateDirectories: true)
      try FileManager.default.createDirectory(atPath: "\(directory)/.git", withIntermediateDirectories: true)
      #expect(RepositoryPaths(project: "\(project)/../kit/.").project == "repository/infra/kit")
      try Data("gitdir: elsewhere\n".utf8).write(to: URL(fileURLWithPath: "\(directory)/repository/.git"))
      #expect(RepositoryPaths(project: project).path("a.yaml") == "infra/kit/a.yaml")
      try FileManager.default.createSymbolicLink(atPath: "\(directory)/link", withDestinationPath: project)
      #expect(RepositoryPaths(project: "\(directory)/link").project == "infra/kit")
    }
  }
}

import Documents
import Foundation
import KitformEngine
import Manifest
import StateBackends
import Testing

/// What is wrong with a project before any of it is decoded.
struct ProjectLoaderTests {
  /// The findings of a project whose `kitform.yaml` is `text`; nil for a directory without one.
  private func findings(_ text: String?) throws -> [String] {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    if let text { try Data(text.utf8).write(to: URL(fileURLWithPath: "\(directory)/kitform.yaml")) }
    let found = ProjectLoader.load(PosixProjectFiles(root: directory)).project.findings.list
    return found.map { "\($0.id): \($0.message)".replacingOccurrences(of: directory, with: "DIR") }
  }

  @Test func `a directory without kitform.yaml is no project`() throws {
    #expect(try findings(nil) == ["project.missing: there is no kitform.yaml in DIR"])
  }

  @Test func `include counts in whichever document it stands, and stands once`() throws {
    #expect(
      try findings("kitform: 1\n---\ninclude: [\"teams/*.yaml\"]\n") == [
        "include.empty: `teams/*.yaml` matches no file"
      ])
    #expect(
      try findings("kitform: 1\n---\ninclude: [\"a/*.yaml\"]\n---\ninclude: [\"b/*.yaml\"]\n") == [
        "include.empty: `a/*.yaml` matches no file", "project.repeated: `include` appears twice",
      ])
  }

  @Test func `a file that cannot be read is named`() throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: "\(directory)/channels", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    func found() -> [String] {
      ProjectLoader.load(PosixProjectFiles(root: directory)).project.findings.list.map(\.id)
    }
    try Data("kitform: 1\n".utf8).write(to: URL(fileURLWithPath: "\(directory)/kitform.yaml"))
    try FileManager.default.createSymbolicLink(
      atPath: "\(directory)/channels/out.yaml", withDestinationPath: "/etc/hostname")
    #expect(found() == ["project.unreadable"])
    try FileManager.default.removeItem(atPath: "\(directory)/kitform.yaml")
    try FileManager.default.createDirectory(
      atPath: "\(directory)/kitform.yaml", withIntermediateDirectories: true)
    #expect(found() == ["project.unreadable"])
  }

  @Test func `many patterns and many directories are read by one walk, and too much of both is a finding`() throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: directory) }
    for number in 0..<40 {
      try FileManager.default.createDirectory(atPath: "\(directory)/d/\(number)", withIntermediateDirectories: true)
      try Data("x-a: 1\n".utf8).write(to: URL(fileURLWithPath: "\(directory)/d/\(number)/\(number).yaml"))
    }
    let patterns = (0..<40).flatMap { ["d/\($0)/*.yaml", "d/**/\($0).yaml", "d/\($0)/\($0).yaml"] } + ["d/no/*.yaml"]
    try Data("kitform: 1\ninclude: [\(patterns.map { "\"\($0)\"" }.joined(separator: ", "))]\n".utf8)
      .write(to: URL(fileURLWithPath: "\(directory)/kitform.yaml"))
    let loaded = ProjectLoader.load(PosixProjectFiles(root: directory))
    #expect(loaded.project.documents.count == 41)
    #expect(loaded.project.findings.list.map(\.message) == ["`d/no/*.yaml` matches no file"])

    let cut = PosixProjectFiles(root: directory).list(below: ["d", "", "d/7"], limit: 10)
    #expect(cut.isCut)
    let files = PosixProjectFiles(root: directory).list(below: ["d", "", "d/7"])
    #expect(files.files.count == 41 && Set(files.files).count == 41)
    let starved = IncludedPaths(
      try patterns.map { try #require(IncludePattern($0)) }, among: files.files, stepLimit: 100)
    #expect(starved.isIncomplete)
  }

  @Test func `a written pattern matches a file and stays in the project, the default one may match nothing`() throws {
    #expect(try findings("kitform: 1\n").isEmpty)
    #expect(
      try findings("kitform: 1\ninclude: [\"teams/*.yaml\"]\n") == ["include.empty: `teams/*.yaml` matches no file"])
    #expect(
      try findings("kitform: 1\ninclude: [\"../*.yaml\"]\n")
        == ["include.pattern: the pattern leaves the project's directory"])
  }

  /// The findings of a project with these files, each with its suggestion.
  private func findings(_ files: [String: String]) throws -> [String] {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: directory) }
    for (path, text) in files {
      let file = directory.appendingPathComponent(path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    let found = ProjectLoader.load(PosixProjectFiles(root: directory.path)).project.findings.list
    return found.map { "\($0.id): \($0.message): \($0.suggestion ?? "")" }
  }

  @Test func `a file that nearly has the right name is named`() throws {
    let include = "kitform: 1\ninclude: [\"channels/*.yaml\"]\n"
    #expect(
      try findings(["kitform.yaml": include, "channels/a.yaml": "channels: {}\n", "channels/c.yml": "channels: {}\n"])
        == [
          "include.missed: channels/c.yml is not read: `channels/*.yaml` does not match it: rename it, or add \"channels/c.yml\" to `include`"
        ])
    #expect(
      try findings(["kitform.yaml": include, "channels/c.yml": "channels: {}\n"])
        == ["include.empty: `channels/*.yaml` matches no file: correct the pattern: there is channels/c.yml"])
    #expect(
      try findings(["kitform.yaml": "kitform: 1\n", "channels/a.YAML": "channels: {}\n"]).map { $0.prefix(31) }
        == ["include.missed: channels/a.YAML"])
    #expect(
      try findings([
        "kitform.yaml": "kitform: 1\ninclude: [\"channels/*.yaml\", \"channels/*.yml\"]\n",
        "channels/a.yaml": "channels: {}\n",
        "channels/c.yml": "channels: {}\n", "channels/README.md": "# x\n",
      ]).isEmpty)
    for name in ["channels", "channels/"] {
      let found = try findings([
        "kitform.yaml": "kitform: 1\ninclude: [\"\(name)\"]\n", "channels/a.yaml": "channels: {}\n",
      ])
      #expect(
        found == [
          "include.empty: `\(name)` matches no file: `\(name)` is a directory: write \"channels/**/*.yaml\""
        ])
    }
  }

  @Test func `without include, the help for a missed file keeps the files that are read`() throws {
    let files = ["channels/a.yaml": "channels: {}\n", "channels/c.YAML": "channels: {}\n"]
    let list = #"["channels/**/*.yaml", "channels/c.YAML"]"#
    let found = try findings(files.merging(["kitform.yaml": "kitform: 1\n"]) { $1 })
    #expect(found.count == 1 && found[0].contains("write `include: \(list)`"), "\(found)")
    #expect(try findings(files.merging(["kitform.yaml": "kitform: 1\ninclude: \(list)\n"]) { $1 }).isEmpty)
  }

  @Test(arguments: ["kitform.yml", "Kitform.yaml", "KITFORM.YML", "kitform.yaml.txt"])
  func `a project file under another name is named`(_ name: String) throws {
    let alone = try findings([name: "kitform: 1\n"])
    #expect(alone.count == 1 && alone[0].hasSuffix("rename \(name) to kitform.yaml"), "\(alone)")
    let beside = try findings([name: "kitform: 1\n", "kitform.yaml": "kitform: 1\n"])
    #expect(beside.count == 1 && beside[0].hasPrefix("include.missed: \(name) is not read"), "\(beside)")
  }
}

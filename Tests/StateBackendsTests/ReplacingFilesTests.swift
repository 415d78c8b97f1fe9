import Foundation
import Provisioning
import StateBackends
import Testing

struct ReplacingFilesTests {
  @Test func `a file is replaced whole and keeps its mode`() throws {
    let directory = try TemporaryDirectory()
    try directory.write([1, 2], to: "a.yaml")
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: directory.file("a.yaml"))
    try PosixProjectFiles(root: directory.path).replace("a.yaml", with: [3])
    #expect(directory.bytes("a.yaml") == [3])
    let mode = try FileManager.default.attributesOfItem(atPath: directory.file("a.yaml"))[.posixPermissions] as? Int
    #expect(mode == 0o640)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["a.yaml"])
  }

  @Test func `what is no regular file is not replaced by one`() throws {
    let directory = try TemporaryDirectory()
    try directory.write([1], to: "a.json")
    try directory.link("b.json", to: directory.file("a.json"))
    let made = unsafe mkfifo(directory.file("pipe"), 0o600)
    #expect(made == 0)
    let disk = PosixDisk()
    for path in [directory.file("b.json"), directory.file("pipe"), directory.path] {
      #expect(throws: DiskFailure.self, "\(path)") { try disk.replace(path, in: directory.path, with: [2]) }
    }
    #expect(throws: DiskFailure("replace", "/dev/null", code: DiskFailure.notRegular)) {
      try disk.checkReplaceable("/dev/null")
    }
    #expect(directory.bytes("a.json") == [1])
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
    #expect(names == ["a.json", "b.json", "pipe"])
    try disk.replace(directory.file("a.json"), in: directory.path, with: [3])
    try disk.replace(directory.file("new.json"), in: directory.path, with: [4])
    #expect(directory.bytes("a.json") == [3] && directory.bytes("new.json") == [4])
  }

  @Test func `a link is not replaced`() throws {
    let directory = try TemporaryDirectory()
    try directory.write([1], to: "a.yaml")
    try directory.link("b.yaml", to: directory.file("a.yaml"))
    #expect(throws: DiskFailure.self) { try PosixProjectFiles(root: directory.path).replace("b.yaml", with: [2]) }
    #expect(directory.bytes("a.yaml") == [1])
  }
}

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

  @Test func `a link is not replaced`() throws {
    let directory = try TemporaryDirectory()
    try directory.write([1], to: "a.yaml")
    try directory.link("b.yaml", to: directory.file("a.yaml"))
    #expect(throws: DiskFailure.self) { try PosixProjectFiles(root: directory.path).replace("b.yaml", with: [2]) }
    #expect(directory.bytes("a.yaml") == [1])
  }
}

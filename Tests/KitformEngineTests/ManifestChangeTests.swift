import Glibc
import Provisioning
import StateBackends
import Synchronization
import Testing

@testable import KitformEngine

/// Files of a project in memory, of which a call can fail.
private final class MemoryManifestFiles: ManifestFiles {
  let files: Mutex<[String: [UInt8]]>
  /// The path at which a replacement fails, and why.
  let failing: (path: String, code: Int32)?
  let unreadable: String?

  init(_ files: [String: [UInt8]], failing: (path: String, code: Int32)? = nil, unreadable: String? = nil) {
    self.files = Mutex(files)
    self.failing = failing
    self.unreadable = unreadable
  }

  func read(_ path: String, limit: Int) throws(DiskFailure) -> [UInt8]? {
    if path == unreadable { throw DiskFailure("read", path, code: EACCES) }
    return files.withLock { $0[path] }
  }

  func replace(_ path: String, with bytes: [UInt8]) throws(DiskFailure) {
    if let failing, failing.path == path { throw DiskFailure("write", path, code: failing.code) }
    files.withLock { $0[path] = bytes }
  }

  func create(_ path: String, _ bytes: [UInt8]) throws(DiskFailure) { try replace(path, with: bytes) }
}

@Suite struct ManifestChangeTests {
  private let changes = [
    ManifestChange(path: "a", before: [1], after: [2]), ManifestChange(path: "b", before: [3], after: [4]),
  ]

  @Test func `all files are replaced`() throws {
    let files = MemoryManifestFiles(["a": [1], "b": [3], "c": [5]])
    try ManifestChange.write(changes, to: files)
    #expect(files.files.withLock { $0 } == ["a": [2], "b": [4], "c": [5]])
  }

  @Test(arguments: [["a": [1], "b": [9]], ["a": [1]], ["a": [1], "b": [3, 3]]] as [[String: [UInt8]]])
  func `nothing is written where one file is no longer what was read`(_ present: [String: [UInt8]]) {
    let files = MemoryManifestFiles(present)
    #expect {
      try ManifestChange.write(changes, to: files)
    } throws: { error in
      guard let error = error as? ManifestChangeFailure, case .changed("b") = error.reason else { return false }
      return error.written.isEmpty
    }
    #expect(files.files.withLock { $0 } == present)
  }

  @Test(arguments: [ENOSPC, EROFS, EACCES, ELOOP])
  func `a full disk leaves what was not replaced whole, and says what was`(_ code: Int32) {
    let files = MemoryManifestFiles(["a": [1], "b": [3]], failing: ("b", code))
    #expect {
      try ManifestChange.write(changes, to: files)
    } throws: { error in
      guard let error = error as? ManifestChangeFailure, case .disk(let failure) = error.reason else { return false }
      return error.written == ["a"] && failure.code == code
    }
    #expect(files.files.withLock { $0 } == ["a": [2], "b": [3]])
  }

  @Test func `nothing is written where one file cannot be read again`() {
    let files = MemoryManifestFiles(["a": [1], "b": [3]], unreadable: "b")
    #expect(throws: ManifestChangeFailure.self) { try ManifestChange.write(changes, to: files) }
    #expect(files.files.withLock { $0 } == ["a": [1], "b": [3]])
  }
}

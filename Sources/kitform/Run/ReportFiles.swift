import FoundationEssentials
import Glibc
import Provisioning
import Reports
import StateBackends

/// Puts reports into their files.
///
/// A report is replaced whole or not at all. It is readable by everyone (0644), because other steps and other users of a
/// pipeline collect it, and nothing in it is secret; its directory must be there already, and links are not followed.
enum ReportFiles {
  /// Checks before the command begins whether a report can be written there.
  static func check(_ path: String) throws(DiskFailure) {
    let parent = PosixDisk.parent(of: path)
    guard FileManager.default.fileExists(atPath: "\(parent)/.") else {
      throw DiskFailure(
        "write into the directory", parent, code: FileManager.default.fileExists(atPath: parent) ? ENOTDIR : ENOENT)
    }
    guard FileManager.default.isWritableFile(atPath: parent) else {
      throw DiskFailure("write into the directory", parent, code: EACCES)
    }
    _ = try PosixDisk().read(path)
  }

  /// The path without links, `.` and `..`, as far as it exists.
  static func normalized(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }

  /// Writes a report beside its place and renames it there.
  static func write(_ bytes: [UInt8], to path: String) throws(DiskFailure) {
    let disk = PosixDisk()
    let temporary = "\(path).new"
    _ = try disk.read(path)
    try disk.remove(temporary)
    try disk.create(temporary, bytes)
    do {
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: temporary)
    } catch {
      throw DiskFailure("open to other readers", temporary, code: EACCES)
    }
    try disk.rename(temporary, to: path)
    try disk.synchronizeDirectory(PosixDisk.parent(of: path))
  }
}

extension ReportFiles {
  /// What GitHub takes of a step's summary, in bytes.
  static let summaryLimit = 1 << 20

  /// The size of a file in bytes; 0 where there is none.
  static func size(_ path: String) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
  }

  /// Adds to a file that a runner collects, and makes it where it is not there; a link is followed.
  static func append(_ bytes: [UInt8], to path: String) throws(DiskFailure) {
    let (path, disk) = (normalized(path), PosixDisk())
    if FileManager.default.fileExists(atPath: path) {
      try disk.appendToSource(path, bytes)
    } else {
      try disk.createSource(path, bytes)
    }
  }
}

extension RepositoryPaths {
  /// The paths of the project in an absolute directory: the repository's root is the nearest directory with a `.git`.
  init(project: String) {
    let directory = ReportFiles.normalized(project)
    var candidate = directory
    while !FileManager.default.fileExists(atPath: "\(candidate)/.git") {
      let parent = PosixDisk.parent(of: candidate)
      guard parent != candidate, parent != "." else {
        self.init(project: directory, root: nil)
        return
      }
      candidate = parent
    }
    self.init(project: directory, root: candidate)
  }
}

import Provisioning
package import StateBackends

/// One file of the project with other bytes.
package struct ManifestChange: Sendable, Equatable {
  /// Relative to the project's directory.
  package var path: String
  /// What was read.
  package var before: [UInt8]
  package var after: [UInt8]

  package init(path: String, before: [UInt8], after: [UInt8]) {
    self.path = path
    self.before = before
    self.after = after
  }
}

/// Reads and writes files of a project, small enough that a test can fail each call.
package protocol ManifestFiles: Sendable {
  /// Reads a file of at most `limit` bytes; nil where there is none.
  func read(_ path: String, limit: Int) throws(DiskFailure) -> [UInt8]?
  /// Replaces a file whole and keeps its mode.
  func replace(_ path: String, with bytes: [UInt8]) throws(DiskFailure)
  /// Makes a new file, and the directories above it that are missing; an existing file is an error.
  func create(_ path: String, _ bytes: [UInt8]) throws(DiskFailure)
}

/// Why not every change was written.
package struct ManifestChangeFailure: Error, Sendable {
  /// Files that were written before.
  package var written: [String]
  package var reason: ChangeFailureReason

  package enum ChangeFailureReason: Sendable {
    case disk(DiskFailure)
    /// The file is no longer what was read.
    case changed(path: String)
  }
}

extension ManifestChange {
  /// Replaces the files, none where one of them is no longer what was read.
  package static func write(
    _ changes: [ManifestChange], to files: some ManifestFiles
  ) throws(ManifestChangeFailure) {
    var written: [String] = []
    for change in changes {
      guard try call(written, { () throws(DiskFailure) in try files.read(change.path, limit: limit) }) == change.before
      else { throw ManifestChangeFailure(written: [], reason: .changed(path: change.path)) }
    }
    for change in changes {
      try call(written) { () throws(DiskFailure) in try files.replace(change.path, with: change.after) }
      written.append(change.path)
    }
  }

  /// Far more than a manifest may have.
  private static let limit = 16 << 20

  private static func call<Value>(
    _ written: [String], _ body: () throws(DiskFailure) -> Value
  ) throws(ManifestChangeFailure) -> Value {
    do throws(DiskFailure) { return try body() } catch {
      throw ManifestChangeFailure(written: written, reason: .disk(error))
    }
  }
}

extension PosixProjectFiles: ManifestFiles {}

import Glibc
import Manifest
import Provisioning
import Synchronization

/// Reads files that must lie in one directory once every link has been followed.
enum ConfinedFile {
  /// Reads a regular file of at most `limit` bytes; with a `root`, it must lie in that directory.
  ///
  /// Every link is followed first, then the real path is opened without following any, so that a link put in between is
  /// refused. In a root, no file is read that git, Kitform or other tools keep, whatever link leads there.
  static func read(_ path: String, limit: Int, inside root: String?) throws(DiskFailure) -> [UInt8] {
    let real = try PosixDisk.realPath(path)
    if let root {
      let realRoot = try PosixDisk.realPath(root)
      guard real.utf8.starts(with: (realRoot == "/" ? "/" : realRoot + "/").utf8) else {
        throw DiskFailure("read", path, code: DiskFailure.outside)
      }
      guard !SecretPolicy.isForeign(String(Substring(real.utf8.dropFirst(realRoot.utf8.count))), from: path) else {
        throw DiskFailure("read", path, code: DiskFailure.foreign)
      }
    }
    return try open(real).readRegular(limit: limit)
  }

  /// Opens a path part by part; a link anywhere in it is the error ELOOP.
  private static func open(_ path: String) throws(DiskFailure) -> PosixFile {
    let parts = path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    guard let name = parts.last else { throw DiskFailure("read", path, code: EISDIR) }
    var directory = try PosixFile("/", PosixFile.passing, operation: "read")
    for part in parts.dropLast() {
      directory = try PosixFile(part, PosixFile.passing | O_NOFOLLOW, operation: "read", in: directory)
    }
    return try PosixFile(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, operation: "read", in: directory)
  }
}

/// A directory whose files are read one after another, for less than it takes to look each up from the top.
///
/// Below it nothing is followed: what is read so lies in it. An obstacle to that, a link for example, goes the
/// way of `ConfinedFile`.
final class ConfinedDirectory: Sendable {
  private let root: String
  /// The directory below the root that was read from last, by its path from there.
  private let last = Mutex<(path: ArraySlice<UInt8>, directory: PosixFile)?>(nil)

  init(_ root: String) { self.root = root }

  /// Reads a regular file of at most `limit` bytes by its path from the root.
  func read(_ path: String, limit: Int) throws(DiskFailure) -> [UInt8] {
    guard !SecretPolicy.isForeign(path) else { throw DiskFailure("read", path, code: DiskFailure.foreign) }
    if let file = try? open(Array(path.utf8)), let bytes = try? file.readRegular(limit: limit) { return bytes }
    return try ConfinedFile.read("\(root)/\(path)", limit: limit, inside: root)
  }

  private func open(_ path: [UInt8]) throws(DiskFailure) -> PosixFile {
    let slash = path.lastIndex(of: UInt8(ascii: "/"))
    let directory = try directory(path[..<(slash ?? 0)])
    return try ConfinedDirectory.open(path[(slash.map { $0 + 1 } ?? 0)...], O_RDONLY | O_NONBLOCK, in: directory)
  }

  private func directory(_ path: ArraySlice<UInt8>) throws(DiskFailure) -> PosixFile {
    if let last = last.withLock({ $0 }), last.path == path { return last.directory }
    var directory = try PosixFile(root, PosixFile.passing, operation: "read")
    for part in path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) where !path.isEmpty {
      directory = try ConfinedDirectory.open(part, PosixFile.passing, in: directory)
    }
    last.withLock { $0 = (path, directory) }
    return directory
  }

  /// Opens one part of a path; `..` and what is no name are refused.
  private static func open(
    _ part: ArraySlice<UInt8>, _ flags: Int32, in directory: PosixFile
  ) throws(DiskFailure) -> PosixFile {
    let name = String(decoding: part, as: UTF8.self)
    guard name != "..", name != "." else { throw DiskFailure("read", name, code: ENOENT) }
    return try PosixFile(name, flags | O_NOFOLLOW, operation: "read", in: directory)
  }
}

import Glibc
import Provisioning

/// Reads files that must lie in one directory once every link has been followed.
enum ConfinedFile {
  /// Reads a regular file of at most `limit` bytes; with a `root`, it must lie in that directory.
  ///
  /// Every link is followed first, then the real path is opened without following any, so that a link put in between is
  /// refused.
  static func read(_ path: String, limit: Int, inside root: String?) throws(DiskFailure) -> [UInt8] {
    let real = try PosixDisk.realPath(path)
    if let root {
      let realRoot = try PosixDisk.realPath(root)
      guard real.utf8.starts(with: (realRoot == "/" ? "/" : realRoot + "/").utf8) else {
        throw DiskFailure("read", path, code: DiskFailure.outside)
      }
    }
    let file = try open(real)
    try file.requireRegular(operation: "read")
    return try file.readAll(limit: limit)
  }

  /// Opens a path part by part; a link anywhere in it is the error ELOOP.
  private static func open(_ path: String) throws(DiskFailure) -> PosixFile {
    let parts = path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    guard let name = parts.last else { throw DiskFailure("read", path, code: EISDIR) }
    var directory = try PosixFile("/", pathOnly | O_DIRECTORY, operation: "read")
    for part in parts.dropLast() {
      directory = try PosixFile(part, pathOnly | O_DIRECTORY | O_NOFOLLOW, operation: "read", in: directory)
    }
    return try PosixFile(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, operation: "read", in: directory)
  }

  /// Linux's `O_PATH`, which Swift's Glibc leaves out: to open a directory takes the right to pass it alone.
  private static let pathOnly: Int32 = 0o10_000_000
}

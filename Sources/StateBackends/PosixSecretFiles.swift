import Glibc
package import Manifest
import Provisioning

/// Reads the files of secret references from the real disk.
package struct PosixSecretFiles: SecretFiles {
  package init() {}

  /// Follows every link first, then opens the real path without following any, so that a link put in between is refused.
  package func read(_ path: String, limit: Int, inside root: String?) throws(SecretFileFailure) -> [UInt8] {
    do throws(DiskFailure) {
      let real = try PosixDisk.realPath(path)
      if let root {
        let realRoot = try PosixDisk.realPath(root)
        guard real.utf8.starts(with: (realRoot == "/" ? "/" : realRoot + "/").utf8) else {
          throw DiskFailure("read", path, code: EXDEV)
        }
      }
      let file = try PosixSecretFiles.open(real)
      try file.requireRegular(operation: "read")
      return try file.readAll(limit: limit)
    } catch {
      switch error.code {
      case ENOENT: throw .missing
      case EXDEV: throw .outside
      case EFBIG: throw .tooLarge
      case DiskFailure.notRegular, EISDIR, ENXIO: throw .notRegular
      default: throw .failed(error.reason)
      }
    }
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

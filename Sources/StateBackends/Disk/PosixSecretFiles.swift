import Glibc
package import Manifest
import Provisioning

/// Reads the files of secret references from the real disk.
package struct PosixSecretFiles: SecretFiles {
  package init() {}

  package func read(_ path: String, limit: Int, inside root: String?) throws(SecretFileFailure) -> [UInt8] {
    do throws(DiskFailure) {
      return try ConfinedFile.read(path, limit: limit, inside: root)
    } catch {
      switch error.code {
      case ENOENT: throw .missing
      case DiskFailure.outside: throw .outside
      case DiskFailure.foreign: throw .foreign
      case EFBIG: throw .tooLarge
      case DiskFailure.notRegular, EISDIR, ENXIO: throw .notRegular
      default: throw .failed(error.reason)
      }
    }
  }

  package func names(beside path: String, inside root: String) -> [String] {
    let parent = PosixDisk.parent(of: path)
    // A link may lead out of the project, where no file's name may be shown.
    guard let real = try? PosixDisk.realPath(parent), let top = try? PosixDisk.realPath(root),
      real == top || real.utf8.starts(with: "\(top)/".utf8)
    else { return [] }
    return (try? PosixDisk().entries(real).filter { !$0.isDirectory && !$0.name.hasPrefix(".") }.map(\.name)) ?? []
  }
}

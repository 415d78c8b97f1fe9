import Glibc
package import Manifest
import Provisioning

/// Reads the files of secret references from the real disk.
package struct PosixSecretFiles: SecretFiles {
  package init() {}

  package func read(_ path: String, limit: Int, inside root: String?) throws(SecretFileFailure) -> [UInt8] {
    do throws(DiskFailure) {
      // What git and Kitform keep in the project is no secret of its manifests, whatever link leads there.
      return try ConfinedFile.read(path, limit: limit, inside: root, without: [".git", ".kitform"])
    } catch {
      switch error.code {
      case ENOENT: throw .missing
      case DiskFailure.outside: throw .outside
      case EFBIG: throw .tooLarge
      case DiskFailure.notRegular, EISDIR, ENXIO: throw .notRegular
      default: throw .failed(error.reason)
      }
    }
  }
}

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
}

import Glibc

/// The operating system's refusal of one file operation.
package struct DiskFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// What was tried, as in "could not … <path>": `read`, `write`, `rename`.
  package var operation: String
  package var path: String
  /// The `errno`.
  package var code: Int32

  package init(_ operation: String, _ path: String, code: Int32) {
    self.operation = operation
    self.path = path
    self.code = code
  }

  /// What went wrong and, where people can do something, what.
  package var words: String { "could not \(operation) \(path): \(reason)" }

  package var description: String { words }

  /// The error's meaning in plain words.
  package var reason: String {
    switch code {
    case ENOSPC: "no space is left on the device"
    case EDQUOT: "the disk quota is used up"
    case EIO: "the device reported an input/output error"
    case EACCES, EPERM: "permission is denied"
    case EROFS: "the file system is read-only"
    case ENOENT: "it does not exist"
    case EEXIST: "a file of that name exists already"
    case ENOTDIR: "a part of the path is not a directory"
    case EISDIR: "it is a directory"
    case ELOOP: "it is a symbolic link, and links are not followed here"
    case DiskFailure.notRegular: "it is not a regular file"
    case DiskFailure.outside: "it lies outside the project"
    case DiskFailure.foreign: "it belongs to git, Kitform or another tool, and may contain credentials"
    case DiskFailure.shared: "another user owns it or may write to it"
    case EMFILE, ENFILE: "too many files are open"
    case ENOLCK: "the file system cannot lock files"
    case EFBIG: "it is too large"
    case ENAMETOOLONG: "the name is too long"
    case EINVAL: "the path or the operation is not valid here"
    case EPIPE: "no program reads it any more"
    case EBUSY, ETXTBSY: "something else uses it"
    case EBADF: "it is closed"
    case ENXIO, ENODEV: "there is no such device"
    case ENOTEMPTY: "the directory is not empty"
    case EXDEV: "it would lead to another file system"
    case ESTALE, ETIMEDOUT, EHOSTDOWN: "the file server does not answer"
    case ENOMEM: "there is not enough memory"
    default: "the system reports error \(code)"
    }
  }

  /// The code for something that is not a regular file; ours, as Linux has none.
  package static let notRegular: Int32 = -1
  /// The code for a path that leaves the directory that it must lie in.
  package static let outside: Int32 = -2
  /// The code for a file of git's, Kitform's or another tool's.
  package static let foreign: Int32 = -4
  /// The code for a file that must be this user's alone and is not.
  package static let shared: Int32 = -3
}

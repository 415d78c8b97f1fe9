/// Reads the files that secret references name; the rules about places are `SecretResolver`'s, the system calls are here.
package protocol SecretFiles: Sendable {
  /// Reads a regular file of at most `limit` bytes, links followed.
  ///
  /// The path is absolute, without `.` and `..`. With a `root`, the file must lie in that directory after every link has
  /// been followed.
  func read(_ path: String, limit: Int, inside root: String?) throws(SecretFileFailure) -> [UInt8]
  /// The names of the files in the directory of a path in the project; empty where they are not known.
  func names(beside path: String, inside root: String) -> [String]
}

extension SecretFiles {
  package func names(beside path: String, inside root: String) -> [String] { [] }
}

/// Why a secret's file cannot be read.
package enum SecretFileFailure: Error, Sendable, Equatable {
  case missing
  /// A link leads out of the directory that the file must lie in.
  case outside
  /// Git, Kitform or another tool keeps the file, or a link leads to one that they keep.
  case foreign
  /// A directory, a device, a pipe or a socket.
  case notRegular
  case tooLarge
  /// The operating system's reason, in words.
  case failed(String)
}

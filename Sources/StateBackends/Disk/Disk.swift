/// The file operations that states and journals need, small enough that a test can fail each of them.
///
/// Paths are absolute or relative to the working directory. What a failed call leaves behind is either nothing or, for
/// `create` and `append`, a part of the bytes.
package protocol Disk: Sendable {
  /// Reads a whole file; nil where there is none. Anything but a regular file is an error, a symbolic link too.
  func read(_ path: String) throws(DiskFailure) -> [UInt8]?
  /// Makes a new file that only its owner can read, with `bytes` in it, synchronized before it returns.
  ///
  /// Anything that exists in its place is an error, a symbolic link too.
  func create(_ path: String, _ bytes: [UInt8]) throws(DiskFailure)
  /// Refuses what a new file may not take the place of: a link, a device, a pipe, a directory. Nothing there is right.
  func checkReplaceable(_ path: String) throws(DiskFailure)
  /// Renames a file, replacing `new`; durable after `synchronizeDirectory`.
  func rename(_ path: String, to new: String) throws(DiskFailure)
  /// Removes a file, or the link of that name; nothing there is no error.
  func remove(_ path: String) throws(DiskFailure)
  /// The names in a directory, sorted by their bytes; empty where there is no directory.
  func list(_ directory: String) throws(DiskFailure) -> [String]
  /// Makes a directory that only its owner can enter, and those above it that are missing.
  func makeDirectory(_ path: String) throws(DiskFailure)
  /// Makes the names in a directory durable.
  func synchronizeDirectory(_ path: String) throws(DiskFailure)
  /// Opens an existing file to add to it.
  func open(appendingTo path: String) throws(DiskFailure) -> any DiskFile
  /// Takes the exclusive lock of a file, made where missing, and leaves `note` in it for whom it keeps out.
  ///
  /// Never waits. The lock ends with `release` or with its process.
  func lock(_ path: String, note: [UInt8]) throws(DiskFailure) -> LockAttempt
}

/// A file that grows.
package protocol DiskFile: AnyObject, Sendable {
  /// Adds bytes at the end; durable after `synchronize`.
  func append(_ bytes: [UInt8]) throws(DiskFailure)
  /// Makes everything appended durable.
  func synchronize() throws(DiskFailure)
}

/// A lock of `Disk.lock`, held.
package protocol DiskLock: AnyObject, Sendable {
  /// Gives the lock back; safe to call twice.
  func release()
}

/// What became of a request for a lock.
package enum LockAttempt: Sendable {
  case acquired(any DiskLock)
  /// Someone else has it; what they left in the file, perhaps cut or empty.
  case held(note: [UInt8])
}

import Glibc
import Provisioning
import Synchronization

/// An advisory lock on a file of its own (`flock`); it ends with its process, however that ends.
///
/// Two open files of one process exclude each other as well. The file is never removed: a process that had opened it before would
/// hold a lock that no other process sees.
final class FileLock: DiskLock {
  /// nil once released.
  private let file: Mutex<PosixFile?>

  private init(_ file: PosixFile) { self.file = Mutex(file) }

  /// Takes the lock at once or not at all, and leaves `note` in the file.
  static func acquire(_ path: String, note: [UInt8]) throws(DiskFailure) -> LockAttempt {
    let file = try PosixFile(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, operation: "lock")
    try file.requireRegular(operation: "lock")
    guard try file.lockExclusively() else { return .held(note: try file.readAll(limit: 64 << 10)) }
    try file.empty()
    try file.write(note)
    return .acquired(FileLock(file))
  }

  /// Empties the note and gives the lock back; an error cannot matter, as closing the file frees the lock in any case.
  ///
  /// It unlocks before it closes: a child process that is just being started still shares the open file, and closing alone
  /// would leave the lock with it until it has replaced its image.
  func release() {
    file.withLock { held in
      guard let file = held else { return }
      try? file.empty()
      try? file.unlock()
      try? file.close()
      held = nil
    }
  }
}

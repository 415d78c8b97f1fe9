import Glibc
import Provisioning
import Synchronization

/// An open file descriptor, closed with its last reference.
final class PosixFile: DiskFile {
  private let path: String
  /// -1 once closed.
  private let descriptor: Mutex<Int32>

  /// Opens `path`, close-on-exec; a new file gets `mode` less the umask.
  init(
    _ path: String, _ flags: Int32, operation: String, in directory: PosixFile? = nil, mode: mode_t = 0o600
  ) throws(DiskFailure) {
    try PosixFile.check(path, operation: operation)
    var descriptor: Int32
    repeat {
      descriptor = unsafe openat(directory?.descriptor.withLock { $0 } ?? AT_FDCWD, path, flags | O_CLOEXEC, mode)
    } while descriptor < 0 && errno == EINTR
    guard descriptor >= 0 else { throw DiskFailure(operation, path, code: errno) }
    self.path = path
    self.descriptor = Mutex(descriptor)
  }

  deinit {
    let last = descriptor.withLock { $0 }
    if last >= 0 { _ = Glibc.close(last) }
  }

  /// Refuses paths that the system would read as shorter ones.
  static func check(_ paths: String..., operation: String) throws(DiskFailure) {
    for path in paths where path.isEmpty || path.utf8.contains(0) {
      throw DiskFailure(operation, path, code: path.isEmpty ? ENOENT : EINVAL)
    }
  }

  /// Sets the mode to 0600, where a umask has taken even more away.
  func restrict() throws(DiskFailure) {
    try call("restrict") { fchmod($0, 0o600) }
  }

  /// Sets the mode to that of another file.
  func takeMode(of other: PosixFile) throws(DiskFailure) {
    let mode = try other.status(operation: "read").st_mode & 0o7777
    try call("set the mode of") { fchmod($0, mode) }
  }

  func requireRegular(operation: String) throws(DiskFailure) {
    let status = try status(operation: operation)
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw DiskFailure(operation, path, code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : DiskFailure.notRegular)
    }
  }

  /// Refuses a file of another user, and one that others may write to.
  func requireOwn() throws(DiskFailure) {
    let status = try status(operation: "read")
    guard status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
      throw DiskFailure("read", path, code: DiskFailure.shared)
    }
  }

  func append(_ bytes: [UInt8]) throws(DiskFailure) {
    let before = try status(operation: "write").st_size
    do throws(DiskFailure) {
      try write(bytes)
    } catch {
      descriptor.withLock { _ = ftruncate($0, before) }
      throw error
    }
  }

  /// Writes all of `bytes` at the file's position, in as many calls as it takes.
  func write(_ bytes: [UInt8]) throws(DiskFailure) {
    let code = descriptor.withLock { descriptor in
      unsafe bytes.withUnsafeBytes { buffer -> Int32 in
        var offset = 0
        while offset < buffer.count {
          let count = unsafe Glibc.write(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
          if count < 0 {
            if errno == EINTR { continue }
            return errno
          }
          guard count > 0 else { return EIO }
          offset += count
        }
        return 0
      }
    }
    guard code == 0 else { throw DiskFailure("write", path, code: code) }
  }

  /// Opens a directory to pass on to what is in it: that takes the right to pass it alone.
  ///
  /// It holds Linux's `O_PATH`, which Swift's Glibc leaves out.
  static let passing: Int32 = 0o10_000_000 | O_DIRECTORY

  /// Reads a regular file from the beginning to the end; more than `limit` bytes are the error EFBIG.
  func readRegular(limit: Int) throws(DiskFailure) -> [UInt8] {
    try requireRegular(operation: "read")
    return try readAll(limit: limit)
  }

  /// Reads from the beginning to the end; more than `limit` bytes are the error EFBIG.
  func readAll(limit: Int) throws(DiskFailure) -> [UInt8] {
    let size = try Int(status(operation: "read").st_size)
    guard size <= limit else { throw DiskFailure("read", path, code: EFBIG) }
    var result: [UInt8] = []
    result.reserveCapacity(size + 1)
    var chunk = [UInt8](repeating: 0, count: min(max(size + 1, 512), 1 << 17))
    while true {
      let (count, code) = descriptor.withLock { descriptor in
        unsafe chunk.withUnsafeMutableBytes { buffer in
          let count = unsafe pread(descriptor, buffer.baseAddress!, buffer.count, off_t(result.count))
          return (count, errno)
        }
      }
      if count < 0, code == EINTR { continue }
      guard count >= 0 else { throw DiskFailure("read", path, code: code) }
      guard count > 0 else { return result }
      result.append(contentsOf: chunk[..<count])
      guard result.count <= limit else { throw DiskFailure("read", path, code: EFBIG) }
    }
  }

  /// Cuts the file to nothing.
  func empty() throws(DiskFailure) {
    try call("write") { ftruncate($0, 0) }
  }

  /// Makes durable what was written before; others may go on writing meanwhile.
  func synchronize() throws(DiskFailure) {
    let descriptor = descriptor.withLock { $0 }
    while fsync(descriptor) != 0 {
      guard errno == EINTR else { throw DiskFailure("synchronize", path, code: errno) }
    }
  }

  /// Closes the file; some file systems report a failed write only here.
  func close() throws(DiskFailure) {
    let code = descriptor.withLock { descriptor -> Int32 in
      guard descriptor >= 0 else { return 0 }
      defer { descriptor = -1 }
      return Glibc.close(descriptor) == 0 || errno == EINTR ? 0 : errno
    }
    guard code == 0 else { throw DiskFailure("write", path, code: code) }
  }

  /// Takes the lock that belongs to this open file, without waiting; false where another open file has it.
  func lockExclusively() throws(DiskFailure) -> Bool {
    do throws(DiskFailure) {
      try call("lock") { flock($0, LOCK_EX | LOCK_NB) }
      return true
    } catch {
      if error.code == EWOULDBLOCK { return false }
      throw error
    }
  }

  /// Gives the lock back for every process that shares this open file.
  func unlock() throws(DiskFailure) {
    try call("unlock") { flock($0, LOCK_UN) }
  }

  private func status(operation: String) throws(DiskFailure) -> stat {
    var status = stat()
    let code = descriptor.withLock { unsafe fstat($0, &status) == 0 ? 0 : errno }
    guard code == 0 else { throw DiskFailure(operation, path, code: code) }
    return status
  }

  /// Makes a call that answers 0 or sets `errno`; interrupted calls are made again.
  private func call(_ operation: String, _ body: (Int32) -> Int32) throws(DiskFailure) {
    let code = descriptor.withLock { descriptor -> Int32 in
      while body(descriptor) != 0 {
        if errno != EINTR { return errno }
      }
      return 0
    }
    guard code == 0 else { throw DiskFailure(operation, path, code: code) }
  }
}

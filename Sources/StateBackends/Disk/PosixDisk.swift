import Glibc
import Provisioning

/// The real disk, by Linux's system calls.
///
/// Files are made 0600 and directories 0700 whatever the umask, but for sources, which people share; nothing follows a symbolic link in a file's own place;
/// no descriptor outlives an exec.
package struct PosixDisk: Disk {
  /// The most that one file may hold to be read, in bytes.
  package static let readLimit = 128 << 20

  package init() {}

  package func read(_ path: String) throws(DiskFailure) -> [UInt8]? {
    try PosixDisk.regular(path)?.readAll(limit: PosixDisk.readLimit)
  }

  /// A regular file, open to be read, whose own place is no link; nil where there is none.
  static func regular(_ path: String) throws(DiskFailure) -> PosixFile? {
    let file: PosixFile
    do throws(DiskFailure) {
      file = try PosixFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, operation: "read")
    } catch {
      if error.code == ENOENT { return nil }
      throw error
    }
    try file.requireRegular(operation: "read")
    return file
  }

  package func create(_ path: String, _ bytes: [UInt8]) throws(DiskFailure) {
    let file = try PosixFile(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, operation: "create")
    try file.restrict()
    try file.write(bytes)
    try file.synchronize()
    try file.close()
  }

  /// Makes a new file that the umask alone restricts, as an editor does: for sources that people share.
  package func createSource(_ path: String, _ bytes: [UInt8]) throws(DiskFailure) {
    let file = try PosixFile(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, operation: "create", mode: 0o666)
    try file.write(bytes)
    try file.synchronize()
    try file.close()
  }

  /// Adds bytes to the end of a source file that is there; a link is not followed.
  package func appendToSource(_ path: String, _ bytes: [UInt8]) throws(DiskFailure) {
    let file = try open(appendingTo: path)
    try file.append(bytes)
    try file.synchronize()
  }

  package func checkReplaceable(_ path: String) throws(DiskFailure) {
    try PosixFile.check(path, operation: "replace")
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else {
      // Missing directories on the way are made by the function that makes the file.
      if errno == ENOENT || errno == ENOTDIR { return }
      throw DiskFailure("replace", path, code: errno)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return
    case S_IFDIR: throw DiskFailure("replace", path, code: EISDIR)
    case S_IFLNK: throw DiskFailure("replace", path, code: ELOOP)
    default: throw DiskFailure("replace", path, code: DiskFailure.notRegular)
    }
  }

  package func rename(_ path: String, to new: String) throws(DiskFailure) {
    try PosixFile.check(path, new, operation: "rename")
    guard unsafe Glibc.rename(path, new) == 0 else { throw DiskFailure("rename a file to", new, code: errno) }
  }

  package func remove(_ path: String) throws(DiskFailure) {
    try PosixFile.check(path, operation: "remove")
    guard unsafe unlink(path) == 0 || errno == ENOENT else { throw DiskFailure("remove", path, code: errno) }
  }

  package func list(_ directory: String) throws(DiskFailure) -> [String] {
    try entries(directory).map(\.name)
  }

  /// The names in a directory with what they are, sorted by their bytes; empty where there is no directory.
  func entries(_ directory: String) throws(DiskFailure) -> [(name: String, isDirectory: Bool)] {
    try PosixFile.check(directory, operation: "list")
    guard let stream = unsafe opendir(directory) else {
      if errno == ENOENT { return [] }
      throw DiskFailure("list", directory, code: errno)
    }
    defer { _ = unsafe closedir(stream) }
    var names: [(name: String, isDirectory: Bool)] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else { break }
      guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { break }
      let text = unsafe (UnsafeRawPointer(entry) + offset).assumingMemoryBound(to: CChar.self)
      guard let name = unsafe String(validatingCString: text), name != ".", name != ".." else { continue }
      var isDirectory = unsafe entry.pointee.d_type == UInt8(DT_DIR)
      if unsafe entry.pointee.d_type == UInt8(DT_UNKNOWN) {
        var status = stat()
        isDirectory = unsafe lstat("\(directory)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      }
      names.append((name, isDirectory))
    }
    guard errno == 0 else { throw DiskFailure("list", directory, code: errno) }
    return names.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  package func makeDirectory(_ path: String) throws(DiskFailure) {
    try makeDirectory(path, isSource: false, makingParents: true)
  }

  /// Makes a directory for sources, and those above it that are missing, each restricted by the umask alone.
  package func makeSourceDirectory(_ path: String) throws(DiskFailure) {
    try makeDirectory(path, isSource: true, makingParents: true)
  }

  /// Makes one directory, and those above it at most once: below `/proc`, none can be made however many there are above.
  private func makeDirectory(_ path: String, isSource: Bool, makingParents: Bool) throws(DiskFailure) {
    try PosixFile.check(path, operation: "make the directory")
    if unsafe mkdir(path, isSource ? 0o777 : 0o700) == 0 {
      if !isSource, unsafe chmod(path, 0o700) != 0 { throw DiskFailure("make the directory", path, code: errno) }
      return try synchronizeDirectory(PosixDisk.parent(of: path))
    }
    switch errno {
    case EEXIST:
      var status = stat()
      guard unsafe stat(path, &status) == 0 else { throw DiskFailure("make the directory", path, code: errno) }
      guard status.st_mode & S_IFMT == S_IFDIR else {
        throw DiskFailure("make the directory", path, code: ENOTDIR)
      }
    case ENOENT where makingParents && PosixDisk.parent(of: path) != path:
      try makeDirectory(PosixDisk.parent(of: path), isSource: isSource, makingParents: true)
      try makeDirectory(path, isSource: isSource, makingParents: false)
    default: throw DiskFailure("make the directory", path, code: errno)
    }
  }

  package func synchronizeDirectory(_ path: String) throws(DiskFailure) {
    let directory = try PosixFile(path, O_RDONLY | O_DIRECTORY, operation: "synchronize the directory")
    try directory.synchronize()
  }

  package func open(appendingTo path: String) throws(DiskFailure) -> any DiskFile {
    let file = try PosixFile(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK, operation: "write")
    try file.requireRegular(operation: "write")
    return file
  }

  package func lock(_ path: String, note: [UInt8]) throws(DiskFailure) -> LockAttempt {
    try FileLock.acquire(path, note: note)
  }

  /// Replaces a regular file whole, by a new one beside it that is renamed over it, and keeps its mode.
  ///
  /// A link is not followed: its own place would be taken.
  package func replaceKeepingMode(_ path: String, with bytes: [UInt8]) throws(DiskFailure) {
    let old = try PosixFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, operation: "write")
    try old.requireRegular(operation: "write")
    let temporary = "\(path).kitform-new"
    try remove(temporary)
    do throws(DiskFailure) {
      let new = try PosixFile(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, operation: "create")
      try new.takeMode(of: old)
      try new.write(bytes)
      try new.synchronize()
      try new.close()
      try rename(temporary, to: path)
    } catch {
      // The failure that matters is the first one.
      try? remove(temporary)
      throw error
    }
    try synchronizeDirectory(PosixDisk.parent(of: path))
  }

  /// The directory of a path's last part.
  package static func parent(of path: String) -> String {
    var bytes = Array(path.utf8)
    while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == 0 ? "/" : String(decoding: bytes[..<slash], as: UTF8.self)
  }

  /// What a path names: a file, a directory, a link; no link is followed, and nil is nothing at all.
  static func kind(of path: String) -> mode_t? {
    var status = stat()
    return unsafe lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// The path without any link in it; the failure says why there is none.
  static func realPath(_ path: String) throws(DiskFailure) -> String {
    try PosixFile.check(path, operation: "read")
    guard let resolved = unsafe realpath(path, nil) else { throw DiskFailure("read", path, code: errno) }
    defer { unsafe free(resolved) }
    guard let text = unsafe String(validatingCString: resolved) else { throw DiskFailure("read", path, code: EILSEQ) }
    return text
  }
}

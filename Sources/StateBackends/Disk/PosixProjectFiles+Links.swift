import Glibc
import Provisioning

extension PosixProjectFiles {
  /// The project's directory without any link in it; as it was given where it does not exist.
  package var realRoot: String { (try? PosixDisk.realPath(root)) ?? root }

  /// Whether a path relative to the project is a link.
  package func isLink(_ path: String) -> Bool { PosixDisk.kind(of: "\(root)/\(path)") == S_IFLNK }

  /// The first link on the way to a path of the project that leads out of it, into git's own directory, or to nothing; nil
  /// where there is none.
  package func linkOut(of path: String) -> String? {
    guard let realRoot = try? PosixDisk.realPath(root), path.utf8.starts(with: "\(root)/".utf8) else { return nil }
    var current = root
    for part in path.utf8.dropFirst(root.utf8.count).split(separator: UInt8(ascii: "/")) {
      current += "/\(Substring(part))"
      guard let kind = PosixDisk.kind(of: current) else { return nil }
      guard kind == S_IFLNK else { continue }
      guard let real = try? PosixDisk.realPath(current), PosixProjectFiles.isOwn(real, of: realRoot) else {
        return current
      }
    }
    return nil
  }

  /// The first link of the project on the way to an absolute path that leads out of the project; nil where there is none.
  ///
  /// A link that does not lie in the project is not the repository's, so it is followed.
  package func linkOut(onTheWayTo path: String) -> String? {
    guard let realRoot = try? PosixDisk.realPath(root) else { return nil }
    var current = "/"
    for part in path.utf8.split(separator: UInt8(ascii: "/")).map({ String(Substring($0)) }) where part != "." {
      guard part != ".." else {
        current = PosixDisk.parent(of: current)
        continue
      }
      let next = current == "/" ? "/\(part)" : "\(current)/\(part)"
      guard PosixDisk.kind(of: next) == S_IFLNK else {
        current = next
        continue
      }
      let real = try? PosixDisk.realPath(next)
      if PosixProjectFiles.lies(current, in: realRoot) {
        guard let real, PosixProjectFiles.isOwn(real, of: realRoot) else { return next }
      }
      current = real ?? next
    }
    return nil
  }

  /// Whether a real path lies in a project's real directory, and not in git's own directory there.
  private static func isOwn(_ path: String, of root: String) -> Bool {
    guard lies(path, in: root) else { return false }
    let parts = path.utf8.dropFirst(root.utf8.count).split(separator: UInt8(ascii: "/"))
    return !parts.contains { String(Substring($0)).lowercased() == ".git" }
  }

  /// Whether a path lies in the project once links are followed, as far as it exists; true where that is unknown.
  ///
  /// - Parameter inRepository: whether the whole repository counts that the project is a part of.
  package func holds(_ path: String, inRepository: Bool = false) -> Bool {
    guard let realRoot = try? PosixDisk.realPath(root) else { return true }
    var existing = path
    while true {
      do throws(DiskFailure) {
        let real = try PosixDisk.realPath(existing)
        return PosixProjectFiles.lies(real, in: inRepository ? PosixProjectFiles.repository(of: realRoot) : realRoot)
      } catch {
        let parent = PosixDisk.parent(of: existing)
        guard error.code == ENOENT, parent != existing else { return true }
        existing = parent
      }
    }
  }

  /// The nearest directory above, or the directory itself, that git keeps its own in; the directory itself without one.
  private static func repository(of directory: String) -> String {
    var current = directory
    while true {
      if PosixDisk.kind(of: "\(current)/.git") != nil { return current }
      let parent = PosixDisk.parent(of: current)
      guard parent != current else { return directory }
      current = parent
    }
  }

  /// Whether a real path is a directory or lies in it.
  static func lies(_ path: String, in directory: String) -> Bool {
    path == directory || path.utf8.starts(with: (directory == "/" ? "/" : directory + "/").utf8)
  }
}

extension PosixDisk {
  /// Reads a regular file of at most `limit` bytes, links followed; nil where there is none.
  package func readFollowingLinks(_ path: String, limit: Int) throws(DiskFailure) -> [UInt8]? {
    do throws(DiskFailure) {
      return try ConfinedFile.read(path, limit: limit, inside: nil)
    } catch {
      if error.code == ENOENT { return nil }
      throw error
    }
  }

  /// Reads a file that belongs to this user and that no other user may write to; nil where there is none.
  package func readOwn(_ path: String) throws(DiskFailure) -> [UInt8]? {
    guard let file = try PosixDisk.regular(path) else { return nil }
    try file.requireOwn()
    return try file.readAll(limit: PosixDisk.readLimit)
  }
}

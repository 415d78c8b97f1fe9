import Glibc
import Provisioning

/// Reads a project's files; neither a link nor `..` leads to a place outside the project.
package struct PosixProjectFiles: Sendable {
  /// The project's directory.
  package let root: String
  private let disk = PosixDisk()
  private let directory: ConfinedDirectory

  package init(root: String) {
    self.root = root
    directory = ConfinedDirectory(root)
  }

  /// Reads a file of at most `limit` bytes by its path relative to the project; nil where there is none.
  package func read(_ path: String, limit: Int) throws(DiskFailure) -> [UInt8]? {
    do throws(DiskFailure) {
      return try directory.read(path, limit: limit)
    } catch {
      if error.code == ENOENT { return nil }
      throw error
    }
  }

  /// Replaces a file whole and keeps its mode; a link is refused.
  package func replace(_ path: String, with bytes: [UInt8]) throws(DiskFailure) {
    try disk.replaceKeepingMode(absolute(path), with: bytes)
  }

  /// Makes a new source file, and the directories above it that are missing; the umask alone restricts them.
  ///
  /// Anything that exists in its place is an error, and so is a link on the way that leaves the project. Where the file
  /// cannot be written whole, nothing of it stays.
  package func create(_ path: String, _ bytes: [UInt8]) throws(DiskFailure) {
    let target = absolute(path)
    let parent = PosixDisk.parent(of: target)
    try requireInside(parent)
    try disk.makeSourceDirectory(parent)
    do throws(DiskFailure) {
      try disk.createSource(target, bytes)
    } catch {
      if error.code != EEXIST { try? disk.remove(target) }
      throw error
    }
    try disk.synchronizeDirectory(parent)
  }

  /// Refuses a directory that lies outside the project once links are followed, as far as it exists.
  private func requireInside(_ directory: String) throws(DiskFailure) {
    let realRoot = try PosixDisk.realPath(root)
    var existing = directory
    while true {
      do throws(DiskFailure) {
        let real = try PosixDisk.realPath(existing)
        guard PosixProjectFiles.lies(real, in: realRoot) else {
          throw DiskFailure("write into", directory, code: DiskFailure.outside)
        }
        return
      } catch {
        let parent = PosixDisk.parent(of: existing)
        guard error.code == ENOENT, parent != existing else { throw error }
        existing = parent
      }
    }
  }

  /// Lists everything below some directories of a project.
  package struct Listing: Sendable {
    /// The paths of all files that are not hidden, sorted by their bytes.
    package var files: [String] = []
    /// For each directory that was asked for and cannot be read, itself or below it, why.
    package var failures: [String: DiskFailure] = [:]
    /// There are more files than are listed.
    package var isCut = false
  }

  /// The files below some directories of the project, each directory read once.
  ///
  /// Linked directories are not entered, so that the walk ends and never leaves the project.
  package func list(below directories: some Sequence<String>, limit: Int = 200_000) -> Listing {
    var listing = Listing()
    var seen: Set<String> = []
    // A directory comes before those below it, which are then known.
    for root in Set(directories).sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      var pending = seen.insert(root).inserted ? [root] : []
      do throws(DiskFailure) {
        // A pattern of `include` may name a link; below it, links are not entered.
        if !root.isEmpty { try requireInside(absolute(root)) }
      } catch {
        listing.failures[root] = error
        continue
      }
      while let directory = pending.popLast() {
        do throws(DiskFailure) {
          for entry in try disk.entries(absolute(directory)) where !entry.name.hasPrefix(".") {
            let path = directory.isEmpty ? entry.name : "\(directory)/\(entry.name)"
            if !entry.isDirectory {
              listing.files.append(path)
            } else if seen.insert(path).inserted {
              pending.append(path)
            }
          }
        } catch {
          listing.failures[root] = listing.failures[root] ?? error
        }
        guard listing.files.count <= limit else {
          listing.isCut = true
          return listing
        }
      }
    }
    listing.files.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return listing
  }

  /// The names in the project's own directory; empty where it cannot be listed.
  package var names: [String] { (try? disk.entries(root).map(\.name)) ?? [] }

  /// Whether a path relative to the project is a directory of it.
  package func isDirectory(_ path: String) -> Bool {
    guard !path.isEmpty, !path.hasPrefix("/"), !path.split(separator: "/").contains("..") else { return false }
    let name = path.split(separator: "/").last.map(String.init)
    let parent = PosixDisk.parent(of: absolute(path))
    return (try? disk.entries(parent))?.contains { $0.name == name && $0.isDirectory } ?? false
  }

  private func absolute(_ path: String) -> String { path.isEmpty ? root : "\(root)/\(path)" }
}

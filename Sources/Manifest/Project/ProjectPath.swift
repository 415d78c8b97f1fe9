/// The rules for a path that a manifest writes and that must lie in the project.
///
/// They work on bytes, as the system does: a combining mark behind a slash must not hide the slash.
package enum ProjectPath {
  /// What is wrong with a path, as the end of a sentence that begins with "it"; nil where it may be used.
  package static func problem(_ path: String) -> String? {
    if leaves(path) { return "leaves the project's directory" }
    return parts(path).contains { $0.lowercased() == ".git" } ? "lies in `.git`, which is git's own" : nil
  }

  /// Whether a path leads out of the project as it is written, or names no file at all.
  package static func leaves(_ path: String) -> Bool {
    path.utf8.first == UInt8(ascii: "/") || parts(path).isEmpty || parts(path).contains("..")
  }

  private static func parts(_ path: String) -> [String] {
    path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
  }
}

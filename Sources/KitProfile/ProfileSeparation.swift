import Basics
import Documents

/// Finds operations of a profile that read by name and would write: they share a path with a writing one, or send a
/// parameter under the name by which writing ones take a channel's id.
///
/// Every operation is a POST, so that the path alone decides.
struct ProfileSeparation {
  private(set) var diagnostics: [Diagnostic] = []

  init(_ reader: ProfileReader) {
    checkPaths(reader)
    checkParameters(reader)
  }

  private mutating func checkPaths(_ reader: ProfileReader) {
    let operations = reader.node("operations", in: reader.root)
    let methods = reader.methods()
    for operation in Operation.allCases where !operation.isWrite {
      guard let path = methods[operation]?.path, let node = reader.node(operation.rawValue, in: operations),
        let writing = Operation.allCases.first(where: { other in
          other.isWrite && methods[other].map { ProfileSeparation.reaches(path, $0.path) } ?? false
        })
      else { continue }
      add(
        reader, node, "`operations.\(operation.rawValue)` has the path of `\(writing.rawValue)`",
        why: "a call that is meant to \(operation.words) would \(writing.words)",
        suggestion: "give each its own path, as `kitform profile show` has them")
    }
  }

  private mutating func checkParameters(_ reader: ProfileReader) {
    guard let id = reader.channel().id.write.first else { return }
    let paging = reader.node("paging", in: reader.root)
    let account = reader.node("account", in: reader.node("credentials", in: reader.root))
    for (name, key, node) in [
      ("paging.page", "page", paging), ("paging.size", "size", paging), ("paging.cursor", "cursor", paging),
      ("credentials.account.name", "name", account),
    ] {
      guard let value = reader.node(key, in: node), reader.text(key, in: node) == id else { continue }
      add(
        reader, value, "`\(name)` is `\(SafeText.escape(id))`, by which writing operations take a channel's id",
        why: "what a listing sends there would name a channel",
        suggestion: "write the parameter's own name, as `kitform profile show` has it")
    }
  }

  /// Whether a call to `path` could arrive at the path of a writing operation, whose `{…}` stand for any part.
  private static func reaches(_ path: String, _ writing: String) -> Bool {
    let (parts, others) = (ProfileSeparation.parts(path), ProfileSeparation.parts(writing))
    return parts.count == others.count && !parts.isEmpty
      && zip(parts, others).allSatisfy { $1.hasPrefix("{") || $0 == $1 }
  }

  /// A path's parts as servers compare them: without empty ones and `.`, in one case.
  private static func parts(_ path: String) -> [String] {
    path.lowercased().split(separator: "/").map(String.init).filter { $0 != "." }
  }

  private mutating func add(
    _ reader: ProfileReader, _ node: Int, _ message: String, why: String, suggestion: String
  ) {
    diagnostics.append(
      Diagnostic(.profileShared, at: reader.document.place(node), message, why: why, suggestion: suggestion))
  }
}

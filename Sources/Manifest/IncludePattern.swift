/// One pattern of `include`: a relative path in which `*` and `?` stand for parts of a name and `**` for any directories.
package struct IncludePattern: Sendable {
  private let parts: [[Unicode.Scalar]]

  /// What a project that says nothing includes.
  package static let standard = ["channels/**/*.yaml", "channels/**/*.yml"]

  /// Reads a pattern; nil where it would leave the project's directory.
  package init?(_ text: String) {
    guard !text.hasPrefix("/"), !text.isEmpty else { return nil }
    let parts = text.split(separator: "/", omittingEmptySubsequences: true).filter { $0 != "." }
    guard !parts.isEmpty, !parts.contains("..") else { return nil }
    self.parts = parts.map { Array($0.unicodeScalars) }
  }

  /// The directory below which every match stands: the leading parts without `*` and `?`; empty for the project's own.
  package var directory: String {
    let fixed = parts.dropLast().prefix { !$0.contains("*") && !$0.contains("?") }
    return fixed.map { part in
      var text = String.UnicodeScalarView()
      text.append(contentsOf: part)
      return String(text)
    }.joined(separator: "/")
  }

  /// Tells whether a path, relative to the project's directory, matches.
  package func matches(_ path: String) -> Bool {
    let names = path.split(separator: "/").map { Array($0.unicodeScalars) }
    var reachable: Set<Int> = [0]
    reachable.formUnion(skips(from: 0))
    for name in names {
      var next: Set<Int> = []
      for index in reachable where index < parts.count {
        if parts[index] == ["*", "*"] {
          next.insert(index)
          next.formUnion(skips(from: index))
          if index == parts.count - 1 { next.insert(parts.count) }
        } else if Glob.matches(name, parts[index][...], any: "*", one: "?") {
          next.insert(index + 1)
          next.formUnion(skips(from: index + 1))
        }
      }
      reachable = next
    }
    return reachable.contains(parts.count)
  }

  /// The positions that `**` at `index` reaches without a directory.
  private func skips(from index: Int) -> Set<Int> {
    var result: Set<Int> = []
    var index = index
    while index < parts.count - 1, parts[index] == ["*", "*"] {
      index += 1
      result.insert(index)
    }
    return result
  }
}

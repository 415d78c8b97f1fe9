/// One pattern of `include`: a relative path in which `*` and `?` stand for parts of a name and `**` for any directories.
package struct IncludePattern: Sendable {
  let parts: [[Unicode.Scalar]]

  /// What a project that says nothing includes.
  package static let standard = ["channels/**/*.yaml", "channels/**/*.yml"]

  /// Reads a pattern; nil where it would leave the project's directory.
  package init?(_ text: String) {
    guard !text.hasPrefix("/"), !text.isEmpty else { return nil }
    let parts = text.split(separator: "/", omittingEmptySubsequences: true).filter { $0 != "." }
    guard !parts.isEmpty, !parts.contains("..") else { return nil }
    self.parts = parts.map { Array($0.unicodeScalars) }
  }

  /// The directory above every match: the leading parts without `*` and `?`; empty for the project's own.
  package var directory: String {
    let fixed = parts.dropLast().prefix { !$0.contains("*") && !$0.contains("?") }
    return fixed.map { part in
      var text = String.UnicodeScalarView()
      text.append(contentsOf: part)
      return String(text)
    }.joined(separator: "/")
  }

  /// Whether it is the path of one file, without `*` and `?`.
  package var isPath: Bool { !parts.contains { $0.contains("*") || $0.contains("?") } }

  /// Whether a path, relative to the project's directory, matches.
  package func matches(_ path: String) -> Bool {
    var steps = 0
    return matches(IncludePattern.names(of: path), &steps)
  }

  /// The same pattern for names that end in the other usual way, `.yml` for `.yaml`; nil where it ends in neither.
  package static func twin(of text: String) -> String? {
    if text.hasSuffix(".yaml") { return String(text.dropLast(5)) + ".yml" }
    return text.hasSuffix(".yml") ? String(text.dropLast(4)) + ".yaml" : nil
  }

  /// Whether the names that make a path match; counts the steps that it takes.
  func matches(_ names: [[Unicode.Scalar]], _ steps: inout Int) -> Bool {
    // At the end of a pattern `**` stands for one name at least.
    let parts = parts.last == ["*", "*"] ? parts + [["*"]] : parts
    var within = 0
    let result = Glob.matches(
      names.count, parts.count, isAny: { parts[$0] == ["*", "*"] },
      isMatch: { name, part in
        Glob.matches(
          names[name].count, parts[part].count, isAny: { parts[part][$0] == "*" },
          isMatch: { parts[part][$1] == "?" || parts[part][$1] == names[name][$0] }, steps: &within)
      }, steps: &steps)
    steps += within
    return result
  }

  /// The names that make a path.
  static func names(of path: String) -> [[Unicode.Scalar]] {
    path.split(separator: "/").map { Array($0.unicodeScalars) }
  }
}

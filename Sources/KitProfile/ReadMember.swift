/// Where a member of an answer is read: at its path, or at the first of several paths that has it.
///
/// It knows the profile's line, so that an answer that does not fit can name it.
package struct ReadMember: Sendable {
  package var path: [String]
  /// Further paths, in the order in which they are tried.
  package var alternatives: [[String]]
  /// The profile's line, from 1; 0 where no file says so.
  package var line: Int

  package init(_ path: [String], or alternatives: [[String]] = [], line: Int = 0) {
    self.path = path
    self.alternatives = alternatives
    self.line = line
  }

  /// Every path, in the order in which they are tried.
  package var paths: [[String]] { [path] + alternatives }

  /// The paths as a message names them: "`domain.name` or `domain`".
  package var words: String {
    paths.map { "`\($0.joined(separator: "."))`" }.joined(separator: " or ")
  }
}

// The line is where a member is written, and no part of what it means.
extension ReadMember: Hashable {
  package static func == (left: ReadMember, right: ReadMember) -> Bool {
    left.path == right.path && left.alternatives == right.alternatives
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(path)
    hasher.combine(alternatives)
  }
}

extension ReadMember: ExpressibleByArrayLiteral {
  package init(arrayLiteral path: String...) { self.init(path) }
}

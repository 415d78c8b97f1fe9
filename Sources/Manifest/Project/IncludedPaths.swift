/// Which files the patterns of `include` match, found by one pass over the files.
///
/// A file is compared only with the patterns below whose directory it is; a pattern that is a path needs no comparison. What
/// remains may still grow with patterns times files, so that the steps have a limit.
package struct IncludedPaths: Sendable {
  /// The files that any pattern matches, each with the first such pattern's index.
  package private(set) var owners: [String: Int] = [:]
  /// For each pattern the first file that it matches; nil where it matches none.
  package private(set) var examples: [String?]
  /// The steps were spent: some files were not compared with all patterns.
  package private(set) var isIncomplete = false

  /// How many characters are compared.
  package static let stepLimit = 50_000_000

  /// - Parameter files: The paths of the files in the project's directory.
  package init(_ patterns: [IncludePattern], among files: [String], stepLimit: Int = IncludedPaths.stepLimit) {
    examples = patterns.map { _ in nil }
    var exact: [[[Unicode.Scalar]]: [Int]] = [:]
    var below: [String: [Int]] = [:]
    for (index, pattern) in patterns.enumerated() {
      if pattern.isPath {
        exact[pattern.parts, default: []].append(index)
      } else {
        below[pattern.directory, default: []].append(index)
      }
    }
    var steps = 0
    for file in files {
      let names = IncludePattern.names(of: file)
      for index in exact[names] ?? [] { addMatch(file, index) }
      for directory in IncludedPaths.directories(of: file) {
        for index in below[directory] ?? [] where examples[index] == nil || owners[file] == nil {
          guard steps < stepLimit else {
            isIncomplete = true
            return
          }
          if patterns[index].matches(names, &steps) { addMatch(file, index) }
        }
      }
    }
  }

  private mutating func addMatch(_ file: String, _ index: Int) {
    owners[file] = owners[file] ?? index
    examples[index] = examples[index] ?? file
  }

  /// The directories above a file, the project's own first.
  private static func directories(of file: String) -> [String] {
    [""] + file.utf8.indices.filter { file.utf8[$0] == UInt8(ascii: "/") }.map { String(file[..<$0]) }
  }
}

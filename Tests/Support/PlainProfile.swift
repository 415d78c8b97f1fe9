import KitProfile

/// The built-in profile's text without labels and comments, for tests that change one place of it.
package enum PlainProfile {
  package static let text: String = APIProfile.builtIn.rendered.split(separator: "\n", omittingEmptySubsequences: false)
    .filter { !$0.drop { $0 == " " }.hasPrefix("#") }
    .map { line in
      let end = line.firstRange(of: " #")?.lowerBound ?? line.endIndex
      return String(line[..<end].reversed().drop { $0 == " " }.reversed())
    }
    .joined(separator: "\n")
}

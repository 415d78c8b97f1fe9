/// Finds what somebody probably meant.
package enum Suggestion {
  /// Returns the names nearest to `name`, the nearest first, then in the order of `candidates`; at most `limit`.
  ///
  /// A name counts when it differs by at most a third of the longer one's letters, and by one at least where it has three;
  /// letter case counts for nothing. Distance: insertions, deletions, replacements and swaps of
  /// neighbours.
  package static func nearest(to name: String, among candidates: [String], limit: Int = 3) -> [String] {
    let wanted = Array(name.lowercased().unicodeScalars.prefix(maximumLength))
    guard !wanted.isEmpty else { return [] }
    var found: [(distance: Int, order: Int, name: String)] = []
    for (order, candidate) in candidates.enumerated() where !candidate.isEmpty {
      let letters = Array(candidate.lowercased().unicodeScalars.prefix(maximumLength))
      let longer = max(letters.count, wanted.count)
      let bound = longer <= 2 ? 0 : max(1, longer / 3)
      guard abs(letters.count - wanted.count) <= bound else { continue }
      let distance = Suggestion.distance(wanted, letters)
      if distance <= bound { found.append((distance, order, candidate)) }
    }
    found.sort { ($0.distance, $0.order) < ($1.distance, $1.order) }
    return found.prefix(limit).map(\.name)
  }

  /// Longer names are compared by their beginning.
  private static let maximumLength = 128

  /// The optimal string alignment distance.
  private static func distance(_ one: [Unicode.Scalar], _ other: [Unicode.Scalar]) -> Int {
    var before: [Int] = []
    var last = Array(0...other.count)
    for row in one.indices {
      var current = [row + 1]
      for column in other.indices {
        var best = min(last[column + 1] + 1, current[column] + 1, last[column] + (one[row] == other[column] ? 0 : 1))
        if row > 0, column > 0, one[row] == other[column - 1], one[row - 1] == other[column] {
          best = min(best, before[column - 1] + 1)
        }
        current.append(best)
      }
      before = last
      last = current
    }
    return last[other.count]
  }
}

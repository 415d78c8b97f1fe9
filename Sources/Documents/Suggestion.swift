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
    // Three rows of the table, for all candidates.
    var rows: [Int] = []
    for (order, candidate) in candidates.enumerated() where !candidate.isEmpty {
      let letters = Array(candidate.lowercased().unicodeScalars.prefix(maximumLength))
      let longer = max(letters.count, wanted.count)
      let bound = longer <= 2 ? 0 : max(1, longer / 3)
      guard abs(letters.count - wanted.count) <= bound else { continue }
      let distance = Suggestion.distance(wanted, letters, bound: bound, &rows)
      if distance <= bound { found.append((distance, order, candidate)) }
    }
    found.sort { ($0.distance, $0.order) < ($1.distance, $1.order) }
    return found.prefix(limit).map(\.name)
  }

  /// Longer names are compared by their beginning.
  private static let maximumLength = 128

  /// The optimal string alignment distance; anything above `bound` where it is more than that.
  ///
  /// `rows` is memory for the last three rows of the table, which stand in it in turn.
  private static func distance(
    _ one: [Unicode.Scalar], _ other: [Unicode.Scalar], bound: Int, _ rows: inout [Int]
  ) -> Int {
    let width = other.count + 1
    if rows.count < width * 3 { rows = [Int](repeating: 0, count: width * 3) }
    var (before, last, current) = (0, width, width * 2)
    for column in 0..<width { rows[last + column] = column }
    var least = 0
    for row in one.indices {
      rows[current] = row + 1
      var leastHere = row + 1
      for column in other.indices {
        var best = min(
          rows[last + column + 1] + 1, rows[current + column] + 1,
          rows[last + column] + (one[row] == other[column] ? 0 : 1))
        if row > 0, column > 0, one[row] == other[column - 1], one[row - 1] == other[column] {
          best = min(best, rows[before + column - 1] + 1)
        }
        rows[current + column + 1] = best
        leastHere = min(leastHere, best)
      }
      // A swap reaches two rows back; past both, nothing gets less.
      if least > bound, leastHere > bound { return bound + 1 }
      least = leastHere
      (before, last, current) = (last, current, before)
    }
    return rows[last + other.count]
  }
}

/// Finds the known name that is nearest to a misspelt one.
package enum Suggestion {
  /// Returns the names nearest to `name`, the nearest first, then in the order of `candidates`; at most `limit`.
  ///
  /// What counts as near, `Spelling` says.
  package static func nearest(to name: String, among candidates: [String], limit: Int = 3) -> [String] {
    let wanted = Spelling(name)
    // Three rows of the table, for all candidates.
    var rows: [Int] = []
    var found: [(distance: Int, order: Int, name: String)] = []
    for (order, candidate) in candidates.enumerated() {
      if let distance = wanted.distance(to: Spelling(candidate), &rows) { found.append((distance, order, candidate)) }
    }
    found.sort { ($0.distance, $0.order) < ($1.distance, $1.order) }
    var seen: Set<String> = []
    return Array(found.map(\.name).filter { seen.insert($0).inserted }.prefix(limit))
  }
}

/// A name as near misses of it are looked for.
///
/// Names are near when they differ by at most a third of the longer one's letters, and by one at least where it has three;
/// letter case counts for nothing. A difference is an insertion, a deletion, a replacement or a swap of neighbours.
package struct Spelling: Sendable, Equatable {
  /// Its letters in lower case; of a longer name the first ones.
  private let letters: [Unicode.Scalar]
  /// Which letters it has; some share a bit.
  private let bits: UInt64

  /// Longer names are compared by their beginning.
  private static let maximumLength = 128

  package init(_ name: String) {
    if name.utf8.allSatisfy({ $0 < 0x80 }) {
      letters = name.utf8.prefix(Spelling.maximumLength).map { byte in
        Unicode.Scalar(byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte)
      }
    } else {
      letters = Array(name.lowercased().unicodeScalars.prefix(Spelling.maximumLength))
    }
    bits = letters.reduce(0) { $0 | 1 << UInt64($1.value & 63) }
  }

  /// Whether the other name is near, or this one but for letter case.
  package func isNear(_ other: Spelling) -> Bool {
    var rows: [Int] = []
    return distance(to: other, &rows) != nil
  }

  /// How many differences lie between two names; nil where they are not near.
  ///
  /// `rows` is memory for the last three rows of the table, used in turn.
  fileprivate func distance(to other: Spelling, _ rows: inout [Int]) -> Int? {
    guard !letters.isEmpty, !other.letters.isEmpty else { return nil }
    let longer = max(letters.count, other.letters.count)
    let bound = longer <= 2 ? 0 : max(1, longer / 3)
    guard abs(letters.count - other.letters.count) <= bound else { return nil }
    // Each letter that one of them lacks is a change by itself.
    let missing = max((bits & ~other.bits).nonzeroBitCount, (other.bits & ~bits).nonzeroBitCount)
    guard missing <= bound else { return nil }
    let distance = Spelling.distance(letters, other.letters, bound: bound, &rows)
    return distance <= bound ? distance : nil
  }

  /// The optimal string alignment distance; anything above `bound` where it is more than that.
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

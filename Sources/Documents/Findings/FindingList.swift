/// The findings of one file while it is read; a file of nothing but mistakes must not fill the memory with them.
package struct FindingList {
  /// How many findings of one file are kept.
  package static let limit = 100

  private var kept: [Diagnostic] = []
  private var dropped = 0

  package var isEmpty: Bool { kept.isEmpty }

  /// Whether nothing more is kept.
  package var isFull: Bool { kept.count >= FindingList.limit }

  package mutating func add(_ finding: Diagnostic) {
    if !isFull { kept.append(finding) } else { dropped += 1 }
  }

  /// The findings in the order of their places; the last one says how many are left out.
  package func sorted() -> [Diagnostic] {
    var result = kept.sorted { left, right in
      guard let one = left.place, let other = right.place else { return left.place == nil && right.place != nil }
      return (one.start, one.end, left.id) < (other.start, other.end, right.id)
    }
    if dropped > 0, let last = result.indices.last {
      result[last].notes.append(.init("\(dropped) more findings in this file are not shown", at: nil))
    }
    return result
  }
}

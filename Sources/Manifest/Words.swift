import Documents

/// Phrases that several findings share.
package enum Words {
  /// "did you mean `queue`?", or nil where nothing is near.
  package static func didYouMean(_ text: String, among candidates: [String]) -> String? {
    let near = Suggestion.nearest(to: text, among: candidates, limit: 3)
    return near.isEmpty ? nil : "did you mean \(list(near, joinedBy: "or"))?"
  }

  /// "`a`, `b` and `c`".
  package static func list(_ items: [String], joinedBy word: String = "and") -> String {
    let quoted = items.map { "`\($0)`" }
    guard quoted.count > 1, let last = quoted.last else { return quoted.first ?? "" }
    return quoted.dropLast().joined(separator: ", ") + " \(word) " + last
  }

  /// "1 channel", "3 channels".
  package static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}

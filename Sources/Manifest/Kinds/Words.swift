import Basics

/// Phrases that several findings share.
package enum Words {
  /// How many names a message lists.
  private static let listed = 40

  /// "did you mean `queue`?", or nil where nothing is near.
  package static func didYouMean(_ text: String, among candidates: [String]) -> String? {
    // A word that looks like the right one is not misspelt: its characters are others.
    if let odd = LookAlikes.named(in: text), case let seen = LookAlikes.skeleton(text),
      let twin = candidates.first(where: { $0 == seen || LookAlikes.skeleton($0) == seen })
    {
      return "did you mean \(list([twin]))? what is written has the character \(odd)"
    }
    let near = Suggestion.nearest(to: text, among: candidates, limit: 3)
    return near.isEmpty ? nil : "did you mean \(list(near, joinedBy: "or"))?"
  }

  /// "`a`, `b` and `c`"; of very many the first ones and a count.
  package static func list(_ items: [String], joinedBy word: String = "and") -> String {
    let quoted = items.prefix(listed).map { "`\(SafeText.shortened($0))`" }
    guard items.count <= listed else { return quoted.joined(separator: ", ") + " and \(items.count - listed) more" }
    guard quoted.count > 1, let last = quoted.last else { return quoted.first ?? "" }
    return quoted.dropLast().joined(separator: ", ") + " \(word) " + last
  }

  /// "1 channel", "3 channels".
  package static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}

import Documents

/// Recognises texts that an account shows in the place of a value that it hides.
///
/// Kit documents no mask. A value that is wrongly taken as hidden refuses an update and loses nothing; one that is wrongly
/// written back replaces the real value. So the doubtful cases count as hidden, more of them where a secret is expected.
struct HiddenText {
  private static let stars: Set<Unicode.Scalar> = ["*", "•", "●", "∗"]
  /// Signs that also occur in texts for people, and so count in secrets alone.
  private static let secretMarks: Set<Unicode.Scalar> = ["#", "…", "·", "█"]
  private static let crosses: Set<Unicode.Scalar> = ["x", "X"]
  private static let brackets: [Unicode.Scalar: Unicode.Scalar] = ["[": "]", "<": ">", "(": ")", "{": "}"]
  private static let words: Set<String> = [
    "redacted", "hidden", "masked", "secret", "removed", "filtered", "protected", "encrypted", "not shown", "sensitive",
  ]

  /// Whether a string replaces a value that the account has and does not show.
  ///
  /// - Parameter isSecret: whether a secret is expected in the text's place.
  static func matches(_ text: String, isSecret: Bool) -> Bool {
    let scalars = Array(text.unicodeScalars)
    guard !scalars.isEmpty else { return false }
    let marks = isSecret ? stars.union(secretMarks) : stars
    if scalars.allSatisfy({ marks.contains($0) || crosses.contains($0) }) { return true }
    if isSecret, scalars.contains(where: { $0 != "*" && $0 != "#" && marks.contains($0) }) { return true }
    if longestRun(of: marks, in: scalars) >= (isSecret ? 2 : 3) { return true }
    if isRun(scalars.prefix(3)) || isRun(scalars.suffix(3)) { return true }
    return isWord(text, isSecret: isSecret)
  }

  /// Whether three scalars at an end of a string are all marks or crosses.
  private static func isRun(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
    scalars.count == 3 && scalars.allSatisfy { stars.contains($0) || crosses.contains($0) }
  }

  private static func longestRun(of marks: Set<Unicode.Scalar>, in scalars: [Unicode.Scalar]) -> Int {
    var (longest, current) = (0, 0)
    for scalar in scalars {
      current = marks.contains(scalar) ? current + 1 : 0
      longest = max(longest, current)
    }
    return longest
  }

  /// Whether a string is a word such as `[REDACTED]`; a secret may be replaced by the bare word, or by any word in brackets.
  private static func isWord(_ text: String, isSecret: Bool) -> Bool {
    var word = text.unicodeScalars[...]
    if let first = word.first, let close = brackets[first], word.last == close, word.count > 2 {
      if isSecret { return true }
      word = word.dropFirst().dropLast()
    } else if !isSecret {
      return false
    }
    return words.contains(String(word).lowercased())
  }
}

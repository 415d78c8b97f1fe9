extension StringProtocol {
  /// The text without white space, line ends included, at both ends.
  package var trimmed: String { trimmed { $0.isWhitespace } }

  /// The text without the characters at both ends that `isOuter` picks.
  package func trimmed(_ isOuter: (Character) -> Bool) -> String {
    guard let first = firstIndex(where: { !isOuter($0) }), let last = lastIndex(where: { !isOuter($0) }) else {
      return ""
    }
    return String(self[first...last])
  }
}

/// Names the characters in which two texts differ where a reader cannot see the difference.
package enum UnseenDifference {
  /// How many characters of each text are named.
  private static let limit = 6

  /// For example "U+0020 U+0020 → U+0020"; nil where the texts are equal, or look different.
  package static func words(from old: String, to new: String) -> String? {
    guard !old.utf8.elementsEqual(new.utf8) else { return nil }
    let (left, right) = (Array(old.unicodeScalars), Array(new.unicodeScalars))
    let shared = min(left.count, right.count)
    var start = 0
    while start < shared, left[start] == right[start] { start += 1 }
    var end = 0
    while end < shared - start, left[left.count - 1 - end] == right[right.count - 1 - end] { end += 1 }
    let points = "\(points(left[start..<left.count - end])) → \(points(right[start..<right.count - end]))"
    // Swift compares texts by canonical equivalence: these are the same letters.
    if old == new {
      guard left.count != right.count else { return "the same letters as other characters: \(points)" }
      return "the same letters, \(left.count > right.count ? "NFD → NFC" : "NFC → NFD"): \(points)"
    }
    return visibleForm(old) == visibleForm(new) ? points : nil
  }

  /// A string without its spaces, for comparing how it looks.
  private static func visibleForm(_ text: String) -> String {
    var view = String.UnicodeScalarView()
    for scalar in LookAlikes.skeleton(text).unicodeScalars where scalar != " " { view.append(scalar) }
    return String(view)
  }

  private static func points(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    guard !scalars.isEmpty else { return "nothing" }
    let named = scalars.prefix(limit).map { "U+" + SafeText.hexadecimal($0.value, digits: 4) }.joined(separator: " ")
    return scalars.count > limit ? named + " …" : named
  }
}

extension SafeText {
  /// How many characters of an untrusted string a message quotes.
  package static let quoted = 200

  /// How long one sentence of a finding may become, whatever it lists and quotes.
  package static let sentence = 4000

  /// A string shortened for a message: the first characters and `…`.
  ///
  /// Characters are Unicode scalars, and are counted before anything is escaped, so that no escape is cut in two.
  package static func shortened(_ text: String, to limit: Int = quoted) -> String {
    guard text.utf8.count > limit else { return text }
    let scalars = text.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    else { return text }
    return String(scalars[..<end]) + "…"
  }
}

import Basics
import Manifest
import Provisioning

/// A field's value as people read it: escaped, and without what a URL hides.
enum FieldWords {
  /// One side of a change.
  static func text(_ value: FieldValue) -> String {
    switch value {
    case .value(let json): text(json)
    case .absent: "(not set)"
    case .secret(let reference): secret(reference)
    case .unknown: "(not shown by Kit)"
    }
  }

  /// The longest string that is shown: no field needs more, and an account may hold anything.
  private static let limit = 500

  /// A string as people read it: of a very long one the beginning and its length. JSON keeps all of it.
  static func shortened(_ text: String) -> String {
    let short = SafeText.shortened(text, to: limit)
    return short.utf8.count == text.utf8.count ? text : "\(short) (\(text.unicodeScalars.count) characters)"
  }

  /// A value as `Value.json` writes it; a number is a duration.
  static func text(_ json: JSONValue) -> String {
    switch Value(json: json) {
    case .cleared: "none"
    case .text(let text): quotedWhereNeeded(SafeText.escape(shortened(URLText.masked(text))))
    case .flag(let flag): flag ? "true" : "false"
    case .seconds(let seconds): TimeSpan.text(seconds)
    case .reference(let reference), .credential(let reference, value: _): label(reference)
    case .route(let kind, let reference): "\(kind.words) \(label(reference))"
    case .levels(let levels):
      "{" + levels.map { "\(label($0.reference)): \($0.level)" }.joined(separator: ", ") + "}"
    case .secret: "(secret)"
    case .names(let names): "[" + names.map { SafeText.escape($0) }.joined(separator: ", ") + "]"
    case nil: "(unknown)"
    }
  }

  /// A secret by its reference: `(secret {env: OK_COMMUNITY_TOKEN})`.
  static func secret(_ reference: SecretReference?) -> String {
    guard let form = reference?.form else { return "(secret)" }
    return "(secret \(SafeText.escape(form)))"
  }

  private static func label(_ reference: Reference) -> String {
    quotedWhereNeeded(SafeText.escape(shortened(reference.label)))
  }

  /// Quotes a string that could be mistaken for an empty value, the arrow, or one of our words.
  private static func quotedWhereNeeded(_ text: String) -> String {
    let bytes = text.utf8
    guard let first = bytes.first, let last = bytes.last else { return "\"\"" }
    let space = UInt8(ascii: " ")
    // `→` begins with 0xE2 as many characters do: few texts have one.
    let isPlain =
      first != space && last != space && first != UInt8(ascii: "(") && text != "none"
      && !(bytes.contains(0xE2) && text.unicodeScalars.contains("→"))
    return isPlain ? text : "\"\(text)\""
  }
}

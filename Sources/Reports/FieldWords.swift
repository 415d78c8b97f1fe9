import Documents
import Manifest
import Provisioning

/// A field's value as people read it, escaped.
enum FieldWords {
  /// One side of a change.
  static func text(_ value: FieldValue, of field: String) -> String {
    switch value {
    case .value(let json): text(json)
    case .absent: "(not set)"
    case .secret: "(secret)"
    case .unknown: "(not shown by Kit)"
    }
  }

  /// A value as `Value.json` writes it; a number is a duration.
  static func text(_ json: JSONValue) -> String {
    switch Value(json: json) {
    case .cleared: "none"
    case .text(let text): SafeText.escape(text)
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

  private static func label(_ reference: Reference) -> String { SafeText.escape(reference.label) }
}

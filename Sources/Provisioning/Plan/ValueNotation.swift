import Basics
import Manifest

/// Values as manifests write them, on one line, for messages that show two of them together.
enum ValueNotation {
  /// How much of a string a message shows.
  private static let limit = 200

  /// A value for a message: what a URL hides is masked, and a long text is shortened.
  static func text(_ value: Value) -> String {
    switch value {
    case .cleared: "none"
    case .text(let text): SafeText.quoted(SafeText.shortened(URLText.masked(text), to: limit))
    case .flag(let flag): flag ? "true" : "false"
    case .seconds(let seconds): TimeSpan.text(seconds)
    case .reference(let reference), .credential(let reference, value: _): label(reference)
    case .route(let kind, let reference): "\(kind.words) \(label(reference))"
    case .levels(let levels):
      "{" + levels.map { "\(label($0.reference)): \($0.level)" }.joined(separator: ", ") + "}"
    case .names(let names): "[" + names.map { SafeText.quoted($0) }.joined(separator: ", ") + "]"
    case .secret: "(secret)"
    }
  }

  /// A value as a manifest takes it; nil for one that is not shown in full, or that a manifest may say in several ways.
  static func line(_ value: Value) -> String? {
    switch value {
    case .text(let text):
      text.unicodeScalars.count <= limit && URLText.masked(text) == text ? SafeText.quoted(text) : nil
    case .flag, .seconds: self.text(value)
    case .route(let kind, let reference):
      reference.id == nil && reference.title == nil ? nil : "{\(kind.rawValue): \(label(reference))}"
    case .cleared, .reference, .credential, .levels, .names, .secret: nil
    }
  }

  private static func label(_ reference: Reference) -> String {
    reference.title.map { SafeText.quoted(SafeText.shortened($0, to: limit)) }
      ?? reference.id.map { String($0) } ?? "(unknown)"
  }
}

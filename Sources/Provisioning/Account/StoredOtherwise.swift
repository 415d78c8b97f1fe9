import Basics
import Manifest

/// A field's two values where the account stores another one than the one that was written.
struct StoredOtherwise {
  var field: String
  /// Nil where the value comes from a secret reference, so that neither value is shown.
  var values: (written: Value, stored: Value)?

  init(field: String, values: (written: Value, stored: Value)?) {
    self.field = field
    self.values = values
  }

  init(_ difference: AccountComparison.Difference) {
    field = difference.field.name
    values = difference.field.isSecret ? nil : (difference.wanted, difference.shown)
  }

  /// `name was written as "A  B", and Kit stores "A B" (U+0020 U+0020 → U+0020)`.
  ///
  /// - Parameter isWritten: whether the call wrote the field; else it is one that the call was to leave alone.
  func words(isWritten: Bool) -> String {
    let verb = isWritten ? "was written" : "was not written, should be"
    guard let values else { return "\(field) \(verb) as its secret has it, and Kit stores another value" }
    return "\(field) \(verb) \(isWritten ? "as " : "")\(ValueNotation.text(values.written)), and Kit stores "
      + ValueNotation.text(values.stored) + (remark.map { " (\($0))" } ?? "")
  }

  /// What the shown values do not show of their difference.
  var remark: String? {
    guard case (.text(let written), .text(let stored))? = values else { return nil }
    if URLText.masked(written) == URLText.masked(stored), written != stored {
      return "they differ in the part that is not shown"
    }
    return UnseenDifference.words(from: written, to: stored)
  }

  /// The line of the manifest that says what Kit stores; nil where it cannot be shown or said in one way.
  var line: String? {
    guard let stored = values?.stored, let value = ValueNotation.line(stored) else { return nil }
    guard let dot = field.firstIndex(of: ".") else { return "\(field): \(value)" }
    return "\(field[..<dot]): {\(field[field.index(after: dot)...]): \(value)}"
  }
}

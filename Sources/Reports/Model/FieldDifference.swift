import Basics
import Provisioning

/// The words for a field's change, in columns; every string is escaped.
struct FieldDifference {
  /// The value before; nil where there is only one thing to say.
  var before: String?
  /// The value after the change, or a note about the field.
  var after: String
  /// What the last apply set, where both sides changed it since.
  var applied: String?
  /// A note beside the values; nil where a secret's own words are enough.
  var remark: String?

  /// - Parameter isNew: the channel is created, so that there is nothing before.
  init(_ field: FieldChange, isNew: Bool) {
    after = FieldDifference.secret(field) ?? ""
    guard after.isEmpty else { return }
    guard field.after != .absent else {
      after = "no longer managed: it keeps its value in Kit"
      return
    }
    after = FieldWords.text(field.after)
    guard !isNew else { return }
    before = FieldWords.text(field.before)
    remark = field.note.map { SafeText.escape($0) }
    if field.cause == .both { applied = field.applied.map { "(\(FieldWords.text($0)) at the last apply)" } }
  }

  /// The whole difference in one line.
  var text: String {
    (before.map { "\($0) → " } ?? "") + after + (applied.map { " \($0)" } ?? "") + (remark.map { ", \($0)" } ?? "")
  }

  private static func secret(_ field: FieldChange) -> String? {
    let note = field.note.map { SafeText.escape($0) }
    let secret = FieldWords.text(field.after)
    return switch field.secret {
    case .set: "\(secret) " + (note ?? "set")
    case .changed: "\(secret) changed" + (note.map { ": \($0)" } ?? "")
    case .same: "\(secret) unchanged"
    case .again: "\(secret) " + (note ?? "sent again")
    case .notCompared: "\(secret) not compared" + (note.map { ": \($0)" } ?? "")
    case nil: nil
    }
  }
}

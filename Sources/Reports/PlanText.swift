package import Provisioning
import Documents
import Manifest

/// A plan as text, for a terminal or a pipe (cli.md, "What a plan looks like").
///
/// Every string that comes from manifests or the account is escaped.
package struct PlanText: Sendable {
  private let style: Style

  package init(color: Bool) { style = Style(color: color) }

  /// Renders the whole plan, deletes first, with its summary and digest.
  package func render(_ plan: Plan) -> String {
    var text = ""
    if !plan.interrupted.isEmpty {
      text += plan.interrupted.map { "\(style.paint(SafeText.escape($0), .yellow))\n" }.joined() + "\n"
    }
    let blocks = plan.changes.map(lines)
    let width = min(blocks.flatMap { $0 }.filter { $0.place != nil }.map(\.width).max() ?? 0, 100)
    for block in blocks {
      for line in block { text += render(line, width) + "\n" }
    }
    if !plan.changes.isEmpty { text += "\n" }
    text += summary(plan)
    for refusal in plan.refusals {
      text += "\n\(style.paint("Refused", .red)) (\(refusal.rule)): \(SafeText.escape(refusal.message))\n"
      if !refusal.addresses.isEmpty {
        text += "  concerns \(refusal.addresses.map(\.description).joined(separator: ", "))\n"
      }
      text += "  \(SafeText.escape(refusal.remedy))\n"
    }
    return text
  }

  /// One line: what stands left, and at its right the cause and the place.
  private struct Line {
    var left: String
    var cause = ""
    var place: String?
    var paint: Style.Paint?
    var width: Int { left.unicodeScalars.count }
  }

  private func render(_ line: Line, _ width: Int) -> String {
    let right = [line.cause, line.place ?? ""].filter { !$0.isEmpty }.joined(separator: "  ")
    let left = line.paint.map { style.paint(line.left, $0) } ?? line.left
    guard !right.isEmpty else { return left }
    let padding = String(repeating: " ", count: max(width - line.width, 0) + 2)
    return left + padding + style.paint(right, .dim)
  }

  private func lines(_ change: Change) -> [Line] {
    let (sign, paint) = PlanText.sign(change.action)
    let moved = change.movedFrom.map { ", moved from \($0)" } ?? ""
    var head = Line(
      left: "  \(sign) \(change.address)  \"\(SafeText.escape(change.name))\"\(moved)", cause: headCause(change),
      place: change.source.map { place($0.position) }, paint: paint)
    if change.isProtected, change.action == .delete || change.action == .forget { head.cause = "protected" }
    var lines = [head]
    lines += change.impact.map { Line(left: "      \(SafeText.escape($0))") }
    if change.action == .delete || change.action == .forget {
      if let facts = facts(change) { lines.insert(Line(left: "      \(facts)"), at: 1) }
      return lines
    }
    let names = change.fields.map(\.name.unicodeScalars.count).max() ?? 0
    for field in change.fields {
      let padding = String(repeating: " ", count: names - field.name.unicodeScalars.count)
      lines.append(
        Line(
          left: "      \(field.name)\(padding)  \(difference(field, isNew: change.action == .create))",
          cause: change.action == .create ? "" : PlanText.words(field),
          place: field.source.map(place)))
    }
    return lines
  }

  /// What identifies a channel that goes: its UUID and where its messages went.
  private func facts(_ change: Change) -> String? {
    let route = change.fields.first { field in
      if case .value(let json) = field.before, case .route? = Value(json: json) { true } else { false }
    }
    let parts = [
      change.uuid.map { "uuid \(SafeText.escape($0))" },
      route.map { "\($0.name) \(FieldWords.text($0.before, of: $0.name))" },
    ].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  private func headCause(_ change: Change) -> String {
    switch change.action {
    case .delete where change.named != nil: "named in \(change.named ?? "")"
    case .delete, .forget: change.source?.isGone == true ? "gone from the manifests; it stood at" : ""
    case .create where change.cause == .account: "gone from the account"
    case .adopt: "adopted"
    case .move: "state only"
    default: ""
    }
  }

  private func difference(_ field: FieldChange, isNew: Bool) -> String {
    if let secret = field.secret {
      switch secret {
      case .set: return "(secret) set"
      case .changed: return "(secret) changed" + host(field)
      case .same: return "(secret) unchanged"
      case .notCompared:
        if case .secret(let reference?) = field.after {
          return "(secret) not compared: \(SafeText.escape(reference.label)) is not set"
        }
        return "(secret) not compared"
      }
    }
    if case .absent = field.after { return "no longer managed: stays as it is in Kit" }
    let after = FieldWords.text(field.after, of: field.name)
    guard !isNew else { return after }
    let before = FieldWords.text(field.before, of: field.name)
    guard field.cause == .both, let applied = field.applied else { return "\(before) → \(after)" }
    return "\(before) → \(after), last applied \(FieldWords.text(applied, of: field.name))"
  }

  /// For a readable field that comes from a secret: what may be shown of it.
  private func host(_ field: FieldChange) -> String {
    guard case .value(let json) = field.after else { return "" }
    return " (\(FieldWords.text(json)))"
  }

  private func place(_ position: SourcePosition) -> String { "\(SafeText.escape(position.file)):\(position.line)" }

  private static func words(_ field: FieldChange) -> String {
    if case .absent = field.after { return "" }
    return switch field.cause {
    case .manifest: "changed here"
    case .account: "changed in Kit since the last apply"
    case .both: "changed here and in Kit"
    }
  }

  private static func sign(_ action: Action) -> (String, Style.Paint) {
    switch action {
    case .create: ("+", .green)
    case .update: ("~", .yellow)
    case .delete: ("-", .red)
    case .adopt: ("=", .green)
    case .move: (">", .dim)
    case .forget: ("x", .red)
    case .release: ("o", .dim)
    }
  }

  private func summary(_ plan: Plan) -> String {
    var text = ""
    if !plan.targets.isEmpty {
      text +=
        "Partial: only \(plan.targets.map { SafeText.escape($0) }.joined(separator: ", ")) of \(Words.count(plan.managed, "managed channel")).\n"
    }
    guard !plan.isEmpty else {
      text +=
        "No changes: the account is what the manifests say (\(Words.count(plan.unchanged, "channel")), \(Words.count(plan.reads, "call")) to read).\n"
      return text + "Plan digest: \(plan.digest)\n"
    }
    let counts = [Action.delete, .create, .update, .adopt, .move, .forget, .release].compactMap { action in
      plan.count(action) == 0 ? nil : "\(plan.count(action)) to \(action.rawValue)"
    }
    text += style.paint("Plan: \(counts.joined(separator: ", ")).", .bold)
    text += " \(Words.count(plan.calls, "call")).\n"
    if plan.unmanaged > 0 {
      text +=
        "\(Words.count(plan.unmanaged, "channel")) of the account \(plan.unmanaged == 1 ? "is" : "are") not managed and stay\(plan.unmanaged == 1 ? "s" : "") as \(plan.unmanaged == 1 ? "it is" : "they are").\n"
    }
    return text + "Plan digest: \(plan.digest)\n"
  }
}

/// ANSI colours, or none.
struct Style: Sendable {
  enum Paint: String, Sendable {
    case red = "31"
    case green = "32"
    case yellow = "33"
    case dim = "2"
    case bold = "1"
  }

  let color: Bool

  func paint(_ text: String, _ paint: Paint) -> String {
    color && !text.isEmpty ? "\u{1B}[\(paint.rawValue)m\(text)\u{1B}[0m" : text
  }
}

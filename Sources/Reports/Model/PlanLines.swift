import Basics
import Documents
import Manifest
import Provisioning

/// The lines of a plan's changes, before they are put under one another.
struct PlanLines {
  /// Whether updates say what they mean to people as well.
  let isVerbose: Bool
  /// Whether what a deletion means has a line for each sentence, where long lines cannot wrap.
  var hasSentencesApart = false
  /// Names files from the repository's root; nil leaves them relative to the project.
  var paths: RepositoryPaths?

  /// A change: its head, what it means, and its fields.
  func lines(_ change: Change) -> [PlanTable.TableLine] {
    let (sign, paint) = PlanLines.sign(change.action)
    let head = PlanTable.TableLine(
      indent: 2, key: "\(sign) \(change.address)", value: "\"\(SafeText.escape(change.name))\"",
      cause: SafeText.escape(PlanLines.cause(change)), place: place(change.source?.position), paint: paint)
    let impact = change.impact.map { SafeText.escape($0) }
    switch change.action {
    case .delete, .forget:
      let facts = PlanLines.facts(change)
      if hasSentencesApart {
        return [head] + ((facts.isEmpty ? [] : [facts]) + impact).map { PlanTable.TableLine(indent: 6, key: $0) }
      }
      let meaning = impact.joined(separator: "; ")
      return [head, .init(indent: 6, key: facts.isEmpty ? meaning : "\(facts): \(meaning)")]
    case .create, .update, .adopt, .move, .release:
      let isLoss = change.action == .create && change.cause == .account || !change.losses.isEmpty
      let sentences = isVerbose || isLoss ? impact.map { PlanTable.TableLine(indent: 6, key: $0) } : []
      let fields = change.fields.map { field(of: change, $0) }
      return [head] + (isLoss ? sentences + fields : fields + sentences)
    }
  }

  /// The limits that change in a plan that loosens one, as a change of its own; nothing where it loosens none.
  static func loosened(_ plan: Plan) -> [PlanTable.TableLine] {
    guard let last = plan.loosenedGuards else { return [] }
    return [PlanTable.TableLine(indent: 2, key: "~ guards", value: "limits change", paint: .yellow)]
      + plan.guards.differences(from: last).map { name, before, after, isLooser in
        PlanTable.TableLine(
          indent: 6, key: name, value: "\(GuardLimits.text(before)) → \(GuardLimits.text(after))",
          cause: isLooser ? "looser, from the next plan on" : "stricter, now")
      }
  }

  private func field(of change: Change, _ field: FieldChange) -> PlanTable.TableLine {
    let isNew = change.action == .create
    return PlanTable.TableLine(
      indent: 6, key: SafeText.escape(field.name), value: FieldDifference(field, isNew: isNew).text,
      cause: isNew ? "" : PlanLines.cause(field), place: place(field.source))
  }

  /// The sign of an action and its colour.
  static func sign(_ action: Action) -> (String, Style.Paint) {
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

  /// Why a channel changes as a whole; empty where its fields say it.
  static func cause(_ change: Change) -> String {
    switch change.action {
    case .delete, .forget:
      if let named = change.named { return named }
      if change.cause == .account { return "gone from Kit" }
      return change.source?.isGone == true ? "no longer in the manifests; it was at" : ""
    case .create: return change.cause == .account ? "gone from Kit" : ""
    case .adopt: return "adopted as it is"
    case .move: return change.movedFrom.map { "moved from \($0)" } ?? ""
    case .update, .release: return ""
    }
  }

  /// Why a field changes; empty where its difference says it.
  static func cause(_ field: FieldChange) -> String {
    guard field.after != .absent, field.secret != .notCompared else { return "" }
    return switch field.cause {
    case .manifest: field.secret == nil ? "changed here" : ""
    case .account: "changed in Kit since the last apply"
    case .both: "changed here and in Kit"
    }
  }

  /// What identifies a channel that goes: its UUID, and where its messages went.
  static func facts(_ change: Change) -> String {
    var facts = change.uuid.map { ["uuid \(SafeText.escape($0))"] } ?? []
    for field in change.fields {
      guard case .value(let json) = field.before, case .route? = Value(json: json) else { continue }
      facts.append("\(SafeText.escape(field.name)) \(FieldWords.text(json))")
    }
    return facts.joined(separator: ", ")
  }

  /// File and line.
  func place(_ position: SourcePosition?) -> String {
    position.map { "\(SafeText.escape(paths?.path($0.file) ?? $0.file)):\($0.line)" } ?? ""
  }
}

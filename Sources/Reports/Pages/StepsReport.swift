import Basics
import Documents
package import Manifest
import Provisioning

/// A plan as a check-list in the order of Kit's own form, for accounts whose channel API is not confirmed.
///
/// Labels are those of Kit's pages. It has only references to secrets.
package enum StepsReport {
  /// Renders what is still to be done; a plan that may not be applied has no step.
  ///
  /// - Parameter kinds: the forms.
  package static func text(_ report: RunReport, kinds: [Kind]) -> String {
    var text = head(report)
    guard let plan = report.plan, plan.refusals.isEmpty, report.findings.outcome != .invalid else {
      let reasons = report.plan?.refusals.map { MarkdownText.line("\($0.rule.id): \($0.message)") } ?? []
      text += "\nThere is nothing to be carried out: \(RunVerdict(report).headline).\n"
      return reasons.isEmpty ? text : text + "\n" + MarkdownText.fence(reasons, language: "text")
    }
    let verdicts = report.verdicts()
    let open = plan.changes.filter { verdicts[.init($0.address, $0.action)]?.verdict != .done }
    let deletes = open.filter { $0.action == .delete }
    if !deletes.isEmpty {
      let names = deletes.map { MarkdownText.code($0.address.description) }.joined(separator: ", ")
      text += "\n> [!CAUTION]\n> \(Words.count(deletes.count, "channel")) will be deleted, last of all: \(names)\n"
    }
    let calls = open.filter(\.isCall)
    let order = calls.filter { $0.action == .create } + calls.filter { $0.action == .update } + deletes
    for (number, change) in order.enumerated() {
      text += "\n" + steps(change, number: number + 1, kinds: kinds, report: report)
    }
    if order.isEmpty { text += "\nThere is nothing to be done in Kit.\n" }
    let others = open.filter { !$0.isCall }
    if !others.isEmpty {
      text += "\n## Without a step in Kit\n\n"
      for change in others { text += "- \(change.action.rawValue) \(MarkdownText.code(change.address.description))\n" }
    }
    return text
  }

  private static func head(_ report: RunReport) -> String {
    var text = "# Steps in Kit\n\n"
    if let account = report.account {
      text += "Account \(MarkdownText.code(account.name))"
      if let environment = report.plan?.environment { text += ", environment \(MarkdownText.code(environment))" }
      text += ". "
    }
    text += "Log in to Kit\(report.account == nil ? "" : " as this account"), and "
    text += "begin each block at **Setup > Conversations > Channels**.\n"
    if let digest = report.digest { text += "\nPlan digest: `\(digest)`\n" }
    return text
  }

  private static func steps(_ change: Change, number: Int, kinds: [Kind], report: RunReport) -> String {
    let kind = kinds.first { $0.name == change.address.kind }
    let address = MarkdownText.code(change.address.description)
    let name = MarkdownText.code(change.shownName)
    let title = kind?.title ?? change.address.kind
    var text = ""
    switch change.action {
    case .create:
      text += "## \(number). Create \(address)\n\n- [ ] Select \(MarkdownText.code(title))\n"
      text += fields(change, kind, report)
      text += "- [ ] Click **Add channel**\n"
      if kind?.outputs.contains(where: { $0.name == "salt" }) == true {
        text += "- [ ] Give the bot the **Channel UUID** and the **Security salt** that Kit has made\n"
      }
    case .delete:
      text += "## \(number). Delete \(address)\n\n"
      for sentence in change.impact { text += "- What it means: \(MarkdownText.code(sentence))\n" }
      text +=
        "- [ ] Find \(name)\(identity(change)) in the list of channels, click the **More options** icon, and delete it\n"
    default:
      text += "## \(number). Change \(address)\n\n"
      text +=
        "- [ ] Find \(name)\(identity(change)) in the list of channels, click the **More options** icon, select **Edit**\n"
      text += fields(change, kind, report)
      text += "- [ ] Save\n"
    }
    return text
  }

  private static func identity(_ change: Change) -> String {
    change.uuid.map { ", UUID \(MarkdownText.code($0))," } ?? ""
  }

  /// A box for each field that is to be filled in, under the heading of its group, in the form's order.
  private static func fields(_ change: Change, _ kind: Kind?, _ report: RunReport) -> String {
    var text = ""
    var box: String?
    for field in change.fields where field.isSent {
      let known = kind?.fields.first { $0.name == field.name }
      let label = known?.form?.label ?? MarkdownText.code(field.name)
      let indent = known?.form?.box == nil ? "" : "  "
      if let new = known?.form?.box, new != box { text += "- \(new)\n" }
      box = known?.form?.box
      text += "\(indent)- [ ] \(label): \(words(field, known?.shape, report))\n"
    }
    return text
  }

  /// What to enter, and the present value.
  private static func words(_ field: FieldChange, _ shape: Shape?, _ report: RunReport) -> String {
    guard case .value(let json) = field.after, let value = Value(json: json) else {
      if case .secret(let reference?) = field.after {
        return "the value of \(MarkdownText.code(reference.form ?? reference.label))"
      }
      return "as the manifest says\(place(field, report))"
    }
    var words: String
    switch value {
    case .flag(let isOn): words = isOn ? "on" : "off"
    case .cleared: if case .levels? = shape { words = "none" } else { words = "off" }
    case .levels(let levels) where levels.isEmpty: words = "none"
    case .levels(let levels):
      words =
        "exactly " + levels.map { "\(MarkdownText.code($0.reference.label)) level \($0.level)" }.joined(separator: ", ")
    case .reference(let reference), .credential(let reference, value: _):
      if case .reference? = shape { words = "on, and select " } else { words = "" }
      words += MarkdownText.code(reference.label)
    case .route(let kind, let reference): words = "\(kind.words) \(MarkdownText.code(reference.label))"
    case .text(let text) where URLText.masked(text) != text:
      words = MarkdownText.code(URLText.masked(text)) + ", whole" + place(field, report)
    case .text(let text): words = MarkdownText.code(text)
    case .seconds, .secret, .names: words = MarkdownText.code(FieldWords.text(json))
    }
    if case .value(let before) = field.before { words += " (it was \(MarkdownText.code(FieldWords.text(before))))" }
    return words
  }

  private static func place(_ field: FieldChange, _ report: RunReport) -> String {
    guard let source = field.source else { return "" }
    return " at \(MarkdownText.code("\(report.findings.paths.path(source.file)):\(source.line)"))"
  }
}

import Manifest
import Provisioning

/// One change of a plan as a card: what, how, why and where, and what became of it.
struct HTMLChange {
  private let verdicts: [RunReport.VerdictKey: ChangeResult]
  private let lines: PlanLines
  private let isFolded: Bool

  init(_ report: RunReport, isFolded: Bool) {
    verdicts = report.verdicts()
    lines = PlanLines(isVerbose: true, hasSentencesApart: true, paths: report.findings.paths)
    self.isFolded = isFolded
  }

  func text(_ change: Change) -> String {
    var html = "<article class=\"change action-\(change.action.rawValue)\">\n<h3>"
    html += "<span class=\"sign\" aria-hidden=\"true\">\(HTMLChange.sign(change.action))</span> "
    html += "<span class=\"verb\">\(change.action.rawValue)</span> "
    html += "<span class=\"address\">\(HTMLText.data(change.address.description))</span> "
    html += "<span class=\"name\">\(HTMLText.data("“\(change.name)”"))</span>"
    if change.isProtected { html += " <span class=\"chip\">protected</span>" }
    if let result = verdicts[.init(change.address, change.action)] {
      html += " <span class=\"chip \(result.verdict == .done ? "good" : "bad")\">\(result.verdict.words)</span>"
    }
    html += "</h3>\n"
    html += origin(change)
    if change.action == .delete || change.action == .forget {
      let facts = PlanLines.facts(change)
      if !facts.isEmpty { html += "<p class=\"facts\">\(HTMLText.data(facts))</p>\n" }
    }
    html += impact(change)
    if change.action != .delete { html += fields(change) }
    return html + "</article>\n"
  }

  /// Why the channel changes as a whole, and its place.
  private func origin(_ change: Change) -> String {
    let cause = PlanLines.cause(change)
    let place = lines.place(change.source?.position)
    guard !cause.isEmpty || !place.isEmpty else { return "" }
    return "<p class=\"origin\">\(cause.isEmpty ? "" : "\(HTMLText.data(cause)) ")"
      + "<span class=\"place\">\(HTMLText.data(place))</span></p>\n"
  }

  private func impact(_ change: Change) -> String {
    guard !change.impact.isEmpty else { return "" }
    return "<ul class=\"impact\">" + change.impact.map { "<li>\(HTMLText.data($0))</li>" }.joined() + "</ul>\n"
  }

  private func fields(_ change: Change) -> String {
    guard !change.fields.isEmpty else { return "" }
    var html = isFolded ? "<details><summary>\(Words.count(change.fields.count, "field"))</summary>" : ""
    html += "<dl class=\"fields\">\n"
    for field in change.fields {
      let difference = FieldDifference(field, isNew: change.action == .create)
      html += "<div><dt>\(HTMLText.data(field.name))</dt><dd>"
      if let before = difference.before {
        html += "<del>\(HTMLText.data(before))</del> <span class=\"arrow\">→</span> "
      }
      let isValue = field.secret == nil && field.after != .absent
      html += isValue ? "<ins>\(HTMLText.data(difference.after))</ins>" : "<i>\(HTMLText.data(difference.after))</i>"
      if let applied = difference.applied { html += " <i>\(HTMLText.data(applied))</i>" }
      if let remark = difference.remark { html += ", <i>\(HTMLText.data(remark))</i>" }
      html += "</dd>"
      let cause = change.action == .create ? "" : PlanLines.cause(field)
      let place = lines.place(field.source)
      html += "<dd class=\"why\">\(HTMLText.escape(cause))</dd><dd class=\"place\">\(HTMLText.data(place))</dd></div>\n"
    }
    return html + "</dl>" + (isFolded ? "</details>" : "") + "\n"
  }

  static func sign(_ action: Action) -> String { action == .delete ? "−" : HTMLText.escape(PlanLines.sign(action).0) }
}

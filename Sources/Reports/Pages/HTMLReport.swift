import Documents
import Manifest
import Provisioning

/// A run as one HTML file: nothing is loaded from anywhere and no script runs, so that it can be kept and mailed.
package enum HTMLReport {
  /// No more channels are drawn; the map says how many are left out.
  private static let mapLimit = 40
  /// Channels that stay as they are, are drawn where the map then has no more channels than this.
  private static let mapRoom = 24
  /// From so many changes on, their details are folded.
  private static let foldedFrom = 60

  package static func text(_ report: RunReport) -> String {
    let verdict = RunVerdict(report)
    var html = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="color-scheme" content="light dark"/>
      <meta name="referrer" content="no-referrer"/>
      <title>\(HTMLText.escape(title(report, verdict)))</title>
      <style>
      \(HTMLStyle.text)</style>
      </head>
      <body>
      <main>

      """
    let parts = parts(report)
    html += head(report, verdict, parts.filter { !$0.html.isEmpty }) + callouts(report)
    for part in parts { html += part.html }
    html += relaxed(report)
    return html + foot(report) + "</main>\n</body>\n</html>\n"
  }

  /// A part of the page that the head links to.
  private struct Part {
    var id: String
    var title: String
    var html: String
  }

  /// Deletions first.
  private static func parts(_ report: RunReport) -> [Part] {
    func list(_ id: String, _ title: String, tone: RunVerdict.Tone, items: [String]) -> Part {
      guard !items.isEmpty else { return Part(id: id, title: title, html: "") }
      let head = "<h2>\(title) <span class=\"count\">\(items.count)</span></h2>\n"
      let html = "<section id=\"\(id)\" class=\"\(tone.rawValue)\">\(head)\(items.joined())</section>\n"
      return Part(id: id, title: "\(title) (\(items.count))", html: html)
    }
    let changes = report.changes
    return [
      list("deletions", "Deletions", tone: .bad, items: cards(changes.filter { $0.action == .delete }, report)),
      list("not-done", "Not done", tone: .bad, items: unfinished(report)),
      list("errors", "Errors", tone: .bad, items: findings(.error, report)),
      Part(id: "map", title: "Routing map", html: map(report)),
      list(
        "changes", report.drift == nil ? "Changes" : "Changed in Kit", tone: .pending,
        items: cards(changes.filter { $0.action != .delete }, report) + loosened(report)),
      list("warnings", "Warnings", tone: .pending, items: findings(.warning, report)),
      list("notes", "Notes", tone: .pending, items: findings(.info, report)),
    ]
  }

  private static func title(_ report: RunReport, _ verdict: RunVerdict) -> String {
    let account = report.account.map { ": \($0.name)" } ?? ""
    let environment = (report.plan?.environment ?? report.findings.environment).map { ", \($0)" } ?? ""
    return "\(report.title)\(account)\(environment): \(verdict.headline)"
  }

  private static func head(_ report: RunReport, _ verdict: RunVerdict, _ parts: [Part]) -> String {
    var html = "<header>\n<p class=\"kicker\">\(HTMLText.escape(report.title))"
    if report.account?.isSandbox == true { html += " <span class=\"chip\">sandbox</span>" }
    html += "</p>\n<h1 class=\"\(verdict.tone.rawValue)\">\(HTMLText.escape(verdict.headline))</h1>\n"
    if let advice = verdict.advice { html += "<p>\(marked(advice))</p>\n" }
    var facts: [(String, String)] = []
    if let account = report.account {
      facts.append(("Account", HTMLText.data(account.name) + " on " + HTMLText.data(account.host)))
    }
    if let environment = report.plan?.environment ?? report.findings.environment {
      facts.append(("Environment", HTMLText.data(environment)))
    }
    let project = report.findings.paths.project
    if project != "." { facts.append(("Project", HTMLText.data(project))) }
    if let scope = report.plan.flatMap(PlanSummary.scope) { facts.append(("Part", HTMLText.data(scope))) }
    if let digest = report.digest { facts.append(("Digest", HTMLText.code(digest))) }
    html += "<dl class=\"facts\">\n"
    for (name, value) in facts { html += "<div><dt>\(name)</dt><dd>\(value)</dd></div>\n" }
    html += "</dl>\n" + tiles(report)
    if parts.count > 1 {
      html += "<nav>" + parts.map { "<a href=\"#\($0.id)\">\($0.title)</a>" }.joined(separator: " ") + "</nav>\n"
    }
    return html + "</header>\n"
  }

  /// How many channels are to be deleted, created and so on, a tile each.
  private static func tiles(_ report: RunReport) -> String {
    guard let plan = report.plan else { return "" }
    var html = ""
    for action in PlanSummary.order where plan.count(action) > 0 {
      html += tile(
        HTMLChange.sign(action), plan.count(action), words: "to \(action.rawValue)", name: "action-\(action.rawValue)")
    }
    if plan.unchanged > 0 {
      html += tile(
        "", plan.unchanged, words: plan.unchanged == 1 ? "stays as it is" : "stay as they are", name: "quiet")
    }
    if plan.unmanaged > 0 { html += tile("", plan.unmanaged, words: "not managed", name: "quiet") }
    let facts = report.facts().first.map { "<p class=\"quiet\">\(HTMLText.escape($0))</p>\n" } ?? ""
    let canaries = PlanSummary.canaries(plan).map { "<p class=\"quiet\">\(HTMLText.escape($0))</p>\n" } ?? ""
    return (html.isEmpty ? "" : "<ul class=\"tiles\">\n\(html)</ul>\n") + (plan.isEmpty ? "" : facts + canaries)
  }

  private static func tile(_ sign: String, _ count: Int, words: String, name: String) -> String {
    "<li class=\"\(name)\"><strong>\(sign.isEmpty ? "" : "<span aria-hidden=\"true\">\(sign)</span>")\(count)</strong> <span>\(words)</span></li>\n"
  }

  private static func callouts(_ report: RunReport) -> String {
    guard let plan = report.plan else { return "" }
    var html = ""
    if !plan.interrupted.isEmpty {
      html += "<section class=\"callout pending\"><h2>An earlier run has not finished</h2>\n<ul>"
      for words in plan.interrupted { html += "<li>\(HTMLText.data(words))</li>" }
      html += "</ul></section>\n"
    }
    for refusal in plan.refusals {
      html += "<section class=\"callout bad\"><h2>Refused: \(HTMLText.code(refusal.rule.id))</h2>\n"
      html += "<p>\(HTMLText.data(refusal.message))</p>\n"
      if !refusal.addresses.isEmpty {
        let addresses = refusal.addresses.map { HTMLText.code($0.description) }
        html +=
          "<details\(addresses.count <= 12 ? " open=\"\"" : "")><summary>Concerns \(Words.count(addresses.count, "channel"))</summary>"
        html += "<p>\(addresses.joined(separator: " "))</p></details>\n"
      }
      html += "<p><b>Way forward:</b> \(marked(refusal.remedy))</p>"
      if !refusal.paste.isEmpty { html += "\n<pre>\(HTMLText.data(refusal.paste.joined(separator: "\n")))</pre>" }
      html += "</section>\n"
    }
    return html
  }

  private static func cards(_ changes: [Change], _ report: RunReport) -> [String] {
    let card = HTMLChange(report, isFolded: changes.count >= foldedFrom)
    return changes.map(card.text)
  }

  private static func loosened(_ report: RunReport) -> [String] {
    guard let lines = report.plan.map({ PlanLines.loosened($0) }), let head = lines.first else { return [] }
    var html =
      "<article class=\"change action-update\"><h3><span class=\"sign\">~</span> <span class=\"address\">guards</span>"
    html += " <span>\(HTMLText.escape(head.value))</span></h3>\n<dl class=\"fields\">"
    for line in lines.dropFirst() {
      html += "<div><dt>\(HTMLText.escape(line.key))</dt><dd>\(HTMLText.data(line.value))</dd>"
      html += "<dd class=\"why\">\(HTMLText.escape(line.cause))</dd></div>\n"
    }
    return [html + "</dl></article>\n"]
  }

  private static func unfinished(_ report: RunReport) -> [String] {
    report.unfinished().map { item in
      "<article class=\"finding error\"><p class=\"message\">\(HTMLText.data(item.title))</p>"
        + item.lines.map { "<p>\(HTMLText.data($0))</p>" }.joined() + "</article>\n"
    }
  }

  private static func findings(_ severity: Severity, _ report: RunReport) -> [String] {
    func place(_ location: FindingsReport.ReportedLocation?) -> String {
      location.map { "<span class=\"place\">\(HTMLText.data("\($0.file):\($0.line):\($0.column)"))</span> " } ?? ""
    }
    return report.findings.findings.filter { $0.severity == severity }.map { finding in
      var html = "<article class=\"finding \(severity.rawValue)\"><p class=\"message\"><b>\(severity.rawValue)</b> "
      html += "\(marked(finding.message)) <span class=\"rule\">\(HTMLText.data(finding.id))</span></p>"
      if finding.location != nil { html += "<p>\(place(finding.location))</p>" }
      if let why = finding.why { html += "<p><b>why:</b> \(marked(why))</p>" }
      if let suggestion = finding.suggestion { html += "<p><b>help:</b> \(marked(suggestion))</p>" }
      for note in finding.notes { html += "<p><b>note:</b> \(marked(note.message)) \(place(note.location))</p>" }
      return html + "</article>\n"
    }
  }

  private static func relaxed(_ report: RunReport) -> String {
    guard !report.findings.relaxed.isEmpty else { return "" }
    let rules = report.findings.relaxed.map { "\(HTMLText.code($0.id)) (\(HTMLText.escape($0.setting)))" }
    return "<p class=\"quiet\">Relaxed by <code>rules</code>: \(rules.joined(separator: ", ")).</p>\n"
  }

  private static func map(_ report: RunReport) -> String {
    guard let plan = report.plan else { return "" }
    let map = RoutingMap(
      plan.changes, report.records, unchanged: plan.unchanged, limit: mapLimit, roomForOthers: mapRoom)
    guard !map.targets.isEmpty else { return "" }
    let picture = RoutingMapSVG(map)
    var html = "<section id=\"map\" class=\"map\"><h2>Routing map</h2>\n"
    if plan.changes.isEmpty {
      html += "<figure><figcaption>As it is</figcaption>\n\(picture.render(.after))</figure>\n"
    } else {
      html += "<div class=\"sides\">\n"
      for side in [RoutingMapSVG.Side.before, .after] {
        html += "<figure><figcaption>\(side.rawValue)</figcaption>\n\(picture.render(side))</figure>\n"
      }
      html += "</div>\n"
    }
    if map.leftOut > 0 {
      html +=
        "<p class=\"quiet\">\(Words.count(map.leftOut, "more channel")) \(map.leftOut == 1 ? "is" : "are") not drawn.</p>\n"
    }
    return html + "</section>\n"
  }

  private static func foot(_ report: RunReport) -> String {
    var html = "<footer>\n"
    if let plan = report.plan, let digest = report.digest, report.result == nil, plan.refusals.isEmpty, !plan.isEmpty,
      report.findings.outcome != .invalid
    {
      html += "<p>To apply exactly this plan: <code>kitform apply --approve \(HTMLText.escape(digest))</code></p>\n"
    }
    return html + "<p class=\"quiet\">Kitform \(HTMLText.escape(report.findings.tool))</p>\n</footer>\n"
  }

  /// A message of ours with data in it: text between single backticks is code.
  static func marked(_ text: String) -> String {
    let parts = text.split(separator: "`", omittingEmptySubsequences: false)
    guard parts.count > 1, parts.count % 2 == 1 else { return HTMLText.data(text) }
    return parts.enumerated().map { place, part in
      place % 2 == 1 ? HTMLText.code(String(part)) : HTMLText.data(String(part))
    }.joined()
  }
}

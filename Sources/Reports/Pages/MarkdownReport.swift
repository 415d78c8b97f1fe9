import Basics
import Documents
import Manifest
import Provisioning

/// A run as Markdown that fits a comment on a pull request.
///
/// The summary and every deletion come first, then details in order while there is room, then how many more there are.
/// Untrusted text is in code spans and fences only.
package enum MarkdownReport {
  /// What fits into a comment: GitHub takes 65,536 characters, and GitLab more.
  package static let standardLimit = 65_000
  /// The summary and the sentences about what is left out need this much.
  package static let smallestLimit = 4_000

  /// More channels would make a map that nobody can read.
  private static let mapLimit = 24

  /// A comment is narrower than a terminal: columns of its tables end here.
  private static let widest = 30

  /// Renders a run in at most `limit` bytes, and so in at most as many characters, however those are counted.
  package static func text(_ report: RunReport, limit: Int = standardLimit) -> String {
    var page = MarkdownPage(limit: max(limit, smallestLimit), head: head(report))
    let lines = PlanLines(isVerbose: true, hasSentencesApart: true, paths: report.findings.paths)
    let deleted = report.changes.filter { $0.action == .delete }
    let deletes = Array(zip(deleted, table(deleted, lines)))
    let addresses = deletes.map { ["- \($0.0.address)"] }
    let whole = tail(report, .whole)
    page.reserve(whole)
    let every = report.approval?.markdownBlock ?? ""
    if page.fits(addresses, besides: every) {
      page.reserve(every)
      page.tail = tail(report, .every)
    } else {
      page.tail = whole
    }
    page.add(
      "Deletions", ofForms: [deletes.map(\.1), deletes.map { Array($0.1.prefix(1)) }, addresses], language: "diff",
      noun: "deletion", callout: report.result == nil && report.drift == nil ? "CAUTION" : nil)
    page.add("Not done", unfinished(report), language: "text", noun: "unfinished change")
    let findings = report.findings.findings
    page.add(
      "Errors", findings.filter { $0.severity == .error }.map(MarkdownReport.lines), language: "text", noun: "error")
    let others = table(report.changes.filter { $0.action != .delete }, lines)
    page.add("Changes", others + loosened(report), language: "diff", noun: "change")
    page.add(
      "Warnings", findings.filter { $0.severity == .warning }.map(MarkdownReport.lines), language: "text",
      noun: "warning")
    page.add(
      "Notes", findings.filter { $0.severity == .info }.map(MarkdownReport.lines) + relaxed(report), language: "text",
      noun: "note")
    page.addWhole(map(report))
    return page.text
  }

  /// Marker, headline, account and what the plan comes to.
  private static func head(_ report: RunReport) -> String {
    let findings = report.findings
    let verdict = RunVerdict(report)
    let environment = report.plan?.environment ?? findings.environment
    var text =
      ReportMarker.text(project: findings.paths.project, environment: environment, digest: report.digest) + "\n"
    text += "### \(report.title): \(verdict.headline)\n"
    var places: [String] = []
    if let account = report.account {
      places.append(
        "account \(MarkdownText.code(account.name)) on \(MarkdownText.code(account.host))"
          + (account.isSandbox && account.host != "sandbox" ? " (sandbox)" : ""))
    }
    if let environment { places.append("environment \(MarkdownText.code(environment))") }
    if findings.paths.project != "." { places.append("project \(MarkdownText.code(findings.paths.project))") }
    if !places.isEmpty { text += "\nFor \(places.joined(separator: ", ")).\n" }
    if let profile = report.plan?.profile {
      text += "\n" + MarkdownText.fence([MarkdownText.line(SafeText.escape(profile.words))], language: "text")
    }
    let scope = report.plan.flatMap(PlanSummary.scope).map { "Only a part is planned: \(MarkdownText.code($0))." }
    let canaries = report.plan.flatMap(PlanSummary.canaries)
    let facts = [verdict.advice, scope, canaries].compactMap { $0 } + report.facts()
    if !facts.isEmpty { text += "\n" + facts.joined(separator: " ") + "\n" }
    if let plan = report.plan, !plan.interrupted.isEmpty {
      text += "\n**An earlier run has not finished**\n\n" + prose(plan.interrupted.map { [$0] })
    }
    if let plan = report.plan, !plan.refusals.isEmpty {
      text += "\n> [!CAUTION]\n> **Refused: \(Words.count(plan.refusals.count, "reason")).**\n\n"
      text += prose(plan.refusals.map(lines))
    }
    return text
  }

  /// Sentences in a fence of their own; at most ten, so that they always fit.
  private static func prose(_ items: [[String]]) -> String {
    var rows = items.prefix(10).flatMap { $0 }.flatMap { MarkdownText.wrapped(SafeText.escape($0)) }
    if items.count > 10 { rows.append("and \(items.count - 10) more") }
    return MarkdownText.fence(rows.prefix(60).map { MarkdownText.line($0) }, language: "text")
  }

  /// How much the hidden block approves.
  private enum Approving {
    /// Each change by itself, so that a part of them may be applied later.
    case every
    /// The plan as it is, by its digest.
    case whole
  }

  /// The digest, and the block that an approval is read from.
  private static func tail(_ report: RunReport, _ approving: Approving) -> String {
    guard let digest = report.digest else { return "" }
    let text = "\nPlan digest: `\(digest)`\n"
    guard let approval = report.approval else { return text }
    switch approving {
    case .every: return text + "\n" + approval.markdownBlock
    case .whole:
      return text
        + "\nThis report is too long to approve each change by itself: it approves the plan as a whole. "
        + "After a partial apply (exit 6) approve the saved plan or the JSON report, or review a new plan.\n\n"
        + approval.asWhole.markdownBlock
    }
  }

  /// The rows of every change, put under one another, with signs that a `diff` is coloured by.
  private static func table(_ changes: [Change], _ lines: PlanLines) -> [[String]] {
    let items = changes.map { lines.lines($0) }
    var rows = PlanTable(items.flatMap { $0 }, style: Style(color: false), widest: widest).rows[...]
    return items.map { item in
      defer { rows = rows.dropFirst(item.count) }
      return rows.prefix(item.count).map(inDiff)
    }
  }

  /// A row with its sign in the first column; what is updated is coloured by `!`.
  private static func inDiff(_ row: String) -> String {
    let row = row.hasPrefix("  ") ? String(row.dropFirst(2)) : row
    return row.hasPrefix("~ ") ? "! " + row.dropFirst(2) : row
  }

  private static func loosened(_ report: RunReport) -> [[String]] {
    let lines = report.plan.map { PlanLines.loosened($0) } ?? []
    return lines.isEmpty ? [] : [PlanTable(lines, style: Style(color: false)).rows.map(inDiff)]
  }

  private static func unfinished(_ report: RunReport) -> [[String]] {
    report.unfinished().map { item in
      [item.title] + item.lines.flatMap { MarkdownText.wrapped("  " + $0) }
    }
  }

  private static func lines(_ refusal: Refusal) -> [String] {
    let shown = refusal.addresses.prefix(10).map(\.description).joined(separator: ", ")
    let more = refusal.addresses.count > 10 ? " and \(refusal.addresses.count - 10) more" : ""
    return ["\(refusal.rule.id): \(refusal.message)"] + (shown.isEmpty ? [] : ["  concerns: \(shown)\(more)"])
      + ["  way forward: \(refusal.remedy)"] + refusal.paste.prefix(11).map { "    \($0)" }
      + (refusal.paste.count > 11 ? ["    # and \(refusal.paste.count - 11) more: see the full report"] : [])
  }

  /// A finding with its place, why, help and notes.
  private static func lines(_ finding: FindingsReport.ReportedFinding) -> [String] {
    func position(_ place: FindingsReport.ReportedLocation?) -> String {
      place.map { "\($0.file):\($0.line):\($0.column): " } ?? ""
    }
    var lines = ["\(position(finding.location))\(finding.message) [\(finding.id)]"]
    if let why = finding.why { lines.append("  why: \(why)") }
    if let suggestion = finding.suggestion { lines.append("  help: \(suggestion)") }
    lines += finding.notes.map { "  note: \(position($0.location))\($0.message)" }
    return lines.flatMap { MarkdownText.wrapped(SafeText.escape($0)) }
  }

  private static func relaxed(_ report: RunReport) -> [[String]] {
    report.findings.relaxed.map { rule in
      let place = rule.location.map { "\($0.file):\($0.line):\($0.column): " } ?? ""
      return [SafeText.escape(place + rule.words)]
    }
  }

  /// The routing map, where it is small enough to be read.
  private static func map(_ report: RunReport) -> String {
    guard let plan = report.plan, !plan.changes.isEmpty else { return "" }
    let map = RoutingMap(
      plan.changes, report.records, unchanged: plan.unchanged, limit: mapLimit, roomForOthers: mapLimit)
    guard !map.targets.isEmpty else { return "" }
    let left = map.leftOut == 0 ? "" : " (\(Words.count(map.leftOut, "channel")) not drawn)"
    return
      "\n<details><summary>Routing map\(left)</summary>\n\n```mermaid\n\(MermaidGraph.text(map))```\n\n</details>\n"
  }
}

/// Markdown that is put together until there is no more room.
struct MarkdownPage {
  private let limit: Int
  private var body: String
  private var reserved = 0
  /// What was left out, as counts of things.
  private var omitted: [(count: Int, noun: String)] = []
  /// Appends the last lines, for which room must have been reserved.
  var tail = ""

  /// What "41 more changes and 3 more warnings: see the full report." may take.
  private static let roomForOmissions = 300

  init(limit: Int, head: String) {
    self.limit = limit
    body = head
    reserved = MarkdownPage.roomForOmissions
  }

  /// Keeps room for a string.
  mutating func reserve(_ text: String) { reserved += text.utf8.count + 1 }

  private var room: Int { limit - reserved - body.utf8.count }

  /// Whether a block of items would still fit beside another text.
  func fits(_ items: [[String]], besides text: String) -> Bool {
    MarkdownPage.size(items) + text.utf8.count + 200 <= room
  }

  /// Adds items in the first of several forms in which all of them fit, else as many as fit in the last.
  mutating func add(
    _ title: String, ofForms forms: [[[String]]], language: String, noun: String, callout: String? = nil
  ) {
    let safe = forms.lazy.map { form in form.map { item in item.map { MarkdownText.line($0) } } }
    guard let chosen = safe.first(where: { MarkdownPage.size($0) <= room }) ?? safe.last else { return }
    add(title, safe: chosen, language: language, noun: noun, callout: callout)
  }

  /// Adds items while they fit.
  mutating func add(_ title: String, _ items: [[String]], language: String, noun: String) {
    add(title, ofForms: [items], language: language, noun: noun)
  }

  private mutating func add(_ title: String, safe items: [[String]], language: String, noun: String, callout: String?) {
    guard !items.isEmpty else { return }
    var rows: [String] = []
    var taken = 0
    var size = MarkdownPage.overhead
    var longestRun = 0
    for item in items {
      let run = max(longestRun, item.map { MarkdownText.longestRun(of: "`", in: $0) }.max() ?? 0)
      let more = item.reduce(0) { $0 + $1.utf8.count + 1 } + 2 * (run - longestRun)
      guard size + more <= room else { break }
      size += more
      longestRun = run
      rows += item
      taken += 1
    }
    if taken < items.count { omitted.append((items.count - taken, noun)) }
    guard taken > 0 else { return }
    if let callout {
      body += "\n> [!\(callout)]\n> **\(title): \(items.count)**\n\n"
    } else {
      body += "\n**\(title): \(items.count)**\n\n"
    }
    body += MarkdownText.fence(rows, language: language)
  }

  /// Adds a string where all of it fits and nothing was left out before it.
  mutating func addWhole(_ text: String) {
    if omitted.isEmpty, text.utf8.count <= room { body += text }
  }

  /// What the title and the fences of a block may take, beside what longer fences add.
  private static let overhead = 120

  private static func size(_ items: [[String]]) -> Int {
    items.reduce(overhead) { size, item in
      size + item.reduce(0) { $0 + $1.utf8.count + 1 + 2 * MarkdownText.longestRun(of: "`", in: $1) }
    }
  }

  /// The whole text.
  var text: String {
    let parts = omitted.map { "\($0.count) more \($0.noun)\($0.count == 1 ? "" : "s")" }
    guard let last = parts.last else { return body + tail }
    let list = parts.count == 1 ? last : parts.dropLast().joined(separator: ", ") + " and \(last)"
    return body + "\n\(list): see the full report.\n" + tail
  }
}

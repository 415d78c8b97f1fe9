import Basics
import Documents
import Manifest
package import Provisioning

/// A plan as text, for a terminal or a pipe (Plans.md, "How a plan reads").
///
/// Every string that comes from manifests or the account is escaped.
package struct PlanText: Sendable {
  private let style: Style
  private let callsPerSecond: Double?
  private let isVerbose: Bool
  private let columns: Int?

  /// Makes a renderer.
  ///
  /// - Parameters:
  ///   - color: whether to write ANSI colours.
  ///   - callsPerSecond: how fast calls go out, for the estimate; nil where nothing limits them.
  ///   - isVerbose: whether to say of every update what it means to people, and not of deletions and losses alone.
  ///   - columns: how wide the terminal is; nil where lines may be as long as they like.
  package init(color: Bool, callsPerSecond: Double? = nil, isVerbose: Bool = false, columns: Int? = nil) {
    style = Style(color: color)
    self.columns = columns
    self.callsPerSecond = callsPerSecond
    self.isVerbose = isVerbose
  }

  /// Renders the whole plan: what is open, the changes with deletes first, the summary, the digest, the refusals.
  package func render(_ plan: Plan) -> String { changes(plan) + line(digest: plan.digest) + refusals(plan) }

  /// The same with the plan's digest from elsewhere, asked for when the changes are rendered.
  package func render(_ plan: Plan, digest: @Sendable () async -> String) async -> String {
    let changes = changes(plan)
    return changes + line(digest: await digest()) + refusals(plan)
  }

  private func line(digest: String) -> String { "Plan digest: \(digest)\n" }

  private func changes(_ plan: Plan) -> String {
    var text = ""
    if let profile = plan.profile { text += style.paint(SafeText.escape(profile.words), .yellow) + "\n\n" }
    for words in plan.interrupted { text += style.paint(SafeText.escape(words), .yellow) + "\n" }
    if !plan.interrupted.isEmpty { text += "\n" }
    let grouped = isVerbose ? [] : PlanText.plainAdoptions(plan)
    let lines =
      plan.changes.filter { !($0.action == .adopt && grouped.contains($0.address)) }
      .flatMap { PlanLines(isVerbose: isVerbose).lines($0) } + PlanLines.loosened(plan)
    text += PlanTable(lines, style: style, columns: columns).text
    if !grouped.isEmpty {
      text += style.paint("  = \(grouped.count) channels adopted as they are", .green) + " (each by itself with -v):\n"
      text += PlanText.wrapped(grouped.sorted().map(\.description), columns: columns ?? 100)
    }
    if !lines.isEmpty || !grouped.isEmpty { text += "\n" }
    return text + summary(plan)
  }

  /// Channels that are adopted and not changed otherwise, where there are so many that a line for each hides the rest.
  private static func plainAdoptions(_ plan: Plan) -> Set<Address> {
    let counts = Dictionary(plan.changes.map { ($0.address, 1) }, uniquingKeysWith: +)
    let plain = plan.changes.filter { $0.action == .adopt && $0.fields.isEmpty && counts[$0.address] == 1 }
    return plain.count > 5 ? Set(plain.map(\.address)) : []
  }

  /// Names in indented lines that fit.
  private static func wrapped(_ names: [String], columns: Int) -> String {
    var lines: [String] = []
    for name in names {
      if let last = lines.last, last.utf8.count + name.utf8.count + 8 <= columns {
        lines[lines.count - 1] = "\(last), \(name)"
      } else {
        lines.append(name)
      }
    }
    return lines.map { "      \($0)\n" }.joined()
  }

  private func refusals(_ plan: Plan) -> String {
    var text = ""
    for refusal in plan.refusals {
      text += "\n" + style.paint("Refused", .red) + " (\(refusal.rule.id)): \(SafeText.escape(refusal.message))\n"
      if !refusal.addresses.isEmpty {
        text += "  concerns: " + refusal.addresses.map(\.description).joined(separator: ", ") + "\n"
      }
      text += "  way forward: \(SafeText.escape(refusal.remedy))\n"
      if !refusal.paste.isEmpty {
        text += "\n" + refusal.paste.map { "    \(SafeText.escape($0))\n" }.joined()
      }
    }
    return text
  }

  private func summary(_ plan: Plan) -> String {
    var text = ""
    if let scope = PlanSummary.scope(plan) { text += scope + "\n" }
    if plan.isUpToDate {
      text += "No changes: the account matches the manifests (\(Words.count(plan.unchanged, "channel"))"
      text += plan.reads > 0 ? ", \(Words.count(plan.reads, "call")) to read).\n" : ").\n"
      let hidden = plan.diagnostics.count { $0.id == Rule.secretUnresolved.id }
      if hidden > 0 {
        text += "Not compared, because their values are not set here: \(Words.count(hidden, "secret")).\n"
      }
    } else if plan.isEmpty {
      if plan.errors == 0 { text += "There are no other changes (\(Words.count(plan.unchanged, "channel"))).\n" }
    } else {
      let counts = PlanSummary.counts(plan).joined(separator: ", ")
      text +=
        style.paint("Plan: \(counts).", .bold) + " \(PlanSummary.calls(plan, perSecond: callsPerSecond))\n"
    }
    if let words = PlanSummary.canaries(plan) { text += words + "\n" }
    for creation in plan.uncertain {
      let words =
        "Whether \(creation.operation.address) was created is uncertain: it is not touched before `kitform state resolve`."
      text += style.paint(words, .yellow) + "\n"
    }
    if plan.errors > 0 {
      text += style.paint("The plan cannot be applied: \(Words.count(plan.errors, "error")).", .red) + "\n"
    }
    if plan.unmanaged > 0 {
      text +=
        "\(Words.count(plan.unmanaged, "channel")) of the account \(plan.unmanaged == 1 ? "is" : "are") not managed.\n"
    }
    return text
  }
}

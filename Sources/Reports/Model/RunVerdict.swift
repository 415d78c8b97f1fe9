import Basics
import Documents
import Manifest
import Provisioning

/// How a run ended, in the words that every report has in its first line.
struct RunVerdict {
  /// How grave it is, for colours and callouts.
  enum Tone: String {
    case good, pending, bad
  }

  /// "1 to delete, 2 to update", "refused", "partly done".
  let headline: String
  /// What the reader is to do, or what did not happen; nil where the headline says it all.
  let advice: String?
  let tone: Tone

  init(_ report: RunReport) {
    switch report.findings.outcome {
    case .done, .changes, .noChanges: (headline, advice, tone) = RunVerdict.success(report)
    case .invalid:
      let errors = report.findings.findings.count { $0.severity == .error }
      (headline, tone) = (Words.count(errors, "error"), .bad)
      advice = report.plan == nil ? nil : "Fix them before you apply the plan."
    case .failed:
      (headline, tone) = ("failed", .bad)
      advice = report.changesThings ? "Nothing was changed." : nil
    case .refused:
      (headline, tone) = ("refused", .bad)
      advice =
        report.plan == nil ? "Nothing was changed." : "This plan cannot be applied as it is; see below what to do."
    case .stale:
      (headline, tone) = ("the approval no longer fits", .bad)
      advice = "Nothing was changed. This is the plan as it is now: review it, and approve its digest."
    case .partial:
      (headline, tone) = ("partly done", .bad)
      advice = "Run the command again: it continues with the remaining changes."
    case .locked: (headline, advice, tone) = ("the state is locked", "Nothing was changed.", .bad)
    case .unverified:
      (headline, tone) = ("applied, but the account reads back differently", .bad)
      advice = nil
    case .usage: (headline, advice, tone) = ("wrong use of the command line", nil, .bad)
    case .interrupted, .terminated:
      (headline, tone) = ("interrupted", .bad)
      advice = report.result == nil ? nil : "The changes that were made are saved; run the command again for the rest."
    }
  }

  private static func success(_ report: RunReport) -> (String, String?, Tone) {
    if let drift = report.drift {
      guard !drift.isEmpty else { return ("nothing changed in Kit since the last apply", nil, .good) }
      let isWritten = report.findings.outcome == .done
      return (
        "\(Words.count(drift.count, "channel")) changed in Kit since the last apply",
        isWritten
          ? "The manifests now have Kit's values."
          : "Write Kit's values into the manifests with `kitform drift --write`, or let the next apply overwrite them.",
        isWritten ? .good : .pending
      )
    }
    guard let plan = report.plan else {
      let warnings = report.findings.findings.count { $0.severity == .warning }
      return (warnings == 0 ? "valid" : "valid, \(Words.count(warnings, "warning"))", nil, .good)
    }
    let uncertain = plan.uncertain.map(\.operation.address.description).joined(separator: ", ")
    guard !plan.isEmpty else {
      return uncertain.isEmpty
        ? ("no changes", "The account matches the manifests.", .good)
        : (
          "\(plan.uncertain.count) uncertain",
          "An earlier apply may have created \(uncertain): run `kitform state resolve` first.",
          .pending
        )
    }
    let counts = PlanSummary.counts(plan).joined(separator: ", ")
    guard let result = report.result else { return (counts, nil, .pending) }
    return ("applied: \(ApplyText.counts(result))", nil, .good)
  }
}

extension RunReport {
  /// Whether the command writes to the account.
  var changesThings: Bool { ["apply", "destroy"].contains(findings.command) }

  /// "Kitform plan".
  var title: String { "Kitform \(findings.command)" }

  /// What follows the counts: calls, and what is left alone; sentences of ours.
  func facts() -> [String] {
    guard let plan else { return [] }
    var facts: [String] = []
    if !plan.isEmpty, result == nil { facts.append(PlanSummary.calls(plan, perSecond: callsPerSecond)) }
    if let result {
      facts.append("\(Words.count(result.calls, "call")), \(SecondsText.text(result.duration)) s.")
    }
    if plan.unchanged > 0 {
      facts.append(
        "\(Words.count(plan.unchanged, "channel")) \(plan.unchanged == 1 ? "stays as it is" : "stay as they are").")
    }
    if plan.unmanaged > 0 {
      facts.append(
        "\(Words.count(plan.unmanaged, "channel")) of the account \(plan.unmanaged == 1 ? "is" : "are") not managed.")
    }
    return facts
  }

  /// Every change without a known success, as lines for a table, failures first; texts are escaped.
  func unfinished() -> [(title: String, lines: [String])] {
    guard let result else { return [] }
    var items: [(title: String, lines: [String])] = []
    for verdict in [ChangeResult.ChangeEnding.failed, .uncertain, .notAttempted] {
      for change in result.changes where change.verdict == verdict {
        let lines = [change.error?.message, change.error?.remedy].compactMap { $0.map { SafeText.escape($0) } }
        items.append(("\(verdict.words): \(change.action.rawValue) \(change.address)", lines))
      }
    }
    items += result.unverified.map { ("reads back differently: \($0.address)", [SafeText.escape($0.reason)]) }
    return items
  }
}

import Basics
import Manifest
package import Provisioning

/// The full account of an apply as text: done, failed, uncertain, not attempted.
package struct ApplyText: Sendable {
  private let style: Style

  package init(color: Bool) { style = Style(color: color) }

  package func render(_ result: ApplyResult) -> String {
    var text = "\n"
    for verdict in [ChangeResult.ChangeEnding.failed, .uncertain, .notAttempted] {
      for change in result.changes where change.verdict == verdict {
        text += style.paint(
          "  \(verdict.rawValue) \(change.action.rawValue) \(change.address)", verdict == .failed ? .red : .yellow)
        if let error = change.error { text += ": \(SafeText.escape(error.message))" }
        text += "\n"
        if let remedy = change.error?.remedy { text += "    \(SafeText.escape(remedy))\n" }
      }
    }
    for item in result.unverified {
      text += style.paint("  reads back differently: \(item.address)", .yellow) + " \(SafeText.escape(item.reason))\n"
    }
    text += style.paint(
      "\(result.outcome == .done || result.outcome == .noChanges ? "Applied" : "Ended (\(result.outcome.rawValue))"): ",
      .bold)
    text +=
      "\(ApplyText.counts(result)). \(Words.count(result.calls, "call")), \(SecondsText.text(result.duration)) s.\n"
    return text
  }
  /// "2 done, 1 failed, 3 not attempted".
  static func counts(_ result: ApplyResult) -> String {
    let counts = [ChangeResult.ChangeEnding.done, .failed, .uncertain, .notAttempted].compactMap { verdict in
      let count = result.changes.count { $0.verdict == verdict }
      return count == 0 ? nil : "\(count) \(verdict.words)"
    }
    return counts.isEmpty ? "nothing to do" : counts.joined(separator: ", ")
  }
}

extension ChangeResult.ChangeEnding {
  /// "not attempted".
  var words: String { rawValue.replacing("-", with: " ") }
}

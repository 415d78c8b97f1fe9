import Basics
import Documents
import Manifest
package import Provisioning

/// What changed in Kit as text, for a terminal or a pipe; every string of manifests and account is escaped.
package struct DriftText: Sendable {
  private let style: Style

  private let columns: Int?

  /// - Parameters:
  ///   - color: whether to write ANSI colours.
  ///   - columns: how wide the terminal is; nil where lines may be as long as they like.
  package init(color: Bool, columns: Int? = nil) {
    style = Style(color: color)
    self.columns = columns
  }

  /// Renders the drift: what is open, each channel with its fields from their three sides, the summary.
  ///
  /// - Parameter outcome: what was written into the manifests; nil where nothing was to be.
  package func render(_ drift: Drift, outcome: DriftOutcome? = nil) -> String {
    var text = ""
    for words in drift.interrupted { text += style.paint(SafeText.escape(words), .yellow) + "\n" }
    if !drift.interrupted.isEmpty { text += "\n" }
    text += PlanTable(drift.channels.flatMap(lines), style: style, columns: columns).text
    if !drift.isEmpty { text += "\n" }
    text += summary(drift)
    if let outcome { text += written(outcome) }
    return text
  }

  private func lines(_ channel: DriftedChannel) -> [PlanTable.TableLine] {
    let head = PlanTable.TableLine(
      indent: 2, key: "\(channel.isMissing ? "-" : "~") \(channel.address)",
      value: "\"\(SafeText.escape(FieldWords.shortened(channel.name)))\"",
      cause: channel.isMissing ? "gone from Kit" : channel.source?.isGone == true ? "no longer in the manifests" : "",
      place: DriftText.place(channel.source?.position), paint: channel.isMissing ? .red : .yellow)
    if channel.isMissing { return [head, .init(indent: 6, key: "uuid \(SafeText.escape(channel.uuid))")] }
    return [head]
      + channel.fields.map { field in
        PlanTable.TableLine(
          indent: 6, key: SafeText.escape(field.name), value: DriftText.difference(field),
          cause: DriftText.manifest(field), place: DriftText.place(field.source))
      }
  }

  private static func difference(_ field: DriftedField) -> String {
    if field.isSecret {
      return "(secret) changed in Kit, and cannot be read back"
        + (field.note.map { ": \(SafeText.escape($0))" } ?? "")
    }
    return "\(FieldWords.text(field.applied)) → \(FieldWords.text(field.account))"
      + (field.note.map { ", \(SafeText.escape($0))" } ?? "")
  }

  /// What the manifests want: as at the last apply, or something else that is at stake too.
  private static func manifest(_ field: DriftedField) -> String {
    if field.manifest == .absent { return "" }
    if field.isSecret { return "" }
    let wanted = FieldWords.text(field.manifest)
    return wanted == FieldWords.text(field.applied) ? "manifest as applied" : "manifest: \(wanted)"
  }

  private func summary(_ drift: Drift) -> String {
    var text = ""
    let changed = drift.channels.count { !$0.isMissing }
    let missing = drift.channels.count - changed
    if !drift.hasState {
      text += "There is no state yet: nothing has been applied, so nothing can have drifted.\n"
    } else if drift.isEmpty {
      text +=
        "No drift: Kit has the values of the last apply (\(Words.count(drift.compared, "channel")), \(Words.count(drift.reads, "call")) to read).\n"
    } else {
      let parts = [(changed, "changed in Kit"), (missing, "gone from Kit")].filter { $0.0 > 0 }
      text +=
        style.paint(
          "Drift: \(parts.map { "\($0.0) \($0.1)" }.joined(separator: ", ")), of \(Words.count(drift.compared, "managed channel")).",
          .bold) + "\n"
    }
    if !drift.unreadable.isEmpty {
      let shown = drift.unreadable.prefix(5).map { "\($0.address) \($0.field)" }
      let rest = drift.unreadable.count - shown.count
      text +=
        "Kit never shows these values, so a change of them in Kit cannot be seen: \(shown.joined(separator: ", "))\(rest > 0 ? " and \(rest) more" : "").\n"
    }
    return text
  }

  private func written(_ outcome: DriftOutcome) -> String {
    var text = ""
    var files: [String] = []
    for item in outcome.written where !files.contains(item.file) { files.append(item.file) }
    for file in files {
      let fields = outcome.written.filter { $0.file == file }.map { "\($0.address) \($0.field)" }
      text += "Written to \(SafeText.escape(file)): \(fields.joined(separator: ", ")).\n"
    }
    for item in outcome.left {
      text += style.paint("Left alone:", .yellow)
      let place = DriftText.place(item.source)
      text +=
        " \(item.address)\(item.field.map { " \($0)" } ?? "")\(place.isEmpty ? "" : " (\(place))"): \(SafeText.escape(item.reason)).\n"
      if let yaml = item.yaml { text += "  to write it by hand: \(SafeText.escape(yaml))\n" }
    }
    return text
  }

  private static func place(_ position: SourcePosition?) -> String {
    position.map { "\(SafeText.escape($0.file)):\($0.line)" } ?? ""
  }
}

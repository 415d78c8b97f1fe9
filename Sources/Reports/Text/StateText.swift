package import Basics
import Manifest
package import Provisioning

/// The state as text; it holds no secret, and what it holds is escaped.
package enum StateText {
  package static func render(_ state: State?, _ entries: [State.Entry], label: String) -> String {
    guard let state else { return "There is no state yet: nothing has been applied (\(SafeText.escape(label))).\n" }
    var text =
      "State \(SafeText.escape(label)): serial \(state.serial), lineage \(SafeText.escape(state.lineage)), environment \(SafeText.escape(state.environment)), account \(SafeText.escape(state.account.name)) on \(SafeText.escape(state.account.host)).\n"
    if let run = state.run {
      text +=
        "Note: \(SafeText.escape(run.unfinished)), and the outcome of \(run.open) is not known; \(run.remedy).\n"
    }
    for entry in entries {
      text += "\n\(entry.address)  \"\(SafeText.escape(entry.name))\"\(entry.isProtected ? "  protected" : "")\n"
      text += "  id \(entry.id)\n  uuid \(SafeText.escape(entry.uuid))\n"
      for field in entry.applied { text += "  \(SafeText.escape(field.name)): \(FieldWords.text(field.value))\n" }
    }
    return text + history(state)
  }

  /// The last runs, newest first.
  private static func history(_ state: State) -> String {
    let shown = 10
    guard !state.history.isEmpty else { return "" }
    let more =
      state.history.count > shown ? " of \(state.history.count); --format json has all, with former values" : ""
    return "\nRuns, newest first\(more):\n"
      + state.history.suffix(shown).reversed().map { run in
        let changes = run.changes.count + run.omitted
        let count = changes == 0 ? "" : ", \(Words.count(changes, "change"))"
        let commit = run.commit.map { ", commit \(SafeText.escape($0))" } ?? ""
        return "  \(SafeText.escape(run.started)) \(SafeText.escape(run.command)) by \(SafeText.escape(run.who)): "
          + "\(SafeText.escape(run.outcome))\(count)\(commit)\n"
      }.joined()
  }
}

/// The state as members of a JSON document.
package enum StateJSON {
  package static func members(_ state: State?, _ entries: [State.Entry]) -> [JSONValue.Member] {
    [
      .init("serial", .count(state?.serial)), .init("lineage", .text(state?.lineage)),
      .init("unfinishedRun", .text(state?.run?.started)),
      .init("channels", .object(entries.map { .init($0.address.description, entry($0)) })),
      .init("history", .array((state?.history ?? []).map(\.json))),
    ]
  }

  private static func entry(_ entry: State.Entry) -> JSONValue {
    [
      "id": .integer(entry.id), "uuid": .string(entry.uuid), "name": .string(entry.name),
      "protected": .bool(entry.isProtected),
      "applied": .object(entry.applied.map { .init($0.name, $0.value) }),
    ]
  }
}

package import Basics
import Manifest
package import Provisioning

/// What changed between two plans, as text.
package struct PlanDiffText: Sendable {
  private let style: Style

  package init(color: Bool) { style = Style(color: color) }

  /// Renders the difference; `old` and `new` are what the reader calls the plans.
  package func render(_ diff: PlanDiff, old: String = "the first plan", new: String = "the second") -> String {
    let digests = "\(SafeText.escape(diff.oldDigest)) → \(SafeText.escape(diff.newDigest))"
    guard !diff.isEqual else { return "The plans are equal: \(SafeText.escape(diff.newDigest))\n" }
    var text = style.paint("From \(old) to \(new):", .bold) + " \(digests)\n"
    var lines = diff.places.map { place in
      PlanTable.TableLine(
        indent: 2, key: place.name, value: "\(SafeText.escape(place.old)) → \(SafeText.escape(place.new))",
        paint: .yellow)
    }
    for entry in diff.removed { lines += PlanDiffText.lines(entry, "no longer planned", .red) }
    for entry in diff.added { lines += PlanDiffText.lines(entry, "planned now", .green) }
    for changed in diff.changed { lines += PlanDiffText.lines(changed) }
    text += PlanTable(lines, style: style).text
    if diff.isUnlisted {
      text += "  Changes are not compared: one of the files was too long for them and holds the digest alone.\n"
    }
    return text
  }

  private static func head(_ entry: PlanDiff.OneSidedChange, _ cause: String, _ paint: Style.Paint)
    -> PlanTable.TableLine
  {
    PlanTable.TableLine(
      indent: 2, key: SafeText.escape(entry.item.words),
      value: entry.detail?.name.map { "\"\(SafeText.escape($0))\"" } ?? "", cause: cause, paint: paint)
  }

  private static func lines(_ entry: PlanDiff.OneSidedChange, _ cause: String, _ paint: Style.Paint) -> [PlanTable
    .TableLine]
  {
    let fields = entry.detail?.fields.map { field in
      PlanTable.TableLine(indent: 6, key: SafeText.escape(field.name), value: words(field))
    }
    return [head(entry, cause, paint)]
      + (fields ?? entry.item.fields.map { PlanTable.TableLine(indent: 6, key: SafeText.escape($0)) })
  }

  private static func lines(_ changed: PlanDiff.Changed) -> [PlanTable.TableLine] {
    var lines = [head(changed.new, "planned otherwise", .yellow)]
    if changed.old.item.uuid != changed.new.item.uuid {
      lines.append(
        PlanTable.TableLine(
          indent: 6, key: "uuid",
          value:
            "\(SafeText.escape(changed.old.item.uuid ?? "(none)")) → \(SafeText.escape(changed.new.item.uuid ?? "(none)"))"
        ))
    }
    for field in changed.fields {
      lines.append(
        PlanTable.TableLine(
          indent: 6, key: SafeText.escape(field.name),
          value: "was \(field.old.map(words) ?? "not changed"); is now \(field.new.map(words) ?? "not changed")"))
    }
    if lines.count == 1 {
      lines.append(PlanTable.TableLine(indent: 6, key: "what differs is not shown in full in one of the files"))
    }
    return lines
  }

  /// A field's change in one line, with who made it where that is not the manifest.
  private static func words(_ field: FieldChange) -> String {
    let cause =
      switch field.cause {
      case .manifest: ""
      case .account: " (changed in Kit)"
      case .both: " (changed here and in Kit)"
      }
    if let secret = field.secret { return "\(FieldWords.text(field.after)) \(secret.rawValue)\(cause)" }
    if field.after == .absent { return "no longer managed" }
    let after = FieldWords.text(field.after)
    return (field.before == .absent ? after : "\(FieldWords.text(field.before)) → \(after)") + cause
  }
}

/// What changed between two plans, as members of a JSON document.
package enum PlanDiffJSON {
  package static func value(_ diff: PlanDiff) -> JSONValue { .object(members(diff)) }

  package static func members(_ diff: PlanDiff) -> [JSONValue.Member] {
    [
      .init("equal", .bool(diff.isEqual)), .init("oldDigest", .string(diff.oldDigest)),
      .init("newDigest", .string(diff.newDigest)), .init("changesCompared", .bool(!diff.isUnlisted)),
      .init(
        "places",
        .array(diff.places.map { ["name": .string($0.name), "old": .string($0.old), "new": .string($0.new)] })),
      .init("added", .array(diff.added.map(entry))), .init("removed", .array(diff.removed.map(entry))),
      .init(
        "changed",
        .array(
          diff.changed.map { changed in
            [
              "address": .string(changed.new.item.address), "action": .string(changed.new.item.action.rawValue),
              "oldHash": .string(changed.old.item.hash), "newHash": .string(changed.new.item.hash),
              "fields": .array(
                changed.fields.map { field in
                  [
                    "name": .string(field.name), "old": field.old.map { PlanJSON.field($0) } ?? .null,
                    "new": field.new.map { PlanJSON.field($0) } ?? .null,
                  ]
                }),
            ]
          })),
    ]
  }

  private static func entry(_ entry: PlanDiff.OneSidedChange) -> JSONValue {
    [
      "address": .string(entry.item.address), "action": .string(entry.item.action.rawValue),
      "name": .text(entry.detail?.name), "hash": .string(entry.item.hash),
      "fields": entry.detail.map { .array($0.fields.map { PlanJSON.field($0) }) } ?? .null,
    ]
  }
}

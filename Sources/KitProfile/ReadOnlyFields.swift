import Basics
import Documents

/// Finds fields of a profile that are to be written and are listed as members that are never sent.
struct ReadOnlyFields {
  private(set) var diagnostics: [Diagnostic] = []

  init(_ reader: ProfileReader) {
    let channel = reader.channel()
    guard !channel.readOnly.isEmpty, let node = reader.node("readOnly", in: reader.node("channel", in: reader.root))
    else { return }
    let fields = channel.fields + channel.kinds.flatMap(\.fields)
    for (member, place) in zip(channel.readOnly, reader.document.items(node)) {
      guard let field = fields.first(where: { $0.field.paths.contains { ReadOnlyFields.covers(member, $0.write) } })
      else { continue }
      diagnostics.append(
        Diagnostic(
          .profileReadOnly, at: reader.document.place(place),
          "`\(SafeText.escape(member.joined(separator: ".")))` is read-only here, and line \(field.line) writes `\(SafeText.escape(field.name))` to it",
          why: "an update of the field would send nothing",
          suggestion: "remove it from `readOnly`, or name another member for the field"))
    }
  }

  /// Whether a member covers a path: a name at any depth, or the beginning of the path.
  private static func covers(_ member: [String], _ path: [String]) -> Bool {
    member.count == 1 ? path.contains(member[0]) : path.starts(with: member)
  }
}

package import Documents

/// The whole reference: what `kitform explain` prints, and the page of the documentation.
package struct ReferencePage: Sendable {
  package let entries: [ReferenceEntry]

  /// - Parameter rules: every rule that a command can report, in the order of the reference.
  package init(kinds: [Kind], rules: [Rule]) {
    var entries: [ReferenceEntry] = []
    for kind in kinds {
      entries.append(ReferenceEntry(kind))
      entries += kind.fields.map { ReferenceEntry($0, of: kind) }
    }
    for section in SectionGrammar.all {
      entries.append(ReferenceEntry(section))
      entries += ReferencePage.entries(of: section.form, in: section.name)
    }
    self.entries = entries + rules.map { ReferenceEntry($0) }
  }

  /// The keys of a form and of the forms in it; the grammar is finite.
  private static func entries(of form: SectionForm, in owner: String) -> [ReferenceEntry] {
    switch form {
    case .settings(let keys), .one(let keys):
      keys.flatMap { [ReferenceEntry($0, of: owner)] + entries(of: $0.form, in: "\(owner).\($0.name)") }
    case .table(_, let value): entries(of: value, in: owner)
    default: []
    }
  }

  /// The entries that a name stands for: the one of that name, else the fields of that name in all kinds, else the members of
  /// a group of that name.
  package func lookUp(_ name: String) -> [ReferenceEntry] {
    let exact = entries.filter { $0.name == name }
    if !exact.isEmpty { return exact }
    let fields = entries.filter { $0.group == .field }
    let same = fields.filter { ReferencePage.withoutKind($0) == name }
    if !same.isEmpty { return same }
    return fields.filter {
      $0.name.hasPrefix("\(name).") || ReferencePage.withoutKind($0).hasPrefix("\(name).")
    }
  }

  /// A field's name as a manifest has it: `closing.agent`.
  private static func withoutKind(_ entry: ReferenceEntry) -> String {
    entry.name.split(separator: ".").dropFirst().joined(separator: ".")
  }

  /// Every name that can be looked up, for "did you mean".
  package var names: [String] {
    let fields = entries.filter { $0.group == .field }.map(ReferencePage.withoutKind)
    let groups = fields.compactMap { field in field.firstIndex(of: ".").map { String(field[..<$0]) } }
    return entries.map(\.name) + fields + groups
  }

  /// "did you mean …?" with the names that have every part of another one; nil where there is none.
  package func partly(_ name: String) -> String? {
    let parts = name.lowercased().split { ".- ".contains($0) }
    var seen: Set<String> = []
    let found = names.filter { candidate in
      let candidate = candidate.lowercased()
      return !parts.isEmpty && parts.allSatisfy { candidate.contains($0) } && seen.insert(candidate).inserted
    }
    return found.isEmpty ? nil : "did you mean \(Words.list(Array(found.prefix(5)), joinedBy: "or"))?"
  }

  /// The names with their sentences, by group.
  package var list: String {
    ReferencePage.groups.map { group, title in
      let entries = entries.filter { group.contains($0.group) }
      let width = entries.map(\.name.count).max() ?? 0
      return "\(title)\n"
        + entries.map { entry in
          "  \(entry.name)\(String(repeating: " ", count: width - entry.name.count))  \(entry.summary)\n"
        }.joined()
    }.joined(separator: "\n")
  }

  /// The page in Markdown.
  package var markdown: String {
    var page = """
      # Reference

      What manifests may hold, and every rule that a command reports; `kitform explain NAME` prints the same in the terminal.

      """
    for (group, title) in ReferencePage.groups {
      page += "\n## \(title)\n"
      if group == [.rule] {
        page += "\n| rule | severity | what holds | what to write or run | source |\n|---|---|---|---|---|\n"
        for entry in entries where entry.group == .rule {
          let facts = entry.facts.map { ReferencePage.cell($0.text) }
          page +=
            "| `\(entry.name)` | \(facts[0]) | \(ReferencePage.cell(entry.summary)) | `\(facts[1])` | \(facts[2]) |\n"
        }
        continue
      }
      for entry in entries where group.contains(entry.group) {
        page += "\n### \(entry.name)\n\n\(entry.summary)\n\n"
        for fact in entry.facts {
          page += "- \(fact.word): \(fact.word == "example" ? "`\(fact.text)`" : fact.text)\n"
        }
      }
    }
    return page
  }

  private static let groups: [(groups: [ReferenceEntry.Group], title: String)] = [
    ([.kind, .field], "Channels"), ([.section, .setting], "Sections"), ([.rule], "Rules"),
  ]

  /// A string in a cell of a table.
  private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
}

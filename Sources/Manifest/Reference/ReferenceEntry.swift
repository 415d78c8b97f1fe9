package import Basics
package import Documents

/// What the reference says of one thing: a kind, a field, a section, a key of a section, or a rule.
package struct ReferenceEntry: Sendable {
  package enum Group: String, Sendable, CaseIterable {
    case kind, field, section, setting, rule
  }

  /// What `kitform explain` takes: `ok`, `custom.callbackURL`, `account.token`, `closing.agent.range`.
  package var name: String
  package var group: Group
  /// One sentence.
  package var summary: String
  /// The other lines, each a word and what it says: type, presence, limits, cleared, default, example, source.
  package var facts: [(word: String, text: String)]

  /// The entry as JSON, its facts in their order, limits as one list.
  package var json: JSONValue {
    let limits = facts.filter { $0.word == "limit" }.map { JSONValue.string($0.text) }
    return .object(
      [.init("name", .string(name)), .init("group", .string(group.rawValue)), .init("summary", .string(summary))]
        + facts.filter { $0.word != "limit" }.map { .init($0.word, .string($0.text)) }
        + (limits.isEmpty ? [] : [.init("limits", .array(limits))]))
  }

  /// The entry as text for a terminal.
  package var text: String {
    let width = facts.map(\.word.count).max() ?? 0
    return "\(name)\n  \(summary)\n"
      + facts.map { fact in
        "  \(fact.word):\(String(repeating: " ", count: width - fact.word.count + 1))\(fact.text)\n"
      }.joined()
  }
}

extension RuleSource {
  /// Where a rule or a field comes from, one sentence.
  package var words: String {
    switch self {
    case .documented(let pages): "Kit documents it: \(pages)."
    case .ours: "Decided by Kitform, or assumed of Kit."
    case .format: "Part of the format of the files that Kitform reads."
    case .conduct: "How Kitform works."
    }
  }
}

extension ReferenceEntry {
  init(_ rule: Rule) {
    let relaxing =
      rule.isRelaxable
      ? "`rules: {\(rule.id): warning}` in kitform.yaml relaxes it." : "It cannot be relaxed."
    self.init(
      name: rule.id, group: .rule, summary: rule.summary,
      facts: [
        ("severity", rule.severity.rawValue), ("example", rule.example), ("source", "\(rule.source.words) \(relaxing)"),
      ])
  }

  init(_ kind: Kind) {
    self.init(
      name: kind.name, group: .kind, summary: kind.summary,
      facts: [
        ("title", kind.title), ("fields", kind.fields.map(\.name).joined(separator: ", ")),
        ("required", kind.fields.filter(\.isRequired).map(\.name).joined(separator: ", ")),
        ("outputs", kind.outputs.map(\.name).joined(separator: ", ")),
        ("source", "Kit documents it: \(kind.documentation)."),
      ])
  }

  init(_ field: Field, of kind: Kind) {
    var facts = [
      ("type", field.shape.words),
      ("presence", field.isRequired ? "required" : "optional; absent, it stays as it is in Kit"),
    ]
    if field.role != .managed { facts[1].1 = "optional" }
    for check in field.checks { facts.append(("limit", check.words)) }
    if let cleared = field.shape.clearedBy { facts.append(("cleared by", "\(field.key): \(cleared)")) }
    if let consequence = field.consequence { facts.append(("a change", consequence)) }
    facts.append(("example", ReferenceEntry.line(field.name, field.example)))
    facts.append(("source", field.source.words))
    self.init(name: "\(kind.name).\(field.name)", group: .field, summary: field.documentation, facts: facts)
  }

  init(_ section: SectionGrammar) {
    var facts = [
      ("type", section.form.words),
      ("place", section.isGuarded ? "kitform.yaml only" : "any file"),
      ("environments", section.isOverlaid ? "may overlay it, key by key" : "do not overlay it"),
    ]
    let names = section.settings.map(\.name)
    if !names.isEmpty { facts.append(("keys", names.joined(separator: ", "))) }
    facts.append(("example", ReferenceEntry.line(section.name, section.example)))
    facts.append(("source", RuleSource.format.words))
    self.init(name: section.name, group: .section, summary: section.documentation, facts: facts)
  }

  init(_ key: SectionKey, of owner: String) {
    var facts = [("type", key.form.words), ("presence", key.required.map { "required \($0)" } ?? "optional")]
    if let standard = key.standard { facts.append(("default", standard)) }
    facts.append(("example", ReferenceEntry.line(key.name, key.example)))
    facts.append(("source", key.source.words))
    self.init(name: "\(owner).\(key.name)", group: .setting, summary: key.documentation, facts: facts)
  }

  /// `closing: {agent: 24h}`, as a manifest has it.
  private static func line(_ name: String, _ example: String) -> String {
    guard let dot = name.firstIndex(of: ".") else { return "\(name): \(example)" }
    return "\(name[..<dot]): {\(name[name.index(after: dot)...]): \(example)}"
  }
}

extension Check {
  /// The limit in words, with the rule that holds it.
  package var words: String {
    switch self {
    case .length(let range, let rule): "\(range.lowerBound) to \(range.upperBound) characters [\(rule)]"
    case .duration(let range, let rule):
      "\(TimeSpan.text(range.lowerBound)) to \(TimeSpan.text(range.upperBound)) [\(rule)]"
    case .unshared(let rule): "no other channel of the kind takes the same secret [\(rule)]"
    case .exceedsWaitingTime(let route, let rule):
      "more than the max. waiting time of the queue in `\(route)` [\(rule)]"
    }
  }
}

import Basics
import Documents

/// Turns titles into ids against what the account says; pure, and findings are at the scalar that names the object.
package struct Resolver: Sendable {
  private var tables: [ReferenceKind: Table] = [:]
  private var unavailable: [ReferenceKind: String] = [:]
  private let formerly: FormerTitles

  /// One kind's objects by id and by title.
  private struct Table {
    var byID: [Int: AccountObject] = [:]
    /// Swift compares strings after NFC, as titles compare (Glossary.md, "Channels and manifests").
    var byTitle: [String: [AccountObject]] = [:]
    var titles: [String] = []
    /// Whether there are objects, and the account shows no title of any.
    var isUntitled = false
  }

  /// Makes a resolver; `formerly` are the titles of the last apply, for what findings suggest.
  package init(_ facts: AccountFacts, formerly: FormerTitles = FormerTitles()) {
    self.formerly = formerly
    for kind in ReferenceKind.allCases {
      switch facts[kind] {
      case .unavailable(let reason): unavailable[kind] = reason
      case .objects(let objects):
        var table = Table()
        for object in objects {
          table.byID[object.id] = object
          if let title = object.title { table.byTitle[title, default: []].append(object) }
        }
        table.isUntitled = !objects.isEmpty && table.byTitle.isEmpty
        table.titles = table.byTitle.keys.sorted()
        tables[kind] = table
      }
    }
  }

  /// The kinds of objects that some records name, sorted: what the account must be asked for.
  package static func needs(_ records: [Record]) -> [ReferenceKind] {
    var kinds: Set<ReferenceKind> = []
    for record in records {
      for (slot, field) in zip(record.slots, record.kind.fields) {
        switch (slot?.value, field.shape) {
        case (.reference, .reference(let kind)), (.credential, .credential(let kind)), (.levels, .levels(let kind, _)):
          kinds.insert(kind)
        case (.route(let kind, _), _): kinds.insert(kind)
        default: break
        }
      }
    }
    return kinds.sorted()
  }

  /// Fills in ids and titles.
  package func resolve(_ records: [Record], _ findings: inout Findings) -> [Record] {
    var unconfirmed: [ReferenceKind: (place: SourcePlace?, count: Int)] = [:]
    let resolved = records.map { record in
      var record = record
      for (index, field) in record.kind.fields.enumerated() {
        guard var slot = record.slots[index] else { continue }
        let fallback = slot.place
        func lookUp(_ kind: ReferenceKind, _ reference: Reference) -> Reference {
          self.lookUp(kind, reference: reference, fallback: fallback, unconfirmed: &unconfirmed, findings: &findings)
        }
        switch (slot.value, field.shape) {
        case (.reference(let reference), .reference(let kind)): slot.value = .reference(lookUp(kind, reference))
        case (.route(let kind, let reference), _): slot.value = .route(kind, lookUp(kind, reference))
        case (.credential(let reference, let value), .credential(let kind)):
          slot.value = .credential(lookUp(kind, reference), value: value)
        case (.levels(let levels), .levels(let kind, _)):
          let looked = levels.map { Value.Level(lookUp(kind, $0.reference), level: $0.level) }
          reportRepeated(looked, kind: kind, fallback: fallback, findings: &findings)
          slot.value = .levels(looked.sorted { ($0.reference.id ?? 0) < ($1.reference.id ?? 0) })
        default: continue
        }
        record.slots[index] = slot
      }
      return record
    }
    for kind in unconfirmed.keys.sorted() {
      guard let (place, count) = unconfirmed[kind] else { continue }
      findings.report(
        .accountUnconfirmed, at: place,
        "the account does not confirm \(Words.count(count, "\(kind.words) id")): \(unavailable[kind] ?? "")",
        suggestion: "check the ids in Kit; they are used as written")
    }
    return resolved
  }

  private func lookUp(
    _ kind: ReferenceKind, reference: Reference, fallback: SourcePlace,
    unconfirmed: inout [ReferenceKind: (place: SourcePlace?, count: Int)], findings: inout Findings
  ) -> Reference {
    let place = reference.place ?? fallback
    guard let table = tables[kind] else {
      if reference.id != nil {
        unconfirmed[kind] = (unconfirmed[kind]?.place ?? place, (unconfirmed[kind]?.count ?? 0) + 1)
      } else {
        findings.report(
          .accountReference, at: place,
          "the \(kind.words) `\(reference.shortLabel)` cannot be looked up: \(unavailable[kind] ?? "")",
          suggestion: "write its numeric id, which Kit shows in its address or settings")
      }
      return reference
    }
    if let id = reference.id {
      guard let object = table.byID[id] else {
        let hint = hint(kind, text: String(id), table: table, findings: &findings)
        findings.report(
          .accountReference, at: place, "the account has no \(kind.words) with the id \(id)", suggestion: hint)
        return reference
      }
      var found = Reference(id: id, title: object.title, place: reference.place)
      found.isByID = true
      return found
    }
    let title = reference.title ?? ""
    let found = table.byTitle[title] ?? []
    guard found.count <= 1 else {
      findings.report(
        .accountAmbiguous, at: place,
        "the account has \(found.count) \(kind.words)s with the title `\(SafeText.shortened(title))`",
        suggestion: "write one of the ids \(Resolver.ids(of: found.map(\.id)))")
      return reference
    }
    guard !table.isUntitled else {
      findings.report(
        .accountReference, at: place,
        "the \(kind.words) `\(reference.shortLabel)` cannot be looked up: the account shows no title of any \(kind.words)",
        suggestion: "write its numeric id: ids are the only notation here; the account has "
          + Resolver.ids(of: table.byID.keys))
      return reference
    }
    guard let object = found.first else {
      let former = formerly.id(of: kind, titled: title)
      let hint =
        former.flatMap { renamed(kind, $0, table) } ?? hint(kind, text: title, table: table, findings: &findings)
      findings.report(
        .accountReference, at: place, "the account has no \(kind.words) `\(SafeText.shortened(title))`",
        why: former.map { fate(of: $0, kind, table) }, suggestion: hint)
      return reference
    }
    return Reference(id: object.id, title: object.title, place: reference.place)
  }

  /// What became of an object that the last apply knew by another title.
  private func fate(of id: Int, _ kind: ReferenceKind, _ table: Table) -> String {
    let object = "the \(kind.words) \(id), which had this title at the last apply,"
    guard let found = table.byID[id] else { return "\(object) is gone from Kit" }
    return "\(object) " + (found.title.map { "is now called `\(SafeText.shortened($0))`" } ?? "has no title any more")
  }

  /// What to write for an object that was renamed; nil where it is gone.
  private func renamed(_ kind: ReferenceKind, _ id: Int, _ table: Table) -> String? {
    guard let object = table.byID[id] else { return nil }
    guard let title = object.title, table.byTitle[title]?.count == 1 else { return "write its id \(id)" }
    return "write `\(SafeText.shortened(title))`; `kitform drift --write` does it"
  }

  /// The first ids, in their order.
  private static func ids(of ids: some Collection<Int>) -> String {
    let shown = ids.sorted().prefix(10).map { String($0) }.joined(separator: ", ")
    return shown + (ids.count > 10 ? " or one of \(ids.count - 10) more" : "")
  }

  private func hint(
    _ kind: ReferenceKind, text: String, table: Table, findings: inout Findings
  ) -> String {
    if let near = findings.didYouMean(text, among: table.titles) { return near }
    guard !table.titles.isEmpty else { return "the account has no \(kind.words)s at all: create one in Kit first" }
    let shown = table.titles.prefix(5)
    let rest = table.titles.count - shown.count
    return "it has \(Words.list(Array(shown)))" + (rest > 0 ? " and \(rest) more" : "")
  }

  /// A title and an id that turn out to be one skill.
  private func reportRepeated(
    _ levels: [Value.Level], kind: ReferenceKind, fallback: SourcePlace, findings: inout Findings
  ) {
    var seen: [Int: Reference] = [:]
    for level in levels {
      guard let id = level.reference.id else { continue }
      if let first = seen.updateValue(level.reference, forKey: id) {
        findings.report(
          .skillRepeated, at: level.reference.place ?? fallback,
          "the \(kind.words) `\(level.reference.shortLabel)` is named twice, by its title and by its id \(id)",
          suggestion: "keep one level for it", notes: [Diagnostic.Note("the first is here", at: first.place)])
      }
    }
  }
}

import Documents

/// The values that `defaults` gives the channels of one kind, each read once however many channels use it.
struct DefaultSlots {
  /// One default value, with what was wrong with it and who uses it.
  struct DefaultValue {
    var slot: Slot?
    var findings: [Diagnostic]
    /// The channels that lack the field.
    var users = DefaultUsers()
  }

  /// By the kind's slots; nil where no default is written.
  var entries: [DefaultValue?]
  /// Findings in defaults that an environment overrides.
  private(set) var hiddenFindings: [Diagnostic] = []

  /// Reads the defaults of `kind`: a value under the kind's own name wins over one that all kinds share, an environment's own
  /// over the project's, and `closing` is filled key by key.
  init(
    kind: Kind, defaults: Overlay, decoder: FieldDecoder, relaxed: [String: Severity?], shared: [String],
    variableBytes: inout Int
  ) {
    let chain = Overlay(defaults.nested(kind.name).mappings + defaults.mappings)
    var hidden = Findings()
    hidden.relaxed = relaxed
    hidden.variableBytes = variableBytes
    // The closure below cannot write to a parameter.
    var left = variableBytes
    entries = kind.fields.map { field in
      let key = String(field.group ?? field.key)
      let own = defaults.nested(kind.name)
      let isMisplaced = !shared.contains(key) && own.pair(key) == nil
      let values = DefaultSlots.values(of: field, in: shared.contains(key) || isMisplaced ? chain : own)
      guard let cursor = values.first else { return nil }
      for other in isMisplaced ? [] : values.dropFirst() { _ = decoder.decode(field, other, &hidden) }
      var findings = Findings()
      findings.relaxed = relaxed
      findings.variableBytes = left
      let slot = decoder.decode(field, cursor, &findings)
      left = findings.variableBytes
      // A field in the place of shared ones is reported; no further finding is needed.
      if isMisplaced { findings = Findings() }
      return DefaultValue(
        slot: slot.map { Slot($0.value, at: $0.place, origin: $0.origin == .written ? .defaults : $0.origin) },
        findings: findings.list)
    }
    hiddenFindings = hidden.list
    variableBytes = left
  }

  /// The values that are written for a field, the one that wins first.
  private static func values(of field: Field, in chain: Overlay) -> [Cursor] {
    let mappings = field.group.map { chain.nested(String($0)).mappings } ?? chain.mappings
    return mappings.compactMap { $0.value(of: String(field.key)) }
  }

  /// Takes a field's default for the channel at `place`; nil where none is written, `.some(nil)` where it is wrong.
  mutating func takeValue(_ index: Int, for place: SourcePlace) -> Slot?? {
    guard entries[index] != nil else { return .none }
    entries[index]?.users.add(place)
    return .some(entries[index]?.slot)
  }

  /// The findings on default values, each with the channels concerned.
  var findings: [(finding: Diagnostic, users: DefaultUsers)] {
    entries.compactMap { $0 }.flatMap { entry in entry.findings.map { ($0, entry.users) } }
  }
}

/// The channels that take one default value, for the notes of a finding on it: at most three, then a count.
struct DefaultUsers {
  private static let shown = 3
  private var places: [SourcePlace] = []
  private var count = 0

  mutating func add(_ place: SourcePlace) {
    count += 1
    if places.count < DefaultUsers.shown { places.append(place) }
  }

  mutating func add(_ others: DefaultUsers) {
    count += others.count
    places += others.places.prefix(DefaultUsers.shown - places.count)
  }

  var notes: [Diagnostic.Note] {
    var notes = places.map { Diagnostic.Note("this channel takes the default", at: $0) }
    if count > places.count {
      notes.append(Diagnostic.Note("and \(Words.count(count - places.count, "more channel"))", at: nil))
    }
    return notes
  }
}

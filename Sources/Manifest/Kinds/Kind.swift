package import Documents

/// One kind of channel as data: everything that differs per kind is a loop over its fields.
///
/// A reference type only so that each record can point at it for the price of a pointer; it never changes.
package final class Kind: Sendable {
  /// The name in manifests and addresses: `ok`, `custom`.
  package let name: String
  /// What people call it: "OK.ru", "Custom channel".
  package let title: String
  /// The page of the Kit documentation that the kind follows.
  package let documentation: String
  /// One sentence for the reference.
  package let summary: String
  /// The fields in the order of Kit's own form; a record's slots follow this order.
  package let fields: [Field]
  /// What Kit makes and `output` shows.
  package let outputs: [Output]
  /// The keys that a channel's mapping may have, groups once, in form order.
  package let keys: [String]

  package init(
    name: String, title: String, documentation: String, summary: String, fields: [Field], outputs: [Output]
  ) {
    self.name = name
    self.title = title
    self.documentation = documentation
    self.summary = summary
    self.fields = fields
    self.outputs = outputs
    keys = fields.reduce(into: []) { keys, field in
      let key = String(field.group ?? field.key)
      if keys.last != key { keys.append(key) }
    }
  }

  /// The slot number of a field, by its full name (`closing.agent`).
  package func index(of field: String) -> Int? { fields.firstIndex { $0.name == field } }

  /// The fields that Kit stores and a plan compares, in form order, with their slot numbers.
  package var managed: [(index: Int, field: Field)] {
    fields.enumerated().filter { $0.element.role == .managed }.map { (index: $0.offset, field: $0.element) }
  }

  /// A value that Kit generates.
  package struct Output: Sendable {
    /// `id`, `uuid`, `messageURL`, `salt`.
    package let name: String
    package let isSecret: Bool
    /// Whether it stays the same for the channel's whole life.
    package let isStable: Bool
    package let documentation: String

    package init(_ name: String, isSecret: Bool = false, isStable: Bool = true, documentation: String) {
      self.name = name
      self.isSecret = isSecret
      self.isStable = isStable
      self.documentation = documentation
    }
  }
}

/// One field of a kind; a name with a dot belongs to a group that is filled key by key (`closing.agent`).
///
/// A reference type for the same reason as `Kind`.
package final class Field: Sendable {
  package let name: String
  package let shape: Shape
  package let isRequired: Bool
  package let role: FieldRole
  package let checks: [Check]
  /// What a change means to the people who use the channel, for the plan.
  package let consequence: String?
  /// Which changes of the value can hurt conversations in progress; nil where none can.
  package let risk: Risk?
  /// One sentence for the reference and the JSON Schema.
  package let documentation: String
  /// An example value as YAML.
  package let example: String
  package let source: RuleSource
  /// Where Kit's own form has the field; nil for Kitform's own.
  package let form: FormPlace?
  /// The group before the dot, or nil.
  package let group: Substring?
  /// The part behind the dot, or the whole name.
  package let key: Substring

  package init(
    _ name: String, _ shape: Shape, isRequired: Bool = false, role: FieldRole = .managed, checks: [Check] = [],
    consequence: String? = nil, risk: Risk? = nil, documentation: String, example: String, source: RuleSource,
    form: FormPlace? = nil
  ) {
    self.name = name
    self.form = form
    self.shape = shape
    self.isRequired = isRequired
    self.role = role
    self.checks = checks
    self.consequence = consequence
    self.risk = risk
    self.documentation = documentation
    self.example = example
    self.source = source
    let dot = name.firstIndex(of: ".")
    group = dot.map { name[..<$0] }
    key = dot.map { name[name.index(after: $0)...] } ?? name[...]
  }

  /// A change of a live channel's value that `guards.maxUpdates` counts.
  package enum Risk: Sendable, Equatable {
    /// Any other value.
    case anyChange
    /// A shorter time.
    case shorter
  }

  /// Who acts on a field.
  package enum FieldRole: Sendable, Equatable {
    /// Kit stores it; plans compare it.
    case managed
    /// Kitform's own: guards a channel against deletion.
    case protection
    /// Kitform's own: the environments in which the channel exists.
    case environments
  }

  /// Write-only in Kit: never read back, compared by fingerprint.
  package var isSecret: Bool { shape == .secret }

  /// Whether the value names an API token of the account, which people mistake for the place of the token itself.
  package var namesCredential: Bool {
    if case .credential = shape { true } else { false }
  }
}

/// Where Kit's own form has a field, in the words of its pages.
package struct FormPlace: Sendable, Equatable {
  /// The heading of the group of fields; nil for a field without a group.
  package let box: String?
  package let label: String

  package init(_ label: String, in box: String? = nil) {
    self.label = label
    self.box = box
  }
}

/// The form of a field's value.
package enum Shape: Sendable, Equatable {
  case text
  /// An absolute URL that Kit calls; may come from a secret reference.
  case callbackURL
  case flag
  case duration
  case secret
  /// One account object; `none` clears it.
  case reference(ReferenceKind)
  /// Exactly one of these, as a mapping with one key.
  case route([ReferenceKind])
  /// `{id: N}` or `{name: T}`, and optionally `value: <secret reference>`.
  case credential(ReferenceKind)
  /// A mapping from account objects to levels; `{}` clears it.
  case levels(ReferenceKind, ClosedRange<Int>)
  /// A list of environment names.
  case environments

  /// What clears the field in YAML, or nil where it cannot be cleared.
  package var clearedBy: String? {
    switch self {
    case .reference: "none"
    case .levels: "{}"
    default: nil
    }
  }
}

/// A limit on one value, with the words for the JSON Schema beside it.
package enum Check: Sendable, Equatable {
  /// Unicode scalars, no control characters, no outer white space.
  case length(ClosedRange<Int>, rule: String)
  /// Whole seconds.
  case duration(ClosedRange<Int>, rule: String)
  /// A secret reference that no other channel of the kind takes.
  case unshared(rule: String)
  /// A duration that is greater than the waiting time of the queue to which the field `route` leads.
  case exceedsWaitingTime(route: String, rule: String)
}

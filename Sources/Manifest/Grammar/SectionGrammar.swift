package import Documents

/// One section of a project as data: the decoders take their keys from it, and the JSON Schema and the reference are walks over it.
package struct SectionGrammar: Sendable {
  /// The key at the top level of a file.
  package let name: String
  /// One sentence for the reference and the JSON Schema.
  package let documentation: String
  /// Allowed in `kitform.yaml` only, so that code owners can guard it.
  package let isGuarded: Bool
  /// Whether an environment may overlay it.
  package let isOverlaid: Bool
  /// An example as flow YAML.
  package let example: String
  package let form: SectionForm

  /// The keys of a section of settings; empty for any other.
  package var settings: [SectionKey] {
    if case .settings(let keys) = form { keys } else { [] }
  }

  /// The names of the keys of a section of settings.
  package var keyNames: [String] { settings.map(\.name) }
}

/// One key of a section, or of a mapping in one.
package struct SectionKey: Sendable {
  package let name: String
  package let form: SectionForm
  /// When the key must be there; nil where it never must.
  package let required: String?
  /// What holds without it; nil where nothing does.
  package let standard: String?
  /// One sentence for the reference and the JSON Schema.
  package let documentation: String
  package let example: String
  package let source: RuleSource

  package init(
    _ name: String, _ form: SectionForm, required: String? = nil, standard: String? = nil, documentation: String,
    example: String, source: RuleSource = .format
  ) {
    self.name = name
    self.form = form
    self.required = required
    self.standard = standard
    self.documentation = documentation
    self.example = example
    self.source = source
  }
}

/// The form of a section or of a value in one.
package indirect enum SectionForm: Sendable {
  /// A string of one line, without outer white space.
  case text
  /// A string that is not empty.
  case anyText
  /// A host name, with or without scheme and port.
  case host
  /// A path below the project's directory.
  case path
  case choice([String])
  /// A secret reference; `{keep: true}` where it says something.
  case secret(mayKeep: Bool)
  case wholeNumber(ClosedRange<Int>)
  case flag
  /// A secret reference without `keep`, or a string.
  case secretOrText
  case duration
  /// A scalar without variables: a variable's own value.
  case scalar
  /// An address, `<kind>.<key>`.
  case address
  /// A list of paths with `*`, `?` and `**`.
  case patterns
  /// A mapping with these keys and no other.
  case settings([SectionKey])
  /// A mapping with exactly one of these keys.
  case one([SectionKey])
  /// A mapping whose keys are the user's.
  case table(TableKey, SectionForm)
  /// A mapping of relaxable rules.
  case rules
  /// Channels by kind and key.
  case channels
  /// Values for fields that channels do not write.
  case defaults
  /// The overlaid sections by environment.
  case environments

  /// What the user names in a table.
  package enum TableKey: Sendable, Equatable {
    case variable
    /// An account object by title or id.
    case reference(ReferenceKind)
    case address
  }

  /// What is wanted, in words for the reference.
  package var words: String {
    switch self {
    case .text, .anyText: "a string"
    case .host: "a host"
    case .path: "a path in the project"
    case .choice(let words): Words.list(words, joinedBy: "or")
    case .secret: "a secret reference"
    case .wholeNumber(let range):
      range.upperBound == Int.max ? "a whole number" : "a whole number, \(range.lowerBound) to \(range.upperBound)"
    case .flag: "`true` or `false`"
    case .secretOrText: "a secret reference, or a string"
    case .duration: "a duration"
    case .scalar: "a string, a number or a boolean"
    case .address: "an address"
    case .patterns: "a list of patterns"
    case .settings: "a mapping"
    case .one(let keys): "a mapping with \(Words.list(keys.map(\.name), joinedBy: "or"))"
    case .table(let key, let value):
      switch key {
      case .variable: "a mapping from names to values"
      case .reference(let kind): "a mapping from \(kind.words)s, by title or id, to mappings"
      case .address: "a mapping from addresses to " + (value.isMapping ? "mappings" : "addresses")
      }
    case .rules: "a mapping from rules to `error`, `warning` or `off`"
    case .channels: "channels by kind and key"
    case .defaults: "a mapping of fields"
    case .environments: "a mapping from names to overlaid sections"
    }
  }

  private var isMapping: Bool {
    switch self {
    case .settings, .one, .table: true
    default: false
    }
  }
}

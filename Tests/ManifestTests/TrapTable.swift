import Manifest

/// The table of verdicts: one row for each shape that a value of a manifest can have.
extension TrapRow {
  private static let wrongType = Verdict.refused("value.type")

  // Scalars.

  /// Text fields and titles take any plain text.
  static let text = TrapRow(scalars: .text, lists: wrongType)
  /// Switches are `true` and `false`, and a quoted scalar is a string.
  static let flag = TrapRow(scalars: wrongType, lists: wrongType).with { $0.exceptions["true"] = .flag }
  /// A duration has units; `1:30` and a bare number have none.
  static let duration = TrapRow(scalars: .refused("duration.format"), lists: wrongType)
  /// An absolute https URL, or a secret reference.
  static let callbackURL = TrapRow(
    scalars: .refused("callbackURL.form"), lists: wrongType, mappings: .refused("secret.form"))
  /// A plain decimal integer is an id, any other value is a title, and what looks like a number but is none is quoted.
  static let reference = TrapRow(scalars: .title, lists: wrongType).with {
    $0.number = .refused("reference.format")
    $0.integer = .id
  }
  static let topicSet = reference.with {
    $0.emptyList = .refused("topicSet.one")
    $0.list = .refused("topicSet.one")
  }
  /// The id of an API token: a plain decimal integer and nothing else.
  static let credentialID = TrapRow(scalars: wrongType, lists: wrongType).with {
    $0.number = .refused("reference.format")
    $0.integer = .id
  }
  /// The title of an API token.
  static let credentialName = reference.with { $0.integer = .title }
  /// A whole number from 1 to 5.
  static let level = TrapRow(scalars: wrongType, lists: wrongType).with {
    $0.integer = .number
    $0.exceptions["-5"] = .refused("skills.level")
  }
  /// The name of an environment.
  static let environment = TrapRow(nothing: wrongType, scalars: .refused("only.unknown"), lists: wrongType)

  // Secret references.

  /// A reference, never a literal.
  static let secret = TrapRow(scalars: .refused("secret.literal"), lists: .refused("secret.form"))
  /// The name of an object in a store.
  static let object = TrapRow(scalars: .text, lists: .untried)
  /// A reference where a string would be the name of an object.
  static let secretOfStore = TrapRow(nothing: .untried, scalars: .untried, lists: .refused("secret.form"))
  /// The name of an environment variable.
  static let secretVariable = TrapRow(
    nothing: .refused("secret.form"), scalars: .text, lists: .refused("secret.form")
  ).with {
    $0.number = .refused("secret.form")
    $0.integer = .refused("secret.form")
    $0.exceptions["\"3\""] = .refused("secret.form")
    $0.exceptions["!!str 5"] = .refused("secret.form")
    $0.exceptions["! 5"] = .refused("secret.form")
  }
  /// A path, or a variable that holds it.
  static let secretFile = TrapRow(nothing: .refused("secret.form"), scalars: .text, lists: .refused("secret.form"))
  /// `true` or not there.
  static let keep = TrapRow(
    nothing: .refused("secret.form"), scalars: .refused("secret.form"), lists: .refused("secret.form")
  ).with { $0.exceptions["true"] = .accepted }
  /// The same, where Kit has no value to keep.
  static let noKeep = keep.with { $0.exceptions["true"] = .around("secret.form") }

  // Mappings and lists of fields.

  static let route = TrapRow(scalars: .refused("redirect.one"), lists: .refused("redirect.one")).with {
    $0.mapping = .inside("field.unknown", "a")
  }
  static let credential = TrapRow(scalars: wrongType, lists: wrongType).with {
    $0.emptyMapping = .refused("field.missing")
    $0.mapping = .inside("field.unknown", "a")
  }
  static let levels = TrapRow(scalars: wrongType, lists: wrongType).with {
    $0.emptyMapping = .cleared
    $0.mapping = .inside("value.type", "b")
  }
  static let environments = TrapRow(scalars: wrongType, lists: wrongType).with {
    $0.list = .inside("only.unknown", "a")
  }
  /// Fields that are filled key by key.
  static let group = TrapRow(scalars: wrongType, lists: wrongType).with {
    $0.emptyMapping = .refused("field.empty")
    $0.mapping = .inside("field.unknown", "a")
  }

  // Settings.

  /// One of some words; a wrong one is reported with the allowed words.
  static func choice(_ rule: String) -> TrapRow { TrapRow(scalars: .refused(rule), lists: wrongType) }
  /// A host name: no number of YAML 1.2, no digits that are not four dotted decimals, no sign or hyphen at an end.
  static func host(_ rule: String) -> TrapRow {
    TrapRow(scalars: .refused(rule), lists: wrongType).with {
      $0.word = .text
      for name in ["0b11", "1_000", "2026-01-01", "\"true\""] { $0.exceptions[name] = .text }
    }
  }
  /// An absolute URL.
  static let address = TrapRow(scalars: .refused("state.backend"), lists: wrongType)
  /// A user name, which holds no colon.
  static let userName = text.with {
    for name in ["60:00", "1:30"] { $0.exceptions[name] = .refused("state.backend") }
  }
  /// 3 to 63 lower-case letters, digits, hyphens and dots, neither of the last two at an end.
  static let bucket = TrapRow(scalars: .refused("state.backend"), lists: wrongType).with {
    for name in ["yes", "off", "true", "010", "0o17", "0b11", "1e3", "1.5", "2026-01-01", "!!float 1.5", "\"true\""] {
      $0.exceptions[name] = .text
    }
  }
  /// Lower-case letters, digits and hyphens.
  static let region = text.with {
    for name in ["True", "FALSE", "0x1F", "60:00", "1:30", "1_000", ".inf", "-.inf", ".nan", "1.5", "+5"] {
      $0.exceptions[name] = .refused("state.backend")
    }
    $0.exceptions["!!float 1.5"] = .refused("state.backend")
  }
  /// A whole number without sign and leading zero.
  static let limit = TrapRow(scalars: .refused("guards.limit"), lists: wrongType).with { $0.integer = .number }
  static let version = TrapRow(
    nothing: .refused("project.version"), scalars: .refused("project.version"), lists: .refused("project.version"))

  // Sections.

  /// A mapping whose keys the user chooses; `{a: b}` is judged by the row of its values.
  static let section = TrapRow(unwritten: .key("field.empty"), scalars: wrongType, lists: wrongType).with {
    $0.emptyMapping = .accepted
    $0.mapping = .untried
  }
  /// A mapping of keys that exist, none of which must be there.
  static let settings = section.with { $0.mapping = .inside("field.unknown", "a") }
  /// A mapping of keys that must be there.
  static let needed = section.with { $0.emptyMapping = .untried }
  /// The facts of a queue.
  static let queue = section.with { $0.emptyMapping = .key("field.missing") }
  /// A channel: a missing field is reported at its key.
  static let channel = TrapRow(nothing: .key("field.missing"), scalars: wrongType, lists: wrongType).with {
    $0.emptyMapping = .key("field.missing")
    $0.mapping = .untried
  }
  /// A list of patterns.
  static let patterns = TrapRow(unwritten: .key("field.empty"), scalars: wrongType, lists: .accepted).with {
    $0.emptyMapping = wrongType
    $0.mapping = wrongType
  }
  static let pattern = TrapRow(nothing: wrongType, scalars: .accepted, lists: wrongType)
  /// A string, a number or a boolean.
  static let variable = TrapRow(
    nothing: .refused("variable.value"), unwritten: .key("variable.value"), scalars: .accepted,
    lists: .refused("variable.value"))
  /// `error`, `warning` or `off`.
  static let severity = TrapRow(
    nothing: .refused("value.choice"), unwritten: .key("value.choice"), scalars: .refused("value.choice"),
    lists: .refused("value.choice")
  ).with { $0.exceptions["off"] = .accepted }

  /// A mapping with exactly one key, each with its own rule for what is not.
  static func one(_ rule: String) -> TrapRow {
    TrapRow(nothing: .refused(rule), unwritten: .key(rule), scalars: .refused(rule), lists: .refused(rule)).with {
      $0.mapping = .inside("field.unknown", "a")
    }
  }
  /// The UUID or the name of a channel to adopt.
  static let adoptedText = TrapRow(
    nothing: .refused("adopt.target"), unwritten: .around("adopt.target"), scalars: .text,
    lists: .refused("adopt.target"))
  /// The id of a channel to adopt.
  static let adoptedID = adoptedText.with {
    $0.word = .refused("adopt.target")
    $0.number = .refused("adopt.target")
    $0.integer = .number
    $0.quoted = .refused("adopt.target")
  }
  /// Whether a channel is deleted.
  static let destroy = TrapRow(
    nothing: .refused("removed.form"), unwritten: .around("removed.form"), scalars: .refused("removed.form"),
    lists: .refused("removed.form")
  ).with { $0.exceptions["true"] = .accepted }
  /// The old address of a channel.
  static let oldAddress = TrapRow(
    nothing: .refused("moved.address"), unwritten: .key("moved.address"), scalars: .refused("channel.key"),
    lists: .refused("moved.address"))
}

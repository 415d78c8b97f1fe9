import Testing

/// A value that one reader of YAML or another takes for something else than it looks like, as it is written.
struct Trap: Sendable, CustomTestStringConvertible {
  var written: String
  var sort: Sort

  /// What YAML 1.2 and 1.1 make of a value.
  enum Sort: Sendable {
    /// Nothing, or a null that is written out.
    case nothing
    /// A plain text in YAML 1.2 that YAML 1.1, or both, read as a boolean.
    case word
    /// Plain, and a number or a date to one version, but no decimal integer without sign or leading zero.
    case number
    /// A plain decimal integer.
    case integer
    /// A string by its quotes or by its tag.
    case quoted
    case emptyList, list, emptyMapping, mapping
  }

  /// The value behind its tag: there a finding is.
  var value: String { written.hasPrefix("!") ? String(written.drop { $0 != " " }.dropFirst()) : written }

  /// The text of a scalar, without quotes.
  var text: String { value.hasPrefix("\"") ? String(value.dropFirst().dropLast()) : value }

  var testDescription: String { written.isEmpty ? "(nothing)" : written }

  private static func of(_ sort: Sort, _ written: String...) -> [Trap] {
    written.map { Trap(written: $0, sort: sort) }
  }

  /// What a list may hold where `list` and `mapping` are: one text, one pair of texts.
  static let all =
    of(.nothing, "", "~", "null", "Null", "!!null ~")
    + of(.word, "no", "yes", "on", "off", "y", "true", "True", "FALSE")
    + of(
      .number, "010", "0x1F", "0o17", "0b11", "60:00", "1:30", "1_000", ".inf", "-.inf", ".nan", "1e3", "1.5", "+5",
      "-5", "2026-01-01", "!!float 1.5") + of(.integer, "5", "!!int 5")
    + of(.quoted, "\"3\"", "\"true\"", "!!str 5", "! 5") + of(.emptyList, "[]") + of(.list, "[a]")
    + of(.emptyMapping, "{}") + of(.mapping, "{a: b}")
}

/// What must become of a trap.
enum Verdict: Sendable, Equatable {
  /// Accepted as a string.
  case text
  /// Accepted as the title of an account object.
  case title
  /// Accepted as the id of an account object.
  case id
  /// Accepted as a number.
  case number
  /// Accepted as a boolean.
  case flag
  /// Accepted, and clears the field.
  case cleared
  /// Accepted; what it becomes is not looked at.
  case accepted
  /// Refused by a rule, at the value.
  case refused(String)
  /// Refused by a rule, at a part of the value.
  case inside(String, String)
  /// Refused by a rule, at the mapping in which the value is.
  case around(String)
  /// Refused by a rule, at the key before the value.
  case key(String)
  /// Not tried, as the project around it is then wrong in more than one way.
  case untried
}

/// The verdicts that one shape of value has for every trap, from the sections "Presence", "Values" and "Typing" of the format.
struct TrapRow: Sendable {
  /// For a null that is written out; where nothing is written, `unwritten`.
  var nothing: Verdict
  var unwritten: Verdict
  var word: Verdict
  var number: Verdict
  var integer: Verdict
  var quoted: Verdict
  var emptyList: Verdict
  var list: Verdict
  var emptyMapping: Verdict
  var mapping: Verdict
  /// Traps that are an exception to their sort, by what is written.
  var exceptions: [String: Verdict] = [:]

  /// A row in which all scalars, all lists and all mappings have one verdict each.
  init(
    nothing: Verdict = .refused("field.empty"), unwritten: Verdict? = nil, scalars: Verdict, lists: Verdict,
    mappings: Verdict? = nil
  ) {
    self.nothing = nothing
    self.unwritten = unwritten ?? nothing
    word = scalars
    number = scalars
    integer = scalars
    quoted = scalars
    emptyList = lists
    list = lists
    emptyMapping = mappings ?? lists
    mapping = mappings ?? lists
  }

  /// The same row with some verdicts changed.
  func with(_ change: (inout TrapRow) -> Void) -> TrapRow {
    var row = self
    change(&row)
    return row
  }

  func verdict(_ trap: Trap) -> Verdict {
    if let exception = exceptions[trap.written] { return exception }
    switch trap.sort {
    case .nothing: return trap.written.isEmpty ? unwritten : nothing
    case .word: return word
    case .number: return number
    case .integer: return integer
    case .quoted: return quoted
    case .emptyList: return emptyList
    case .list: return list
    case .emptyMapping: return emptyMapping
    case .mapping: return mapping
    }
  }
}

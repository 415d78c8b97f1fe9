import Basics
import Documents
import YAML

/// Reads one field's value from its node, by the field's shape; knows no kind.
///
/// A value that is wrong is reported once and gives nil; the caller does not report it missing too.
package struct FieldDecoder: Sendable {
  package var variables: Variables
  /// The project's environments, in the order written.
  package var environments: [String]
  /// Whether there is an environment of a name.
  private let isEnvironment: @Sendable (String) -> Bool
  /// Whether callback URLs may name private addresses: a local Kit or the sandbox reaches them.
  package var allowsPrivateAddresses: Bool

  package init(
    variables: Variables, environments: [String], isEnvironment: (@Sendable (String) -> Bool)? = nil,
    allowsPrivateAddresses: Bool
  ) {
    self.variables = variables
    self.environments = environments
    self.isEnvironment = isEnvironment ?? { environments.contains($0) }
    self.allowsPrivateAddresses = allowsPrivateAddresses
  }

  /// Reads the value of `field` at `cursor`.
  package func decode(_ field: Field, _ cursor: Cursor, _ findings: inout Findings) -> Slot? {
    if cursor.isNull {
      findings.report(
        .fieldEmpty, at: cursor.place, "`\(field.name)` has no value",
        why: "an absent field is left as Kit has it; a cleared one is written out",
        suggestion: field.shape.clearedBy.map {
          "write `\(field.key): \($0)` to clear it, or remove the line to leave it as it is in Kit"
        } ?? (field.isRequired ? "write its value" : "write its value, or remove the line to leave it as it is in Kit"))
      return nil
    }
    let value: Value?
    var origin: Slot.ValueOrigin = cursor.isAlias ? .alias : .written
    switch field.shape {
    case .text, .flag, .duration, .reference:
      guard let scalar = scalar(field, cursor, &findings) else { return nil }
      origin = scalar.origin
      value = decode(field, scalar, &findings)
    case .callbackURL:
      if cursor.isMapping {
        value = secretReference(cursor, for: field.name, &findings).map { .secret($0) }
      } else {
        guard let scalar = scalar(field, cursor, &findings) else { return nil }
        origin = scalar.origin
        value = callbackURL(scalar, &findings).map { .text($0) }
      }
    case .secret:
      value = secretReference(cursor, for: field.name, &findings).map { .secret($0) }
    case .route(let kinds):
      value = route(field, kinds: kinds, cursor: cursor, findings: &findings)
    case .credential(let kind):
      value = credential(field, kind: kind, cursor: cursor, findings: &findings)
    case .levels(let kind, let range):
      value = levels(field, kind: kind, range: range, cursor: cursor, findings: &findings)
    case .environments:
      value = names(field, cursor, &findings)
    }
    return value.map { Slot($0, at: cursor.place, origin: origin) }
  }

  /// Reads a scalar, or reports what is there instead.
  private func scalar(_ field: Field, _ cursor: Cursor, _ findings: inout Findings) -> ExpandedScalar? {
    guard cursor.isScalar else {
      if case .reference(.topicSet) = field.shape, cursor.shape == .sequence {
        findings.report(
          .topicSetOne, at: cursor.place, "`\(field.name)` is a list, but a channel has one topic set",
          why: "Kit assigns one topic set to a channel; selecting another replaces the previous one",
          suggestion: "write one title or id: `\(field.key): Retail`")
        return nil
      }
      findings.report(
        .valueType, at: cursor.place, "`\(field.name)` is \(cursor.words), but \(field.shape.words) is wanted",
        suggestion: "for example `\(field.key): \(field.example)`")
      return nil
    }
    return variables.scalar(cursor, &findings)
  }

  private func decode(_ field: Field, _ scalar: ExpandedScalar, _ findings: inout Findings) -> Value? {
    switch field.shape {
    case .flag: flag(field.name, scalar, &findings).map { .flag($0) }
    case .duration: duration(field, scalar, &findings).map { .seconds($0) }
    case .reference(let kind):
      if field.shape.clearedBy.map({ scalar.bytes.elementsEqual($0.utf8) }) == true {
        .cleared
      } else {
        reference(kind, scalar, &findings).map { .reference($0) }
      }
    default: text(field, scalar, &findings).map { .text($0) }
    }
  }

  /// Reads `true` or `false`.
  package func flag(_ name: String, _ scalar: ExpandedScalar, _ findings: inout Findings) -> Bool? {
    if scalar.isPlain, scalar.bytes.elementsEqual("true".utf8) { return true }
    if scalar.isPlain, scalar.bytes.elementsEqual("false".utf8) { return false }
    let word = scalar.text.lowercased()
    let isOldSwitch = scalar.isPlain && ["yes", "on", "y", "no", "off", "n"].contains(word)
    let meant: String? =
      ["true", "yes", "on", "y", "1", "enabled"].contains(word)
      ? "true" : ["false", "no", "off", "n", "0", "disabled"].contains(word) ? "false" : nil
    findings.report(
      .valueType, at: scalar.place, "`\(name)` is a boolean: `true` or `false`",
      why: isOldSwitch
        ? "YAML 1.2 reads `\(scalar.text)` as a string" : scalar.isPlain ? nil : "a quoted value is always a string",
      suggestion: meant.map { "write `\($0)`" + (scalar.isPlain ? "" : ", without quotes") }
        ?? "write `true` or `false`", notes: scalar.notes)
    return nil
  }

  private func text(_ field: Field, _ scalar: ExpandedScalar, _ findings: inout Findings) -> String? {
    for check in field.checks {
      guard case .length(let range, let id) = check else { continue }
      if let fault = TextRules.fault(in: scalar.bytes, mayBeEmpty: true) {
        findings.report(
          .nameCharacters, at: scalar.place, "`\(field.name)` \(fault)",
          suggestion: scalar.blockHelp ?? "remove them", notes: scalar.notes)
        continue
      }
      let length = TextRules.count(scalar.bytes)
      if !range.contains(length), let rule = Rule.named(id) {
        findings.report(
          rule, at: scalar.place, "`\(field.name)` has \(length) characters",
          why: "it has \(range.lowerBound) to \(range.upperBound) characters",
          suggestion: length == 0 ? "write a \(field.name)" : "shorten it",
          notes: scalar.notes)
      }
    }
    return scalar.text
  }

  /// Reads a duration and checks its range; a duration out of range still counts as read.
  private func duration(_ field: Field, _ scalar: ExpandedScalar, _ findings: inout Findings) -> Int? {
    let seconds: Int
    switch TimeSpan.read(scalar.bytes) {
    case .seconds(let read): seconds = read
    case .tooLong: seconds = Int.max
    default: return self.seconds(field.name, scalar, &findings)
    }
    for case .duration(let range, let id) in field.checks {
      guard !range.contains(seconds), let rule = Rule.named(id) else { continue }
      findings.report(
        rule, at: scalar.place,
        "`\(field.name)` is \(seconds == Int.max ? "" : "\(TimeSpan.text(seconds)), ")\(seconds < range.lowerBound ? "less than 60 seconds" : "more than 7 days")",
        why: "Kit closes conversations after 60 seconds at the least and 7 days at the most",
        suggestion: "write a time from `\(TimeSpan.text(range.lowerBound))` to `\(TimeSpan.text(range.upperBound))`",
        notes: scalar.notes)
      return nil
    }
    return seconds
  }

  /// Reads a duration of any length.
  package func seconds(_ name: String, _ scalar: ExpandedScalar, _ findings: inout Findings) -> Int? {
    let problem: String
    let suggestion: String
    var why: String?
    switch TimeSpan.read(scalar.bytes) {
    case .seconds(let seconds): return seconds
    case .bare(let number):
      problem = "`\(name)` is a number without a unit"
      suggestion =
        "write `\(number)s`" + (number >= 60 ? ", that is `\(TimeSpan.text(number))`" : "") + ", or another unit"
    case .sexagesimal:
      problem = "`\(name)` is not a duration"
      why = "YAML 1.1 reads a string like `\(scalar.text)` as a number of seconds, YAML 1.2 as a string"
      suggestion = "write the units: `1h30m`, `90s`"
    case .tooLong:
      problem = "`\(name)` is longer than any time"
      suggestion = "for example `90s`, `15m`, `1h30m` or `7d`"
    case .malformed:
      problem = "`\(name)` is not a duration"
      why = "a duration is whole numbers with d, h, m and s, largest unit first, each at most once, without spaces"
      suggestion = "for example `90s`, `15m`, `1h30m` or `7d`"
    }
    let meant = TimeSpan.meant(scalar.text).map { "write `\(TimeSpan.text($0))`" }
    findings.report(
      .durationFormat, at: scalar.place, problem, why: why, suggestion: scalar.blockHelp ?? meant ?? suggestion,
      notes: scalar.notes)
    return nil
  }

  /// Reads an account object: a plain decimal integer is an id, any other value is a title.
  package func reference(_ kind: ReferenceKind, _ scalar: ExpandedScalar, _ findings: inout Findings) -> Reference? {
    if scalar.isPlain {
      if Scalars.isDecimalInteger(scalar.bytes) {
        if let id = Int(scalar.text) { return Reference(id: id, place: scalar.place) }
        findings.report(
          .referenceFormat, at: scalar.place, "the id of the \(kind.words) is too large",
          suggestion: "copy the id from Kit",
          notes: scalar.notes)
        return nil
      }
      if Scalars.looksLikeNumberOrDate(scalar.bytes) {
        findings.report(
          .referenceFormat, at: scalar.place, "`\(scalar.text)` is neither an id nor clearly a title",
          why: "an id is a plain decimal integer; YAML reads this as another kind of number or a date",
          suggestion: "quote it to name \(kind.oneOfThem) by its title", notes: scalar.notes)
        return nil
      }
    }
    if let fault = TextRules.fault(in: scalar.bytes, mayHaveOuterWhiteSpace: true) {
      findings.report(
        .referenceFormat, at: scalar.place, "the title of the \(kind.words) \(fault)",
        suggestion: scalar.blockHelp ?? "write its title as Kit shows it, or its id", notes: scalar.notes)
      return nil
    }
    return Reference(title: scalar.text, place: scalar.place)
  }

  private func names(_ field: Field, _ cursor: Cursor, _ findings: inout Findings) -> Value? {
    guard cursor.shape == .sequence, !cursor.items.isEmpty else {
      findings.report(
        .valueType, at: cursor.place, "`\(field.name)` is a list of environments",
        suggestion: "for example `\(field.name): \(field.example)`")
      return nil
    }
    var names: [String] = []
    for item in cursor.items {
      guard item.shape == .scalar, !item.isNull else {
        findings.report(
          .valueType, at: item.place,
          "an item of `\(field.name)` is \(item.words), but an environment's name is wanted",
          suggestion: "for example `\(field.name): \(field.example)`")
        continue
      }
      let name = item.text
      guard isEnvironment(name) else {
        let help = ExpandedScalar(literal: item).blockHelp ?? findings.didYouMean(name, among: environments)
        findings.report(
          .onlyUnknown, at: item.place, "there is no environment `\(name)`",
          suggestion: environments.isEmpty
            ? "this project has no `environments`: remove the line"
            : help ?? "the environments are \(Words.list(environments))")
        continue
      }
      names.append(name)
    }
    return .names(names)
  }
}

extension Shape {
  /// What is wanted, in words for a message.
  package var words: String {
    switch self {
    case .text: "a string"
    case .callbackURL: "a URL"
    case .flag: "`true` or `false`"
    case .duration: "a duration"
    case .secret: "a secret reference"
    case .reference(let kind): "the title or id of \(kind.oneOfThem)"
    case .route: "a mapping with one key"
    case .credential(let kind): "a mapping with the id or name of an \(kind.words)"
    case .levels(let kind, _): "a mapping from \(kind.words)s to levels"
    case .environments: "a list of environments"
    }
  }
}

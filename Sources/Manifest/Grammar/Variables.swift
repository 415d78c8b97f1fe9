import Basics
package import Documents
import YAML

/// The variables of one environment: typed scalars that `${name}` stands for.
package struct Variables: Sendable {
  /// A variable's value, typed by its spelling.
  package struct Definition: Sendable {
    package var text: String
    /// Written plain, so that it may be a number, a boolean or a duration.
    package var isPlain: Bool
    /// The place of the value; nil for one that is in no file.
    package var place: SourcePlace?
    /// The words for a note: "`variables`" or "`--var`".
    package var label: String

    package init(text: String, isPlain: Bool, place: SourcePlace?, label: String) {
      self.text = text
      self.isPlain = isPlain
      self.place = place
      self.label = label
    }
  }

  private var definitions: [String: Definition] = [:]

  package init() {}

  package subscript(name: String) -> Definition? {
    get { definitions[name] }
    set { definitions[name] = newValue }
  }

  /// The names, sorted, for "did you mean".
  package var names: [String] { definitions.keys.sorted() }

  /// Whether a string is a variable's name: a letter, then letters, digits and underscores.
  package static func isName(_ text: some StringProtocol) -> Bool {
    guard let first = text.utf8.first, isLetter(first) else { return false }
    return text.utf8.allSatisfy { isLetter($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }
}

/// A scalar as a field reads it: with its variables filled in, and with the type that its spelling gives it.
package struct ExpandedScalar: Sendable {
  /// The UTF-8 bytes of its text: a part of the file, or what variables made.
  package var bytes: ArraySlice<UInt8>
  /// Written plain, so that it may be a number, a boolean or a duration; a quoted scalar is a string.
  package var isPlain: Bool
  /// The place of the value in the channel, not that of the variable.
  package var place: SourcePlace
  package var origin: Slot.ValueOrigin
  /// The place of the variable that supplied it.
  package var notes: [Diagnostic.Note]
  /// `>` or `|`, where the text is a block scalar and ends with a line break for this reason alone.
  private var blockIndicator: String?

  /// How to correct a block scalar whose line break at the end is not wanted; nil for any other text.
  var blockHelp: String? {
    blockIndicator.map { "write `\($0)-` in place of `\($0)`, which ends the text with a line break" }
  }

  /// The string itself, made at each use.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// A scalar, or an alias of one, in which no variable is looked for.
  init(literal cursor: Cursor) {
    let scalar = cursor.document.scalar(cursor.node)
    bytes = scalar.bytes
    isPlain = scalar.isPlain
    place = scalar.place
    origin = scalar.isAlias ? .alias : .written
    notes = []
    blockIndicator = bytes.last == UInt8(ascii: "\n") ? cursor.document.blockIndicator(cursor.node) : nil
  }

  init(text: String, isPlain: Bool, place: SourcePlace, origin: Slot.ValueOrigin, notes: [Diagnostic.Note]) {
    bytes = ArraySlice(text.utf8)
    self.isPlain = isPlain
    self.place = place
    self.origin = origin
    self.notes = notes
  }
}

extension Variables {
  /// Reads a scalar with its variables filled in; nil when a finding was reported.
  func scalar(_ cursor: Cursor, _ findings: inout Findings) -> ExpandedScalar? {
    let literal = ExpandedScalar(literal: cursor)
    guard cursor.document.mayHoldDollar, literal.bytes.contains(UInt8(ascii: "$")) else { return literal }
    let text = literal.text
    let origin = literal.origin
    guard let parts = parts(of: text, at: cursor.place, &findings) else { return nil }
    if case .variable(let name)? = parts.first, parts.count == 1 {
      guard let definition = self[name] else { return unknown(name, at: cursor.place, &findings) }
      guard spend(name, definition, at: cursor.place, &findings) else { return nil }
      return ExpandedScalar(
        text: definition.text, isPlain: definition.isPlain, place: cursor.place, origin: .variable,
        notes: [originNote(name, definition)])
    }
    var result = ""
    var notes: [Diagnostic.Note] = []
    var noted: Set<String> = []
    var usesVariable = false
    for part in parts {
      switch part {
      case .text(let text): result += text
      case .variable(let name):
        guard let definition = self[name] else { return unknown(name, at: cursor.place, &findings) }
        guard spend(name, definition, at: cursor.place, &findings) else { return nil }
        usesVariable = true
        result += definition.text
        if noted.insert(name).inserted { notes.append(originNote(name, definition)) }
      }
    }
    return ExpandedScalar(
      text: result, isPlain: cursor.isPlain && !usesVariable, place: cursor.place,
      origin: usesVariable ? .variable : origin, notes: notes)
  }

  /// The names of the variables that a scalar refers to.
  static func names(in cursor: Cursor) -> [String] {
    guard cursor.document.mayHoldDollar, case let text = cursor.text, text.contains("${") else { return [] }
    var ignored = Findings()
    return (Variables().parts(of: text, at: cursor.place, &ignored) ?? []).compactMap { part in
      if case .variable(let name) = part { name } else { nil }
    }
  }

  private enum Part {
    case text(String)
    case variable(String)
  }

  /// Splits a string at its `${name}`; `$${` is a literal `${`, and a lone `$` is itself.
  private func parts(of text: String, at place: SourcePlace, _ findings: inout Findings) -> [Part]? {
    var parts: [Part] = []
    var literal = ""
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
      literal += rest[..<dollar]
      let tail = rest[dollar...]
      if tail.hasPrefix("$${") {
        literal += "${"
        rest = tail.dropFirst(3)
      } else if tail.hasPrefix("${") {
        guard let close = tail.firstIndex(of: "}"),
          Variables.isName(tail[tail.index(tail.startIndex, offsetBy: 2)..<close])
        else {
          findings.report(
            .variableSyntax, at: place, "`${` begins a variable, but no `${name}` follows",
            suggestion:
              "write `${name}` with a letter, then letters, digits and underscores; or `$${` for a literal `${`")
          return nil
        }
        if !literal.isEmpty { parts.append(.text(literal)) }
        literal = ""
        parts.append(.variable(String(tail[tail.index(tail.startIndex, offsetBy: 2)..<close])))
        rest = tail[tail.index(after: close)...]
      } else {
        literal += "$"
        rest = tail.dropFirst()
      }
    }
    literal += rest
    if !literal.isEmpty || parts.isEmpty { parts.append(.text(literal)) }
    return parts
  }

  private func unknown(_ name: String, at place: SourcePlace, _ findings: inout Findings) -> ExpandedScalar? {
    let near = findings.didYouMean(name, among: names)
    findings.report(
      .variableUnknown, at: place, "there is no variable `\(SafeText.shortened(name))`",
      suggestion: near ?? "add `\(name)` under `variables` in kitform.yaml, or give it with `--var \(name)=VALUE`")
    return nil
  }

  /// Takes what a variable adds from the budget; false where nothing is left, which is reported once, at the variable.
  private func spend(
    _ name: String, _ definition: Definition, at place: SourcePlace, _ findings: inout Findings
  ) -> Bool {
    guard findings.variableBytes >= 0 else { return false }
    findings.variableBytes -= definition.text.utf8.count
    guard findings.variableBytes < 0 else { return true }
    findings.report(
      .variableBudget, at: definition.place ?? place,
      "variables add more than \(Findings.variableByteLimit >> 20) MiB to the project's texts, and `\(SafeText.shortened(name))` is the one that goes past it",
      why: "a long variable that is used often fills the memory; what refers to variables from here on is not read",
      suggestion: "shorten the variable, or refer to it less often",
      notes: definition.place == nil ? [] : [Diagnostic.Note("the text that goes past the limit is here", at: place)])
    return false
  }

  private func originNote(_ name: String, _ definition: Definition) -> Diagnostic.Note {
    Diagnostic.Note("the value of `\(name)` comes from \(definition.label)", at: definition.place)
  }
}

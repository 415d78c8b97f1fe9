import Basics

/// Shows findings as text: where, what, the source line with a caret under the whole value, why, and what to write.
package struct DiagnosticRenderer: Sendable {
  private let sources: SourceMap
  private let masking: Masking
  private let color: Bool
  private let width: Int

  /// Makes a renderer.
  ///
  /// - Parameters:
  ///   - sources: the files that places name.
  ///   - secretPlaces: where secrets belong; these bytes are never shown.
  ///   - unparsed: the files that do not parse, in which nothing but keys is shown, and values behind `plainKeys`.
  ///   - plainKeys: keys behind which no secret belongs.
  ///   - color: whether to write ANSI colours.
  ///   - columns: how wide the terminal is: a line of a file is cut, so that the caret stays under its place.
  package init(
    sources: SourceMap, secretPlaces: [SourcePlace], unparsed: Set<Int32>, plainKeys: Set<String> = [], color: Bool,
    columns: Int? = nil
  ) {
    self.sources = sources
    // The margin takes eight columns, and the two signs for what is cut one each.
    width = min(max((columns ?? 170) - 10, 20), 160)
    masking = Masking(secretPlaces: secretPlaces, unparsed: unparsed, plainKeys: plainKeys)
    self.color = color
  }

  /// Returns the findings as text, in the order given, with an empty line between them.
  package func render(_ diagnostics: [Diagnostic]) -> String {
    diagnostics.map(render).joined(separator: "\n")
  }

  private func render(_ finding: Diagnostic) -> String {
    let tint = Tint(finding.severity)
    var output = ""
    if let position = position(finding.place) { output += paint(position + ": ", .bold) }
    output += paint(finding.severity.rawValue + ":", tint)
    output += " " + SafeText.escape(finding.message) + " [" + SafeText.escape(finding.id) + "]\n"
    output += excerpt(finding.place, tint)
    if let why = finding.why { output += labelled("why:  ", why) }
    if let suggestion = finding.suggestion { output += labelled("help: ", suggestion) }
    for note in finding.notes {
      let position = position(note.place).map { " (" + $0 + ")" } ?? ""
      output += labelled("note: ", note.message + position)
      output += excerpt(note.place, .plain)
    }
    return output
  }

  private func position(_ place: SourcePlace?) -> String? {
    guard let place, sources.files.indices.contains(Int(place.file)) else { return nil }
    let position = sources.position(of: place)
    return "\(SafeText.escape(position.file)):\(position.line):\(position.column)"
  }

  private func excerpt(_ place: SourcePlace?, _ tint: Tint) -> String {
    guard let place, let excerpt = Excerpt(place, in: sources, masking: masking, width: width) else { return "" }
    let number = String(excerpt.line)
    let margin = String(repeating: " ", count: max(0, 5 - number.count)) + number
    let scalars = excerpt.text.unicodeScalars
    let start = CellWidth.of(scalars.prefix(excerpt.caretStart))
    let length = CellWidth.of(scalars.dropFirst(excerpt.caretStart).prefix(excerpt.caretLength))
    // A caret at the end of a line points behind its last character.
    let caret = paint(String(repeating: "^", count: max(length, 1)), tint)
    return "\(margin) | \(excerpt.text)\n"
      + String(repeating: " ", count: max(5, number.count)) + " | "
      + String(repeating: " ", count: start) + caret + "\n"
  }

  /// A string behind a label; its further lines are indented under the first.
  private func labelled(_ label: String, _ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let indentation = "\n" + String(repeating: " ", count: 2 + label.count)
    return "  " + paint(label, .plain) + lines.map { SafeText.escape(String($0)) }.joined(separator: indentation) + "\n"
  }

  /// How a part of the text is coloured.
  private enum Tint {
    case plain, bold, red, yellow, cyan

    init(_ severity: Severity) {
      switch severity {
      case .error: self = .red
      case .warning: self = .yellow
      case .info: self = .cyan
      }
    }

    var code: String? {
      switch self {
      case .plain: nil
      case .bold: "1"
      case .red: "1;31"
      case .yellow: "1;33"
      case .cyan: "1;36"
      }
    }
  }

  private func paint(_ text: String, _ tint: Tint) -> String {
    guard color, let code = tint.code else { return text }
    return "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }
}

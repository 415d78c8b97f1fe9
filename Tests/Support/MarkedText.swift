package import Documents

/// A source text in which each line may be followed by lines that mark the findings that must be on it:
///
///     closing: {agent: 30s}
///                      ^^^ error closing.agent.range: `closing.agent` is 30s, less than 60 seconds
///
/// A note that points at another place is a marker there, with the rule of its finding:
///
///     ^^^^^ note skills.repeated: the first is here
///
/// A test strips the markers, checks the rest, writes the findings back as markers, and compares the whole text: what is
/// missing, misplaced, misworded or unexpected shows as a difference.
package struct MarkedText: Sendable {
  /// The text with its markers.
  package let expected: String
  /// The text without them.
  package let source: String

  package init(_ text: String) {
    expected = text
    source = text.split(separator: "\n", omittingEmptySubsequences: false).filter { !MarkedText.isMarker($0) }
      .joined(separator: "\n")
  }

  private static let words = ["error", "warning", "info", "note"]

  private static func isMarker(_ line: Substring) -> Bool {
    if line.hasPrefix("elsewhere ") { return true }
    let rest = line.drop { $0 == " " }
    guard rest.first == "^" else { return false }
    let text = rest.drop { $0 == "^" }
    return words.contains { text.hasPrefix(" \($0) ") }
  }

  /// The ids of the rules whose findings the text marks.
  package var rules: Set<String> {
    var ids: Set<String> = []
    for line in expected.split(separator: "\n") where MarkedText.isMarker(line) {
      let parts = line.drop { $0 == " " }.split(separator: " ", maxSplits: 2)
      if parts.count == 3, parts[1] != "note" { ids.insert(String(parts[2].prefix { $0 != ":" })) }
    }
    return ids
  }

  /// Writes findings of one file into the source, in their order; with `notes`, each note at its place too.
  ///
  /// What is at no place, and with `tellsOthers` what is in another file, follows behind the text.
  package func marked(
    _ findings: [Diagnostic], in sources: SourceMap, file: Int32 = 0, notes: Bool = false, tellsOthers: Bool = true
  ) -> String {
    var lines = source.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var marks = findings.map { (place: $0.place, text: "\($0.severity) \($0.id): \($0.message)") }
    if notes {
      marks += findings.flatMap { finding in finding.notes.map { ($0.place, "note \(finding.id): \($0.message)") } }
    }
    let inserts = marks.filter { $0.place?.file == file }.map { mark -> (line: Int, marker: String) in
      guard let place = mark.place else { return (1, "") }
      let start = sources.position(of: place)
      let end = sources.end(of: place)
      let last = end.line == start.line ? end.column : lines[start.line - 1].unicodeScalars.count + 1
      let caret =
        String(repeating: " ", count: start.column - 1) + String(repeating: "^", count: max(1, last - start.column))
      return (start.line, "\(caret) \(mark.text)")
    }
    for insert in inserts.reversed().sorted(by: { $0.line > $1.line }) {
      lines.insert(insert.marker, at: insert.line)
    }
    let loose = marks.filter { $0.place.map { $0.file != file && tellsOthers } ?? (file == 0) }.map {
      "elsewhere \($0.text)"
    }
    return (lines + loose).joined(separator: "\n")
  }
}

package import Documents

/// A source text in which each line may be followed by lines that mark the findings that must stand on it:
///
///     closing: {agent: 30s}
///                      ^^^ error closing.agent.range: `closing.agent` is 30s, less than 60 seconds
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

  private static func isMarker(_ line: Substring) -> Bool {
    let rest = line.drop { $0 == " " }
    guard rest.first == "^" else { return false }
    let words = rest.drop { $0 == "^" }
    return words.hasPrefix(" error ") || words.hasPrefix(" warning ") || words.hasPrefix(" info ")
  }

  /// Writes findings of one file into the source, in their order.
  package func marked(_ findings: [Diagnostic], in sources: SourceMap, file: Int32 = 0) -> String {
    var lines = source.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let inserts = findings.filter { $0.place?.file == file }.map { finding -> (line: Int, marker: String) in
      guard let place = finding.place else { return (1, "") }
      let start = sources.position(of: place)
      let end = sources.end(of: place)
      let last = end.line == start.line ? end.column : lines[start.line - 1].unicodeScalars.count + 1
      let caret =
        String(repeating: " ", count: start.column - 1) + String(repeating: "^", count: max(1, last - start.column))
      return (start.line, "\(caret) \(finding.severity) \(finding.id): \(finding.message)")
    }
    for insert in inserts.reversed().sorted(by: { $0.line > $1.line }) {
      lines.insert(insert.marker, at: insert.line)
    }
    let loose = findings.filter { $0.place?.file != file }.map { "elsewhere \($0.severity) \($0.id): \($0.message)" }
    return (lines + loose).joined(separator: "\n")
  }
}

import Basics

/// Untrusted text inside Markdown: it is in code only, where nothing is a mention, a link, an element or a command.
///
/// GitHub and GitLab look for `@name`, `#123`, commit hashes and addresses in the rendered text and leave code out; a
/// backslash before them would not help, because it is gone by then.
enum MarkdownText {
  /// No piece of data is longer than this, in Unicode scalars; the rest is in the full report.
  static let longest = 400

  /// A code span that shows the text as it is, in a line of its own words.
  static func code(_ text: String) -> String {
    let shown = cut(safe(text))
    guard !shown.isEmpty else { return "(empty)" }
    let run = longestRun(of: "`", in: shown)
    let needsSpaces = run > 0 || shown.first == " " || shown.last == " "
    let mark = String(repeating: "`", count: run + 1)
    return needsSpaces ? "\(mark) \(shown) \(mark)" : mark + shown + mark
  }

  /// A line for `fence`: safe, and cut where it is very long.
  static func line(_ text: String) -> String { cut(safe(text)) }

  /// A fenced block of lines that `line` made: its fence is longer than any run of backticks in them.
  static func fence(_ lines: [String], language: String) -> String {
    let run = lines.map { longestRun(of: "`", in: $0) }.max() ?? 0
    let mark = String(repeating: "`", count: max(3, run + 1))
    return "\(mark)\(language)\n" + lines.map { $0 + "\n" }.joined() + "\(mark)\n"
  }

  /// A sentence as lines of at most about 100 characters; it keeps its own indentation, and further lines have two more.
  static func wrapped(_ text: String) -> [String] {
    let spaces = String(text.prefix { $0 == " " })
    var lines: [String] = []
    var line = spaces
    for word in text.dropFirst(spaces.count).split(separator: " ", omittingEmptySubsequences: false) {
      let isFirst = line.allSatisfy { $0 == " " }
      if !isFirst, line.unicodeScalars.count + word.unicodeScalars.count >= 100 {
        lines.append(line)
        line = spaces + "  " + word
      } else {
        line += (isFirst ? "" : " ") + word
      }
    }
    return lines + [line]
  }

  /// One line without control characters, without a comment's marks, and without a command of a build log.
  ///
  /// The comments are those that pipelines look for in a report: no data looks like one.
  private static func safe(_ text: String) -> String {
    SafeText.neutralizingCommands(SafeText.escape(text)).replacing("<!--", with: "<\\u{0021}--")
      .replacing("-->", with: "--\\u{003E}")
  }

  private static func cut(_ text: String) -> String {
    guard text.unicodeScalars.count > longest else { return text }
    var scalars = String.UnicodeScalarView(text.unicodeScalars.prefix(longest))
    scalars.append("…")
    return String(scalars)
  }

  static func longestRun(of scalar: Unicode.Scalar, in text: String) -> Int {
    var longest = 0
    var run = 0
    for one in text.unicodeScalars {
      run = one == scalar ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }
}

/// The comment by which a pipeline finds its own report again: one for each project and environment.
package enum ReportMarker {
  /// `<!-- kitform project=<dir> environment=<env> digest=<digest> -->`.
  ///
  /// Directory and environment are percent-encoded, two hyphens included, so that nothing in them ends the comment; `*`
  /// stands for all environments, and `none` for a run that made no plan.
  package static func text(project: String, environment: String?, digest: String?) -> String {
    func encode(_ text: String) -> String { URIPath.encode(text).replacing("--", with: "-%2D") }
    return "<!-- kitform project=\(encode(project)) environment=\(environment.map(encode) ?? "*") "
      + "digest=\(digest.map(encode) ?? "none") -->"
  }
}

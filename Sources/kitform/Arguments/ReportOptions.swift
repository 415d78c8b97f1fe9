import ArgumentParser
import Basics
import Reports

/// Options of commands that report what they find.
struct ReportOptions: ParsableArguments {
  @Option(
    name: .customLong("report"),
    help: ArgumentHelp(
      "Write a report too: markdown=FILE[,max=BYTES] (fits a pull request's comment), html=FILE, json=FILE, sarif=FILE, junit=FILE, codequality=FILE (GitLab), dotenv=FILE, steps=FILE (a check-list for Kit's own pages), or github (annotations, job summary and outputs); repeatable.",
      valueName: "kind=file"), completion: .list(ReportRequest.ReportKind.openings))
  var texts: [String] = []

  func validate() throws { _ = try requests() }

  /// The reports that are asked for, in the order given.
  func requests() throws -> [ReportRequest] {
    var requests: [ReportRequest] = []
    for text in texts {
      let request = try ReportOptions.request(text)
      if let file = request.file, requests.contains(where: { $0.file == file }) {
        throw ValidationError("two reports cannot be written to one file, `\(SafeText.escape(file))`")
      }
      requests.append(request)
    }
    return requests
  }

  private static func request(_ text: String) throws -> ReportRequest {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let shown = SafeText.escape(String(parts[0]))
    guard let kind = ReportRequest.ReportKind(rawValue: String(parts[0])) else {
      throw ValidationError("`\(shown)` is no kind of report: write \(ReportRequest.ReportKind.forms)")
    }
    var file = parts.count > 1 ? String(parts[1]) : nil
    if kind == .github {
      guard file == nil else { throw ValidationError("the report `github` goes to standard error and takes no file") }
      return ReportRequest(kind: kind, file: nil)
    }
    var limit: Int?
    if kind == .markdown, let given = file, let comma = given.ranges(of: ",max=").last {
      guard let number = Int(given[comma.upperBound...]), number >= MarkdownReport.smallestLimit else {
        throw ValidationError(
          "`max` of the report `markdown` is a number of bytes, at least \(MarkdownReport.smallestLimit)")
      }
      limit = number
      file = String(given[..<comma.lowerBound])
    }
    guard let file, !file.isEmpty else {
      throw ValidationError("the report `\(shown)` needs a file: write \(shown)=FILE")
    }
    return ReportRequest(kind: kind, file: file, limit: limit)
  }
}

/// One report that a command was asked for.
struct ReportRequest: Equatable {
  var kind: ReportKind
  /// As given; nil for `github`.
  var file: String?
  /// The greatest number of bytes, where one was given.
  var limit: Int?
  /// How messages name it.
  var option: String { "--report \(kind.rawValue)" }

  enum ReportKind: String, CaseIterable {
    case markdown, html, json, sarif, junit, codequality, dotenv, steps, github

    /// The beginnings that a shell proposes: each kind, up to its file's name.
    static var openings: [String] { allCases.map { $0 == .github ? $0.rawValue : "\($0.rawValue)=" } }

    /// "markdown=FILE, html=FILE, … or github".
    static var forms: String {
      let files = allCases.filter { $0 != .github }.map { "\($0.rawValue)=FILE" }
      return "\(files.joined(separator: ", ")) or github"
    }
  }
}

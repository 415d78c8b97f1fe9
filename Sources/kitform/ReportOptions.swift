import ArgumentParser
import Documents

/// Options of commands that report what they find.
struct ReportOptions: ParsableArguments {
  @Option(
    name: .customLong("report"),
    help: ArgumentHelp(
      "Write the findings as a report too: sarif=FILE, junit=FILE, codequality=FILE (GitLab), json=FILE, or github (annotations on standard error); repeatable.",
      valueName: "kind=file"))
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
    guard let kind = ReportRequest.Kind(rawValue: String(parts[0])) else {
      throw ValidationError(
        "`\(shown)` is no kind of report: write sarif=FILE, junit=FILE, codequality=FILE, json=FILE or github")
    }
    let file = parts.count > 1 ? String(parts[1]) : nil
    if kind == .github {
      guard file == nil else { throw ValidationError("the report `github` goes to standard error and takes no file") }
    } else {
      guard let file, !file.isEmpty else {
        throw ValidationError("the report `\(shown)` needs a file: write \(shown)=FILE")
      }
    }
    return ReportRequest(kind: kind, file: file)
  }
}

/// One report that a command was asked for.
struct ReportRequest: Equatable {
  var kind: Kind
  /// As given; nil for `github`.
  var file: String?

  enum Kind: String {
    case sarif, junit, codequality, github, json
  }
}

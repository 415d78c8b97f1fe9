import Basics
import Documents
import Manifest
import Provisioning
import Support

@testable import Reports

/// Findings to write in every format.
enum ReportSamples {
  /// A string that tries to leave every format that it is put into.
  static let hostile =
    "]]></failure><x a='1' b=\"2\">&amp; \u{1B}[2J\u{0}\u{9B}\u{202E}\u{FFFE}\r::error file=a::b\n::set-env name=x::y\n##[command]z, 100%0A: [click](https://evil.example) {0}"

  /// An empty report of a project in `infra/kit` of its repository.
  static func report(
    outcome: RunOutcome = .invalid, environment: String? = nil, files: [String] = ["kitform.yaml", "channels/a.yaml"]
  ) -> FindingsReport {
    FindingsReport(
      command: "validate", tool: "1.0.0", environment: environment, outcome: outcome, ended: "2026-01-02T03:04:05Z",
      paths: RepositoryPaths(project: "/r/infra/kit", root: "/r"), files: files)
  }

  /// An error with a note in another file, a warning over two lines, an info without a place, and a relaxed rule.
  static func mixed(above lines: Int = 0) -> FindingsReport {
    var sources = SourceMap()
    let file = sources.add(
      SourceFile(path: "kitform.yaml", text: String(repeating: "#\n", count: lines) + "rules: x\nä: wrong\n  two\n"))
    let other = sources.add(SourceFile(path: "channels/a.yaml", text: "first: 1\n"))
    let start = 2 * lines
    var report = report()
    report.add(
      [
        Diagnostic(
          .nameLength, at: SourcePlace(file: file, start: start + 13, end: start + 18), "too long", why: "because",
          suggestion: "less",
          notes: [
            .init("there", at: SourcePlace(file: other, start: 0, end: 5)), .init("everywhere", at: nil),
          ]),
        Diagnostic(
          .sample("yaml.other"), .warning, at: SourcePlace(file: file, start: start + 13, end: start + 24), "two lines"),
        Diagnostic(.sample("account.odd"), .info, at: nil, "no place"),
      ], in: sources)
    report.add(
      [
        RelaxedRule(id: "callbackURL.https", severity: .warning, place: SourcePlace(file: file, start: 0, end: 5)),
        RelaxedRule(id: "name.length", severity: nil, place: SourcePlace(file: file, start: 0, end: 5)),
        RelaxedRule(id: "name.characters", severity: .error, place: SourcePlace(file: file, start: 0, end: 5)),
      ], in: sources)
    return report
  }

  /// Everything that data can reach is hostile: path, id, message, reason, help, note, environment and rule.
  static func injected() -> FindingsReport {
    var sources = SourceMap()
    let file = sources.add(SourceFile(path: hostile, text: "x: y\n"))
    let place = SourcePlace(file: file, start: 0, end: 1)
    var report = report(environment: hostile, files: [hostile])
    for severity in Severity.allCases {
      report.add(
        [
          Diagnostic(
            .sample(hostile), severity, at: place, hostile, why: hostile, suggestion: hostile,
            notes: [.init(hostile, at: place), .init(hostile, at: nil)]),
          Diagnostic(.sample(hostile), severity, at: nil, hostile),
        ], in: sources)
    }
    report.add([RelaxedRule(id: hostile, severity: .warning, place: place)], in: sources)
    return report
  }
}

extension JSONValue {
  /// The items of an array; none for anything else.
  var items: [JSONValue] {
    if case .array(let items) = self { items } else { [] }
  }

  /// The text of a string, or nil.
  var text: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// Every string under a key, at any depth.
  func strings(under key: String) -> [String] {
    switch self {
    case .array(let items): items.flatMap { $0.strings(under: key) }
    case .object(let members):
      members.flatMap { member in
        member.key == key ? member.value.strings : member.value.strings(under: key)
      }
    default: []
    }
  }

  /// Every string in the value, keys left out.
  var strings: [String] {
    switch self {
    case .string(let text): [text]
    case .array(let items): items.flatMap(\.strings)
    case .object(let members): members.flatMap(\.value.strings)
    default: []
    }
  }
}

import ArgumentParser
import Basics
import Channels
import Documents
import KitformEngine
import Manifest
import Provisioning
import Reports
import StateBackends
import Wiring
import YAML

/// `kitform fmt`
struct FormatCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt",
    abstract: "Format the project's files; comments and values stay as they are.",
    discussion: """
      Formats kitform.yaml and what it includes. Only white space changes: two spaces for each level, none at the end of a line, at most one \
      empty line in a row. A file that cannot be read without an error is left alone and reported.
      """,
    examples: [
      "kitform fmt",
      "kitform fmt --check",
      "kitform fmt --order -C channels",
    ])

  @OptionGroup var global: GlobalOptions

  @Flag(help: "Write nothing; show what would change as a diff, and exit 3 where anything would.")
  var check = false

  @Flag(help: "Also put the keys of channels in the order of Kit's form, and drop needless quotes.")
  var order = false

  func run() async throws {
    try await Invocation("fmt", global).run { invocation in
      let session = Session(invocation, isSandbox: false)
      let loaded = session.loaded
      guard !loaded.project.documents.isEmpty else {
        return CommandResult(.invalid, findings: loaded.project.findings.list)
      }
      let outcomes = ProjectFormatter.format(loaded, orders: order)
      var changed: [JSONValue] = []
      var written: [String] = []
      var text = ""
      for outcome in outcomes where outcome.isChanged {
        let path = outcome.file.path
        if check {
          text += diff(outcome, color: invocation.terminal.colorsOutput)
        } else {
          do throws(DiskFailure) { try session.files.replace(path, with: outcome.bytes) } catch {
            throw LocalFailure(message: error.words, remedy: written.isEmpty ? nil : "written: \(Words.list(written))")
          }
          written.append(SafeText.escape(path))
        }
        changed.append(.string(path))
      }
      let findings = findings(on: outcomes, loaded)
      let count = Words.count(changed.count, "file")
      if check {
        text +=
          changed.isEmpty
          ? "Nothing would change: \(Words.count(outcomes.count, "file")) \(outcomes.count == 1 ? "has" : "have") this layout already.\n"
          : "\(count) would change: run `kitform fmt`.\n"
      } else {
        text +=
          written.isEmpty
          ? "Nothing to format: \(Words.count(outcomes.count, "file")) \(outcomes.count == 1 ? "has" : "have") this layout already.\n"
          : "Formatted \(count): \(Words.list(written)).\n"
      }
      return CommandResult(
        !findings.isEmpty || (check && !changed.isEmpty) ? .invalid : .done, text: text,
        members: [.init("changed", .array(changed)), .init("written", .bool(!check && !changed.isEmpty))],
        findings: findings)
    }
  }

  /// Why files were left alone.
  private func findings(on outcomes: [ProjectFormatter.FormattingOutcome], _ loaded: LoadedProject) -> [Diagnostic] {
    var findings = loaded.project.findings.list.filter { finding in
      finding.place.map { loaded.unparsed.contains($0.file) && finding.isOfReading } ?? true
    }
    for (index, outcome) in outcomes.enumerated() {
      if !outcome.holding.isEmpty {
        findings.append(
          Diagnostic(
            .formatLeftAlone, at: SourcePlace(file: Int32(index), start: 0, end: 0),
            "channels of \(SafeText.escape(outcome.file.path)) keep the order of their keys: in that of Kit's form, \(Words.list(outcome.holding.map { SafeText.escape($0) })) would come before the anchor that they name",
            suggestion: "write the anchor at the key that comes first in Kit's form"))
      }
      guard let reason = outcome.reason, !loaded.unparsed.contains(Int32(index)) else { continue }
      findings.append(
        Diagnostic(
          .formatLeftAlone, at: SourcePlace(file: Int32(index), start: 0, end: 0),
          "\(SafeText.escape(outcome.file.path)) is left as it is: \(reason)"))
    }
    return findings
  }

  private func diff(_ outcome: ProjectFormatter.FormattingOutcome, color: Bool) -> String {
    let places = SecretPlaces(kinds: Kinds.all)
    func secrets(_ source: SourceFile) -> [SourcePlace] {
      places.find(in: YAMLComposer.compose(source, file: 0).document)
    }
    let new = SourceFile(path: outcome.file.path, bytes: outcome.bytes)
    return UnifiedDiff(
      outcome.file, oldSecrets: secrets(outcome.file), new: new, newSecrets: secrets(new), color: color
    ).render()
  }
}

import ArgumentParser
import Basics
import Documents
import KitAPI
import KitformEngine
import Manifest
import Provisioning
import Reports
import StateBackends
import Synchronization
import Wiring

/// One run of one command: collects its results, and prints them once, as text or as one JSON document.
final class Invocation: CommandRun {
  let command: String
  let global: GlobalOptions
  /// Whether the command's outcome reports changes of the account or the state, so that a result that cannot be written
  /// makes no failure of it.
  let changesThings: Bool
  let terminal: Terminal
  /// The secrets that the run must not show: every function that resolves or reads a secret adds it.
  let known = KnownSecrets()
  let surroundings = Surroundings.current
  /// The git repository of the project's directory.
  var repository: GitRepository {
    GitRepository(directory: surroundings.absolute(global.directory), environment: surroundings.environment)
  }
  /// What `--report` asks for.
  let reports: [ReportRequest]
  /// The report that ended the command before it began, because its file cannot be written.
  var unwritable: String?
  /// The project's files, for the excerpts of findings.
  var loaded: LoadedProject?
  /// The checked configuration, once there is one: it says where the project keeps its own files.
  var configuration: Configuration?
  /// The files that options of this command write, by their normalized paths.
  var resultFiles: [String: String] = [:]
  var environment: String?
  var account: State.AccountBinding?
  /// Findings, shown on standard error with text output.
  var diagnostics: [Diagnostic] = []
  /// Findings that were shown before a question.
  var shown: [Diagnostic] = []
  /// Findings are the result of the command, and so go to standard output.
  private let findingsAreResult: Bool
  /// Whether the command itself has begun; errors before that are not its result.
  private var hasBegun = false
  /// Findings in a file that is not the project's.
  private var elsewhere: Elsewhere?
  /// JSON goes out as lines, one document each.
  let writesLines: Bool
  /// Why a part of the result could not be written.
  var writeFailure: Terminal.WriteFailure?
  /// The command's own members of its JSON document.
  var members: [JSONValue.Member] = []
  /// The command's result as text.
  var text = ""
  /// Members that hold what was asked for as it is, a copy of the state for one, and so the text too: no secret is masked.
  var exact: Set<String> = []
  /// How states that were read differ from what the manifests want of their form.
  let storage = StorageNotices()
  /// What was said and need not be said again.
  private let remarks = Remarks()
  /// Findings for reports alone: the text and the JSON say the same in their own words.
  var reported: [Diagnostic] = []
  /// Whether a lock could not be given back; the message names the command that frees it.
  var hasStuckLock = false
  private lazy var waitReporter = WaitReporter(terminal, isVerbose: global.verbose)
  /// Why the sandbox's account could not be saved at the end.
  var unsavedAccount: String?
  /// The plan, its result or the drift, for reports.
  var content = ReportContent()

  /// - Parameter changesThings: see the property; the commands that apply do without being asked.
  init(
    _ command: String, _ global: GlobalOptions, changesThings: Bool = false, findingsAreResult: Bool = false,
    writesLines: Bool = false, reports: [ReportRequest] = []
  ) {
    self.command = command
    self.findingsAreResult = findingsAreResult
    self.writesLines = writesLines
    self.changesThings = changesThings || ["apply", "destroy"].contains(command)
    self.global = global
    self.reports = reports
    var terminal = global.terminal
    terminal.known = known
    self.terminal = terminal
  }

  /// Runs a command, prints its result and ends with the exit code of its outcome.
  func run(_ body: (Invocation) async throws -> CommandResult) async throws {
    try await runSteps { invocation in
      let result = try await body(invocation)
      invocation.text += result.text
      invocation.members += result.members
      invocation.exact.formUnion(result.exact)
      invocation.diagnostics += result.findings
      return result.outcome
    }
  }

  /// Runs a command that reports its result step by step, because an error or an interruption must not lose what it has so far.
  func runSteps(_ body: (Invocation) async throws -> RunOutcome) async throws {
    Interrupts.ignoreClosedPipes()
    var outcome: RunOutcome
    do {
      try checkReports()
      hasBegun = true
      outcome = try await body(self)
    } catch let failure as EngineFailure {
      outcome = failure.outcome
      report(failure)
    } catch let usage as UsageFailure {
      outcome = .usage
      diagnostics.append(Diagnostic(.usage, at: nil, usage.message, suggestion: usage.remedy))
    } catch let failure as LocalFailure {
      outcome = .failed
      diagnostics.append(Diagnostic(.failed, at: nil, failure.message, suggestion: failure.remedy))
    } catch let ended as EarlyEnd {
      outcome = ended.outcome
    } catch let usage as ValidationError {
      outcome = .usage
      diagnostics.append(Diagnostic(.usage, at: nil, SafeText.escape(usage.message)))
    } catch  where !(error is ExitCode || error is CleanExit) {
      outcome = .failed
      diagnostics.append(Diagnostic(.failed, at: nil, SafeText.escape("\(error)")))
    }
    // Errors without a line are about the command line and its files, and quote its arguments.
    diagnostics = diagnostics.map { finding in
      finding.place == nil && finding.severity == .error ? TypedArguments.current.hidden(in: finding) : finding
    }
    if let unsavedAccount {
      diagnostics.append(
        Diagnostic(
          .sandboxUnsaved, at: nil, "the sandbox's account could not be saved: \(SafeText.escape(unsavedAccount))",
          suggestion: "fix the cause, or delete the folder .kitform/sandbox to begin with an empty account"))
      if outcome.exitCode == 0 || outcome == .changes { outcome = content.result == nil ? .failed : .partial }
    }
    // What was done is done, and the next run will not begin.
    if hasStuckLock, outcome.exitCode == 0 || outcome == .changes { outcome = .locked }
    waitReporter.flush()
    outcome = writeReports(outcome)
    do throws(Terminal.WriteFailure) {
      try write(outcome)
      if let writeFailure { throw writeFailure }
    } catch {
      // Who closes a pipe or a terminal has read enough. Anything else is a lost result, but what an apply did stays done.
      if !error.isClosed {
        terminal.note("kitform: \(error.words)")
        if outcome.exitCode == 0, !changesThings { outcome = .failed }
      }
    }
    guard outcome.exitCode == 0 else { throw ExitCode(outcome.exitCode) }
  }

  var options: SessionOptions {
    SessionOptions(
      directory: global.directory, environment: global.env, variables: global.variables, isVerbose: global.verbose)
  }
  var rules: [Rule] { Rule.known }
  var waits: any WaitObserver { waitReporter }
  var isInteractive: Bool { terminal.isInteractive }
  var note: @Sendable (String) -> Void { { [terminal] text in terminal.note(text) } }

  func opened(_ configuration: Configuration) throws {
    environment = configuration.environment
    self.configuration = configuration
    try checkReports()
  }

  /// Notes a failure of the world among the findings.
  func report(_ failure: EngineFailure) {
    let words = failure.words
    switch failure {
    case .profile(let found, let sources): elsewhere = Elsewhere(found, sources, masksAll: false)
    case .accountFile(let found, let sources, _, _): elsewhere = Elsewhere(found, sources, masksAll: true)
    default: break
    }
    if elsewhere != nil {
      // The findings say what is wrong, each at its line; what to do about the file is a remark.
      noteOnce("kitform: \(words.message): \(words.remedy ?? "")")
      return
    }
    diagnostics.append(
      Diagnostic(failure.rule, at: words.place, words.message, suggestion: words.remedy))
  }

  /// Notes members that the account's answers lack, and that this run could do without.
  func report(_ gaps: [MemberGap]) {
    diagnostics += gaps.map { Diagnostic(.accountMember, at: nil, $0.message, suggestion: $0.remedy) }
  }

  /// Says something on standard error, unless this run has said it already.
  func noteOnce(_ text: String) { remarks.say(text, on: terminal) }

  /// The same for what runs beside the command: a state's store, say.
  var remark: @Sendable (String) -> Void {
    { [remarks, terminal] text in remarks.say(SafeText.escape(text), on: terminal) }
  }

  /// Everything that was found, whether shown already or not, without known secrets.
  var allFindings: (list: [Diagnostic], sources: SourceMap) {
    var sources = loaded?.project.sources ?? SourceMap()
    let first = elsewhere?.findings(in: &sources) ?? []
    return (masked(first + shown + diagnostics), sources)
  }

  /// Findings without known secrets.
  func masked(_ findings: [Diagnostic]) -> [Diagnostic] {
    let redactor = known.redactor
    return redactor.isEmpty ? findings : findings.map { redactor.redact($0) }
  }

  /// The command's JSON document, without known secrets but where they were asked for.
  func document(_ outcome: RunOutcome) -> JSONValue {
    let header = ReportHeader(
      format: "kitform.\(command)/v1", tool: Version.number,
      project: TypedArguments.current.hidden(in: global.directory), environment: environment, account: account,
      outcome: outcome)
    let relaxed = loaded.map { loaded in
      [JSONValue.Member("relaxedRules", RelaxedRulesJSON.value(loaded.project.relaxed))]
    }
    let (findings, sources) = allFindings
    let document = header.document(diagnostics: findings, sources: sources, members: members + (relaxed ?? []))
    let redactor = known.redactor
    guard case .object(let all) = document, !redactor.isEmpty else { return document }
    return .object(all.map { exact.contains($0.key) ? $0 : .init($0.key, redactor.redact($0.value)) })
  }

  private func write(_ outcome: RunOutcome) throws(Terminal.WriteFailure) {
    switch global.format {
    case .json:
      try terminal.writeLine(CanonicalJSON.encode(document(outcome), pretty: command != "sandbox" && !writesLines))
    case .text:
      if printsFindings, !diagnostics.isEmpty {
        text = render(diagnostics, color: terminal.colorsOutput) + "\n" + text
      }
      if !text.isEmpty { try terminal.write(text.hasSuffix("\n") ? text : text + "\n", exact: !exact.isEmpty) }
      if let elsewhere { terminal.note(elsewhere.render(color: terminal.colorsErrors)) }
      if !printsFindings, !diagnostics.isEmpty { printFindings(diagnostics) }
    }
  }

  /// Whether findings go to standard output.
  private var printsFindings: Bool { findingsAreResult && hasBegun }

  /// Writes findings to standard error; nothing where all of them were shown before.
  func printFindings(_ diagnostics: [Diagnostic]) {
    let words = render(diagnostics, color: terminal.colorsErrors)
    if !words.isEmpty { terminal.note(words) }
  }

  /// Findings as text, with secrets masked.
  ///
  /// A remark that suggests nothing to do is shown until an apply has shown it; then JSON, reports and `-v` alone have it.
  func render(_ diagnostics: [Diagnostic], color: Bool) -> String {
    let hidesRemarks = !global.verbose && (content.plan?.serial ?? 0) > 0
    let diagnostics = diagnostics.filter { finding in
      !hidesRemarks || finding.id != Rule.closingUnchecked.id || finding.suggestion != nil
    }
    guard let loaded else {
      return DiagnosticRenderer(sources: SourceMap(), secretPlaces: [], unparsed: [], color: color)
        .render(diagnostics)
    }
    let places = SecretPlaces(kinds: loaded.project.kinds)
    return DiagnosticRenderer(
      sources: loaded.project.sources, secretPlaces: loaded.project.documents.flatMap { places.find(in: $0) },
      unparsed: loaded.unclear, plainKeys: places.plainKeys, color: color,
      columns: printsFindings ? terminal.outputColumns : terminal.errorColumns
    ).render(diagnostics)
  }
}

/// What a run has said on standard error, so that it says each thing once.
private final class Remarks: Sendable {
  private let said = Mutex<Set<String>>([])

  func say(_ text: String, on terminal: Terminal) {
    if said.withLock({ $0.insert(text).inserted }) { terminal.note(text) }
  }
}

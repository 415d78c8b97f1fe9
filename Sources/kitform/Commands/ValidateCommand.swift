import ArgumentParser
import Basics
import Documents
import KitformEngine
import Manifest
import Provisioning
import Reports
import Wiring

/// `kitform validate`
struct ValidateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check the manifests of all environments, offline.",
    discussion:
      "No network and no secrets; with --secrets, every secret reference must resolve, and be one that may be sent.",
    examples: [
      "kitform validate",
      "kitform validate --env production --strict",
      "kitform validate --report junit=junit.xml",
    ])

  @OptionGroup var global: GlobalOptions
  @OptionGroup var sandbox: SandboxOptions
  @OptionGroup var reports: ReportOptions

  @Flag(help: "Check that every secret reference resolves and may be sent.")
  var secrets = false

  @Flag(help: "Warnings are errors.")
  var strict = false

  @Option(help: ArgumentHelp("Print what a rule says, and where it comes from.", valueName: "id"))
  var explain: String?

  func run() async throws {
    let invocation = Invocation(
      "validate", global, findingsAreResult: explain == nil, reports: try reports.requests())
    try await invocation.run { invocation in
      if let explain { return try ExplainCommand.explain(explain) }
      let session = Session(invocation, isSandbox: sandbox.isSandbox)
      try session.checkAccountFile(sandbox.sandboxFile)
      guard !session.loaded.project.documents.isEmpty else {
        return CommandResult(.invalid, findings: session.loaded.project.findings.list)
      }
      let known = session.loaded.project.environments
      let all: [String?] = known.isEmpty ? [nil] : known
      let chosen = session.chosen == nil ? all : [try session.environment()]
      let validation = Validation(session.loaded.project, environments: chosen, options: try session.decodingOptions())
      var findings = validation.findings + session.unusedVariables() + session.unknownVariables()
      findings += once(validation.configurations.flatMap(session.profileFindings))
      var refused = once(validation.configurations.compactMap { linkOut($0, session) })
      if secrets {
        refused += unsent(validation, session)
        // Whether a secret that is never sent has a value is of no concern.
        let places = Set(refused.map(\.place))
        findings += unresolved(validation, session).filter { !places.contains($0.place) }
      }
      findings += refused
      if strict {
        for index in findings.indices where findings[index].severity == .warning { findings[index].severity = .error }
      }
      var result = CommandResult(
        .done, members: [.init("channels", .integer(validation.channels))],
        findings: findings.sorted(in: session.loaded.project.sources))
      let errors = findings.count { $0.severity == .error }
      let ids = session.loaded.project.relaxed.filter(\.isRelaxing).map(\.id)
      let relaxed = ids.isEmpty ? "" : "Relaxed by `rules`: \(Words.list(ids)).\n"
      guard errors == 0 else {
        result.text =
          "\(Words.count(errors, "error")) in \(Words.count(validation.channels, "channel")).\n" + relaxed
        // What `plan` refuses is refused here, with the same exit code, unless the project has errors beside it.
        result.outcome = errors == refused.count ? .refused : .invalid
        return result
      }
      let environments = known.isEmpty ? "" : ", \(Words.count(chosen.count, "environment"))"
      result.text =
        "Valid: \(Words.count(validation.channels, "channel"))\(environments), \(Words.count(findings.count { $0.severity == .warning }, "warning")).\n"
        + relaxed
      return result
    }
  }

  /// Secret references that `plan` and `apply` refuse to send, over all environments, each once.
  private func unsent(_ validation: Validation, _ session: Session) -> [Diagnostic] {
    once(validation.configurations.flatMap(session.refusals).map { $0.finding(at: $0.words.place) })
  }

  /// A link that would lead the files of a state out of the project, at the line of `state.path` where there is one.
  private func linkOut(_ configuration: Configuration, _ session: Session) -> Diagnostic? {
    do throws(EngineFailure) {
      try session.requireOwnState(configuration)
      return nil
    } catch {
      return error.finding(at: configuration.state["path"]?.place)
    }
  }

  /// The findings without repetitions: environments share most of what they say.
  private func once(_ findings: [Diagnostic]) -> [Diagnostic] {
    var seen: Set<Diagnostic> = []
    return findings.filter { seen.insert($0).inserted }
  }

  /// Secret references that do not resolve, over all environments.
  private func unresolved(_ validation: Validation, _ session: Session) -> [Diagnostic] {
    let resolver = session.realSecrets
    var findings: [Diagnostic] = []
    for configuration in validation.configurations {
      for failure in resolver.resolve(records: configuration.records).failures {
        findings.append(
          Diagnostic(
            .secretUnresolved, .error, at: failure.place,
            "`\(failure.key.address).\(failure.key.field)`: \(failure.reason)",
            suggestion: SecretFailure.remedy(isMissing: failure.isMissing)))
      }
      let state = configuration.state
      for (name, setting) in [
        ("account.token", configuration.account.token), ("state.password", state.password), ("state.key", state.key),
      ] {
        guard let setting else { continue }
        do throws(SecretFailure) { _ = try resolver.resolve(setting.value) } catch {
          findings.append(
            Diagnostic(
              .secretUnresolved, .error, at: setting.place, "`\(name)`: \(error.words)",
              suggestion: error.remedy))
        }
      }
    }
    return once(findings)
  }
}

extension EngineFailure {
  /// The failure as an error of the manifests.
  fileprivate func finding(at place: SourcePlace?) -> Diagnostic {
    Diagnostic(rule, .error, at: place, words.message, suggestion: words.remedy)
  }
}

import Basics
package import Documents
import FoundationEssentials
package import KitProfile
package import KitformEngine
package import Manifest
import Provisioning
package import StateBackends
import YAML

/// A project that was read, with the environment that a command works on.
package struct Session {
  package let run: any CommandRun
  package let files: PosixProjectFiles
  package let loaded: LoadedProject
  package let isSandbox: Bool

  /// Reads the project of the command line's directory.
  package init(_ run: any CommandRun, isSandbox: Bool) {
    self.run = run
    self.isSandbox = isSandbox
    files = PosixProjectFiles(root: run.surroundings.absolute(run.options.directory))
    loaded = ProjectLoader.load(files, rules: run.rules)
    run.loaded = loaded
  }

  /// The environment that was chosen, or nil where none was.
  package var chosen: String? {
    run.options.environment ?? run.surroundings.environment["KITFORM_ENV"].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The environment to work on: nil in a project without environments.
  package func environment() throws -> String? {
    let known = loaded.project.environments
    guard let chosen else {
      guard known.isEmpty else {
        throw UsageFailure(
          message: "this project has environments: choose one of \(Words.list(known))",
          remedy: "give --env NAME, or set KITFORM_ENV")
      }
      return nil
    }
    guard known.contains(chosen) else {
      throw UsageFailure(
        message: "there is no environment `\(SafeText.escape(chosen))`",
        remedy: known.isEmpty
          ? "this project has no environments: leave --env and KITFORM_ENV out"
          : Words.didYouMean(chosen, among: known) ?? "the environments are \(Words.list(known))")
    }
    return chosen
  }

  /// Variables of the command line and of `KITFORM_VAR_…`, each value taken as it is.
  package func decodingOptions() throws -> DecodingOptions {
    var variables: [(name: String, definition: Variables.Definition)] = []
    let prefix = Session.variablePrefix
    for (key, value) in run.surroundings.environment.sorted(by: { $0.key < $1.key }) where key.hasPrefix(prefix) {
      variables.append(try variable(String(key.dropFirst(prefix.count)), value, label: key))
    }
    let known = knownVariables
    for text in run.options.variables {
      guard let equals = text.firstIndex(of: "=") else {
        throw UsageFailure(message: "--var `\(SafeText.escape(text))` has no value", remedy: "write --var name=value")
      }
      let name = String(text[..<equals])
      variables.append(try variable(name, String(text[text.index(after: equals)...]), label: "--var"))
      if let known, !known.contains(name) {
        throw UsageFailure(
          message: Session.unused(name, "--var"),
          remedy: Words.didYouMean(name, among: known) ?? "leave it out, or write `${\(name)}` where its value belongs")
      }
    }
    return DecodingOptions(variables: variables, isSandbox: isSandbox)
  }

  /// The variables that the project declares or uses; nil where not all of it could be read.
  private var knownVariables: [String]? {
    loaded.project.documents.isEmpty || !loaded.unparsed.isEmpty ? nil : loaded.project.variableNames
  }

  /// A warning for each `KITFORM_VAR_…` that the project does not know: an environment may serve several projects.
  package func unusedVariables() -> [Diagnostic] {
    guard let known = knownVariables else { return [] }
    return run.surroundings.environment.keys.sorted().compactMap { key in
      guard key.hasPrefix(Session.variablePrefix), case let name = String(key.dropFirst(Session.variablePrefix.count)),
        !known.contains(name)
      else { return nil }
      return Diagnostic(
        .variableUnused, at: nil, Session.unused(SafeText.escape(name), SafeText.escape(key)),
        suggestion: Words.didYouMean(name, among: known))
    }
  }

  private static func unused(_ name: String, _ label: String) -> String {
    "the project neither declares nor uses the variable `\(name)` of \(label)"
  }

  static let variablePrefix = "KITFORM_VAR_"

  private func variable(_ name: String, _ value: String, label: String) throws -> (
    name: String, definition: Variables.Definition
  ) {
    guard Variables.isName(name), name != "environment" else {
      throw UsageFailure(
        message: "`\(SafeText.escape(name))` of \(label) cannot be a variable's name",
        remedy: "use a letter, then letters, digits and underscores")
    }
    do throws(GivenValueProblem) {
      return (name, try Variables.Definition(given: value, label: label))
    } catch {
      throw UsageFailure(
        message: "the value of \(label) for `\(name)` \(error.words)", remedy: "remove it; the value is taken as it is")
    }
  }

  /// The checked configuration of one environment; its findings are noted, and errors end the command.
  ///
  /// - Parameter fixing: findings that the command itself fixes; they are not noted.
  package func configuration(fixing: (Diagnostic) -> Bool = { _ in false }) throws -> Configuration {
    guard !loaded.project.documents.isEmpty else {
      run.diagnostics += loaded.project.findings.list
      throw EarlyEnd(outcome: .invalid)
    }
    let environment = try environment()
    let validation = Validation(loaded.project, environments: [environment], options: try decodingOptions())
    let findings = validation.findings.filter { !fixing($0) } + unusedVariables() + unknownVariables()
    run.diagnostics += findings
    guard !findings.contains(where: { $0.severity == .error }), let configuration = validation.configurations.first
    else {
      throw EarlyEnd(outcome: .invalid)
    }
    try run.opened(configuration)
    return configuration
  }

  /// Ends the command where the project wants a newer Kitform.
  ///
  /// The commands that work without a project call it; for all others such a project cannot be read.
  package func checkRefusal() throws {
    guard loaded.isRefused else { return }
    run.diagnostics += loaded.project.findings.list
    throw EarlyEnd(outcome: .invalid)
  }

  /// Reads a profile of one's own.
  package static func profile(_ source: SourceFile) throws(EngineFailure) -> APIProfile {
    guard resemblesProfile(source) else {
      throw EngineFailure.profile(
        [
          Diagnostic(
            .profileType, at: nil,
            "\(SafeText.escape(source.path)) is not an API profile: it has no key of one at its top",
            why: "its lines are not shown, because a file of another tool may hold credentials",
            suggestion: "start from the built-in one: kitform profile show > kit-profile.yaml")
        ], SourceMap())
    }
    var sources = SourceMap()
    let (profile, findings) = ProfileLoader.load(source, file: sources.add(source))
    guard let profile, !findings.contains(where: { $0.severity == .error }) else {
      throw EngineFailure.profile(findings, sources)
    }
    return profile
  }

  /// Whether a file is meant as a profile: a mapping with a profile's key at its top, before any line of it is shown.
  private static func resemblesProfile(_ source: SourceFile) -> Bool {
    let document = YAMLComposer.compose(source, file: 0).document
    guard case .object(let keys)? = APIProfile.jsonSchema["properties"] else { return false }
    return document.roots.contains { root in
      document.isMapping(root) && keys.contains { document.value(of: $0.key, in: root) != nil }
    }
  }

  /// The directory of an environment's own files, relative to the project.
  package func stateDirectory(_ environment: String) -> String {
    isSandbox ? ".kitform/sandbox/\(environment)" : ".kitform/\(environment)"
  }

  /// The state's file; where the state is not local, the file next to its journal and emergency copies.
  package func statePath(_ configuration: Configuration) -> String {
    if !isSandbox, configuration.state.backend == .local, let path = configuration.state["path"]?.value {
      return "\(files.root)/\(path)"
    }
    return "\(files.root)/\(stateDirectory(configuration.environment))/state.json"
  }
}

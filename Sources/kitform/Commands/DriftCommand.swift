import ArgumentParser
import Basics
import Documents
import KitformEngine
import Manifest
import Provisioning
import Reports
import StateBackends
import Wiring

/// `kitform drift`
struct DriftCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drift",
    abstract: "Show what changed in Kit since the last apply; exit with 2 where anything did.",
    discussion: """
      Compares the account with the values of the last apply, field by field, and shows the manifests' values too. Takes no lock. \
      A value that the manifests have already, or leave to Kit, is no drift.
      """,
    examples: [
      "kitform drift",
      "kitform drift --env production --format json",
      "kitform drift --write",
    ])

  @OptionGroup var global: GlobalOptions
  @OptionGroup var sandbox: SandboxOptions
  @OptionGroup var reports: ReportOptions
  @OptionGroup var calls: CallOptions

  @Flag(
    help: """
      Write Kit's values into the manifests, each into its channel's own line; what a variable, an alias or another \
      environment shares is left alone and reported.
      """)
  var write = false

  func run() async throws {
    try await Invocation("drift", global, reports: try reports.requests()).runSteps { invocation in
      let session = Session(invocation, isSandbox: sandbox.isSandbox)
      let configuration = try session.configuration()
      let options = try session.decodingOptions()
      return try await session.withEngine(configuration, calls: calls.settings, sandboxFile: sandbox.sandboxFile) {
        engine in
        async let key: Void = engine.prepareFingerprints()
        let state = try await engine.readState()
        let drifted = try await engine.drift(state, ended: Surroundings.now())
        await key
        invocation.account = drifted.drift.account
        if !drifted.drift.hasState { invocation.diagnostics.append(DriftCommand.noState(engine.store.label)) }
        var isInvalid = drifted.diagnostics.contains { $0.severity == .error }
        var edits = write ? DriftWriter(engine, drifted, options: options).edits(drifted.drift) : nil
        // A renamed object is an error of the manifests that the edits correct.
        if let made = edits, isInvalid {
          isInvalid = made.isUnresolved
          if isInvalid { edits = nil }
        }
        invocation.diagnostics += drifted.diagnostics.filter { isInvalid || !write || $0.severity != .error }
        if let edits { try session.write(edits.files) }
        invocation.show(drifted, edits?.outcome)
        if isInvalid { return .invalid }
        if drifted.drift.isEmpty { return .done }
        return edits.map { $0.outcome.left.isEmpty ? .done : .changes } ?? .changes
      }
    }
  }

  private static func noState(_ label: String) -> Diagnostic {
    Diagnostic(
      .driftNoState, at: nil, "there is no state, so nothing is compared: \(SafeText.escape(label))",
      why: "drift is a difference from the values of the last apply, which the state keeps",
      suggestion: "apply first; if a state was lost, `kitform plan --adopt-matching` rebuilds it")
  }
}

extension Invocation {
  /// Makes a drift the result of the command.
  func show(_ drifted: Engine.Drifted, _ outcome: DriftOutcome?) {
    if isDocumentWanted { members += DriftJSON.members(drifted.drift, outcome: outcome) }
    if global.format == .text {
      text += DriftText(color: terminal.colorsOutput, columns: terminal.outputColumns).render(
        drifted.drift, outcome: outcome)
    }
    let records = drifted.configuration.records
    content.records = records
    content.drift = drifted.drift.changes
    reported = DriftFindings.list(drifted.drift) { address, field in
      let record = records.first { $0.address == address }
      return field.flatMap { record?[$0]?.place } ?? record?.place
    }
  }
}

extension Session {
  /// Replaces manifests, none where one of them changed since it was read.
  func write(_ changes: [ManifestChange]) throws {
    do throws(ManifestChangeFailure) {
      try ManifestChange.write(changes, to: files)
    } catch {
      let written = error.written.isEmpty ? "nothing was written" : "written before: \(Words.list(error.written))"
      switch error.reason {
      case .disk(let failure): throw LocalFailure(message: SafeText.escape(failure.words), remedy: written)
      case .changed(let path):
        throw LocalFailure(
          message: "\(SafeText.escape(path)) changed while this command ran", remedy: "\(written); run it again")
      }
    }
  }
}

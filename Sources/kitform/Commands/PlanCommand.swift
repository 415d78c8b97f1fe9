import ArgumentParser
import Documents
import KitformEngine
import Manifest
import Provisioning
import Reports
import StateBackends

/// `kitform plan`
struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show what an apply would change, and why.",
    discussion: "Reads the account and the state; writes neither, and takes no lock.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var sandbox: SandboxOptions
  @OptionGroup var reports: ReportOptions
  @OptionGroup var calls: CallOptions
  @OptionGroup var planning: PlanningOptions

  @Option(
    help: ArgumentHelp("Write the plan to a file, for `kitform show` and `kitform apply FILE`.", valueName: "file"))
  var out: String?

  @Flag(help: "Exit with 2 when there is something to do.")
  var detailedExitcode = false

  func run() async throws {
    try await Invocation("plan", global, reports: try reports.requests()).run { invocation in
      let session = Session(invocation, isSandbox: sandbox.isSandbox)
      let configuration = try session.configuration()
      let options = try planning.options(isDestroy: false)
      return try await session.withEngine(
        configuration, calls: calls, sandboxFile: sandbox.sandboxFile
      ) { engine in
        async let key: Void = engine.prepareFingerprints()
        let state = try await engine.readState()
        try checkTargets(options.targets, configuration, state)
        if configuration.state.backend == .local { warnOfEphemeralState(state, session) }
        let planned = try await engine.plan(state, options: options, ended: Surroundings.now())
        await key
        invocation.show(planned.plan, engine)
        let outcome = planned.plan.outcome(detailed: detailedExitcode)
        if let out {
          if outcome == .invalid || outcome == .refused {
            invocation.terminal.note("No plan file is written: the plan cannot be applied.")
          } else {
            try write(planned.plan, to: invocation.surroundings.absolute(out), session.sealer(configuration))
          }
        }
        return outcome
      }
    }
  }

  /// A pipeline's disk is gone with its runner, and with it a state that is only there.
  private func warnOfEphemeralState(_ state: State?, _ session: Session) {
    let isPipeline = !(session.invocation.surroundings.environment["CI"] ?? "").isEmpty
    guard isPipeline, state == nil, !session.isSandbox else { return }
    session.invocation.diagnostics.append(
      Diagnostic(
        "state.ephemeral", .warning, at: nil, "there is no state on this runner: every channel is planned as new",
        why: "the state is kept on the local disk, which a pipeline's runner does not keep",
        suggestion: "keep `.kitform` between jobs, for example as a cache or an artifact"))
  }

  private func write(_ plan: Plan, to path: String, _ sealer: DocumentSealer?) throws {
    var bytes = PlanFile(plan, tool: Version.number).encode()
    if let sealer {
      do throws(SealingFailure) { bytes = try sealer.bytes(ofPlan: bytes, digest: plan.digest) } catch {
        throw LocalFailure(message: "the plan could not be encrypted: \(error.words)", remedy: "set the key")
      }
    }
    do throws(DiskFailure) {
      try PosixDisk().replace(path, in: PosixDisk.parent(of: path), with: bytes)
    } catch {
      throw LocalFailure(
        message: "the plan could not be written: \(error.words)", remedy: "choose another file for --out")
    }
  }
}

/// Ends the command when a target is known to nobody.
func checkTargets(_ targets: [Target], _ configuration: Configuration, _ state: State?) throws {
  let unknown = Target.unknown(targets, configuration: configuration, state: state)
  guard let first = unknown.first else { return }
  let known = Set(configuration.records.map(\.address) + (state?.channels.map(\.address) ?? [])).sorted()
  throw UsageFailure(
    message: "neither the manifests nor the state know \(Words.list(unknown.map(\.description)))",
    remedy: Words.didYouMean(first.description, among: known.map(\.description)) ?? "see `kitform state list`")
}

extension Plan {
  /// How `plan` ends with this plan.
  func outcome(detailed: Bool) -> RunOutcome {
    if diagnostics.contains(where: { $0.severity == .error }) { return .invalid }
    if !refusals.isEmpty { return .refused }
    guard !isEmpty else { return .noChanges }
    return detailed ? .changes : .done
  }
}

extension Invocation {
  /// Makes a plan the result of the command.
  func show(_ plan: Plan, _ engine: Engine) {
    self.plan = plan
    account = plan.account
    diagnostics += plan.diagnostics
    switch global.format {
    case .json: members += PlanJSON.members(plan)
    case .text:
      text += PlanText(
        color: terminal.colorsOutput, callsPerSecond: engine.callsPerSecond, isVerbose: global.verbose
      ).render(plan)
    }
  }
}

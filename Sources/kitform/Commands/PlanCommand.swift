import ArgumentParser
import Basics
import Documents
import KitformEngine
import Manifest
import Provisioning
import Reports
import StateBackends
import Wiring

/// `kitform plan`
struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show what an apply would change, and why.",
    discussion: "Reads the account and the state; writes neither, and takes no lock.",
    examples: [
      "kitform plan",
      "kitform plan ok.community --env staging",
      "kitform plan --out plan.json --report markdown=plan.md",
    ])

  @OptionGroup var global: GlobalOptions
  @OptionGroup var sandbox: SandboxOptions
  @OptionGroup var reports: ReportOptions
  @OptionGroup var calls: CallOptions
  @OptionGroup var planning: PlanningOptions

  @Argument(
    help: ArgumentHelp("The same as --target, once for each.", valueName: "address"),
    completion: ArgumentCompletions.addresses)
  var addresses: [String] = []

  @Option(
    help: ArgumentHelp("Write the plan to a file, for `kitform show` and `kitform apply FILE`.", valueName: "file"))
  var out: String?

  @Flag(help: "Exit with 2 when there is something to do.")
  var detailedExitcode = false

  @Flag(help: "Adopt every unmanaged channel of equal kind and name, and print the entries: after a lost state.")
  var adoptMatching = false

  @Option(
    help: ArgumentHelp(
      "Compare with a recorded account instead: no network, no credentials, nothing to apply.", valueName: "file"))
  var accountFile: String?

  func validate() throws {
    _ = try planning.options(isDestroy: false, targeting: addresses)
    if adoptMatching, out != nil {
      throw ValidationError(
        "--adopt-matching only proposes entries of `adopt`: write them into a manifest, then make the plan with --out")
    }
    guard accountFile != nil else { return }
    if sandbox.isSandbox { throw ValidationError("--account-file and --sandbox exclude each other") }
    if out != nil {
      throw ValidationError("nothing can be applied from --account-file, so that --out has nothing to save")
    }
    if let option = calls.given.first {
      throw ValidationError("--account-file makes no call, so that \(option) has no effect: leave it out")
    }
  }

  func run() async throws {
    try await Invocation("plan", global, reports: try reports.requests()).runSteps { invocation in
      let session = Session(invocation, isSandbox: sandbox.isSandbox)
      let configuration = try session.configuration()
      if let out {
        let path = try invocation.resultPath(out, for: "--out")
        try saving { () throws(DiskFailure) in try PosixDisk().checkReplaceable(path) }
      }
      var options = try planning.options(isDestroy: false, targeting: addresses)
      options.adoptsMatching = adoptMatching || accountFile != nil
      if let accountFile {
        return try await planRecorded(
          invocation, session: session, configuration: configuration, options: options,
          file: invocation.surroundings.absolute(accountFile))
      }
      return try await session.withEngine(
        configuration, calls: calls.settings, sandboxFile: sandbox.sandboxFile
      ) { engine in
        let repository = invocation.repository
        // Git is asked while the state is read, and about the state while the account is read.
        async let git = repository.checkout()
        async let key: Void = engine.prepareFingerprints()
        let state = try await engine.readState()
        try checkAddresses(options, configuration, state)
        if configuration.state.backend == .local { warnOfEphemeralState(state, session) }
        let checkout = await git
        async let warning = repository.warning(of: state, checkout)
        let planned = try await engine.plan(state, options: options, ended: Surroundings.now())
        await key
        if let warning = await warning { invocation.diagnostics.append(warning) }
        invocation.diagnostics += options.idle(in: planned.plan, engine.loaded.project.kinds)
        noteRefusal(engine, invocation)
        await invocation.show(planned.plan, engine)
        invocation.propose(planned.proposals, in: session)
        let outcome = planned.plan.outcome(detailed: detailedExitcode)
        if let out {
          if outcome == .invalid || outcome == .refused {
            invocation.terminal.note("No plan file is written: the plan cannot be applied.")
          } else {
            try write(
              planned.plan, commit: checkout.commit, to: try invocation.resultPath(out, for: "--out"),
              session.sealer(configuration))
          }
        }
        return outcome
      }
    }
  }

  /// Plans against a recorded account; nothing can be applied from the plan, whose digest no other has.
  private func planRecorded(
    _ invocation: Invocation, session: Session, configuration: Configuration, options: PlanOptions, file: String
  ) async throws -> RunOutcome {
    let engine = try session.recordedEngine(configuration, file: file)
    // A state elsewhere would take a network.
    let isLocal = configuration.state.backend == .local
    let state = isLocal ? try await engine.readState() : nil
    if isLocal {
      try checkAddresses(options, configuration, state)
    } else {
      try checkTargets(options.targets, configuration, state)
    }
    var plan = try await engine.plan(state, options: options, ended: Surroundings.now()).plan
    plan.account.host = "recorded"
    plan.reads = 0
    await invocation.show(plan, engine)
    invocation.diagnostics.append(
      Diagnostic(
        .planRecorded, at: nil,
        "compared with the recorded account \(SafeText.escape(file)): nothing can be applied from this plan",
        why: isLocal
          ? nil : "the state is not read, because it is kept elsewhere: channels count as managed by kind and name",
        suggestion: "make the changes in Kit by hand, or plan against the account itself"))
    return plan.outcome(detailed: detailedExitcode)
  }

  /// Warns early that an apply writes nothing under a profile that is not confirmed.
  private func noteRefusal(_ engine: Engine, _ invocation: Invocation) {
    guard let words = engine.refusal?.words else { return }
    invocation.diagnostics.append(
      Diagnostic(
        .planUnconfirmed, at: nil, "an apply of this plan will be refused: \(words.message)", suggestion: words.remedy))
  }

  /// A pipeline's disk is gone with its runner, and with it a state that is only there.
  private func warnOfEphemeralState(_ state: State?, _ session: Session) {
    let isPipeline = !(session.run.surroundings.environment["CI"] ?? "").isEmpty
    guard isPipeline, state == nil, !session.isSandbox else { return }
    session.run.diagnostics.append(
      Diagnostic(
        .stateEphemeral, at: nil, "there is no state on this runner: every channel is planned as new",
        why: "the state is kept on the local disk, which a pipeline's runner does not keep",
        suggestion: "keep `.kitform` between jobs, for example as a cache or an artifact"))
  }

  private func write(_ plan: Plan, commit: String?, to path: String, _ sealer: DocumentSealer?) throws {
    var bytes = PlanFile(plan, tool: Version.number, commit: commit).encode()
    if let sealer {
      do throws(SealingFailure) { bytes = try sealer.bytes(ofPlan: bytes, digest: plan.digest) } catch {
        throw LocalFailure(message: "the plan could not be encrypted: \(error.words)", remedy: "set the key")
      }
    }
    let file = bytes
    try saving { () throws(DiskFailure) in
      try PosixDisk().replace(path, in: PosixDisk.parent(of: path), with: file)
    }
  }

  private func saving(_ body: () throws(DiskFailure) -> Void) throws {
    do throws(DiskFailure) { try body() } catch {
      throw LocalFailure(
        message: "the plan could not be written: \(error.words)", remedy: "choose another file for --out")
    }
  }
}

/// Ends the command when neither the manifests nor the state have a target.
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
    if errors > 0 { return .invalid }
    if !refusals.isEmpty { return .refused }
    guard !isEmpty || !uncertain.isEmpty else { return .noChanges }
    return detailed ? .changes : .done
  }
}

extension Invocation {
  /// Makes a plan the result of the command; what an interrupted apply left open is said once.
  ///
  /// - Parameter digest: the plan's digest, where it is wanted for more; it is worked out beside the text.
  func show(
    _ plan: Plan, _ engine: Engine, digest: Task<String, Never>? = nil, saysInterrupted: Bool = true
  ) async {
    let digest = digest ?? Task { plan.digest }
    content.plan = plan
    account = plan.account
    content.records = engine.configuration.records
    content.callsPerSecond = engine.callsPerSecond
    diagnostics += plan.diagnostics
    if isDocumentWanted { members += PlanJSON.members(plan, digest: await digest.value) }
    if global.format == .text {
      var shown = plan
      if !saysInterrupted { shown.interrupted = [] }
      text += await PlanText(
        color: terminal.colorsOutput, callsPerSecond: engine.callsPerSecond, isVerbose: global.verbose,
        columns: terminal.outputColumns
      ).render(shown) { await digest.value }
    }
  }
}

extension Invocation {
  /// Prints the entries of `adopt` that a plan took in although no manifest has them.
  fileprivate func propose(_ adoptions: [Adoption], in session: Session) {
    let entries: [(address: Address, uuid: String)] = adoptions.compactMap { adoption in
      if case .uuid(let uuid) = adoption.target { (adoption.address, uuid) } else { nil }
    }
    guard !entries.isEmpty else { return }
    members.append(
      .init(
        "proposedAdoptions",
        .array(entries.map { ["address": .string($0.address.description), "uuid": .string($0.uuid)] })))
    var lines = ["adopt:"] + entries.map { "  \($0.address): {uuid: \(ChannelManifest.scalar(uuid: $0.uuid))}" }
    // An account's UUIDs mean nothing to another environment's.
    if let environment, !session.loaded.project.environments.isEmpty {
      lines = ["environments:", "  \(environment):"] + lines.map { "    \($0)" }
    }
    text +=
      "\nThe plan adopts \(Words.count(entries.count, "channel")) of equal kind and name. For apply, write into "
      + (lines.count > entries.count + 1 ? "kitform.yaml" : "a manifest") + ":\n\n"
      + lines.map { "\($0)\n" }.joined()
  }
}

import Basics
import Documents
import FoundationEssentials
import KitformEngine
import Manifest
import Provisioning
import Reports
import StateBackends
import Transport
import Wiring

/// What `apply` and `destroy` have in common: lock, recover, plan, consent, apply, account for it.
struct ApplyFlow {
  let invocation: Invocation
  let command: String
  let sandbox: SandboxOptions
  let calls: CallOptions
  let write: WriteOptions
  var consent = Consent.asked
  /// Whether each custom channel that was touched is logged in to afterwards.
  var verifies = false
  /// Reports the progress of the apply.
  private let progress: Progress

  /// Who says that the plan may be applied.
  enum Consent {
    /// The person at the terminal.
    case asked
    /// `--auto-approve`.
    case given
    /// `--approve`.
    case approved(Approved)
    /// A saved plan, and what `--approve` binds it to.
    case saved(SavedFile, Approved?)
    /// The account's name, from `--confirm-account` or the terminal.
    case accountName(String?)
  }

  init(
    invocation: Invocation, command: String, sandbox: SandboxOptions, calls: CallOptions, write: WriteOptions
  ) {
    self.invocation = invocation
    self.command = command
    self.sandbox = sandbox
    self.calls = calls
    self.write = write
    progress = Progress(invocation.terminal)
  }

  func run(_ options: PlanOptions) async throws -> RunOutcome {
    try checkTerminal()
    let crashPoint = try CrashPoints.fromEnvironment()
    let session = Session(invocation, isSandbox: sandbox.isSandbox)
    let configuration = try session.configuration()
    let control = Session.RunControl()
    let stop = control.stop
    let interrupts = Interrupts(stop) { [terminal = invocation.terminal] in terminal.note($0) }
    defer { withExtendedLifetime(interrupts) {} }
    let deadline = calls.connection.timeout.map { limit in
      Task {
        try await Task.sleep(for: limit.duration)
        stop.request(.timeIsUp)
      }
    }
    defer { deadline?.cancel() }
    return try await session.withAccount(
      configuration, calls: calls.settings, sandboxFile: sandbox.sandboxFile, use: write.use, control: control,
      saved: savedPlan
    ) { engine, messaging in
      let lock = try await engine.lock(
        invocation.surroundings.lockInformation(command), timeout: write.lock.lockTimeout.duration, stop: stop,
        onWait: { [waits = invocation.waits] in waits.report($0) })
      defer { invocation.hasStuckLock = invocation.hasStuckLock || lock.isStuck }
      do {
        let outcome = try await underLock(
          engine, lock: lock, session: session, configuration: configuration, options: options,
          context: Engine.RunContext(
            now: Surroundings.now, stop: stop, fence: control.fence, events: { [progress] in progress.add($0) },
            crashPoint: crashPoint, settleWindow: write.settle.duration))
        await lock.release()
        guard verifies else { return outcome }
        return try await verified(outcome, configuration: configuration, engine: engine, access: messaging)
      } catch {
        await lock.release()
        throw error
      }
    }
  }

  private func underLock(
    _ engine: Engine, lock: any StateLock, session: Session, configuration: Configuration,
    options: PlanOptions, context: Engine.RunContext
  ) async throws -> RunOutcome {
    async let key: Void = engine.prepareFingerprints()
    // Git takes longer to start than to answer: it does so beside the reads.
    let (repository, saved) = (invocation.repository, savedCommit)
    let checkout = Task {
      if let saved { GitRepository.Checkout(commit: saved) } else { await repository.checkout() }
    }
    defer { checkout.cancel() }
    let unfinished = try await engine.readState(lock)?.run
    if let unfinished, lock.wasTakenOver || unfinished.isTakenOver {
      invocation.terminal.note(
        "Calls of the attempt that held the lock may still be in progress: Kitform waits \(RunFence.validity(of: unfinished)) s for their results."
      )
    }
    let recovered = try await engine.recover(lock, context)
    for line in recovered { invocation.terminal.note(SafeText.escape(line)) }
    var generator = SystemRandomNumberGenerator()
    let state = try await engine.readState(lock) ?? engine.newState(using: &generator)
    if case .saved(let file, let approved) = consent {
      await key
      let planned = try await review(file, approved: approved, engine: engine, state: state)
      switch planned {
      case .ended(let outcome): return outcome
      case .may(let planned):
        let plan = planned.plan
        invocation.flushText()
        try checkBeforeApply(plan, configuration: configuration, engine: engine, stop: context.stop)
        let upkeep = upkeep(of: plan, state)
        let makeOptions = applyOptions(approval, writesAnyway: !upkeep.isEmpty)
        let prepared = try await engine.prepare(
          planned, to: state, lock: lock, options: makeOptions(plan.digest, await checkout.value.commit),
          context: context)
        return try await apply(
          prepared, lock: lock, engine: engine, session: session, configuration: configuration, stop: context.stop,
          upkeep: upkeep)
      }
    }
    try checkAddresses(options, configuration, state)
    var planned = try await engine.plan(state, options: options, ended: Surroundings.now())
    invocation.diagnostics += options.idle(in: planned.plan, engine.loaded.project.kinds)
    let objections = objections(to: planned, state)
    if approval != nil, objections.isEmpty { planned.plan.refusals.removeAll(where: \.isAnsweredByApproval) }
    let warnings = takeWarnings(from: &planned.plan)
    await key
    let (plan, ready) = (planned.plan, planned)
    // What an apply needs before its first write is worked out beside the plan's text, which takes as long.
    let upkeep = options.isDestroy ? [] : upkeep(of: plan, state)
    // An approval of nothing is not spent: the next plan of nothing has the same digest.
    let spent = plan.isEmpty && !approvesMore(than: plan) ? nil : approval
    let (digest, makeOptions) = (Task { plan.digest }, applyOptions(spent, writesAnyway: !upkeep.isEmpty))
    async let prepared = engine.prepare(
      ready, to: state, lock: lock, options: makeOptions(await digest.value, await checkout.value.commit),
      context: context)
    if let finding = await checkout.value.finding { invocation.diagnostics.append(finding) }
    await invocation.show(plan, engine, digest: digest, saysInterrupted: recovered.isEmpty)
    let verdict = plan.outcome(detailed: false)
    if verdict == .invalid { return verdict }
    if !objections.isEmpty { return stale(objections, plan) }
    let writesAnyway = approvesMore(than: plan) || !upkeep.isEmpty
    guard verdict == .done || verdict == .noChanges && writesAnyway else { return verdict }
    try planned.checkSecrets()
    invocation.flushText()
    if !plan.isEmpty, let ended = try consented(to: plan, warnings, context.stop) { return ended }
    try checkBeforeApply(plan, configuration: configuration, engine: engine, stop: context.stop)
    return try await apply(
      await prepared, lock: lock, engine: engine, session: session, configuration: configuration, stop: context.stop,
      upkeep: upkeep)
  }

  /// Repairs that writing the state makes besides the plan's changes, one sentence each: how it is stored, fingerprints, and titles.
  private func upkeep(of plan: Plan, _ state: State) -> [String] {
    let renewed = plan.renewedFingerprints(of: state)
    let retitled = plan.renewedTitles(of: state)
    return invocation.storage.all.map(\.done)
      + (renewed == 0 ? [] : ["\(Words.count(renewed, "fingerprint")) of secrets made anew under the present key"])
      + (retitled == 0 ? [] : ["new titles from Kit in \(Words.count(retitled, "field"))"])
  }

  /// Last checks after approval and before the first write.
  private func checkBeforeApply(
    _ plan: Plan, configuration: Configuration, engine: Engine, stop: Stop
  ) throws {
    if verifies { try checkTokens(for: plan, configuration, engine.secrets) }
    try stop.check()
  }

  /// Carries a plan out that may be applied, and accounts for it.
  private func apply(
    _ prepared: PreparedApply<ContinuousClock>, lock: any StateLock, engine: Engine, session: Session,
    configuration: Configuration, stop: Stop, upkeep: [String]
  ) async throws -> RunOutcome {
    let result = try await progress.during {
      let result = try await engine.apply(prepared)
      // The terminal may block: other runs must not wait for it once the state is saved, so the lock is freed first.
      if result.saveFailure == nil { await lock.release() }
      return result
    }
    if result.saveFailure == nil {
      for line in upkeep { invocation.terminal.note("The state is written: \(line).") }
    }
    return account(for: result, session, configuration, stop)
  }

  /// How a plan of this command is applied, by its digest and the commit of the manifests.
  ///
  /// - Parameters:
  ///   - approval: the digest of the approval that the apply spends.
  ///   - writesAnyway: whether the state is written although the plan is empty.
  private func applyOptions(
    _ approval: String?, writesAnyway: Bool = false
  ) -> @Sendable (String, String?) -> ApplyOptions {
    let (command, who, parallelism) = (command, invocation.surroundings.who, calls.parallelism)
    let settleWindow = write.settle.duration
    return { digest, commit in
      var options = ApplyOptions(
        runID: UUID().uuidString.lowercased(), command: command, digest: digest, who: who, commit: commit,
        parallelism: parallelism, settleWindow: settleWindow, approval: approval)
      options.writesAnyway = writesAnyway
      return options
    }
  }

  /// Nothing is asked without a terminal.
  private func checkTerminal() throws {
    let asks =
      switch consent {
      case .asked, .accountName(nil): true
      case .given, .approved, .saved, .accountName: false
      }
    guard asks, !invocation.terminal.isInteractive || invocation.global.format == .json else { return }
    throw UsageFailure(
      message: "there is no terminal to ask on",
      remedy: command == "destroy"
        ? "give --confirm-account NAME" : "give a saved plan, --approve DIGEST|FILE or --auto-approve")
  }

  /// Takes out of a plan the refusals that the person at the terminal is asked about, where nothing else refuses it.
  private func takeWarnings(from plan: inout Plan) -> [Refusal] {
    guard case .asked = consent, plan.refusals.allSatisfy(\.isAnsweredByPerson) else { return [] }
    defer { plan.refusals = [] }
    return plan.refusals
  }

  /// Nil when the plan may be applied, else how the command ends.
  private func consented(to plan: Plan, _ warnings: [Refusal], _ stop: Stop) throws -> RunOutcome? {
    switch consent {
    case .given, .approved, .saved: return nil
    case .asked:
      for warning in warnings { invocation.terminal.note("Careful: \(SafeText.escape(warning.message)).") }
      let answer = try ask("Apply these changes to \(SafeText.escape(plan.account.name))? Only `yes` does: ", stop)
      return answer == "yes" ? nil : declined()
    case .accountName(let given):
      let answer = try given ?? ask("Write the account's name to delete these channels: ", stop)
      if answer == plan.account.name { return nil }
      invocation.diagnostics.append(
        Diagnostic(
          .destroyAccount, at: nil, "the name is not that of the account: nothing is deleted",
          suggestion: "the account is `\(plan.account.name)`"))
      return .refused
    }
  }

  /// The answer to a question; nil at the end of the input.
  private func ask(_ question: String, _ stop: Stop) throws -> String? {
    try stop.check()
    let answer = invocation.terminal.ask(question, unless: stop)
    try stop.check()
    return answer
  }

  private func declined() -> RunOutcome {
    invocation.terminal.note("Nothing was changed.")
    return .failed
  }

  /// Says what became of every change, and saves what its own place did not take.
  private func account(
    for result: ApplyResult, _ session: Session, _ configuration: Configuration, _ stop: Stop
  ) -> RunOutcome {
    invocation.content.result = result
    invocation.members += ApplyJSON.members(result)
    invocation.text += ApplyText(color: invocation.terminal.colorsOutput).render(result)
    if let failure = result.saveFailure {
      keepUnsaved(result.state, failure: failure, session: session, configuration: configuration)
    }
    switch result.outcome {
    case .done: return .done
    case .noChanges: return .noChanges
    case .failed: return .failed
    case .partial: return .partial
    case .interrupted:
      switch stop.reason {
      case .terminated: return .terminated
      case .timeIsUp:
        return result.changes.contains { $0.verdict == .done || $0.verdict == .uncertain } ? .partial : .failed
      case .interrupted, nil: return .interrupted
      }
    case .unverified: return .unverified
    }
  }

  /// Puts a state that its own place did not take into a file beside it, and says what to do with it.
  private func keepUnsaved(
    _ state: State, failure: StateFailure, session: Session, configuration: Configuration
  ) {
    invocation.report(.unsaved(failure))
    do throws(StateFailure) {
      let file = try EmergencyState.save(
        state, beside: session.statePath(configuration), disk: PosixDisk(), codec: session.codec(configuration))
      invocation.terminal.note(
        failure.isLostLock
          ? "The state of this run is in \(file), for comparison; do not push it over the state that another run has written."
          : "The state was saved to \(file) instead: fix the cause, then run `kitform state push \(file)` to store it."
      )
    } catch {
      invocation.report(.state(error))
      invocation.terminal.note("Run the command again: it recovers from the record of this run and from the account.")
    }
  }
}

extension Invocation {
  /// Writes what there is so far, before a question and before the first change.
  ///
  /// An output that cannot be written stops nothing here: the command reports it at its end.
  func flushText() {
    guard global.format == .text else { return }
    do throws(Terminal.WriteFailure) { try terminal.write(text) } catch { writeFailure = error }
    text = ""
    if !diagnostics.isEmpty { printFindings(diagnostics) }
    shown += diagnostics
    diagnostics = []
  }
}

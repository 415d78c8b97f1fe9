import Documents
import Foundation
import KitformEngine
import Manifest
import Provisioning
import Reports
import StateBackends

/// What `apply` and `destroy` have in common: lock, recover, plan, consent, apply, account for it.
struct ApplyFlow {
  let invocation: Invocation
  let command: String
  let sandbox: SandboxOptions
  let calls: CallOptions
  let write: WriteOptions
  var consent = Consent.asked
  var settleWindow = Duration.seconds(30)
  /// Whether each custom channel that was touched is logged in to afterwards.
  var verifies = false

  /// Who says that the plan may be applied.
  enum Consent {
    /// The person at the terminal.
    case asked
    /// `--auto-approve`.
    case given
    /// `--approve DIGEST`.
    case digest(String)
    /// A saved plan, and the digest of `--approve` that binds the file to what was reviewed.
    case saved(PlanFile, approved: String?)
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
  }

  func run(_ options: PlanOptions) async throws -> RunOutcome {
    try checkTerminal()
    let session = Session(invocation, isSandbox: sandbox.isSandbox)
    let configuration = try session.configuration()
    let stop = Stop()
    let interrupts = Interrupts(stop) { [terminal = invocation.terminal] in terminal.note($0) }
    defer { withExtendedLifetime(interrupts) {} }
    let deadline = calls.timeout.map { limit in
      Task {
        try await Task.sleep(for: limit.duration)
        stop.request(.timeIsUp)
      }
    }
    defer { deadline?.cancel() }
    return try await session.withAccount(
      configuration, calls: calls, sandboxFile: sandbox.sandboxFile, write: write
    ) { engine, messaging in
      let lock = try await engine.lock(
        invocation.surroundings.lockInformation(command), timeout: write.lock.lockTimeout.duration, stop: stop)
      do {
        let outcome = try await underLock(engine, lock, session, configuration, options, stop)
        await lock.release()
        return verifies ? await verified(outcome, configuration, messaging) : outcome
      } catch {
        await lock.release()
        throw error
      }
    }
  }

  private func underLock(
    _ engine: Engine, _ lock: any StateLock, _ session: Session, _ configuration: Configuration,
    _ options: PlanOptions, _ stop: Stop
  ) async throws -> RunOutcome {
    let progress = Progress(invocation.terminal)
    let context = Engine.RunContext(
      now: Surroundings.now, stop: stop, events: { progress.note($0) }, crashPoint: CrashPoints.fromEnvironment(),
      settleWindow: settleWindow)
    async let key: Void = engine.prepareFingerprints()
    _ = try await engine.readState(lock)
    for line in try await engine.recover(lock, context) { invocation.terminal.note(SafeText.escape(line)) }
    var generator = SystemRandomNumberGenerator()
    let state = try await engine.readState(lock) ?? engine.newState(using: &generator)
    try checkTargets(options.targets, configuration, state)
    var planned = try await engine.plan(state, options: options, ended: Surroundings.now())
    if approval == planned.plan.digest { planned.plan.refusals.removeAll(where: \.isAnsweredByApproval) }
    await key
    let plan = planned.plan
    invocation.show(plan, engine)
    // A secret that cannot be read cannot be compared either: "no changes" would be a guess.
    let missing = planned.secrets.failures.filter { failure in
      options.targets.isEmpty || options.targets.contains { $0.matches(failure.key.address) }
    }
    guard options.isDestroy || missing.isEmpty else { throw EngineFailure.secrets(missing) }
    let verdict = plan.outcome(detailed: false)
    if verdict == .invalid { return verdict }
    if let reason = staleness(of: plan, state) { return stale(reason) }
    guard verdict == .done else { return verdict }
    invocation.flushText()
    if let ended = consented(to: plan) { return ended }
    if let reason = stop.reason { throw EngineFailure.stopped(reason) }
    let result = try await engine.apply(
      planned, to: state, lock: lock,
      options: ApplyOptions(
        runID: UUID().uuidString.lowercased(), command: command, digest: plan.digest, who: invocation.surroundings.who,
        parallelism: calls.parallelism, settleWindow: settleWindow, approval: approval),
      context: context)
    return account(for: result, session, configuration, stop)
  }

  /// The digest that was approved; it is spent when the apply ends well.
  private var approval: String? {
    switch consent {
    case .digest(let digest): digest
    case .saved(let file, _): file.plan.digest
    case .asked, .given, .accountName: nil
    }
  }

  /// Nothing is asked without a terminal.
  private func checkTerminal() throws {
    let asks =
      switch consent {
      case .asked, .accountName(nil): true
      case .given, .digest, .saved, .accountName: false
      }
    guard asks, !invocation.terminal.isInteractive || invocation.global.format == .json else { return }
    throw UsageFailure(
      message: "there is no terminal to ask on",
      remedy: command == "destroy"
        ? "give --confirm-account NAME" : "give a saved plan, --approve DIGEST or --auto-approve")
  }

  /// Why an approval does not hold for the plan, or nil.
  private func staleness(of plan: Plan, _ state: State) -> String? {
    guard let approval else { return nil }
    var isSaved = false
    if case .saved(let file, let approved) = consent {
      isSaved = true
      if let approved, approved != file.plan.digest { return "the saved plan is not the one that was approved" }
      guard file.plan.account == plan.account, file.plan.environment == plan.environment else {
        return "the saved plan is for another account or environment"
      }
      guard file.plan.lineage == nil || file.plan.lineage == state.lineage else {
        return "the state has another lineage than the saved plan's"
      }
    }
    if let spent = state.approvals.last(where: { $0.digest == approval }) {
      return isSaved
        ? "this plan was applied on \(spent.at) at serial \(spent.serial)"
        : "this approval was used on \(spent.at) at serial \(spent.serial)"
    }
    guard approval != plan.digest else { return nil }
    return isSaved ? "the plan is no longer the saved one" : "the plan is no longer the one that was approved"
  }

  /// Nil when the plan may be applied, else how the command ends.
  private func consented(to plan: Plan) -> RunOutcome? {
    switch consent {
    case .given, .digest, .saved: return nil
    case .asked:
      let answer = invocation.terminal.ask(
        "Apply these changes to \(SafeText.escape(plan.account.name))? Only `yes` does: ")
      return answer == "yes" ? nil : declined()
    case .accountName(let given):
      let answer = given ?? invocation.terminal.ask("Write the account's name to delete these channels: ")
      if answer == plan.account.name { return nil }
      invocation.diagnostics.append(
        Diagnostic(
          .destroyAccount, at: nil, "the name is not that of the account: nothing is deleted",
          suggestion: "the account is `\(plan.account.name)`"))
      return .refused
    }
  }

  private func declined() -> RunOutcome {
    invocation.terminal.note("Nothing was changed.")
    return .failed
  }

  private func stale(_ reason: String) -> RunOutcome {
    invocation.diagnostics.append(
      Diagnostic(
        .approvalStale, at: nil, "\(reason): nothing was changed",
        suggestion: "review the plan shown, and approve its digest"))
    return .stale
  }

  /// Says what became of every change, and saves what its own place did not take.
  private func account(
    for result: ApplyResult, _ session: Session, _ configuration: Configuration, _ stop: Stop
  ) -> RunOutcome {
    invocation.result = result
    invocation.members += ApplyJSON.members(result)
    invocation.text += ApplyText(color: invocation.terminal.colorsOutput).render(result)
    if let failure = result.saveFailure {
      invocation.report(.state(failure))
      do throws(StateFailure) {
        let file = try EmergencyState.save(
          result.state, beside: session.statePath(configuration), disk: PosixDisk(),
          codec: session.codec(configuration))
        invocation.terminal.note(
          "The state was saved to \(file) instead: when the cause is mended, `kitform state push \(file)` puts it back."
        )
      } catch {
        invocation.report(.state(error))
        invocation.terminal.note("Run the command again: it recovers from the record of this run and from the account.")
      }
      return result.outcome == .interrupted ? .interrupted : .partial
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
}

extension Invocation {
  /// Writes what there is so far, before a question and before the first change.
  ///
  /// An output that cannot be written stops nothing here: the end of the command tells.
  func flushText() {
    guard global.format == .text else { return }
    do throws(Terminal.WriteFailure) { try terminal.write(text) } catch { writeFailure = error }
    text = ""
    if !diagnostics.isEmpty { terminal.note(render(diagnostics, color: terminal.colorsErrors)) }
    shown += diagnostics
    diagnostics = []
  }
}

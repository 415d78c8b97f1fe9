import Documents
package import KitAPI
import KitProfile
package import Manifest
package import Provisioning

/// One environment of a project with everything that a plan or an apply needs: account, state and secrets.
package struct Engine: Sendable {
  package var loaded: LoadedProject
  package var configuration: Configuration
  package var remote: KitRemote
  package var store: any StateStore
  package var binding: State.AccountBinding
  package var secrets: SecretResolver
  /// Compares secrets; nil where no credential is at hand, and then no secret is compared.
  package var fingerprinter: SecretFingerprinter?
  /// How fast calls go out; nil where nothing limits them.
  package var callsPerSecond: Double?

  package init(
    loaded: LoadedProject, configuration: Configuration, remote: KitRemote, store: any StateStore,
    binding: State.AccountBinding, secrets: SecretResolver, fingerprinter: SecretFingerprinter?,
    callsPerSecond: Double? = nil
  ) {
    self.loaded = loaded
    self.configuration = configuration
    self.remote = remote
    self.store = store
    self.binding = binding
    self.secrets = secrets
    self.fingerprinter = fingerprinter
    self.callsPerSecond = callsPerSecond
  }

  /// Compares the account with what was last applied or wanted, field by field.
  package var comparison: AccountComparison {
    AccountComparison(kinds: loaded.project.kinds, fingerprinter: fingerprinter)
  }

  /// A plan together with what it was made of, so that an apply uses the same.
  package struct Planned: Sendable {
    package var plan: Plan
    package var channels: [RemoteChannel]
    /// When the channels were asked for, at the latest.
    package var listed = ContinuousClock.now
    package var secrets: ResolvedSecrets
    /// Adoptions that no manifest asks for, and that the plan takes in (`--adopt-matching`).
    package var proposals: [Adoption] = []
    /// What the manifests want, resolved to the account's ids.
    package var records: [Record] = []
    /// The state as the plan saw it: recovered where a run did not finish.
    package var view: State?
  }

  /// Reads the state without a lock and checks that it belongs to this account.
  package func readState() async throws(EngineFailure) -> State? {
    let state: State?
    do throws(StateFailure) {
      state = try await store.read()
    } catch {
      throw .state(error)
    }
    return try check(state)
  }

  /// Reads the state under its lock and checks that it belongs to this account.
  package func readState(_ lock: any StateLock) async throws(EngineFailure) -> State? {
    let state: State?
    do throws(StateFailure) {
      state = try await lock.read()
    } catch {
      throw .state(error)
    }
    return try check(state)
  }

  /// The journal of a run that did not finish, for what a plan shows of it.
  func journal(of run: RunRecord?) throws(EngineFailure) -> [JournalEntry]? {
    guard let run else { return nil }
    do throws(StateFailure) {
      return try store.journal(of: run.id)
    } catch {
      throw .state(error)
    }
  }

  /// The digest of the API profile; nil for the built-in one.
  var profileDigest: String? { remote.profile.isBuiltIn ? nil : remote.profile.digest }

  private func check(_ state: State?) throws(EngineFailure) -> State? {
    try state?.check(belongsTo: binding, environment: configuration.environment, label: store.label)
    return state
  }

  /// A state for an environment that has none; its serial is 0 until it is written.
  package func newState(using generator: inout some RandomNumberGenerator) -> State {
    let halves = (0..<2).map { _ in UInt64.random(in: .min ... .max, using: &generator) }
    let lineage = halves.map { half in
      let digits = String(half, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
    return State(lineage: lineage, serial: 0, environment: configuration.environment, account: binding)
  }

  /// Derives the key for fingerprints, so that it is there when the plan needs it; nothing where no channel has a secret.
  ///
  /// Deriving one from a short token takes 0.1 s, which goes by while the state and the account are read.
  package func prepareFingerprints() async {
    let hasSecrets = configuration.records.contains { record in
      record.slots.contains { slot in if case .secret? = slot?.value { true } else { false } }
    }
    if hasSecrets { fingerprinter?.prepare() }
  }

  /// Reads the account and plans; writes nothing.
  ///
  /// - Parameters:
  ///   - state: as read; one with an unfinished run is planned on the recovered view.
  ///   - ended: the wall clock, for what the recovered view says of the unfinished run.
  package func plan(_ state: State?, options: PlanOptions, ended: String) async throws(EngineFailure) -> Planned {
    let records = configuration.records
    let begin = ContinuousClock.now
    async let information = accountInformation()
    async let facts = facts(Resolver.needs(records))
    async let listing = listing(state)
    // Files and variables are read while the account answers.
    async let values = secrets.resolve(records: records)
    try check(await information)
    let known = try await facts.getOrThrow()
    let channels = try await listing.getOrThrow()

    var view = state
    var interrupted: [String] = []
    var uncertain: [UncertainCreation] = []
    if let state, let run = state.run,
      let recovered = Recovery(comparison: comparison).recover(
        state, journal: try journal(of: state.run), channels: channels, ended: ended)
    {
      view = recovered.state
      // A plan holds no lock, so the run may be another one that is still in progress.
      interrupted = [run.unfinished] + recovered.lines
      uncertain = recovered.uncertain
    }
    var findings = Findings()
    var resolved = configuration
    resolved.records = resolve(records, facts: known, state: view, options: options, findings: &findings)
    for creation in uncertain where options.concerns(creation.operation.address) {
      let address = creation.operation.address
      findings.report(
        .stateUncertain, at: records.first { $0.address == address }?.place, creation.words,
        suggestion: creation.remedy)
    }
    resolved.records.removeAll { record in uncertain.contains { $0.operation.address == record.address } }
    let proposals =
      options.adoptsMatching ? MatchingAdoptions.find(resolved, state: view, channels: channels) : []
    resolved.adoptions += proposals
    let secrets = await values
    var input = PlanInput(
      configuration: resolved, state: view, account: binding, channels: channels, facts: known, secrets: secrets,
      fingerprinter: fingerprinter, sources: loaded.project.sources, options: options, diagnostics: findings.list,
      reads: remote.callsMade, interrupted: interrupted)
    input.hidden = { [remote] channel, fields in remote.hidden(channel, writing: fields) }
    var plan = Planner.plan(input)
    plan.weakenUnsentReferences(of: resolved.records, known)
    plan.canaries = plan.canaries(after: view, under: remote.profileIdentity)
    if !options.isDestroy {
      plan.diagnostics += waitingTimes(plan, configuration: resolved, facts: known, channels: channels, state: view)
    }
    plan.uncertain = uncertain
    plan.profile = PlanProfile(profileDigest, state: view)
    plan.diagnostics = plan.diagnostics.sorted(in: loaded.project.sources)
    return Planned(
      plan: plan, channels: channels, listed: begin, secrets: secrets, proposals: proposals, records: resolved.records,
      view: view)
  }

  /// Resolves all records; of those that the plan does not look at, and of deletions, nothing is reported.
  private func resolve(
    _ records: [Record], facts: AccountFacts, state: State?, options: PlanOptions, findings: inout Findings
  ) -> [Record] {
    let resolver = Resolver(facts, formerly: formerTitles(state))
    guard options.isDestroy || !options.targets.isEmpty else { return resolver.resolve(records, &findings) }
    var ignored = Findings()
    if !options.isDestroy {
      _ = resolver.resolve(records.filter { options.concerns($0.address) }, &findings)
    }
    return resolver.resolve(records, &ignored)
  }

  /// The titles that the last apply knew of the account's objects.
  func formerTitles(_ state: State?) -> FormerTitles { state?.formerTitles(loaded.project.kinds) ?? FormerTitles() }

  /// Closing times against the account's queues, for the values that will hold after the plan.
  private func waitingTimes(
    _ plan: Plan, configuration: Configuration, facts: AccountFacts, channels: [RemoteChannel], state: State?
  ) -> [Diagnostic] {
    var touched: [Address: Set<String>] = [:]
    var created: Set<Address> = []
    for change in plan.changes {
      if change.action == .create {
        created.insert(change.address)
      } else {
        touched[change.address, default: []].formUnion(change.fields.map(\.name))
      }
    }
    let byID = Dictionary(channels.map { ($0.id, $0) }) { first, _ in first }
    let ids = Dictionary((state?.channels ?? []).map { ($0.address, $0.id) }) { first, _ in first }
    let planned = Dictionary(plan.changes.compactMap { change in change.id.map { (change.address, $0) } }) { _, last in
      last
    }
    var findings = Findings()
    WaitingTimes(facts, assumed: configuration.assumedQueues).check(
      configuration.records,
      current: { address, field in
        guard let id = planned[address] ?? ids[address], let channel = byID[id], let kind = channel.kind,
          let index = kind.index(of: field), case .seconds(let seconds)? = channel.values[index]
        else { return nil }
        return seconds
      },
      isTouched: { address, fields in
        created.contains(address) || !(touched[address]?.isDisjoint(with: fields) ?? true)
      }, &findings)
    return findings.list
  }

  func accountInformation() async -> Result<AccountInformation, RemoteFailure> {
    do throws(RemoteFailure) { return .success(try await remote.account()) } catch { return .failure(error) }
  }

  func facts(_ kinds: [ReferenceKind]) async -> Result<AccountFacts, RemoteFailure> {
    do throws(RemoteFailure) { return .success(try await remote.facts(kinds)) } catch { return .failure(error) }
  }

  /// All channels; a state gives an estimate of their number.
  func listing(_ state: State?) async -> Result<[RemoteChannel], RemoteFailure> {
    do throws(RemoteFailure) {
      return .success(try await remote.channels(expecting: state?.channels.count))
    } catch {
      return .failure(error)
    }
  }

  /// Checks that the account that answered is the one that the manifests name; a profile may have no such method.
  func check(_ information: Result<AccountInformation, RemoteFailure>) throws(EngineFailure) {
    switch information {
    case .success(let account):
      guard account.name.utf8.elementsEqual(binding.name.utf8) else {
        throw .otherAccount(wanted: binding.name, answered: account.name)
      }
    case .failure(let failure):
      guard failure.status == 404 || failure.status == nil && !remote.canReadAccount else { throw .remote(failure) }
    }
  }
}

extension Result where Failure == RemoteFailure {
  /// The value, or the failure as the engine throws it.
  func getOrThrow() throws(EngineFailure) -> Success {
    switch self {
    case .success(let value): return value
    case .failure(let failure): throw .remote(failure)
    }
  }
}

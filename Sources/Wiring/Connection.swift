package import AsyncHTTPTransport
package import Basics
import Documents
import FoundationEssentials
import KitAPI
import KitProfile
import KitSandbox
import KitSandboxServer
package import KitformEngine
import Logging
package import Manifest
package import Provisioning
import StateBackends
package import Transport

extension Session {
  /// Runs `body` with an engine for the account of `configuration`: the real one, or the sandbox's.
  ///
  /// - Parameters:
  ///   - use: whether the command writes to the account, which an unconfirmed profile allows on loopback alone.
  ///   - first: keeps what the network says to the first request.
  package func withEngine<Value: Sendable>(
    _ configuration: Configuration, calls: CallSettings, sandboxFile: String?, use: AccountUse = .reading,
    first: FirstOutcome? = nil, _ body: (Engine) async throws -> Value
  ) async throws -> Value {
    try await withAccount(
      configuration, calls: calls, sandboxFile: sandboxFile, use: use, first: first
    ) { engine, _ in
      try await body(engine)
    }
  }

  /// The same, with the way to the account's custom channels at run time beside the engine.
  ///
  /// A run that changes the account says by `control` when no call of it may leave, and gives the saved plan whose secrets
  /// it sends.
  package func withAccount<Value: Sendable>(
    _ configuration: Configuration, calls: CallSettings, sandboxFile: String?, use: AccountUse = .reading,
    first: FirstOutcome? = nil, control: RunControl? = nil, saved: Plan? = nil,
    _ body: (Engine, MessagingAccess) async throws -> Value
  ) async throws -> Value {
    let profile = try allowedProfile(configuration)
    try checkSecrets(configuration, saved: saved)
    learnSecrets(configuration)
    let deadline = calls.connection.timeout.map { StateDeadline(after: $0) }
    let store = try store(configuration, calls.connection, deadline: deadline) {
      if use.isWriting { deadline?.lift() }
    }
    if isSandbox {
      return try await withSandbox(configuration, profile, file: sandboxFile) { server in
        let token = try standIn(configuration)
        let origin = Origin(scheme: "http", host: "127.0.0.1", port: server.port)
        return try await connect(
          configuration,
          Access(
            profile: profile, origin: origin, messaging: origin, token: token, key: try stateKey(configuration),
            store: store, settings: try transportSettings(calls, to: [origin])),
          calls: calls, first: first, control: control, body)
      }
    }
    let (origin, messaging) = try allowedOrigins(configuration)
    let token = try accountToken(configuration)
    let key = try comparingKey(configuration, isWriting: use.isWriting)
    if case .writing(acceptsUnconfirmedProfile: false) = use, profile.refusesWrites(to: origin.host) {
      throw EngineFailure.unconfirmedProfile(name: profile.name, host: origin.host)
    }
    let access = Access(
      profile: profile, origin: origin, messaging: messaging, token: token, key: key.value,
      comparesNoSecrets: key.isMissing, store: store, settings: try transportSettings(calls, to: [origin, messaging]))
    do {
      return try await connect(
        configuration, access, calls: calls, first: first, control: control, body)
    } catch let failure as EngineFailure {
      guard case .state(.failed) = failure, deadline?.hasPassed == true else { throw failure }
      throw EngineFailure.timeIsUp(during: failure)
    }
  }

  /// What an engine is made of, once each part is at hand.
  package struct Access {
    var profile: APIProfile
    var origin: Origin
    var messaging: Origin
    var token: Secret
    /// The state's own key; nil where the manifests name none.
    var key: Secret?
    /// Whether fingerprints are left alone, because their key has no value.
    var comparesNoSecrets = false
    var store: any StateStore
    var settings: AsyncHTTPTransport.TransportSettings
  }

  /// How a run that changes the account ends, and what keeps its calls back.
  package struct RunControl {
    package let stop = Stop()
    package let fence = RunFence()

    package init() {}
  }

  /// The value of the account's token.
  package func accountToken(_ configuration: Configuration) throws -> Secret {
    let reference = configuration.account.token
    let token = try credential(reference, "the account's token", secrets)
    if let reference, let problem = token.reveal(Session.problem(withToken:)) {
      throw EngineFailure.credential(
        name: reference.value.label, reason: problem, isSet: true, place: reference.place, remedy: nil)
    }
    return token
  }

  /// Why a value cannot be an API token: it was copied with quotes or a header's word.
  private static func problem(withToken text: String) -> String? {
    if let quote = text.first, "\"'`".contains(quote), text.count > 1, text.last == quote {
      return "the value is in quotes, which would be sent as a part of the token; remove them"
    }
    let word = text.prefix { $0 != " " }
    guard ["bearer", "basic", "token"].contains(word.lowercased()), word.endIndex < text.endIndex else { return nil }
    return "the value begins with the word `\(word)` of a header; write the token alone"
  }

  /// The value of `state.key`; nil where the manifests do not set it.
  package func stateKey(_ configuration: Configuration) throws -> Secret? {
    try configuration.state.key.map { try credential($0, "`state.key`", secrets, remedy: Session.stateKeyRemedy) }
  }

  /// What a person does who meets `state.key` for the first time.
  private static let stateKeyRemedy =
    "it is a password of your own that everyone who plans and applies has, the same each time: make one with `openssl rand -hex 32`, keep it where the account's token is kept, and set it; or remove `state.key`, and secrets are compared under the account's token; or rehearse with --sandbox"

  /// The same for a command that compares secrets; one that only reads continues without them, reports that, and compares none.
  private func comparingKey(_ configuration: Configuration, isWriting: Bool) throws -> (value: Secret?, isMissing: Bool)
  {
    do {
      return (try stateKey(configuration), false)
    } catch EngineFailure.credential(let name, let reason, let isSet, let place, let remedy) where !isWriting {
      // Other commands that read compare no secret.
      guard ["plan", "drift"].contains(run.command) else { return (nil, true) }
      run.diagnostics.append(
        Diagnostic(
          .secretKey, .warning, at: place,
          "secrets are not compared, because \(name) \(isSet ? "cannot be used" : "has no value"): \(reason)",
          why: "`state.key` is the key under which the state remembers them; an apply needs it", suggestion: remedy))
      return (nil, true)
    }
  }

  /// TLS and proxies for calls of the account, to these hosts where they are known.
  package func transportSettings(_ calls: CallSettings, to origins: [Origin]? = nil) throws
    -> AsyncHTTPTransport.TransportSettings
  {
    try transportSettings(
      calls.connection, parallelism: calls.parallelism, isEncrypted: origins?.contains { $0.scheme == "https" } ?? true)
  }

  /// Resolves all secrets first, so that every later message can be redacted.
  ///
  /// A missing value is reported where it is needed.
  package func learnSecrets(_ configuration: Configuration) {
    guard !isSandbox else { return }
    let secrets = realSecrets
    var references = [configuration.account.token, configuration.state.key].compactMap { $0?.value }
    for slot in configuration.records.lazy.flatMap(\.slots) {
      switch slot?.value {
      case .secret(let reference)?, .credential(_, value: let reference?)?: references.append(reference)
      default: break
      }
    }
    for reference in Set(references) { _ = try? secrets.resolve(reference) }
  }

  /// Where secret references get their values; beside a sandbox none is resolved.
  package var secrets: SecretResolver { isSandbox ? .standIns : realSecrets }

  /// Runs `body` with an engine of these parts.
  package func connect<Value: Sendable>(
    _ configuration: Configuration, _ access: Access, calls: CallSettings, first: FirstOutcome?,
    control: RunControl? = nil, _ body: (Engine, MessagingAccess) async throws -> Value
  ) async throws -> Value {
    let (profile, origin) = (access.profile, access.origin)
    let secrets = self.secrets
    let binding = try binding(configuration)
    let isLocal = HostClass.isLoopback(origin.host)
    let rate = calls.rate ?? (isLocal ? nil : profile.rate)
    let clock = ContinuousClock()
    let (stopped, fence) = (Event(), control?.fence)
    control?.stop.onRequest { stopped.happen() }
    // From its first write on, an apply ends by `Stop`, which lets running calls finish.
    let deadline = Deadline(
      after: calls.connection.timeout, clock: clock, or: stopped, isForReadsAlone: control != nil)
    do {
      return try await AsyncHTTPTransport.withTransport(access.settings) { transport in
        let (waits, limit) = (run.waits, access.settings.answerLimit)
        let watched = WatchedTransport(transport) { waits.report($0, limit: limit) }
        let observed: any Transport = first.map { ObservedTransport(watched, first: $0) } ?? watched
        let caller = Caller(
          transport: observed, limiter: RateLimiter(callsPerSecond: rate.map(Double.init), clock: clock),
          budget: RetryBudget(), clock: clock, deadline: deadline, stopped: stopped,
          mayWrite: { fence?.isOpen ?? true }, report: { waits.report($0, limit: limit) }, now: Surroundings.seconds)
        let remote = KitRemote(
          profile: profile, kinds: loaded.project.kinds, account: binding.name, origin: origin, token: access.token,
          caller: caller, parallelism: max(calls.parallelism, 4), known: run.known, executor: transport.executor)
        defer { run.report(remote.gaps) }
        return try await body(
          Engine(
            loaded: loaded, configuration: configuration, remote: remote, store: access.store, binding: binding,
            secrets: secrets,
            fingerprinter: access.comparesNoSecrets
              ? nil : try fingerprinter(key: access.key, token: access.token, binding),
            callsPerSecond: rate.map(Double.init)),
          MessagingAccess(
            origin: access.messaging, account: binding.name, profile: profile, secrets: secrets, transport: watched,
            known: run.known))
      }
    } catch {
      guard deadline.hasCut else { throw error }
      let reason = control?.stop.reason ?? .timeIsUp
      guard reason == .timeIsUp, let failure = error as? EngineFailure, case .remote(let remote) = failure,
        !remote.wasKeptBack
      else { throw EngineFailure.stopped(reason) }
      throw EngineFailure.timeIsUp(during: failure)
    }
  }

  /// The account that a state of this configuration belongs to.
  package func binding(_ configuration: Configuration) throws -> State.AccountBinding {
    let name = configuration.account.name?.value ?? ""
    if isSandbox { return State.AccountBinding(host: "sandbox", name: name, isSandbox: true) }
    guard let host = configuration.account.effectiveAPIHost, let origin = try? Origin(written: host) else {
      throw UsageFailure(message: "the manifests name no account", remedy: "complete `account`")
    }
    return State.AccountBinding(
      host: origin.host + (origin.port.map { ":\($0)" } ?? ""), name: name, isSandbox: false)
  }

  /// Resolves secret references from this process's environment and from files.
  package var realSecrets: SecretResolver {
    SecretResolver(
      environment: run.surroundings.environment, projectDirectory: files.root, files: PosixSecretFiles(),
      known: run.known)
  }

  /// TLS and proxies as the environment and the command line say.
  ///
  /// - Parameter isEncrypted: whether there will be TLS; without it the environment's authorities, which may be hundreds of
  ///   files, are not read.
  package func transportSettings(
    _ connection: ConnectionSettings, parallelism: Int, isEncrypted: Bool = true
  ) throws -> AsyncHTTPTransport.TransportSettings {
    var settings = AsyncHTTPTransport.TransportSettings()
    settings.parallelism = max(parallelism, 4)
    if let timeout = connection.timeout {
      settings.requestTimeout = min(settings.requestTimeout, timeout)
      // A transport is shut down once no attempt to connect is in progress.
      settings.connectTimeout = min(settings.connectTimeout, timeout)
    }
    let environment = run.surroundings.environment
    do throws(TrustRoots.TrustProblem) {
      settings.trustRoots = try TrustRoots(
        caFile: connection.caFile, environment: isEncrypted ? environment : [:])
    } catch {
      throw LocalFailure(message: error.description, remedy: "name a file with certificates in PEM form")
    }
    do throws(ProxySettings.ProxyProblem) {
      settings.proxies = try ProxySettings(environment: environment)
    } catch {
      throw LocalFailure(message: error.description, remedy: "correct the environment variable, or remove it")
    }
    for secret in settings.proxies.secrets { run.known.insert(secret) }
    if run.options.isVerbose { run.noteOnce("\(settings.proxies)") }
    return settings
  }

  /// The value of a credential, or which variable and which line asked for it.
  package func credential(
    _ reference: Located<SecretReference>?, _ words: String, _ secrets: SecretResolver, remedy: String? = nil
  ) throws -> Secret {
    guard let reference else {
      throw LocalFailure(
        message: "\(words) is not in the manifests", remedy: "write `account.token: {env: KIT_API_TOKEN}`")
    }
    do throws(SecretFailure) {
      if let secret = try secrets.resolve(reference.value) { return secret }
    } catch {
      throw EngineFailure.credential(
        name: reference.value.label, reason: error.words, isSet: error.isSet, place: reference.place, remedy: remedy)
    }
    throw EngineFailure.credential(name: words, reason: "`keep` stands for no value here", place: reference.place)
  }

  /// The hosts that credentials may go to, as the environment lists them.
  package var hostPolicy: HostPolicy {
    let environment = run.surroundings.environment
    let policy = HostPolicy(
      allowList: environment[HostPolicy.allowVariable], serverHost: environment[HostPolicy.serverVariable])
    for entry in policy.unreadableEntries {
      run.noteOnce(
        "warning: the entry `\(SafeText.escape(entry))` of \(HostPolicy.allowVariable) is not a host and allows nothing: list the host alone, without scheme, port and path"
      )
    }
    return policy
  }

  /// The API's host and that of messages, once it is certain that credentials may go to both.
  package func allowedOrigins(_ configuration: Configuration) throws -> (api: Origin, messaging: Origin) {
    let policy = hostPolicy
    var origins: [Origin] = []
    var refused: [EngineFailure] = []
    for (name, host, place) in [
      ("account.apiHost", configuration.account.effectiveAPIHost, configuration.account.apiHost?.place),
      (
        "account.messagingHost", configuration.account.effectiveMessagingHost,
        configuration.account.messagingHost?.place
      ),
    ] {
      guard let host, let origin = try? Origin(written: host) else { continue }
      if case .refused(let refusal) = policy.verdict(on: origin.host, for: .account) {
        refused.append(
          .host(
            setting: name, host: origin.host, reason: refusal.description, place: place,
            credential: configuration.account.token.map { "the token of \($0.value.label)" } ?? "the token"))
      }
      origins.append(origin)
    }
    if let last = refused.popLast() {
      for failure in refused { run.report(failure) }
      throw last
    }
    guard origins.count == 2 else {
      throw LocalFailure(
        message: "`account` names no API host", remedy: "write `account.region`, or `apiHost` and `messagingHost`")
    }
    return (api: origins[0], messaging: origins[1])
  }
}

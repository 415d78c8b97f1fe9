import AsyncHTTPTransport
import Basics
import Documents
import KitformEngine
package import Manifest
package import Provisioning
import StateBackends
import Transport

extension Session {
  /// Where the environment's state is kept.
  ///
  /// - Parameters:
  ///   - deadline: when what is asked of the state has to end; nil for what `--timeout` says.
  ///   - whenWriting: called before each write of the state.
  ///   - isGuarded: whether a place without a state is refused while a former place has one.
  package func store(
    _ configuration: Configuration, _ connection: ConnectionSettings, deadline: StateDeadline? = nil,
    isGuarded: Bool = true, whenWriting: @escaping @Sendable () -> Void = {}
  ) throws -> any StateStore {
    try requireOwnFiles(configuration)
    guard !isSandbox else { return LocalStateStore(disk: PosixDisk(), path: statePath(configuration)) }
    let place = place(configuration)
    let memory = placeMemory(configuration)
    let reach = Reach(connection, deadline: deadline)
    return RelocatedStateStore(
      try open(configuration.state, configuration, reach), former: isGuarded ? formerStores(configuration, reach) : [],
      whenWriting: whenWriting
    ) { memory.remember(place) }
  }

  /// The places where a state was kept before the one of the manifests, each as a store.
  package func formerStores(_ configuration: Configuration, _ connection: ConnectionSettings) -> [any StateStore] {
    formerStores(configuration, Reach(connection, deadline: nil))
  }

  private func formerStores(_ configuration: Configuration, _ reach: Reach) -> [any StateStore] {
    let current = place(configuration)
    return formerPlaces(configuration).map { place in
      guard let settings = place.settings(withQueriesOf: current),
        let store = try? open(settings, configuration, reach, isFormer: true)
      else { return UnreachableStateStore(label: place.label) }
      return store
    }
  }

  /// The place that this directory remembers, and the local default.
  package func formerPlaces(_ configuration: Configuration) -> [StatePlace] {
    let current = place(configuration)
    return [placeMemory(configuration).place, StatePlace.standard].compactMap { $0 }
      .reduce(into: [StatePlace]()) { places, place in
        if place != current, !places.contains(place) { places.append(place) }
      }
  }

  /// The place of the manifests, with what the environment says where they say nothing.
  private func place(_ configuration: Configuration) -> StatePlace {
    var settings = configuration.state
    func complete(_ name: String, _ text: String?) {
      guard settings[name] == nil, let text else { return }
      settings.settings.append((name: name, value: Located(text, at: SourcePlace(file: 0, start: 0, end: 0))))
    }
    switch settings.backend {
    case .local: break
    case .http:
      complete("address", variable("TF_HTTP_ADDRESS"))
      complete("lockAddress", variable("TF_HTTP_LOCK_ADDRESS") ?? settings["address"]?.value)
      complete("unlockAddress", variable("TF_HTTP_UNLOCK_ADDRESS") ?? settings["lockAddress"]?.value)
    case .s3:
      complete("endpoint", endpoint(settings)?.text)
      complete("region", region(settings))
    }
    return StatePlace(settings)
  }

  private func placeMemory(_ configuration: Configuration) -> PlaceMemory {
    PlaceMemory(disk: PosixDisk(), path: "\(files.root)/\(stateDirectory(configuration.environment))/backend.json")
  }

  /// How the states of an environment are written and read.
  ///
  /// - Parameter isFormer: whether the state is one of a former place, whose form is of no concern any more.
  package func codec(_ configuration: Configuration, isFormer: Bool = false) -> StateCodec {
    StateCodec(sealer: sealer(configuration, isFormer: isFormer))
  }

  /// Encrypts states and plans with the key of `state.key`; nil where there is none, and in the sandbox.
  package func sealer(_ configuration: Configuration, isFormer: Bool = false) -> DocumentSealer? {
    guard !isSandbox, let key = configuration.state.key else { return nil }
    let secrets = self.secrets
    let remark = run.remark
    let storage = run.storage
    let former = try? formerKey()
    return DocumentSealer(
      encrypts: configuration.state.encrypts,
      source: {
        do throws(SecretFailure) {
          if let secret = try secrets.resolve(key.value) { return .success(secret) }
          return .failure(.noKey("`keep` stands for no value here"))
        } catch {
          return .failure(.noKey(error.words))
        }
      }, former: { former },
      notice: { notice in
        guard !isFormer else { return }
        storage.add(notice)
        remark(notice.words)
      })
  }

  /// The variable that holds a former value of `state.key`, or of the account's token where there was no key.
  package static let formerKeyVariable = "KITFORM_FORMER_KEY"

  /// A former key, which reads and compares what was written under it; nil where the environment gives none.
  package func formerKey() throws -> Secret? {
    guard !isSandbox, variable(Session.formerKeyVariable) != nil else { return nil }
    return try secret(of: Session.formerKeyVariable)
  }

  /// Makes and compares fingerprints of secrets, under `state.key` or else the account's token.
  package func fingerprinter(key: Secret?, token: Secret?, _ binding: State.AccountBinding) throws
    -> SecretFingerprinter?
  {
    guard let source = key ?? token else { return nil }
    return SecretFingerprinter(
      source: source, origin: key == nil ? .token : .stateKey,
      former: [try formerKey(), key == nil ? nil : token].compactMap { $0 }, host: binding.host, account: binding.name)
  }

  // MARK: Stores

  private func open(
    _ settings: StateSettings, _ configuration: Configuration, _ reach: Reach, isFormer: Bool = false
  ) throws -> any StateStore {
    switch settings.backend {
    case .local:
      let path = settings["path"]?.value ?? "\(stateDirectory(configuration.environment))/state.json"
      return LocalStateStore(
        disk: PosixDisk(), path: "\(files.root)/\(path)", codec: codec(configuration, isFormer: isFormer))
    case .http:
      return HTTPStateStore(
        try httpSettings(settings, configuration), caller: try caller(reach),
        options: options(configuration, isFormer: isFormer))
    case .s3:
      let (place, signature) = try s3Settings(settings)
      return S3StateStore(
        place, signature: signature, caller: try caller(reach), now: Surroundings.seconds,
        clock: ContinuousClock(), options: options(configuration, isFormer: isFormer))
    }
  }

  private func options(_ configuration: Configuration, isFormer: Bool) -> RemoteStateOptions {
    RemoteStateOptions(
      codec: codec(configuration, isFormer: isFormer),
      journal: (PosixDisk(), "\(files.root)/\(stateDirectory(configuration.environment))/state.json.journal"),
      attempt: JobAttempt(environment: run.surroundings.environment), says: run.remark)
  }

  private func caller(_ reach: Reach) throws -> Caller {
    var settings = try transportSettings(reach.connection, parallelism: 1)
    settings.parallelism = 1
    settings.bodyLimit = StateCodec.byteLimit
    let clock = ContinuousClock()
    let deadline = reach.deadline
    let (waits, limit) = (run.waits, settings.answerLimit)
    return Caller(
      transport: WatchedTransport(StateTransport(settings: settings, deadline: deadline)) {
        waits.report($0, limit: limit)
      },
      limiter: RateLimiter(callsPerSecond: nil, clock: clock),
      budget: RetryBudget { deadline?.hasPassed ?? false }, clock: clock,
      report: { waits.report($0, limit: limit) }, now: Surroundings.seconds)
  }

  private func variable(_ name: String) -> String? {
    run.surroundings.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  private func httpSettings(
    _ state: StateSettings, _ configuration: Configuration
  ) throws -> HTTPStateStore.HTTPStateSettings {
    let credential =
      state.password.map { "the password of \($0.value.label)" }
      ?? (variable("TF_HTTP_PASSWORD") == nil ? "the state" : "the password of TF_HTTP_PASSWORD")
    func address(_ name: String, _ variableName: String) throws -> URLParts? {
      let written = state[name]
      guard let text = written?.value ?? variable(variableName) else { return nil }
      let setting = written == nil ? variableName : "state.\(name)"
      guard StateSettings.problem(withAddress: text) == nil, let url = try? URLParts(text) else {
        throw LocalFailure(
          message: "\(setting) \(StateSettings.problem(withAddress: text) ?? "is no URL")",
          remedy: "write the URL of the state, without user name and password")
      }
      try checkHost(url.host, setting: setting, place: written?.place, credential: credential)
      if let query = url.query { run.known.insert(query: query) }
      return url
    }
    guard let url = try address("address", "TF_HTTP_ADDRESS") else {
      throw LocalFailure(
        message: "the http state has no address", remedy: "write `state.address`, or set TF_HTTP_ADDRESS")
    }
    var settings = HTTPStateStore.HTTPStateSettings(
      address: url, lockAddress: try address("lockAddress", "TF_HTTP_LOCK_ADDRESS"),
      unlockAddress: try address("unlockAddress", "TF_HTTP_UNLOCK_ADDRESS"))
    settings.updateMethod = state["updateMethod"]?.value ?? variable("TF_HTTP_UPDATE_METHOD") ?? settings.updateMethod
    settings.lockMethod = variable("TF_HTTP_LOCK_METHOD") ?? settings.lockMethod
    settings.unlockMethod = variable("TF_HTTP_UNLOCK_METHOD") ?? settings.unlockMethod
    settings.username = state["username"]?.value ?? variable("TF_HTTP_USERNAME")
    if state.password != nil || variable("TF_HTTP_PASSWORD") != nil {
      try checkPassword(of: state, configuration)
    }
    settings.password =
      try state.password.map { try self.credential($0, "`state.password`", secrets) }
      ?? variable("TF_HTTP_PASSWORD").map { _ in try secret(of: "TF_HTTP_PASSWORD") }
    if let password = settings.password?.reveal({ $0 }) {
      run.known.insert(password)
      // What the header `Authorization` has, however short the password is.
      let pair = "\(settings.username ?? ""):\(password)"
      run.known.insert(pair)
      run.known.insert(Base64.text(Array(pair.utf8)))
    }
    return settings
  }

  /// A secret from a variable that no manifest names, under the rules of those that manifests name.
  private func secret(of variable: String) throws -> Secret {
    do throws(SecretFailure) {
      return try realSecrets.resolve(.environment(variable)) ?? Secret("")
    } catch {
      throw LocalFailure(message: error.words, remedy: "correct the variable, or remove it")
    }
  }

  private func s3Settings(_ state: StateSettings) throws -> (S3StateStore.S3StateSettings, SignatureV4) {
    let found: (credentials: AWSCredentials, region: String?)
    let given = endpoint(state)
    let region = region(state)
    // Without an endpoint of one's own, the host follows from the region, which the profile may say.
    func origin(_ region: String) throws -> Origin {
      guard let (name, text) = given else { return Origin(host: "s3.\(region).amazonaws.com") }
      guard let origin = try? Origin(written: text) else {
        throw LocalFailure(
          message: "\(name) is not the address of a store", remedy: "write its host, for example s3.example.com")
      }
      return origin
    }
    if given != nil { try checkEndpoint(try origin(""), state, name: given?.name) }
    do throws(AWSCredentials.CredentialsProblem) {
      found = try AWSCredentials.find(environment: run.surroundings.environment, files: PosixSecretFiles())
    } catch {
      throw LocalFailure(
        message: "there are no keys for the state's store: \(SafeText.escape(error.words))",
        remedy: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with keys in AWS_PROFILE")
    }
    for secret in [found.credentials.secretKey, found.credentials.sessionToken] {
      secret?.reveal { run.known.insert($0) }
    }
    guard let region = region ?? found.region ?? (given == nil ? nil : "us-east-1") else {
      throw LocalFailure(
        message: "the region of the state's bucket is not known", remedy: "write `state.region`, or set AWS_REGION")
    }
    let endpoint = try origin(region)
    if given == nil { try checkEndpoint(endpoint, state, name: nil) }
    let bucket = state["bucket"]?.value ?? ""
    // A bucket's dots are no part of a certificate's name, and an address has no names below it.
    let isName = HostClass(endpoint.host) == .name
    guard isName || state.pathStyle != false else {
      throw LocalFailure(
        message:
          "`state.pathStyle: false` puts the bucket before the store's host, and host names cannot be put in front of \(endpoint.host)",
        remedy: "leave `pathStyle` out, or write a host with a name of its own")
    }
    let needsPath = bucket.contains(".") || !isName
    return (
      S3StateStore.S3StateSettings(
        endpoint: endpoint, bucket: bucket, key: state["path"]?.value ?? "",
        pathStyle: state.pathStyle ?? (needsPath || given != nil)),
      SignatureV4(credentials: found.credentials, region: region)
    )
  }

  /// The store's endpoint where one is given, with the setting or the variable that gives it.
  private func endpoint(_ state: StateSettings) -> (name: String, text: String)? {
    if let written = state["endpoint"] { return ("state.endpoint", written.value) }
    return ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"].lazy.compactMap { name in variable(name).map { (name, $0) } }
      .first
  }

  private func region(_ state: StateSettings) -> String? {
    state["region"]?.value ?? variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION")
  }

  private func checkEndpoint(_ endpoint: Origin, _ state: StateSettings, name: String?) throws {
    try checkHost(
      endpoint.host, setting: name ?? "state.region", place: (state["endpoint"] ?? state["region"])?.place,
      credential: "the state")
  }

  /// Refuses a host that no credential may go to, before any connection.
  private func checkHost(_ host: String, setting: String, place: SourcePlace?, credential: String) throws {
    if case .refused(let refusal) = hostPolicy.verdict(on: host, for: .state) {
      throw EngineFailure.host(
        setting: setting, host: host, reason: refusal.description, place: place, credential: credential)
    }
  }
}

/// How a state's server is reached, and until when.
private struct Reach {
  let connection: ConnectionSettings
  let deadline: StateDeadline?

  init(_ connection: ConnectionSettings, deadline: StateDeadline?) {
    self.connection = connection
    self.deadline = deadline ?? connection.timeout.map { StateDeadline(after: $0) }
  }
}

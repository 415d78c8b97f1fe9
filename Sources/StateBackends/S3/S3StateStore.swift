package import Basics
package import Provisioning
package import Transport

/// Keeps a state as an object of any S3-compatible store, with a lock object beside it.
///
/// The lock is a `PUT` with `If-None-Match: *`, the fence around the state one with `If-Match`. A store that ignores either
/// would let two hold the lock, so each lock proves both on its own object before it is trusted.
package struct S3StateStore: RemoteStateStore {
  /// Where the object is.
  package struct S3StateSettings: Sendable {
    package var endpoint: Origin
    package var bucket: String
    package var key: String
    /// Whether the bucket is in the path instead of before the host.
    package var pathStyle: Bool

    package init(endpoint: Origin, bucket: String, key: String, pathStyle: Bool) {
      self.endpoint = endpoint
      self.bucket = bucket
      self.key = key
      self.pathStyle = pathStyle
    }

    /// The host that requests go to.
    package var host: String { pathStyle ? endpoint.host : "\(bucket).\(endpoint.host)" }
  }

  private let settings: S3StateSettings
  private let signature: SignatureV4
  private let caller: Caller
  private let now: @Sendable () -> Int
  private let pause: @Sendable () async -> Void
  package let options: RemoteStateOptions

  /// - Parameters:
  ///   - now: seconds since 1970.
  ///   - clock: waits before a conditional write that met another one is tried again.
  package init(
    _ settings: S3StateSettings, signature: SignatureV4, caller: Caller, now: @escaping @Sendable () -> Int,
    clock: some Clock<Duration>, options: RemoteStateOptions = RemoteStateOptions()
  ) {
    self.settings = settings
    self.signature = signature
    self.caller = caller
    self.now = now
    self.options = options
    pause = { try? await clock.sleep(until: clock.now.advanced(by: .milliseconds(200)), tolerance: nil) }
  }

  package var label: String { "s3://\(settings.bucket)/\(settings.key)" }
  private var lockKey: String { settings.key + ".lock" }

  /// How often a conditional write is tried that meets another one (409).
  private static let collisions = 20

  package func fetch() async throws(StateFailure) -> RemoteObject? { try await fetch(settings.key) }

  package func put(_ bytes: [UInt8], over current: RemoteObject?, lock: String) async throws(RemotePutFailure) {
    // The store does not know that the two objects belong together.
    let held: RemoteObject?
    do throws(StateFailure) { held = try await fetch(lockKey) } catch {
      guard case .failed(label: _, let reason, let remedy) = error else { throw .refused }
      throw .failed(reason: reason, remedy: remedy)
    }
    guard held.flatMap({ LockInformation(bytes: $0.bytes) })?.id == lock else { throw .refused }
    switch await put(settings.key, bytes, current.map { .match($0.tag) } ?? .absent) {
    case .stored: return
    case .refused: throw .refused
    case .failed(let problem): throw .failed(problem)
    }
  }

  package func acquire(_ info: LockInformation) async throws(StateFailure) {
    for _ in 0..<S3StateStore.collisions {
      switch await put(lockKey, info.bytes, .absent) {
      case .stored: return try await prove(info)
      case .refused:
        // A lock that is gone by now was freed in between.
        guard let held = try await fetch(lockKey) else { continue }
        let holder = LockInformation(bytes: held.bytes)
        if holder?.id == info.id { return try await prove(info) }
        throw .locked(holder: holder, label: label)
      case .failed(let problem):
        try? await release(id: info.id)
        throw failed(problem)
      }
    }
    throw .locked(holder: nil, label: label)
  }

  package func takeOver(from holder: LockInformation, _ info: LockInformation) async throws(StateFailure) {
    guard let held = try await fetch(lockKey), LockInformation(bytes: held.bytes)?.id == holder.id else {
      return try await acquire(info)
    }
    switch await put(lockKey, info.bytes, .match(held.tag)) {
    case .stored: return try await prove(info)
    case .refused:
      let current = try await fetch(lockKey).flatMap { LockInformation(bytes: $0.bytes) }
      guard current?.id == info.id else { throw .locked(holder: current, label: label) }
    case .failed(let problem): throw failed(problem)
    }
  }

  package func release(id: String) async throws(StateFailure) {
    guard let held = try await fetch(lockKey) else { return }
    let holder = LockInformation(bytes: held.bytes)
    guard holder?.id == id else { throw .locked(holder: holder, label: label) }
    try await deleteLock([])
  }

  /// A lock object without a holder: any id frees it, if it is still the one that was read.
  package func free(id: String) async throws(StateFailure) {
    guard let held = try await fetch(lockKey), LockInformation(bytes: held.bytes) == nil else {
      return try await release(id: id)
    }
    try await deleteLock([Condition.match(held.tag).header])
  }

  private func deleteLock(_ condition: [(name: String, value: String)]) async throws(StateFailure) {
    switch await caller.call(signed("DELETE", lockKey, headers: condition), as: .delete).result {
    case .success(let response):
      if response.status == 412 { throw .locked(holder: nil, label: label) }
      guard (200..<300).contains(response.status) || response.status == 404 else { throw failed(problem(response)) }
    case .failure(let failure): throw failed(exchange.problem(failure))
    }
  }

  /// Has the store refuse two writes that it must refuse; one that takes either cannot keep a lock.
  private func prove(_ info: LockInformation) async throws(StateFailure) {
    let absent = "00000000000000000000000000000000"
    for (condition, name) in [(Condition.absent, "If-None-Match"), (.match("\"\(absent)\""), "If-Match")] {
      switch await put(lockKey, info.bytes, condition) {
      case .refused: continue
      case .stored:
        try? await release(id: info.id)
        throw failed(
          .init(
            reason: "the store ignores `\(name)`, so that two could hold its lock at once",
            remedy: "keep the state in a store with conditional writes"))
      case .failed(let problem):
        try? await release(id: info.id)
        throw failed(problem)
      }
    }
  }

  /// What must hold for a write to be done.
  private enum Condition {
    case absent
    case match(String)

    var header: (name: String, value: String) {
      switch self {
      case .absent: ("If-None-Match", "*")
      case .match(let tag): ("If-Match", tag)
      }
    }
  }

  private enum Put {
    case stored, refused
    case failed(StateExchange.ServerProblem)
  }

  private func put(_ key: String, _ bytes: [UInt8], _ condition: Condition) async -> Put {
    for _ in 0..<S3StateStore.collisions {
      let request = signed(
        "PUT", key, headers: [condition.header, ("Content-Type", "application/json")], body: bytes)
      switch await caller.call(request, as: .update).result {
      case .success(let response):
        switch response.status {
        case 200..<300: return .stored
        case 412: return .refused
        case 409: await pause()
        case 404:
          // With `If-Match`, the object is gone; without, the bucket is not there.
          if case .match = condition, S3StateStore.code(response) == "NoSuchKey" { return .refused }
          return .failed(problem(response))
        default: return .failed(problem(response))
        }
      case .failure(let failure): return .failed(exchange.problem(failure))
      }
    }
    return .failed(.init(reason: "other writes kept coming in between", remedy: "run the command again"))
  }

  private func fetch(_ key: String) async throws(StateFailure) -> RemoteObject? {
    switch await caller.call(signed("GET", key), as: .read).result {
    case .success(let response):
      switch response.status {
      case 200:
        // An empty lock object is one that names no holder.
        let isEmptyLock = key == lockKey && response.body.isEmpty
        if !isEmptyLock, let problem = exchange.problem(withBodyOf: response) { throw failed(problem) }
        guard let tag = response.header("ETag") else {
          throw failed(
            .init(
              reason: "the store names no version (ETag) of its objects",
              remedy: "keep the state in a store with conditional writes"))
        }
        return RemoteObject(bytes: response.body, tag: tag)
      case 404 where S3StateStore.code(response) == "NoSuchKey": return nil
      default: throw failed(problem(response))
      }
    case .failure(let failure): throw failed(exchange.problem(failure))
    }
  }

  private let exchange = StateExchange(
    place: "`state.endpoint`",
    credentials: "give other keys: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile that AWS_PROFILE names",
    rights: "give these keys the rights to read, write and delete the state's object and, beside it, that of its lock")

  private func problem(_ response: HTTPResponse) -> StateExchange.ServerProblem {
    let (detail, remedy): (String?, String?) =
      switch S3StateStore.code(response) {
      case "NoSuchBucket": ("there is no bucket `\(settings.bucket)`", "make it, or correct `state.bucket`")
      case "RequestTimeTooSkewed":
        ("this machine's clock is wrong by more than 15 minutes", "set this machine's clock")
      case "PermanentRedirect", "AuthorizationHeaderMalformed", "TemporaryRedirect":
        (
          "the bucket is in another region than `\(signature.region)`, or at another endpoint",
          "correct `state.region` or `state.endpoint`"
        )
      case "SignatureDoesNotMatch": ("the secret key does not belong to the access key", exchange.credentials)
      case "InvalidAccessKeyId": ("the store does not know the access key", exchange.credentials)
      case "ExpiredToken": ("the session token has expired", exchange.credentials)
      case let code?: (SafeText.escape(code), nil)
      case nil: (nil, nil)
      }
    return exchange.problem(response, detail: detail, remedy: remedy)
  }

  /// The `Code` of an error's XML; nil where there is none.
  static func code(_ response: HTTPResponse) -> String? {
    let text = String(decoding: response.body.prefix(4096), as: UTF8.self)
    guard let start = text.firstRange(of: "<Code>")?.upperBound,
      let end = text[start...].firstRange(of: "</Code>")?.lowerBound
    else { return nil }
    // A longer one is none, and half of what a store quotes would not be known for a secret.
    return text[start..<end].utf8.count <= 60 ? String(text[start..<end]) : nil
  }

  private func signed(
    _ method: String, _ key: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []
  ) -> HTTPRequest {
    let bucket = settings.pathStyle ? "/\(PercentEncoding.path(settings.bucket))" : ""
    return signature.signed(
      HTTPRequest(
        method: method, scheme: settings.endpoint.scheme, host: settings.host, port: settings.endpoint.port,
        path: "\(bucket)/\(PercentEncoding.path(key))", headers: headers, body: body), time: now())
  }
}

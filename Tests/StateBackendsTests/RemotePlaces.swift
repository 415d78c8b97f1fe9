import Basics
import Documents
import Manifest
import Provisioning
import StateBackends
import Support
import Synchronization
import Transport

/// A state behind a server of Terraform's protocol.
struct HTTPPlace: StatePlace {
  var server = ModelStateServer(.gitLab)
  var codec = StateCodec()
  /// GitLab's way, POST and DELETE at an address of its own; else LOCK and UNLOCK at the state's.
  var hasLockAddress = true

  static let path = "/api/v4/projects/7/terraform/state/production"

  func store() -> any StateStore { store(over: server) }

  func store(over transport: any Transport, options: RemoteStateOptions? = nil) -> HTTPStateStore {
    HTTPStateStore(settings, caller: Callers.caller(transport), options: options ?? RemoteStateOptions(codec: codec))
  }

  var settings: HTTPStateStore.HTTPStateSettings {
    guard let address = try? URLParts("https://gitlab.example.com\(HTTPPlace.path)"),
      let lock = try? URLParts("https://gitlab.example.com\(HTTPPlace.path)/lock")
    else { preconditionFailure("both are URLs") }
    return HTTPStateStore.HTTPStateSettings(address: address, lockAddress: hasLockAddress ? lock : nil)
  }

  func bytes() throws -> [UInt8]? { server[HTTPPlace.path] }
  func replace(_ bytes: [UInt8]) throws { server[HTTPPlace.path] = bytes }
  var showsWholeHolder: Bool { server.rules == .plain }
}

/// A state in an S3-compatible store.
struct S3Place: StatePlace {
  var objects = ModelObjectStore()
  var codec = StateCodec()

  static let path = "/bucket/kitform/production.json"

  func store() -> any StateStore { store(over: objects) }

  func store(over transport: any Transport, options: RemoteStateOptions? = nil) -> S3StateStore {
    S3StateStore(
      .init(
        endpoint: Origin(host: "s3.example.com"), bucket: "bucket", key: "kitform/production.json", pathStyle: true),
      signature: SignatureV4(
        credentials: AWSCredentials(accessKey: "AKID", secretKey: Secret("secret")), region: "us-east-1"),
      caller: Callers.caller(transport), now: { 1_700_000_000 }, clock: InstantClock(),
      options: options ?? RemoteStateOptions(codec: codec))
  }

  func bytes() throws -> [UInt8]? { objects[S3Place.path] }
  func replace(_ bytes: [UInt8]) throws { objects[S3Place.path] = bytes }
}

enum Callers {
  /// A caller that never waits.
  static func caller(_ transport: any Transport) -> Caller {
    Caller(
      transport: transport, limiter: RateLimiter(callsPerSecond: nil, clock: InstantClock()), budget: RetryBudget(),
      clock: InstantClock(), now: { 0 })
  }
}

/// What a store says to people.
final class Sayings: Sendable {
  private let lines = Mutex<[String]>([])
  var all: [String] { lines.withLock { $0 } }
  var says: @Sendable (String) -> Void { { line in self.lines.withLock { $0.append(line) } } }
}

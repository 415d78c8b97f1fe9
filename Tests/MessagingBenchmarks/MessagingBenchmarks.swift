import Basics
import AsyncHTTPClient
import Crypto
import Documents
import Glibc
import KitMessaging
import KitProfile
import KitSandbox
import KitSandboxServer
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// Figures of the custom channel at run time, each beside what it is set against, in one run and on one machine.
///
///     swift run -c release MessagingBenchmarks [ROUNDS]
///
/// Sending: 10,000 events through one session with a parallelism of 16, and the same requests by a bare loop over
/// async-http-client, to the same sandbox on loopback, in turn. Signatures: checks, and the bare MD5 over the same bytes.
@main
struct MessagingBenchmarks {
  static let count = 10_000
  static let parallelism = 16

  static func main() async throws {
    let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 5
    var isMet = try await sending(rounds)
    isMet = signatures(rounds) && isMet
    exit(isMet ? 0 : 1)
  }

  private static func sending(_ rounds: Int) async throws -> Bool {
    let kit = LocalChannel()
    let logger = Logger(label: "quiet", factory: { _ in SwiftLogNoOpLogHandler() })
    let logins = Mutex(0)
    return try await SandboxServer.run(
      kit.sandbox, logger: logger,
      onEvent: { event in
        if case .call(_, _, let path, _) = event, path.contains("botService") { logins.withLock { $0 += 1 } }
      }
    ) { server in
      let configuration = MessagingConfiguration(
        host: server.url, account: "acme", apiToken: LocalChannel.token, channelUUID: kit.uuid,
        parallelism: parallelism)
      let token = try await BareLoop.token(configuration)
      var ours: [Double] = []
      var bare: [Double] = []
      for round in 0...rounds {
        logins.withLock { $0 = 0 }
        let ourTime = try await MessagingClient.withClient(configuration) { client in
          try await inParallel("a\(round)") { try await client.send($0) }
        }
        guard logins.withLock({ $0 }) == 1 else {
          print("  \(logins.withLock { $0 }) calls for tokens, where one login is expected")
          return false
        }
        let bareTime = try await BareLoop.with(configuration, token: token) { loop in
          try await inParallel("b\(round)") { try await loop.send($0) }
        }
        // The first round warms both up.
        if round > 0 {
          ours.append(ourTime)
          bare.append(bareTime)
        }
      }
      let (one, other) = (median(ours), median(bare))
      print("send \(count) events, parallelism \(parallelism), one session, one login")
      print("  KitMessaging         \(rate(one)) events/s")
      print("  bare client          \(rate(other)) events/s")
      return verdict("rate of the bare client", other / one)
    }
  }

  /// Sends all events from so many tasks; the seconds that it took.
  private static func inParallel(
    _ name: String, _ send: @escaping @Sendable (ClientEvent) async throws -> Void
  ) async throws -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<parallelism {
        group.addTask {
          for number in stride(from: task, to: count, by: parallelism) {
            try await send(
              ClientEvent(
                client: Client(id: "\(number % 100)", displayName: "James Smith"), id: "\(name)-\(number)",
                message: Message(id: "\(number)", text: "Is the order no. \(number) on its way?")))
          }
        }
      }
      try await group.waitForAll()
    }
    return start.duration(to: clock.now) / .seconds(1)
  }

  private static func signatures(_ rounds: Int) -> Bool {
    let salt = "9f86d081884c7d659a2feaa0c55ad015"
    let token = "a3bf4f1b2b0b822cd15d6c15b0f00a08a3bf4f1b2b0b822cd15d6c15b0f00a08"
    let signature = Signature(salt: salt, token: token)
    let ids = (0..<1_000).map { "68fcfde5-ee46-4ce5-854e-\($0 + 100_000_000_000)" }
    let headers = ids.map { signature.event($0) }
    let texts = ids.map { Array("\(salt):\(token):\($0)".utf8) }
    var valid = 0
    var sum = 0
    var ours: [Double] = []
    var bare: [Double] = []
    let clock = ContinuousClock()
    // Short rounds, in turn: what else the machine does meets both alike.
    for _ in 0..<(rounds * 40) {
      ours.append(
        clock.measure {
          for index in ids.indices where signature.verifies(headers[index], eventID: ids[index]) { valid += 1 }
        } / .seconds(1))
      bare.append(
        clock.measure {
          for text in texts { for byte in Insecure.MD5.hash(data: text).prefix(1) { sum += Int(byte) } }
        } / .seconds(1))
    }
    precondition(valid == ids.count * rounds * 40 && sum > 0, "a signature does not verify")
    let (one, other) = (median(ours) / Double(ids.count), median(bare) / Double(ids.count))
    print("check a signature of \(texts[0].count) bytes")
    print("  check                \(Int(one * 1e9)) ns")
    print("  bare MD5             \(Int(other * 1e9)) ns")
    return verdict("rate of the bare MD5", other / one)
  }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

  private static func rate(_ seconds: Double) -> Int { Int((Double(count) / seconds).rounded()) }

  /// At least half of what it is set against.
  private static func verdict(_ words: String, _ ratio: Double) -> Bool {
    let isMet = ratio >= 0.5
    print("  \((ratio * 100).rounded() / 100) of the \(words); wanted: at least 0.5: \(isMet ? "met" : "MISSED")")
    return isMet
  }
}

/// A sandbox with one custom channel.
struct LocalChannel {
  static let token = "token-of-the-benchmark"
  let sandbox: Sandbox
  let uuid = "68fcfde5-ee46-4ce5-854e-934806e031de"

  init() {
    var generator = SystemRandomNumberGenerator()
    var account = Account(name: "acme")
    account.apiTokens = [APIToken(id: 1, name: "Bot", hash: SaltedHash(LocalChannel.token, using: &generator))]
    var channel = SandboxChannel(id: 2, uuid: uuid, kind: "custom", name: "Bot")
    channel.apiToken = 1
    channel.salt = "salt"
    channel.closingAgent = 86_400
    account[channel: 2] = channel
    sandbox = Sandbox(account: account, profile: .builtIn)
  }
}

/// The same requests without a session: what async-http-client alone reaches.
struct BareLoop: Sendable {
  private let client: HTTPClient
  private let url: String
  private let token: String

  /// Runs `body` with a loop that keeps so many connections.
  static func with<Value: Sendable>(
    _ configuration: MessagingConfiguration, token: String, _ body: (BareLoop) async throws -> Value
  ) async throws -> Value {
    var settings = HTTPClient.Configuration()
    settings.httpVersion = .http1Only
    settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = configuration.parallelism
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    do {
      let value = try await body(
        BareLoop(client: client, url: "\(configuration.host)/\(configuration.channelUUID)", token: token))
      try await client.shutdown()
      return value
    } catch {
      try await client.shutdown()
      throw error
    }
  }

  /// A session's token, by the documented request.
  static func token(_ configuration: MessagingConfiguration) async throws -> String {
    try await with(configuration, token: "") { loop in
      var request = HTTPClientRequest(
        url: "\(configuration.host)/api/v3/botService/login?domain=acme&access_token=\(configuration.apiToken)")
      request.method = .POST
      request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
      request.body = .bytes(ByteBuffer(string: "channel_uuid=\(configuration.channelUUID)"))
      let response = try await loop.client.execute(request, timeout: .seconds(30))
      let body = Array(try await response.body.collect(upTo: 1 << 16).readableBytesView)
      let document = JSONComposer.compose(SourceFile(path: "answer", bytes: body), file: 0).document
      guard let root = document.roots.first, case .string(let token)? = document.json(root)["result"]?["access_token"]
      else { throw Refused(status: Int(response.status.code)) }
      return token
    }
  }

  func send(_ event: ClientEvent) async throws {
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/json")
    request.headers.add(name: "Authorization", value: "Bearer \(token)")
    request.body = .bytes(ByteBuffer(bytes: try event.json()))
    let response = try await client.execute(request, timeout: .seconds(30))
    _ = try await response.body.collect(upTo: 1 << 16)
    guard response.status == .ok else { throw Refused(status: Int(response.status.code)) }
  }

  /// The server did not take a request.
  struct Refused: Error { var status: Int }
}

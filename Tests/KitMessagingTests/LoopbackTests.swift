import AsyncHTTPTransport
import KitMessaging
import KitProfile
import KitSandbox
import KitSandboxServer
import Logging
import Support
import Synchronization
import TestServers
import Testing
import Transport

/// The client with connections of its own, against a sandbox over HTTP and against servers that lie.
@Suite(.usesSockets, .timeLimit(.minutes(60)))
struct LoopbackTests {
  private static let token = "bot-token-7Kq2"
  private static let uuid = "68fcfde5-ee46-4ce5-854e-934806e031de"

  private func sandbox(callback: String? = nil) -> Sandbox {
    var generator = SystemRandomNumberGenerator()
    var account = Account(name: "acme")
    account.apiTokens = [APIToken(id: 1, name: "Bot", hash: SaltedHash(Self.token, using: &generator))]
    var channel = SandboxChannel(id: 2, uuid: Self.uuid, kind: "custom", name: "Bot")
    channel.apiToken = 1
    channel.salt = "salt"
    channel.closingAgent = 3600
    channel.callbackURL = callback
    account[channel: 2] = channel
    return Sandbox(account: account, profile: .builtIn, tokenValues: [1: Self.token])
  }

  private func configuration(_ host: String, token: String = token, uuid: String = uuid) -> MessagingConfiguration {
    MessagingConfiguration(host: host, account: "acme", apiToken: token, channelUUID: uuid)
  }

  private static let quiet = Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() }

  @Test func `many tasks share one session, one login and few connections`() async throws {
    let sandbox = sandbox()
    let calls = Mutex<[String]>([])
    try await SandboxServer.run(
      sandbox, logger: Self.quiet,
      onEvent: { event in
        if case .call(_, _, let path, let outcome) = event { calls.withLock { $0.append("\(path) \(outcome)") } }
      }
    ) { server async throws in
      try await MessagingClient.withClient(configuration(server.url)) { client async throws in
        try await withThrowingTaskGroup(of: Void.self) { group in
          for task in 0..<16 {
            group.addTask {
              for number in 0..<20 { try await client.send(event(task * 100 + number)) }
            }
          }
          try await group.waitForAll()
        }
      }
    }
    let paths = calls.withLock { $0 }
    #expect(paths.count { $0.hasPrefix("/api/v3/botService/login") } == 1)
    #expect(paths.count { $0 == "/\(Self.uuid) 200" } == 320)
    #expect(paths.count == 321)
  }

  private func cause(_ configuration: MessagingConfiguration) async throws -> MessagingError.FailureCause? {
    try await MessagingClient.withClient(configuration) { client async throws in
      do throws(MessagingError) {
        try await client.send(event(1))
        return nil
      } catch {
        #expect(!error.description.contains(Self.token))
        return error.cause
      }
    }
  }

  @Test func `a wrong token, a UUID of another account and a replayed event have causes`() async throws {
    let sandbox = sandbox()
    try await SandboxServer.run(sandbox, logger: Self.quiet) { server async throws in
      #expect(try await cause(configuration(server.url, token: "other")) == .credentials)
      let elsewhere = configuration(server.url, uuid: "11111111-2222-4333-8444-555555555555")
      #expect(try await cause(elsewhere) == .unknownChannel)
      #expect(try await cause(configuration(server.url)) == nil)
      #expect(try await cause(configuration(server.url)) == .refusedEvent, "event e1 was sent before")
      sandbox.edit { $0.apiTokens[0].isEnabled = false }
      #expect(try await cause(configuration(server.url)) == .credentials)
    }
  }

  @Test func `a session that is revoked ends in an error about credentials`() async throws {
    let sandbox = sandbox()
    try await SandboxServer.run(sandbox, logger: Self.quiet) { server async throws in
      try await MessagingClient.withClient(configuration(server.url)) { client async throws in
        try await client.send(event(1))
        sandbox.edit { $0.apiTokens[0].isEnabled = false }
        do throws(MessagingError) {
          try await client.send(event(2))
          Issue.record("sent")
        } catch {
          #expect(error.cause == .credentials)
          #expect(error.message.contains("access_token: is not valid"))
        }
      }
    }
  }

  @Test func `an expired session renews itself`() async throws {
    let sandbox = sandbox()
    try await SandboxServer.run(sandbox, logger: Self.quiet) { server async throws in
      try await MessagingClient.withClient(configuration(server.url)) { client async throws in
        try await client.send(event(1))
        let desk = AgentDesk(sandbox)
        for (number, seconds) in [(2, 900), (3, 86_400)] {
          _ = desk.handle(
            HTTPRequest(
              method: "POST", scheme: "http", host: "127.0.0.1", path: "/sandbox/clock",
              headers: [("Content-Type", "application/json")], body: Array(#"{"advance":\#(seconds)}"#.utf8)))
          try await client.send(event(number))
        }
      }
    }
  }

  @Test func `nobody at the port, and nobody under the name, is a network failure that sent nothing`() async throws {
    let port = try await RawServer.with({ _, _ in .silence }) { $0.port }
    #expect(try await cause(configuration("http://127.0.0.1:\(port)")) == .network(mayHaveArrived: false))
  }

  @Test func `a server that hangs up, redirects or lies has a cause`() async throws {
    func cause(_ answer: RawServer.Action) async throws -> MessagingError.FailureCause? {
      try await RawServer.with({ _, _ in answer }) { server async throws in
        try await self.cause(configuration("http://127.0.0.1:\(server.port)"))
      }
    }
    #expect(
      try await cause(.write(RawServer.answer("302 Found", ["Location: http://127.0.0.1:1/"]))) == .service)
    #expect(try await cause(.write(RawServer.answer(body: "<html>"))) == .service)
    #expect(try await cause(.write(RawServer.answer("401 Unauthorized"))) == .credentials)
  }

  @Test func `a host whose certificate nobody trusts gets no token`() async throws {
    let certificates = try TestCertificates.all()
    try await RawServer.with(tls: certificates.server("unknown"), { _, _ in .write(RawServer.answer(body: "ok")) }) {
      server async throws in
      #expect(
        try await cause(configuration("https://localhost:\(server.port)")) == .network(mayHaveArrived: false))
      #expect(server.log.requests.isEmpty)
    }
  }

  // MARK: Callbacks that fail

  /// What the sandbox tells of an answer that it delivers to a callback.
  private func delivery(
    to callback: String, through settings: AsyncHTTPTransport.TransportSettings = .init(), limit: Duration = .seconds(5)
  ) async throws -> String {
    let sandbox = sandbox(callback: callback)
    return try await SandboxServer.run(sandbox, logger: Self.quiet) { server async throws -> String in
      try await MessagingClient.withClient(configuration(server.url)) { try await $0.send(event(1)) }
      let step = AgentDesk(sandbox).handle(
        HTTPRequest(
          method: "POST", scheme: "http", host: "127.0.0.1", path: "/sandbox/conversations/1/reply",
          headers: [("Content-Type", "application/json")], body: Array(#"{"text":"Hi"}"#.utf8)))
      guard let event = step.deliveries.first else { return "nothing to deliver" }
      return await AsyncHTTPTransport.withTransport(settings) { transport in
        await CallbackDelivery(through: transport, limit: limit).deliver(event).words
      }
    }
  }

  private func delivery(_ action: RawServer.Action, limit: Duration = .seconds(5)) async throws -> (
    words: String, requests: [String]
  ) {
    try await RawServer.with({ _, _ in action }) { server async throws in
      (try await delivery(to: "http://127.0.0.1:\(server.port)/kit", limit: limit), server.log.requests)
    }
  }

  @Test func `a callback gets the event once, signed, whatever it answers`() async throws {
    let (words, requests) = try await delivery(.write(RawServer.answer(body: "OK")))
    #expect(words.hasSuffix("send_message: the callback answered 200"))
    let request = try #require(requests.first)
    #expect(request.hasPrefix("POST /kit HTTP/1.1"))
    let body = Array((request.split(separator: "\r\n\r\n").last ?? "").utf8)
    let header = try #require(request.split(separator: "\r\n").first { $0.lowercased().hasPrefix("authorization: ") })
    let reception = Receiver(signature: Signature(salt: "salt", token: Self.token)).receive(
      method: "POST", headers: [("Authorization", String(header.dropFirst("authorization: ".count)))], body: body)
    guard case .event(let event) = reception, case .message(let message, let sender) = event.content else {
      Issue.record("\(reception)")
      return
    }
    #expect((event.clientID, message.text, sender?.type) == ("7", "Hi", "agent"))
  }

  @Test func `a callback that fails is told with what to change`() async throws {
    #expect(
      try await delivery(.write(RawServer.answer("302 Found", ["Location: http://127.0.0.1:1/"]))).words.hasSuffix(
        "the callback answered 302, a redirect, which is not followed: write its last address into `callbackURL`"))
    #expect(
      try await delivery(.write(RawServer.answer("401 Unauthorized"))).words.hasSuffix(
        "the callback answered 401: compare its salt and API token with the channel's"))
    #expect(
      try await delivery(.write(RawServer.answer("500 Oops"))).words.hasSuffix(
        "the callback answered 500, where 200 is expected"))
    #expect(try await delivery(.silence, limit: .milliseconds(50)).words.contains("no answer (none within"))
    #expect(try await delivery(.reset).words.contains("no answer (the connection broke)"))
    let port = try await RawServer.with({ _, _ in .silence }) { $0.port }
    #expect(try await delivery(to: "http://127.0.0.1:\(port)/").contains("no answer (the connection was refused)"))
    #expect(try await delivery(to: "https://bots.example.com/").contains("bots.example.com is not on loopback"))
  }

  @Test(arguments: ["unknown", "expired", "elsewhere"])
  func `a callback with a wrong certificate gets nothing`(certificate: String) async throws {
    let certificates = try TestCertificates.all()
    var settings = AsyncHTTPTransport.TransportSettings()
    settings.trustRoots = try TrustRoots(caFile: certificates.authority, environment: [:])
    try await RawServer.with(tls: certificates.server(certificate), { _, _ in .silence }) { server async throws in
      let words = try await delivery(to: "https://localhost:\(server.port)/kit", through: settings)
      #expect(words.contains("no answer (its certificate is not trusted: it needs one for its host"), "\(words)")
      #expect(server.log.requests.isEmpty)
    }
  }
}

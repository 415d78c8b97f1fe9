import AsyncHTTPTransport
import Basics
import Documents
import KitProfile
import KitSandbox
import KitSandboxServer
import Logging
import Support
import Synchronization
import Testing
import Transport

@Suite(.usesSockets) struct SandboxServerTests {
  private static func quietLogger() -> Logger { Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() } }

  /// Runs a server over `kit` and hands its port and a real transport to `body`.
  private func serve<Value: Sendable>(
    _ kit: LocalKit, timeout: Duration = .seconds(30), callbacks: CallbackDelivery? = nil, saver: AccountSaver? = nil,
    events: EventLog = EventLog(), body: (Int, AsyncHTTPTransport) async throws -> Value
  ) async throws -> Value {
    try await SandboxServer.run(
      kit.sandbox, logger: Self.quietLogger(), callbacks: callbacks, saver: saver, onEvent: { events.add($0) }
    ) { server in
      var settings = AsyncHTTPTransport.TransportSettings()
      settings.requestTimeout = timeout
      let transport = AsyncHTTPTransport(settings)
      do {
        let value = try await body(server.port, transport)
        await transport.shutdown()
        return value
      } catch {
        await transport.shutdown()
        throw error
      }
    }
  }

  private func request(_ path: String, _ form: [(String, String)] = [], query: String = "", port: Int) -> HTTPRequest {
    var request = LocalKit.request(path, form, query: query)
    request.port = port
    return request
  }

  /// Creates a channel and returns the answer's status.
  private func status(
    of form: [(String, String)], _ port: Int, _ transport: AsyncHTTPTransport
  ) async throws -> Int {
    try await transport.send(request(create, form, port: port)).status
  }

  private let create = "/api/v3/channel/addChannel"

  @Test func `calls over HTTP reach the account`() async throws {
    let kit = LocalKit()
    let events = EventLog()
    try await serve(kit, events: events) { port, transport in
      let created = try await transport.send(request(create, LocalKit.ok, port: port))
      #expect(created.status == 200)
      #expect(created.header("content-type") == "application/json; charset=utf-8")
      let listed = try await transport.send(
        request("/api/v3/channel/searchChannels", query: "per-page=50&page=1", port: port))
      guard case .array(let items)? = Answer.parse(listed.body)["result"] else {
        Issue.record("no listing in \(String(decoding: listed.body, as: UTF8.self))")
        return
      }
      #expect(items.count == 1)
      #expect(items.first?["channel_name"] == "OK community")
    }
    #expect(
      events.words == [
        "call 1: POST /api/v3/channel/addChannel: 200", "call 2: POST /api/v3/channel/searchChannels: 200",
      ])
  }

  @Test func `a rate limit's answer carries its header`() async throws {
    var faults = Faults()
    faults.rules = [.init(.init(.status(429, retryAfter: "7"), commits: false), at: .every)]
    try await serve(LocalKit(faults: faults)) { port, transport in
      let answer = try await transport.send(request(create, LocalKit.ok, port: port))
      #expect(answer.status == 429)
      #expect(answer.header("retry-after") == "7")
    }
  }

  @Test(arguments: ["drop-before", "drop-after", "reset-before", "reset", "half-body", "slow-body", "silence"])
  func `a fault breaks the connection, and the next call comes through`(name: String) async throws {
    var faults = Faults()
    faults.rules = [try #require(Faults.FaultRule("\(name)@create:1"))]
    let kit = LocalKit(faults: faults)
    try await serve(kit, timeout: ["slow-body", "silence"].contains(name) ? .seconds(3) : .seconds(30)) {
      port, transport in
      do throws(TransportFailure) {
        let answer = try await transport.send(request(create, LocalKit.ok, port: port))
        Issue.record("an answer came: \(answer.status)")
      } catch {
        guard case .ambiguous(let reason) = error else {
          Issue.record("\(error)")
          return
        }
        if ["slow-body", "silence"].contains(name) { #expect(reason == .timeout) }
        if name.hasPrefix("drop") { #expect(reason == .endOfStream) }
        if name.hasPrefix("reset") { #expect(reason == .reset) }
      }
      #expect(kit.sandbox.snapshot.account.channels.count == (name.hasSuffix("before") ? 0 : 1))
      let status = try await status(of: LocalKit.ok, port, transport)
      #expect(status == 200)
    }
  }

  @Test func `a new custom channel's callback URL is called before the server ends`() async throws {
    let receiver = LocalKit()
    let received = EventLog()
    let events = EventLog()
    let kit = LocalKit()
    try await serve(receiver, events: received) { receiverPort, receiving in
      try await serve(kit, callbacks: CallbackDelivery(through: receiving), events: events) { port, transport in
        let settings = #"{"url":"http://127.0.0.1:\#(receiverPort)/kit","token_id":41}"#
        let form = Array(LocalKit.custom.dropLast()) + [("channel_settings", settings)]
        let status = try await status(of: form, port, transport)
        #expect(status == 200)
      }
    }
    #expect(received.words == ["call 1: GET /kit: 404"])
    #expect(
      events.words.last == "test request of channel 1001: the callback answered 404, where 200 is expected; "
        + "the channel is there all the same")
  }

  @Test func `the account is saved before the body runs and when it ends`() async throws {
    let kit = LocalKit()
    let files = Mutex<[[UInt8]]>([])
    let saver = AccountSaver(kit.sandbox, every: .seconds(3600)) { bytes in files.withLock { $0.append(bytes) } }
    try await serve(kit, saver: saver) { port, transport in
      #expect(files.withLock { $0.count } == 1)
      for _ in 0..<3 {
        let status = try await status(of: LocalKit.ok, port, transport)
        #expect(status == 200)
      }
    }
    let saved = files.withLock { $0 }
    #expect(saved.count == 2)
    #expect(saved.last == AccountFile.bytes(of: kit.sandbox.snapshot.account))
  }

  @Test func `changes are saved while the server runs`() async throws {
    let kit = LocalKit()
    let (files, file) = AsyncStream<[UInt8]>.makeStream()
    let saver = AccountSaver(kit.sandbox, every: .milliseconds(1)) { file.yield($0) }
    try await serve(kit, saver: saver) { port, transport in
      _ = try await transport.send(request(create, LocalKit.ok, port: port))
      let wanted = AccountFile.bytes(of: kit.sandbox.snapshot.account)
      #expect(await files.first { $0 == wanted } != nil)
    }
  }

  @Test func `a last save that fails is an error`() async throws {
    let kit = LocalKit()
    let count = Mutex(0)
    let saver = AccountSaver(kit.sandbox, every: .seconds(3600)) { _ in
      let isFirst = count.withLock { value in
        value += 1
        return value == 1
      }
      if !isFirst { throw DiskFull() }
    }
    let events = EventLog()
    await #expect(throws: DiskFull.self) {
      try await serve(kit, saver: saver, events: events) { _, _ in _ = kit.create(LocalKit.ok) }
    }
    #expect(events.words == ["the account is not saved: DiskFull()"])
  }

  @Test func `what the body throws comes out, and the port is free again`() async throws {
    let kit = LocalKit()
    let port = Mutex(0)
    await #expect(throws: DiskFull.self) {
      try await serve(kit) { used, _ in
        port.withLock { $0 = used }
        throw DiskFull()
      }
    }
    let used = port.withLock { $0 }
    let again = try await SandboxServer.run(kit.sandbox, port: used, logger: Self.quietLogger()) { $0.url }
    #expect(again == "http://127.0.0.1:\(used)")
  }

  @Test func `the server ends while a client keeps its connection open and another waits for an answer`() async throws {
    var faults = Faults()
    faults.rules = [try #require(Faults.FaultRule("silence@create:1"))]
    let kit = LocalKit(faults: faults)
    let (called, call) = AsyncStream<SandboxEvent>.makeStream()
    let transport = AsyncHTTPTransport()
    let outcome = await withTaskGroup(of: TransportFailure?.self) { group in
      do {
        try await SandboxServer.run(kit.sandbox, logger: Self.quietLogger(), onEvent: { call.yield($0) }) { server in
          _ = try await transport.send(request("/api/v3/channel/searchChannels", port: server.port))
          let waiting = request(create, LocalKit.ok, port: server.port)
          group.addTask {
            do throws(TransportFailure) {
              _ = try await transport.send(waiting)
              return nil
            } catch {
              return error
            }
          }
          for await event in called where event.words.hasSuffix("no answer") { break }
        }
      } catch {
        Issue.record(error)
      }
      return await group.next() ?? nil
    }
    await transport.shutdown()
    guard case .ambiguous? = outcome else {
      Issue.record("the waiting call came to \(String(describing: outcome))")
      return
    }
  }

  @Test func `a port that is taken is an error that names it`() async throws {
    let kit = LocalKit()
    try await serve(kit) { port, _ in
      do {
        try await SandboxServer.run(kit.sandbox, port: port, logger: Self.quietLogger()) { _ in }
        Issue.record("listened on a port twice")
      } catch {
        #expect((error as? ListenFailure)?.port == port)
        #expect("\(error)".hasPrefix("cannot listen on 127.0.0.1:\(port): "))
      }
    }
  }

  private struct DiskFull: Error {}
}

/// Events in the order in which they came.
final class EventLog: Sendable {
  private let events = Mutex<[SandboxEvent]>([])
  func add(_ event: SandboxEvent) { events.withLock { $0.append(event) } }
  var words: [String] { events.withLock { $0.map(\.words) } }
}

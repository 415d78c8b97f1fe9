import Synchronization
import Testing
import Transport

struct WatchedTransportTests {
  /// Answers with these statuses, one after another, then with a reset.
  private final class Scripted: Transport {
    private let statuses: Mutex<[Int]>
    private let retryAfter: String?

    init(_ statuses: [Int], retryAfter: String? = "7") {
      self.statuses = Mutex(statuses)
      self.retryAfter = retryAfter
    }

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
      let status = statuses.withLock { $0.isEmpty ? nil : $0.removeFirst() }
      guard let status else { throw .ambiguous(.reset) }
      return HTTPResponse(status: status, headers: retryAfter.map { [("Retry-After", $0)] } ?? [])
    }
  }

  private final class Log: Sendable {
    let events = Mutex<[CallEvent]>([])
    func add(_ event: CallEvent) { events.withLock { $0.append(event) } }
    var all: [CallEvent] { events.withLock { $0 } }
  }

  private static var request: HTTPRequest {
    var request = HTTPRequest(
      method: "POST", host: "kit.example", port: 8443, path: "/a", query: "token=s3cret",
      headers: [("Authorization", "s3cret")], body: Array("s3cret".utf8))
    request.part = "page 2 of 9"
    return request
  }

  @Test func `a call is reported when it leaves and when it ends, by method, host, path and part`() async {
    let log = Log()
    let transport = WatchedTransport(Scripted([201])) { log.add($0) }
    _ = try? await transport.send(Self.request)
    _ = try? await transport.send(Self.request)
    let label = CallLabel(Self.request)
    #expect(label.host == "kit.example:8443" && label.path == "/a" && label.part == "page 2 of 9")
    #expect(log.all.count == 4)
    #expect(log.all.first == .sent(1, label))
    guard case .ended(1, label, "201", _)? = log.all.dropFirst().first,
      case .ended(2, label, TransportFailure.ambiguous(.reset).description, _)? = log.all.last
    else {
      Issue.record("\(log.all)")
      return
    }
    #expect(!"\(log.all)".contains("s3cret"))
  }

  @Test func `a rest before a repetition is reported with its reason, its length and its number`() async {
    let log = Log()
    let clock = ManualClock()
    let caller = Caller(
      transport: Scripted([429, 200]), limiter: RateLimiter(callsPerSecond: nil, clock: clock), budget: RetryBudget(),
      clock: clock, report: { log.add($0) }, now: { 0 })
    let report = await caller.call(Self.request, as: .read)
    #expect(log.all == [.resting(CallLabel(Self.request), outcome: "429", for: .seconds(7), attempt: 2)])
    #expect(report.calls == 2)
  }

  @Test(arguments: [429, 503])
  func `a wait that is longer than any call waits is said as it is, beside the wait that is made`(
    _ status: Int
  ) async {
    let log = Log()
    let clock = ManualClock()
    let caller = Caller(
      transport: Scripted([status, 200], retryAfter: "86400"),
      limiter: RateLimiter(callsPerSecond: nil, clock: clock), budget: RetryBudget(), clock: clock,
      report: { log.add($0) }, now: { 0 })
    let report = await caller.call(Self.request, as: .read)
    #expect(
      log.all == [
        .resting(
          CallLabel(Self.request),
          outcome: "\(status), which asks for a wait of 86400 s, and no call waits longer than 60 s",
          for: .seconds(60), attempt: 2)
      ])
    #expect(clock.slept.reduce(.zero, +) == .seconds(60))
    #expect(report.calls == 2)
  }

  @Test func `a rest that another call's answer makes longer is reported with its whole length`() async throws {
    let log = Log()
    let clock = ManualClock()
    let limiter = RateLimiter(callsPerSecond: nil, clock: clock)
    let transport = Throttling(limiter: limiter, turn: try await limiter.turn())
    let caller = Caller(
      transport: transport, limiter: limiter, budget: RetryBudget(), clock: clock, report: { log.add($0) }, now: { 0 })
    _ = await caller.call(Self.request, as: .read)
    guard case .resting(_, _, let pause, 2)? = log.all.first else {
      Issue.record("\(log.all)")
      return
    }
    #expect(pause == .seconds(30))
  }

  /// Answers 500 once; while it does, another call is answered 429 with a wait of 30 s.
  private final class Throttling: Transport {
    private let isFirst = Mutex(true)
    private let limiter: RateLimiter
    private let turn: RateLimiter.Turn

    init(limiter: RateLimiter, turn: RateLimiter.Turn) {
      self.limiter = limiter
      self.turn = turn
    }

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
      let isFirst = isFirst.withLock { first in
        defer { first = false }
        return first
      }
      guard isFirst else { return HTTPResponse(status: 200) }
      limiter.throttled(turn, retryAfter: .seconds(30))
      return HTTPResponse(status: 500)
    }
  }
}

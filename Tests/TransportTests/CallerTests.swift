import Basics
import Support
import Synchronization
import Testing
import Transport

/// Answers calls from a list, the last entry for ever, and counts them.
final class ScriptedTransport: Transport {
  private let script: Mutex<[Result<HTTPResponse, TransportFailure>]>
  private let count = Mutex(0)
  private let onSend: @Sendable () -> Void

  init(_ script: [Result<HTTPResponse, TransportFailure>], onSend: @escaping @Sendable () -> Void = {}) {
    self.script = Mutex(script)
    self.onSend = onSend
  }

  var hits: Int { count.withLock { $0 } }

  func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    count.withLock { $0 += 1 }
    onSend()
    return try script.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }.get()
  }
}

/// A generator that always gives the greatest number, so that full jitter draws the upper bound.
struct GreatestNumbers: RandomNumberGenerator {
  func next() -> UInt64 { .max }
}

@Suite(.usesSockets)
struct CallerTests {
  private let clock = ManualClock()
  private let request = HTTPRequest(method: "POST", host: "localhost", path: "/")

  private func caller(
    _ transport: ScriptedTransport, budget: RetryBudget = RetryBudget(), rate: Double? = nil
  ) -> Caller {
    Caller(
      transport: transport, limiter: RateLimiter(callsPerSecond: rate, clock: clock), budget: budget, clock: clock,
      now: { 0 }, generator: GreatestNumbers())
  }

  private func answer(_ status: Int, _ headers: [(name: String, value: String)] = []) -> Result<
    HTTPResponse, TransportFailure
  > { .success(HTTPResponse(status: status, headers: headers)) }

  /// A caller that may leave for so many attempts.
  private func caller(_ transport: ScriptedTransport, leaving attempts: Int) -> Caller {
    let left = Mutex(attempts)
    return Caller(
      transport: transport, limiter: RateLimiter(callsPerSecond: nil, clock: clock), budget: RetryBudget(),
      clock: clock,
      mayWrite: {
        left.withLock { left in
          left -= 1
          return left >= 0
        }
      }, now: { 0 }, generator: GreatestNumbers())
  }

  @Test func `a call that may not leave is not made, and one that may not leave again ends as it was answered`() async {
    let transport = ScriptedTransport([answer(429)])
    let kept = await caller(transport, leaving: 0).call(request, as: .create)
    #expect(throws: TransportFailure.cancelled) { try kept.result.get() }
    #expect(kept.calls == 0 && transport.hits == 0)
    let once = await caller(transport, leaving: 2).call(request, as: .update)
    #expect((try? once.result.get().status) == 429)
    #expect(once.calls == 2 && transport.hits == 2 && !once.mayHaveTakenEffect)
    let read = await caller(ScriptedTransport([answer(200)]), leaving: 0).call(request, as: .read)
    #expect(read.calls == 1)
  }

  /// A caller whose sleeps last for an hour.
  private func patient(_ transport: ScriptedTransport, _ limiter: RateLimiter, _ stopped: Event) -> Caller {
    Caller(
      transport: transport, limiter: limiter, budget: RetryBudget(), clock: ContinuousClock(), stopped: stopped,
      now: { 0 }, generator: GreatestNumbers())
  }

  @Test(.timeLimit(.minutes(60)), arguments: [MethodKind.create, .update, .read])
  func `a wish to stop ends the wait before a repetition, and the last answer is told`(_ kind: MethodKind) async {
    let stopped = Event()
    let transport = ScriptedTransport([answer(429, [("Retry-After", "60")])], onSend: { stopped.happen() })
    let limiter = RateLimiter(callsPerSecond: nil, clock: ContinuousClock())
    let report = await patient(transport, limiter, stopped).call(request, as: kind)
    #expect((try? report.result.get().status) == 429)
    #expect(report.calls == 1 && transport.hits == 1)
  }

  @Test(.timeLimit(.minutes(60))) func `a wish to stop ends the wait for a turn, and no call is made`() async {
    let limiter = RateLimiter(callsPerSecond: 0.001, clock: ContinuousClock())
    _ = try? await limiter.turn()
    let (stopped, transport) = (Event(), ScriptedTransport([answer(200)]))
    let caller = patient(transport, limiter, stopped)
    await withTaskGroup(of: Caller.Report.self) { group in
      for kind in [MethodKind.create, .update, .delete] { group.addTask { await caller.call(request, as: kind) } }
      group.addTask {
        try? await Task.sleep(for: .milliseconds(20))
        stopped.happen()
        return await caller.call(request, as: .create)
      }
      for await report in group {
        #expect(throws: TransportFailure.cancelled) { try report.result.get() }
        #expect(report.calls == 0)
      }
    }
    #expect(transport.hits == 0)
  }

  @Test(arguments: [MethodKind.create, .read]) func `nothing leaves after the wish to stop`(_ kind: MethodKind) async {
    let stopped = Event()
    stopped.happen()
    let transport = ScriptedTransport([answer(200)])
    let limiter = RateLimiter(callsPerSecond: nil, clock: clock)
    let report = await patient(transport, limiter, stopped).call(request, as: kind)
    #expect(throws: TransportFailure.cancelled) { try report.result.get() }
    #expect(report.calls == 0 && transport.hits == 0)
  }

  @Test func `an answer ends the call`() async throws {
    let transport = ScriptedTransport([answer(422)])
    let report = await caller(transport).call(request, as: .create)
    #expect(try report.result.get().status == 422)
    #expect(report.calls == 1)
    #expect(!report.mayHaveTakenEffect)
    #expect(clock.slept.isEmpty)
  }

  @Test func `what was not sent is sent again up to four times, with doubling waits`() async {
    let transport = ScriptedTransport([.failure(.notSent(.connectionRefused))])
    let report = await caller(transport).call(request, as: .create)
    #expect(throws: TransportFailure.notSent(.connectionRefused)) { try report.result.get() }
    #expect(report.calls == 4)
    #expect(transport.hits == 4)
    #expect(!report.mayHaveTakenEffect)
    #expect(clock.slept == [.milliseconds(500), .seconds(1), .seconds(2)])
  }

  @Test(arguments: [
    Result<Int, TransportFailure>.failure(.ambiguous(.reset)), .failure(.ambiguous(.timeout)), .success(500),
    .success(503), .success(502), .success(429),
  ])
  func `a create whose outcome is unknown is never repeated`(outcome: Result<Int, TransportFailure>) async {
    let transport = ScriptedTransport([outcome.map { HTTPResponse(status: $0) }, answer(200)])
    let report = await caller(transport).call(request, as: .create)
    #expect(transport.hits == 1)
    #expect(report.calls == 1)
    #expect(report.mayHaveTakenEffect)
  }

  @Test(arguments: [MethodKind.update, .delete])
  func `an update or delete is repeated, and the report remembers the lost attempt`(kind: MethodKind) async throws {
    let transport = ScriptedTransport([.failure(.ambiguous(.endOfStream)), answer(404)])
    let report = await caller(transport).call(request, as: kind)
    #expect(try report.result.get().status == 404)
    #expect(report.calls == 2)
    #expect(report.mayHaveTakenEffect)
  }

  @Test func `a read never takes effect`() async throws {
    let transport = ScriptedTransport([.failure(.ambiguous(.timeout)), answer(200)])
    let report = await caller(transport).call(request, as: .read)
    #expect(try report.result.get().status == 200)
    #expect(!report.mayHaveTakenEffect)
  }

  @Test func `a certificate that is not trusted is tried once`() async {
    let transport = ScriptedTransport([.failure(.notSent(.certificate("expired")))])
    #expect(await caller(transport).call(request, as: .read).calls == 1)
  }

  @Test func `a create that was throttled is not sent again, and holds the next call for the stated time`() async throws
  {
    let transport = ScriptedTransport([answer(429, [("Retry-After", "9")]), answer(200)])
    let caller = caller(transport, rate: 100)
    let report = await caller.call(request, as: .create)
    #expect(try report.result.get().status == 429)
    #expect(report.calls == 1 && report.mayHaveTakenEffect)
    #expect(try await caller.call(request, as: .create).result.get().status == 200)
    #expect(clock.now.offset == .seconds(9))
  }

  @Test(arguments: [MethodKind.update, .message])
  func `another call that was throttled waits the stated time and goes again`(_ kind: MethodKind) async throws {
    let transport = ScriptedTransport([answer(429, [("Retry-After", "9")]), answer(200)])
    let report = await caller(transport, rate: 100).call(request, as: kind)
    #expect(try report.result.get().status == 200)
    #expect(clock.now.offset == .seconds(9))
    #expect(!report.mayHaveTakenEffect)
  }

  @Test func `where everything fails, the run's budget ends the repetitions`() async {
    let transport = ScriptedTransport([.failure(.notSent(.connectTimeout))])
    let caller = caller(transport)
    for _ in 0..<1000 { _ = await caller.call(request, as: .read) }
    #expect(transport.hits == 1000 + 20 + 200)
  }

  @Test func `a task that is cancelled while it waits reports the attempt that it made`() async {
    let transport = ScriptedTransport([.failure(.ambiguous(.timeout))])
    let budget = RetryBudget()
    let cancelling = CancellingClock()
    let caller = Caller(
      transport: transport, limiter: RateLimiter(callsPerSecond: nil, clock: clock), budget: budget, clock: cancelling,
      now: { 0 })
    let report = await Task { await caller.call(request, as: .update) }.value
    #expect(throws: TransportFailure.ambiguous(.timeout)) { try report.result.get() }
    #expect(report.calls == 1)
    #expect(report.mayHaveTakenEffect)
  }

  @Test func `a task that is cancelled already sends nothing`() async {
    let transport = ScriptedTransport([answer(200)])
    let caller = caller(transport)
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return await caller.call(request, as: .update)
    }
    task.cancel()
    let report = await task.value
    #expect(throws: TransportFailure.cancelled) { try report.result.get() }
    #expect(report.calls == 0)
    #expect(transport.hits == 0)
  }

  @Test func `waits are drawn from the whole range`() async {
    let transport = ScriptedTransport([.failure(.notSent(.nameNotFound))])
    let caller = Caller(
      transport: transport, limiter: RateLimiter(callsPerSecond: nil, clock: clock), budget: RetryBudget(initial: 1000),
      clock: clock, now: { 0 })
    for _ in 0..<200 { _ = await caller.call(request, as: .read) }
    let first = stride(from: 0, to: clock.slept.count, by: 3).map { clock.slept[$0] }
    #expect(first.allSatisfy { $0 >= .zero && $0 <= .milliseconds(500) })
    #expect(first.contains { $0 < .milliseconds(100) } && first.contains { $0 > .milliseconds(400) })
  }
}

/// A clock on which every sleep is cut short by a cancellation.
struct CancellingClock: Clock {
  var now: ManualClock.Instant { ManualClock.Instant(offset: .zero) }
  var minimumResolution: Duration { .nanoseconds(1) }
  func sleep(until deadline: ManualClock.Instant, tolerance: Duration?) async throws { throw CancellationError() }
}

struct TurnstileTests {
  @Test func `no more tasks are inside than there are places, and all get in`() async throws {
    let turnstile = Turnstile(places: 3)
    let inside = Shared((now: 0, most: 0, total: 0))
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<200 {
        group.addTask {
          try? await turnstile.pass {
            inside.withLock { state in
              state.now += 1
              state.total += 1
              state.most = max(state.most, state.now)
            }
            for _ in 0..<5 { await Task.yield() }
            inside.withLock { state in state.now -= 1 }
          }
        }
      }
    }
    #expect(inside.withLock { $0.total } == 200)
    #expect((1...3).contains(inside.withLock { $0.most }))
  }

  @Test func `tasks that are cancelled at any time neither hang nor keep a place`() async throws {
    let turnstile = Turnstile(places: 1)
    for round in 0..<300 {
      let tasks = (0..<4).map { _ in Task { try await turnstile.pass { await Task.yield() } } }
      for _ in 0..<(round % 5) { await Task.yield() }
      tasks[round % 4].cancel()
      tasks[(round + 1) % 4].cancel()
      for task in tasks { _ = await task.result }
    }
    #expect(try await turnstile.pass { 7 } == 7)
  }
}

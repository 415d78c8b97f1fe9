import Basics
import Support
import Testing
import Transport

@Suite(.usesSockets)
struct DeadlineTests {
  /// Answers nothing until its task is cancelled, and tells then what `failure` says.
  private struct Silent: Transport {
    let failure: TransportFailure

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
      try? await Task.sleep(for: .seconds(60))
      throw failure
    }
  }

  private let request = HTTPRequest(method: "POST", host: "127.0.0.1", path: "/")

  private func caller(_ transport: any Transport, _ deadline: Deadline) -> Caller {
    let clock = ContinuousClock()
    return Caller(
      transport: transport, limiter: RateLimiter(callsPerSecond: nil, clock: clock), budget: RetryBudget(),
      clock: clock, deadline: deadline, now: { 0 })
  }

  @Test func `a call under way is cut off, and none is begun afterwards`() async {
    let deadline = Deadline(after: .milliseconds(100), clock: ContinuousClock())
    let caller = caller(Silent(failure: .ambiguous(.other("cancelled"))), deadline)
    let report = await caller.call(request, as: .create)
    #expect(throws: TransportFailure.ambiguous(.timeout)) { try report.result.get() }
    #expect(report.mayHaveTakenEffect)
    #expect(deadline.hasCut)
    let next = await caller.call(request, as: .read)
    #expect(throws: TransportFailure.cancelled) { try next.result.get() }
    #expect(next.calls == 0)
  }

  @Test func `a wait between two attempts is cut off, and the failure of the first one is told`() async {
    let deadline = Deadline(after: .milliseconds(100), clock: ContinuousClock())
    let transport = ScriptedTransport([
      .success(HTTPResponse(status: 429, headers: [("Retry-After", "50")])), .failure(.cancelled),
    ])
    let report = await caller(transport, deadline).call(request, as: .read)
    #expect((try? report.result.get().status) == 429)
    #expect(deadline.hasCut)
  }

  @Test func `a retry that does not leave any more does not hide that the first attempt did`() async {
    let transport = ScriptedTransport([.failure(.ambiguous(.reset)), .failure(.cancelled)])
    let report = await caller(transport, Deadline(after: .seconds(60), clock: ContinuousClock()))
      .call(request, as: .read)
    #expect(throws: TransportFailure.ambiguous(.reset)) { try report.result.get() }
  }

  @Test(.timeLimit(.minutes(60))) func `a wish to stop cuts reads off until the first write, and no call after it`()
    async throws
  {
    let stopped = Event()
    let deadline = Deadline(after: nil, clock: ContinuousClock(), or: stopped, isForReadsAlone: true)
    let silent = caller(Silent(failure: .ambiguous(.other("cancelled"))), deadline)
    async let one = silent.call(request, as: .read)
    async let two = silent.call(request, as: .read)
    try await Task.sleep(for: .milliseconds(20))
    #expect(!deadline.hasCut)
    stopped.happen()
    for report in await [one, two] { #expect(throws: TransportFailure.ambiguous(.timeout)) { try report.result.get() } }
    #expect(deadline.hasCut)
    #expect(await silent.call(request, as: .read).calls == 0)
    let writing = caller(ScriptedTransport([.success(HTTPResponse(status: 200))]), deadline)
    #expect(await writing.call(request, as: .create).calls == 1)
    #expect(await writing.call(request, as: .read).calls == 1)
  }

  @Test func `a run that writes is bound until its first write`() async throws {
    let clock = ManualClock()
    let deadline = Deadline(after: .seconds(5), clock: clock, isForReadsAlone: true)
    let caller = caller(ScriptedTransport([.success(HTTPResponse(status: 200))]), deadline)
    clock.advance(by: .seconds(6))
    #expect(await caller.call(request, as: .read).calls == 0)
    #expect(try await caller.call(request, as: .create).result.get().status == 200)
    #expect(try await caller.call(request, as: .read).result.get().status == 200)
  }
}

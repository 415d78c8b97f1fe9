package import Basics

/// Makes calls and sees them through: waits for their turn, repeats what may be repeated, and says what is known at the end.
///
/// It never judges an answer: a 422 is a success of the transport.
package struct Caller: Sendable {
  private let transport: any Transport
  private let limiter: RateLimiter
  private let budget: RetryBudget
  private let jitter: Jitter
  private let now: @Sendable () -> Int
  private let sleep: @Sendable (Duration) async throws -> Void
  private let deadline: Deadline?
  private let stopped: Event?
  private let mayWrite: (@Sendable () -> Bool)?
  private let report: (@Sendable (CallEvent) -> Void)?

  /// A caller; all that call one account share its limiter, all that call in one run its budget.
  ///
  /// - Parameters:
  ///   - deadline: cuts calls off where the run's time is up; nil for none.
  ///   - stopped: once it has happened, nothing leaves any more, and nothing is waited for.
  ///   - mayWrite: asked before each attempt that is no read when all waiting is over, and at the last moment by the
  ///     transport: one that may not leave is not made.
  ///   - report: called with each pause before a repetition; it must not block.
  ///   - now: seconds since 1970; it matters only for a `Retry-After` with a date in an answer without `Date`.
  package init(
    transport: any Transport, limiter: RateLimiter, budget: RetryBudget, clock: some Clock<Duration>,
    deadline: Deadline? = nil, stopped: Event? = nil, mayWrite: (@Sendable () -> Bool)? = nil,
    report: (@Sendable (CallEvent) -> Void)? = nil,
    now: @escaping @Sendable () -> Int,
    generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
  ) {
    self.transport = transport
    self.limiter = limiter
    self.budget = budget
    self.jitter = Jitter(generator)
    self.deadline = deadline
    self.stopped = stopped
    self.mayWrite = mayWrite
    self.report = report
    self.now = now
    sleep = { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
  }

  /// What came of a call.
  package struct Report: Sendable {
    /// The answer or failure of the last attempt that may have left; `cancelled` when none did.
    package var result: Result<HTTPResponse, TransportFailure> = .failure(.cancelled)
    /// How many requests were handed to the transport.
    package var calls = 0
    /// Whether an attempt may have changed the account without an answer that says so; always false for a read.
    ///
    /// It stays true when a later attempt was answered: the second delete that answers 404 after a lost first one.
    package var mayHaveTakenEffect = false
  }

  /// Sends a request as often as `RetryTable` and the run's budget allow.
  package func call(_ request: HTTPRequest, as kind: MethodKind) async -> Report {
    guard let deadline else { return await attempts(request, as: kind) }
    guard var report = await deadline.limit(kind, { await attempts(request, as: kind) }) else { return Report() }
    // The transport reports a cancelled task; for the caller, no answer came in time.
    if deadline.hasCut, case .failure(.ambiguous(.other)) = report.result {
      report.result = .failure(.ambiguous(.timeout))
    }
    return report
  }

  private func attempts(_ request: HTTPRequest, as kind: MethodKind) async -> Report {
    var (report, request) = (Report(), request)
    budget.earn()
    while true {
      guard let turn = try? await limiter.turn(unless: stopped) else { return report }
      let mayWrite = kind == .read ? nil : mayWrite
      if stopped != nil || mayWrite != nil {
        let mayLeave: @Sendable () -> Bool = { [stopped] in stopped?.hasHappened != true && mayWrite?() ?? true }
        guard mayLeave() else { return report }
        request.mayLeave = mayLeave
      }
      let result = await Caller.attempt(request, over: transport)
      if case .failure(.cancelled) = result {
        // What was kept back was no call; after an earlier answer, that one stays.
        if request.mayLeave == nil { report.calls += 1 }
        return report
      }
      report.calls += 1
      report.result = result
      let outcome = CallOutcome(report.result, now: now())
      report.mayHaveTakenEffect = report.mayHaveTakenEffect || RetryTable.mayHaveTakenEffect(kind, outcome)
      switch outcome {
      case .throttled(let retryAfter): limiter.throttled(turn, retryAfter: retryAfter)
      case .answered: limiter.accepted(turn)
      default: break
      }
      guard case .retry(let range) = RetryTable.decision(kind, outcome, attempt: report.calls), budget.spend() else {
        return report
      }
      let pause = jitter.draw(range)
      // Another call's answer may hold this one back for longer.
      self.report?(
        .resting(
          CallLabel(request), outcome: Caller.words(report.result) + Caller.words(outcome.stated),
          for: max(pause, limiter.pause), attempt: report.calls + 1))
      do { try await stopped.interrupting { [sleep] in try await sleep(pause) } } catch { return report }
    }
  }

  private static func words(_ result: Result<HTTPResponse, TransportFailure>) -> String {
    switch result {
    case .success(let response): "\(response.status)"
    case .failure(let failure): failure.description
    }
  }

  /// That a server asks for a longer wait than any call makes; empty for every other wait.
  private static func words(_ stated: Duration?) -> String {
    guard let stated, stated > RetryTable.statedCap else { return "" }
    return
      ", which asks for a wait of \(stated.components.seconds) s, and no call waits longer than \(RetryTable.statedCap.components.seconds) s"
  }

  private static func attempt(
    _ request: HTTPRequest, over transport: any Transport
  ) async -> Result<HTTPResponse, TransportFailure> {
    do throws(TransportFailure) {
      return .success(try await transport.send(request))
    } catch {
      return .failure(error)
    }
  }
}

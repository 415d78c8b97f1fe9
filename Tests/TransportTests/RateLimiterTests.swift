import Synchronization
import Testing
import Transport

struct RateLimiterTests {
  @Test func `calls are spaced evenly`() async throws {
    let clock = ManualClock()
    let limiter = RateLimiter(callsPerSecond: 10, clock: clock)
    var times: [Duration] = []
    for _ in 0..<5 {
      _ = try await limiter.turn()
      times.append(clock.now.offset)
    }
    #expect(times == [0, 100, 200, 300, 400].map { .milliseconds($0) })
  }

  @Test func `a pause is not saved up for a burst`() async throws {
    let clock = ManualClock()
    let limiter = RateLimiter(callsPerSecond: 10, clock: clock)
    _ = try await limiter.turn()
    clock.advance(by: .seconds(60))
    var times: [Duration] = []
    for _ in 0..<4 {
      _ = try await limiter.turn()
      times.append(clock.now.offset - .seconds(60))
    }
    #expect(times[1] == .zero)
    #expect(times[3] == .milliseconds(200))
  }

  @Test func `no limit never waits`() async throws {
    let clock = ManualClock()
    for rate in [nil, 0, -1] as [Double?] {
      let limiter = RateLimiter(callsPerSecond: rate, clock: clock)
      for _ in 0..<100 { _ = try await limiter.turn() }
    }
    #expect(clock.slept.isEmpty)
  }

  @Test func `tasks go in the order in which they asked`() async throws {
    let clock = ManualClock()
    let limiter = RateLimiter(callsPerSecond: 100, clock: clock)
    let order = Shared<[Int]>([])
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<4 {
        group.addTask {
          for _ in 0..<50 {
            guard (try? await limiter.turn()) != nil else { return }
            order.withLock { $0.append(task) }
          }
        }
      }
    }
    let turns = order.withLock { $0 }
    #expect(turns.count == 200)
    #expect(clock.now.offset >= .milliseconds(1970))
    for task in 0..<4 { #expect(turns.count { $0 == task } == 50) }
  }

  @Test func `a stated time holds every call, also without a limit`() async throws {
    for rate in [nil, 1000] as [Double?] {
      let clock = ManualClock()
      let limiter = RateLimiter(callsPerSecond: rate, clock: clock)
      let turn = try await limiter.turn()
      limiter.throttled(turn, retryAfter: .seconds(3))
      _ = try await limiter.turn()
      #expect(clock.now.offset == .seconds(3))
    }
  }

  @Test func `a 429 without a time holds every call for a second`() async throws {
    let clock = ManualClock()
    let limiter = RateLimiter(callsPerSecond: nil, clock: clock)
    limiter.throttled(try await limiter.turn(), retryAfter: nil)
    _ = try await limiter.turn()
    #expect(clock.now.offset == .seconds(1))
  }

  @Test func `a stated time over a minute holds for a minute`() async throws {
    let clock = ManualClock()
    let limiter = RateLimiter(callsPerSecond: nil, clock: clock)
    limiter.throttled(try await limiter.turn(), retryAfter: .seconds(86_400))
    _ = try await limiter.turn()
    #expect(clock.now.offset == .seconds(60))
  }

  @Test func `the 429s of one burst halve the rate once`() async throws {
    let limiter = RateLimiter(callsPerSecond: 16, clock: ManualClock())
    var turns: [RateLimiter.Turn] = []
    for _ in 0..<4 { turns.append(try await limiter.turn()) }
    for turn in turns { limiter.throttled(turn, retryAfter: nil) }
    #expect(limiter.currentRate == 8)
    limiter.throttled(try await limiter.turn(), retryAfter: nil)
    #expect(limiter.currentRate == 4)
  }

  @Test func `the rate comes back and never exceeds what was asked for`() async throws {
    let limiter = RateLimiter(callsPerSecond: 20, clock: ManualClock())
    limiter.throttled(try await limiter.turn(), retryAfter: nil)
    var last = try #require(limiter.currentRate)
    #expect(last == 10)
    for _ in 0..<1000 {
      limiter.accepted(try await limiter.turn())
      let rate = try #require(limiter.currentRate)
      #expect(rate >= last && rate <= 20)
      last = rate
    }
    #expect(last == 20)
  }

  @Test func `a call from before the last 429 does not raise the rate`() async throws {
    let limiter = RateLimiter(callsPerSecond: 20, clock: ManualClock())
    let early = try await limiter.turn()
    limiter.throttled(try await limiter.turn(), retryAfter: nil)
    limiter.accepted(early)
    #expect(limiter.currentRate == 10)
  }

  @Test func `a cancelled task gets no turn and leaves the others theirs`() async throws {
    let clock = ManualClock()
    let limiter = RateLimiter(callsPerSecond: 10, clock: clock)
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      _ = try await limiter.turn()
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    _ = try await limiter.turn()
    #expect(clock.now.offset == .zero)
  }

  /// A server that allows so many calls in any second, and its count of calls and refusals.
  private struct Server {
    var limit: Int
    var recent: [Duration] = []
    var calls = 0
    var refused = 0

    mutating func accepts(at now: Duration) -> Bool {
      calls += 1
      recent.removeAll { $0 <= now - .seconds(1) }
      guard recent.count < limit else {
        refused += 1
        return false
      }
      recent.append(now)
      return true
    }
  }

  @Test(arguments: [(10.0, 10), (20.0, 10), (50.0, 10), (10.0, 8), (100.0, 3)], [nil, 1])
  func `against a limited server, refusals stay under 5 percent and 80 percent of the rate is used`(
    rates: (asked: Double, allowed: Int), retryAfter: Int?
  ) async throws {
    let clock = ManualClock()
    let limiter = RateLimiter(callsPerSecond: rates.asked, clock: clock)
    var server = Server(limit: rates.allowed)
    var accepted = 0
    while accepted < 2000 {
      let turn = try await limiter.turn()
      if server.accepts(at: clock.now.offset) {
        accepted += 1
        limiter.accepted(turn)
      } else {
        limiter.throttled(turn, retryAfter: retryAfter.map { .seconds($0) })
      }
    }
    let seconds = clock.now.offset / .seconds(1)
    let used = Double(accepted) / seconds / min(rates.asked, Double(rates.allowed))
    #expect(Double(server.refused) / Double(server.calls) < 0.05)
    #expect(used >= 0.8, "\(used)")
  }
}

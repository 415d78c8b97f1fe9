package import Basics
import Synchronization

/// Spaces calls evenly, first come, first served, and slows down when the server says that it is too much.
///
/// A 429 halves the rate, once for all the calls that were in progress, and holds every call until the stated time, or for a
/// second where none is stated. The rate then grows with each call that goes through: quickly to 90 % of the rate that was
/// too much, from there in steps that begin at half a thousandth and grow, so that a limit is met again only after many
/// calls, and one that is gone is forgotten in the end.
package final class RateLimiter: Sendable {
  /// A place in the flow of calls.
  package struct Turn: Sendable {
    /// How often the rate had been halved when the turn was given.
    let reductions: Int
  }

  private struct State {
    /// Calls a second now; nil for no limit.
    var rate: Double?
    /// The rate at the last 429; nil before the first.
    var tooMuch: Double?
    var reductions = 0
    /// Calls that went through since the last 429.
    var streak = 0
    /// When the next call may go, from the clock's start.
    var next: Duration = .zero
    /// Until when no call may go.
    var pausedUntil: Duration = .zero
  }

  private let configured: Double?
  private let state: Mutex<State>
  /// One slot: its holder is the next call, and the only one that reads the clock.
  private let turnstile = Turnstile(places: 1)
  private let now: @Sendable () -> Duration
  private let sleep: @Sendable (_ until: Duration) async throws -> Void

  /// A limiter of so many calls a second; nil, zero and less mean no limit, though a 429's stated time still holds.
  package init(callsPerSecond: Double?, clock: some Clock<Duration>) {
    configured = callsPerSecond.flatMap { $0 > 0 ? $0 : nil }
    state = Mutex(State(rate: configured))
    let start = clock.now
    now = { start.duration(to: clock.now) }
    sleep = { try await clock.sleep(until: start.advanced(by: $0), tolerance: nil) }
  }

  /// Waits until a call may go.
  ///
  /// - Throws: `CancellationError` when the task is cancelled or `event` happens before that.
  package func turn(unless event: Event? = nil) async throws -> Turn {
    try await turnstile.pass {
      while true {
        try Task.checkCancellation()
        if event?.hasHappened == true { throw CancellationError() }
        let now = self.now()
        let turn: (wait: Duration?, Turn) = state.withLock { state in
          let due = max(state.next, state.pausedUntil)
          if due > now { return (due, Turn(reductions: state.reductions)) }
          if let rate = state.rate {
            let interval = Duration.seconds(1 / rate)
            // A call that a late timer delayed lets the next one catch up, by one interval at most.
            state.next = max(due, now - interval) + interval
          }
          return (nil, Turn(reductions: state.reductions))
        }
        guard let wait = turn.wait else { return turn.1 }
        try await event.interrupting { [sleep] in try await sleep(wait) }
      }
    }
  }

  /// How long no call may go from now on, because the server found one too much.
  package var pause: Duration { state.withLock { max(.zero, $0.pausedUntil - now()) } }

  /// Says that the server found a call too much.
  package func throttled(_ turn: Turn, retryAfter: Duration?) {
    let now = self.now()
    state.withLock { state in
      let pause = min(retryAfter ?? RetryTable.throttledBase, RetryTable.statedCap)
      state.pausedUntil = max(state.pausedUntil, now + pause)
      guard turn.reductions == state.reductions, let rate = state.rate, let configured else { return }
      state.reductions += 1
      state.streak = 0
      state.tooMuch = rate
      let reduced = max(rate / 2, configured / 64)
      state.rate = reduced
      state.next = max(state.next, now + .seconds(1 / reduced))
    }
  }

  /// Says that a call went through.
  package func accepted(_ turn: Turn) {
    state.withLock { state in
      guard turn.reductions == state.reductions, let rate = state.rate, let configured, rate < configured,
        let tooMuch = state.tooMuch
      else { return }
      state.streak += 1
      let quick = tooMuch * 0.9
      let raised =
        rate < quick
        ? min(rate + tooMuch / 10, quick)
        : rate + tooMuch / 2000 * (1 + Double(state.streak) / 100)
      state.rate = min(raised, configured)
    }
  }

  /// Calls a second at this moment; nil for no limit.
  package var currentRate: Double? { state.withLock { $0.rate } }
}

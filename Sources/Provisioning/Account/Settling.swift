import Basics

/// Waits until an account shows what was done to it, then lists its channels.
struct Settling<RunClock: Clock>: Sendable where RunClock.Duration == Duration {
  var remote: any Remote
  var clock: RunClock
  var stop: Stop

  /// The account as it shows at `deadline`; nil where the wait was cut short.
  ///
  /// The wait goes in short steps, so that Ctrl-C ends it soon. `count` is about how many channels there are.
  func listing(
    after deadline: RunClock.Instant, expecting count: Int
  ) async -> Result<[RemoteChannel], RemoteFailure>? {
    while clock.now < deadline {
      let step = min(deadline, clock.now.advanced(by: .milliseconds(500)))
      do { try await clock.sleep(until: step, tolerance: nil) } catch { return nil }
      if stop.reason != nil { return nil }
    }
    if stop.reason != nil { return nil }
    do throws(RemoteFailure) {
      return .success(try await remote.channels(expecting: count))
    } catch {
      // What was cut off says nothing about the account.
      return stop.reason == nil ? .failure(error) : nil
    }
  }
}

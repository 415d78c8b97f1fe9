package import AsyncHTTPTransport
import Synchronization
package import Transport

/// Carries the few requests that a remote state takes, each on a connection of its own.
///
/// Between two of them lie seconds or minutes: a connection that was kept would be a dead one more often than not.
package struct StateTransport: Transport {
  package let settings: AsyncHTTPTransport.TransportSettings
  /// When the run has to end: a request gets the time that is left; nil where nothing limits the run.
  package var deadline: StateDeadline?

  /// What a request gets when no time is left, so that a lock can still be freed.
  package static let leastTime = Duration.seconds(2)

  package func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    var settings = settings
    if let end = deadline?.end {
      let left = max(end - ContinuousClock.now, Self.leastTime)
      settings.requestTimeout = min(settings.requestTimeout, left)
      settings.connectTimeout = min(settings.connectTimeout, left)
    }
    let result: Result<HTTPResponse, TransportFailure> = await AsyncHTTPTransport.withTransport(settings) { transport in
      do throws(TransportFailure) { return .success(try await transport.send(request)) } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}

/// The end of the time that `--timeout` gives what is asked of a state.
///
/// A run that writes to the account keeps to it until it first writes its state: from then on it saves what it did, however
/// late it is.
package final class StateDeadline: Sendable {
  private let moment: ContinuousClock.Instant
  private let isLifted = Mutex(false)

  package init(after limit: Duration) { moment = ContinuousClock.now + limit }

  /// The end; nil once nothing is held to it any more.
  package var end: ContinuousClock.Instant? { isLifted.withLock { $0 } ? nil : moment }

  package var hasPassed: Bool { end.map { ContinuousClock.now >= $0 } ?? false }

  package func lift() { isLifted.withLock { $0 = true } }
}

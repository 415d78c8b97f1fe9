import AsyncHTTPTransport
import Transport

/// Carries the few requests that a remote state takes, each on a connection of its own.
///
/// Between two of them lie seconds or minutes: a connection that was kept would be a dead one more often than not.
struct StateTransport: Transport {
  let settings: AsyncHTTPTransport.Settings
  /// When the run has to end: a request gets the time that is left; nil where nothing limits the run.
  var deadline: ContinuousClock.Instant?

  /// What a request gets when no time is left, so that a lock can still be freed.
  static let leastTime = Duration.seconds(2)

  func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    var settings = settings
    if let deadline {
      settings.requestTimeout = min(settings.requestTimeout, max(deadline - ContinuousClock.now, Self.leastTime))
    }
    let result: Result<HTTPResponse, TransportFailure> = await AsyncHTTPTransport.withTransport(settings) { transport in
      do throws(TransportFailure) { return .success(try await transport.send(request)) } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}

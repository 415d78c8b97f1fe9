import AsyncHTTPTransport
import Transport

/// Carries the few requests that a remote state takes, each on a connection of its own.
///
/// Between two of them lie seconds or minutes: a connection that was kept would be a dead one more often than not.
struct StateTransport: Transport {
  let settings: AsyncHTTPTransport.Settings

  func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    let result: Result<HTTPResponse, TransportFailure> = await AsyncHTTPTransport.withTransport(settings) { transport in
      do throws(TransportFailure) { return .success(try await transport.send(request)) } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}

import Synchronization

/// Passes every request on, and keeps what the network said to the first one.
package struct ObservedTransport: Transport {
  private let transport: any Transport
  private let first: FirstOutcome

  /// Makes a transport that puts its first outcome into `first` as soon as it is known.
  package init(_ transport: any Transport, first: FirstOutcome) {
    self.transport = transport
    self.first = first
  }

  package func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    do throws(TransportFailure) {
      let response = try await transport.send(request)
      first.record(.success(response))
      return response
    } catch {
      first.record(.failure(error))
      throw error
    }
  }
}

/// What the network said to the first request of a run.
package final class FirstOutcome: Sendable {
  private let outcome = Mutex<Result<HTTPResponse, TransportFailure>?>(nil)

  package init() {}

  /// Nil until the first request has an outcome.
  package var value: Result<HTTPResponse, TransportFailure>? { outcome.withLock { $0 } }

  fileprivate func record(_ new: Result<HTTPResponse, TransportFailure>) {
    outcome.withLock { if $0 == nil { $0 = new } }
  }
}

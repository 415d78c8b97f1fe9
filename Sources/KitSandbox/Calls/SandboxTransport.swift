package import Transport

/// A transport that leads to a sandbox in the same process, without a network and without waiting.
package struct SandboxTransport: Transport {
  package let sandbox: Sandbox
  /// Called with each test request that a creation wants sent.
  private let onTestRequest: @Sendable (TestRequest) -> Void

  package init(_ sandbox: Sandbox, onTestRequest: @escaping @Sendable (TestRequest) -> Void = { _ in }) {
    self.sandbox = sandbox
    self.onTestRequest = onTestRequest
  }

  package func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    if Task.isCancelled { throw .cancelled }
    let exchange = sandbox.exchange(request)
    if let test = exchange.test { onTestRequest(test) }
    switch exchange.delivery {
    case .answer(let response): return response
    case .half, .close: throw .ambiguous(.endOfStream)
    case .reset: throw .ambiguous(.reset)
    case .slow, .silence: throw .ambiguous(.timeout)
    }
  }
}

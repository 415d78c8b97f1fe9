/// Sends requests until a deadline and none after it: what `--timeout` means for a run that only reads.
package struct DeadlineTransport: Transport {
  private let transport: any Transport
  private let hasPassed: @Sendable () -> Bool

  /// Makes a transport that sends nothing once `hasPassed` says so.
  package init(_ transport: any Transport, hasPassed: @escaping @Sendable () -> Bool) {
    self.transport = transport
    self.hasPassed = hasPassed
  }

  package func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    guard !hasPassed() else { throw .cancelled }
    return try await transport.send(request)
  }
}

package import KitSandbox
package import Transport

/// Sends what Kit would send to callback URLs: the test requests of new channels, and the events of conversations.
///
/// To loopback only, unless an option allows more; each once, within its time limit.
package struct CallbackDelivery: Sendable {
  private let transport: any Transport
  private let allowsOtherHosts: Bool
  private let limit: Duration

  /// Sends through `transport`, which trusts what it is set to trust and follows no redirect.
  package init(through transport: any Transport, allowsOtherHosts: Bool = false, limit: Duration = .seconds(5)) {
    self.transport = transport
    self.allowsOtherHosts = allowsOtherHosts
    self.limit = limit
  }

  /// Sends one test request and returns its outcome.
  package func deliver(_ test: TestRequest) async -> SandboxEvent {
    .testRequest(
      channel: test.channel, isSigned: test.authorization != nil, outcome: await send(test.request, to: test.target))
  }

  /// Sends one event and returns its outcome.
  package func deliver(_ event: OutgoingEvent) async -> SandboxEvent {
    var outcome = SandboxEvent.DeliveryOutcome.noCallback
    if let target = event.target, let request = event.request { outcome = await send(request, to: target) }
    return .delivery(
      type: event.type, id: event.id, conversation: event.conversation, channel: event.channel,
      isSigned: event.authorization != nil, outcome: outcome)
  }

  private func send(_ request: KitCall, to target: CallbackTarget) async -> SandboxEvent.DeliveryOutcome {
    guard target.isLoopback || allowsOtherHosts else { return .notAllowed(host: target.host) }
    return await withTaskGroup(of: SandboxEvent.DeliveryOutcome.self) { group in
      group.addTask {
        do throws(TransportFailure) {
          return .answered(try await transport.send(request).status)
        } catch {
          return .failed(CallbackDelivery.words(for: error))
        }
      }
      group.addTask {
        // A cancelled sleep only means that the answer was first.
        try? await Task.sleep(for: limit)
        return .failed("none within \(limit.components.seconds) seconds")
      }
      let first = await group.next() ?? .failed("stopped")
      group.cancelAll()
      return first
    }
  }

  private static func words(for failure: TransportFailure) -> String {
    switch failure {
    case .notSent(.nameNotFound): "the host's name is not known"
    case .notSent(.connectionRefused): "the connection was refused"
    case .notSent(.connectTimeout): "no connection in time"
    case .notSent(.certificate):
      "its certificate is not trusted: it needs one for its host, in time, from an authority that is known"
    case .notSent(.tls): "TLS failed"
    case .notSent: "no connection"
    case .ambiguous(.timeout): "no answer in time"
    case .ambiguous: "the connection broke"
    case .cancelled: "stopped"
    }
  }
}

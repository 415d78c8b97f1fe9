import HummingbirdCore
package import Logging

/// A server on loopback that answers every request by a function: the callback URL of a bot on one's desk.
package enum CallbackListener {
  /// The most that a request's body may have.
  private static let bodyLimit = 32 << 20

  /// Listens on 127.0.0.1 while `body` runs with the port, and shuts down in order.
  ///
  /// - Throws: `ListenFailure` when the port cannot be had; what `body` throws.
  package static func run<Value: Sendable>(
    port: Int = 0, logger: Logger, answer: @escaping @Sendable (KitCall) async -> KitAnswer,
    body: (Int) async throws -> Value
  ) async throws -> Value {
    try await LoopbackServer.run(
      port: port, logger: logger,
      respond: { request, _ in Response(await answer(try await KitCall(request, limit: bodyLimit))) }, body: body)
  }
}

import AsyncHTTPTransport
package import Basics
import FoundationEssentials
package import Transport

/// A session with one custom channel: logs in when it must, keeps its tokens fresh, and sends events.
///
/// It can be used from any number of tasks at once: they share one session, and one of them at a time renews it.
///
/// ```swift
/// try await MessagingClient.withClient(configuration) { client in
///   try await client.send(
///     ClientEvent(client: Client(id: "107804195"), id: "1", message: Message(id: "1", text: "Hello")))
/// }
/// ```
public final class MessagingClient: Sendable {
  private let wire: SessionWire
  private let session: MessagingSession
  /// The connections that `shutdown()` closes; nil where the caller owns them.
  private let owned: AsyncHTTPTransport?

  /// A client with connections of its own; call `shutdown()` in the end, or use `withClient`.
  ///
  /// It speaks HTTPS to hosts whose certificates the system trusts, and plain HTTP to this machine alone.
  ///
  /// - Throws: `MessagingError` of the cause `configuration`.
  public convenience init(_ configuration: MessagingConfiguration) throws(MessagingError) {
    // A transport that is made must be shut down: whatever can fail comes first.
    _ = try SessionWire.origin(configuration)
    var settings = AsyncHTTPTransport.TransportSettings()
    settings.parallelism = max(1, configuration.parallelism)
    let transport = AsyncHTTPTransport(settings)
    try self.init(configuration, over: transport, owned: transport)
  }

  /// A client over a transport of the caller's.
  ///
  /// - Throws: `MessagingError` of the cause `configuration`.
  public convenience init(
    _ configuration: MessagingConfiguration, transport: @escaping MessagingTransport
  ) throws(MessagingError) {
    try self.init(configuration, over: PublicTransport(send: transport))
  }

  /// A client over the engine's transport; `clock` measures the tokens' lives and the waits between attempts.
  ///
  /// - Parameters:
  ///   - deadline: when all calls are to end; nil for never.
  ///   - known: gets the session's tokens; no failure's words hold what is in it.
  package init(
    _ configuration: MessagingConfiguration, over transport: any Transport,
    clock: some Clock<Duration> = ContinuousClock(), deadline: Deadline? = nil, known: KnownSecrets? = nil
  ) throws(MessagingError) {
    (wire, session) = try MessagingClient.parts(
      configuration, transport: transport, clock: clock, deadline: deadline, known: known)
    owned = nil
  }

  private init(
    _ configuration: MessagingConfiguration, over transport: any Transport, owned: AsyncHTTPTransport
  ) throws(MessagingError) {
    (wire, session) = try MessagingClient.parts(
      configuration, transport: transport, clock: ContinuousClock(), deadline: nil, known: nil)
    self.owned = owned
  }

  private static func parts(
    _ configuration: MessagingConfiguration, transport: any Transport, clock: some Clock<Duration>,
    deadline: Deadline?, known: KnownSecrets?
  ) throws(MessagingError) -> (SessionWire, MessagingSession) {
    let start = clock.now
    let wire = try SessionWire(
      configuration,
      caller: Caller(
        transport: transport, limiter: RateLimiter(callsPerSecond: nil, clock: clock), budget: RetryBudget(),
        clock: clock, deadline: deadline, now: { Int(Date().timeIntervalSince1970) }), known: known)
    return (wire, MessagingSession(wire: wire, now: { start.duration(to: clock.now) }))
  }

  /// Runs `body` with a client and closes its connections afterwards, whatever `body` does.
  public static func withClient<Value: Sendable>(
    _ configuration: MessagingConfiguration, _ body: (MessagingClient) async throws -> Value
  ) async throws -> Value {
    let client = try MessagingClient(configuration)
    do {
      let value = try await body(client)
      await client.shutdown()
      return value
    } catch {
      await client.shutdown()
      throw error
    }
  }

  /// Closes the client's own connections; events in progress fail. A second call does nothing.
  public func shutdown() async { await owned?.shutdown() }

  /// How long the session is good for; nil before the first login.
  public var sessionExpiry: SessionExpiry? { session.expiry }

  /// Logs in now, whatever session there is: to learn whether host, account, API token and UUID belong together.
  @discardableResult
  public func logIn() async throws(MessagingError) -> SessionExpiry {
    try await session.renew(.login)
    return session.expiry ?? SessionExpiry(accessToken: .zero, refreshToken: .zero)
  }

  /// Refreshes the session now; without a session it logs in.
  @discardableResult
  public func refresh() async throws(MessagingError) -> SessionExpiry {
    try await session.renew(session.expiry == nil ? .login : .refresh)
    return session.expiry ?? SessionExpiry(accessToken: .zero, refreshToken: .zero)
  }

  /// Sends an event: logs in or refreshes first where it must.
  ///
  /// Where Kit no longer takes the session's token, the session is renewed and the event sent once more. An event whose
  /// answer got lost is not sent again: the error says that it may have arrived, under which `eventID`, and the caller
  /// decides.
  ///
  /// - Throws: `MessagingError`.
  public func send(_ event: ClientEvent) async throws(MessagingError) {
    let bytes = try event.json()
    let token = try await session.accessToken()
    if try await wire.send(bytes, id: event.id, token: token) != nil { return }
    if try await wire.send(bytes, id: event.id, token: session.accessToken(insteadOf: token)) != nil { return }
    throw MessagingError(
      .credentials, "could not send the event: Kit answers 401 under a fresh session",
      remedy: "check that the API token and the channel are of one account, and that the clock of Kit's host is right",
      status: 401)
  }

  /// The session's token, for showing it on explicit demand.
  package func accessToken() async throws(MessagingError) -> String { try await session.accessToken() }
}

import Basics
import Transport

/// The three calls of the messaging API: login, refresh, event.
struct SessionWire: Sendable {
  let configuration: MessagingConfiguration
  let origin: Origin
  let caller: Caller
  /// What a short run knows, the session's tokens included; nil for a client that lives long.
  private let known: KnownSecrets?

  /// - Throws: `MessagingError` of the cause `configuration`.
  init(
    _ configuration: MessagingConfiguration, caller: Caller, known: KnownSecrets? = nil
  ) throws(MessagingError) {
    origin = try SessionWire.origin(configuration)
    self.configuration = configuration
    self.caller = caller
    self.known = known
  }

  /// The messaging host, once nothing is wrong with a configuration.
  ///
  /// - Throws: `MessagingError` of the cause `configuration`.
  static func origin(_ configuration: MessagingConfiguration) throws(MessagingError) -> Origin {
    let origin: Origin
    do {
      origin = try Origin(written: configuration.host)
    } catch {
      throw MessagingError(
        .configuration, "the messaging host is not a host name",
        remedy: "write it as kit-im-eu.voximplant.com, as Kit shows it beside the API token")
    }
    guard !configuration.account.isEmpty, !configuration.apiToken.isEmpty else {
      throw MessagingError(
        .configuration, "the account name or the API token is empty",
        remedy: "find both in Kit under Administration > Security > API tokens")
    }
    guard SessionWire.isUUID(configuration.channelUUID) else {
      throw MessagingError(
        .configuration, "this is not a channel's UUID",
        remedy: "copy it from the channel's settings in Kit, or from `kitform output`")
    }
    return origin
  }

  /// Five groups of 8, 4, 4, 4 and 12 hexadecimal digits.
  private static func isUUID(_ text: String) -> Bool {
    let groups = text.split(separator: "-", omittingEmptySubsequences: false)
    return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
      && groups.allSatisfy { $0.utf8.allSatisfy { Unicode.Scalar($0).properties.isASCIIHexDigit } }
  }

  /// Logs in with account name, API token and channel.
  func logIn(at now: Duration) async throws(MessagingError) -> SessionTokens {
    let names = configuration.endpoints
    var query: [(name: String, value: String)] = []
    var form = FormBody([(names.channel, configuration.channelUUID)])
    if names.accountInQuery {
      query.append((names.accountName, configuration.account))
    } else {
      form.append(names.accountName, configuration.account)
    }
    if names.apiTokenInQuery {
      query.append((names.apiToken, configuration.apiToken))
    } else {
      form.append(names.apiToken, configuration.apiToken)
    }
    let request = HTTPRequest(
      method: "POST", scheme: origin.scheme, host: origin.host, port: origin.port, path: names.login,
      query: PercentCoding.query(query), headers: [("Content-Type", FormBody.contentType)], body: form.encoded,
      queryIsSecret: names.apiTokenInQuery)
    // A login leaves nothing behind but a session, so that it may be repeated like a read.
    return try await tokens(request, .read, .logIn, at: now)
  }

  /// Exchanges a refresh token for new tokens; it counts once, so that the call is never repeated.
  func refresh(_ token: String, at now: Duration) async throws(MessagingError) -> SessionTokens {
    let names = configuration.endpoints
    let request = HTTPRequest(
      method: "POST", scheme: origin.scheme, host: origin.host, port: origin.port, path: names.refresh,
      headers: [("Content-Type", FormBody.contentType)], body: FormBody([(names.refreshToken, token)]).encoded)
    return try await tokens(request, .message, .refresh, at: now, secrets: [token])
  }

  private func tokens(
    _ request: HTTPRequest, _ kind: MethodKind, _ step: MessagingStep, at now: Duration, secrets sent: [String] = []
  ) async throws(MessagingError) -> SessionTokens {
    let response = try await response(request, kind, step)
    let result = try MessagingAnswer(response, step, secrets: secrets + sent, known: known).result
    let names = configuration.endpoints
    guard case .string(let access)? = result[names.accessToken],
      case .string(let refresh)? = result[names.refreshToken],
      !access.isEmpty, !refresh.isEmpty, access.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else {
      throw MessagingError(
        .service, "could not \(step.words): the answer holds no `\(names.accessToken)` and `\(names.refreshToken)`",
        remedy: "check the messaging host")
    }
    known?.insert(access)
    known?.insert(refresh)
    return SessionTokens(access: access, refresh: refresh, askedAt: now)
  }

  /// Sends the event of an id; nil where Kit no longer takes the session's token.
  func send(_ event: [UInt8], id: String, token: String) async throws(MessagingError) -> Void? {
    let path = configuration.endpoints.message.replacing("{uuid}", with: configuration.channelUUID)
    let request = HTTPRequest(
      method: "POST", scheme: origin.scheme, host: origin.host, port: origin.port, path: path,
      headers: [("Content-Type", "application/json"), ("Authorization", "Bearer \(token)")], body: event)
    let step = MessagingStep.send(event: id)
    let response = try await response(request, .message, step)
    if response.status == 401 { return nil }
    switch try MessagingAnswer(response, step, secrets: secrets + [token], known: known).result {
    case .bool(true): return ()
    case .bool(false):
      throw MessagingError(
        .refusedEvent, "Kit did not take the event `\(SafeText.escape(id))` (its result is false)",
        remedy:
          "an event id counts once: if this one was sent before and its answer was lost, it has arrived; for a new event choose a new id",
        status: response.status)
    default:
      throw MessagingError.unclear(
        "the result of the answer is neither true nor false", doing: step, otherwise: "check the messaging host",
        status: response.status)
    }
  }

  private var secrets: [String] { [configuration.apiToken] }

  private func response(
    _ request: HTTPRequest, _ kind: MethodKind, _ step: MessagingStep
  ) async throws(MessagingError) -> HTTPResponse {
    switch await caller.call(request, as: kind).result {
    case .success(let response): return response
    case .failure(let failure): throw .network(MessagingTransportFailure(failure), doing: step)
    }
  }
}

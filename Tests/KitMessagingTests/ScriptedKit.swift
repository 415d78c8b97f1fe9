import KitMessaging
import Support
import Synchronization

/// A messaging host that answers logins, refreshes and events as a test tells it, and counts them.
final class ScriptedKit: Sendable {
  struct State {
    var logins = 0
    var refreshes = 0
    var events = 0
    var requests: [MessagingRequest] = []
    /// Tokens that count; nil for all.
    var live: Set<String>?
  }

  private let state = Mutex(State())
  /// What comes instead of the usual answer; gets the number of the request, from 1.
  private let instead: @Sendable (Int, MessagingRequest) throws(MessagingTransportFailure) -> MessagingResponse?

  init(
    _ instead: @escaping @Sendable (Int, MessagingRequest) throws(MessagingTransportFailure) -> MessagingResponse? = {
      _, _ in nil
    }
  ) {
    self.instead = instead
  }

  var logins: Int { state.withLock { $0.logins } }
  var refreshes: Int { state.withLock { $0.refreshes } }
  var events: Int { state.withLock { $0.events } }
  var requests: [MessagingRequest] { state.withLock { $0.requests } }

  /// Lets no token count that was given so far.
  func revoke() { state.withLock { $0.live = [] } }

  static let configuration = MessagingConfiguration(
    host: "kit-im-eu.voximplant.com", account: "acme", apiToken: "secret-token-8841",
    channelUUID: "0f6c2f3a-1111-4222-8333-444455556666")

  static func answer(_ status: Int, _ body: String) -> MessagingResponse {
    MessagingResponse(status: status, body: Array(body.utf8))
  }

  static func failure(_ status: Int, _ words: String = "no") -> MessagingResponse {
    answer(status, #"{"success":false,"result":{"error":"\#(words)","code":\#(status)}}"#)
  }

  var transport: MessagingTransport {
    { request async throws(MessagingTransportFailure) in
      // What is concurrent gets its turn between two requests.
      await Task.yield()
      return try self.answer(request)
    }
  }

  private func answer(_ request: MessagingRequest) throws(MessagingTransportFailure) -> MessagingResponse {
    let number = state.withLock { state in
      state.requests.append(request)
      return state.requests.count
    }
    if let other = try instead(number, request) { return other }
    return state.withLock { state in
      if request.url.contains("/botService/") {
        let isLogin = request.url.contains("/login?")
        if isLogin { state.logins += 1 } else { state.refreshes += 1 }
        let token = "access-\(state.logins)-\(state.refreshes)"
        state.live?.insert(token)
        return ScriptedKit.answer(
          200,
          #"{"success":true,"result":{"access_token":"\#(token)","refresh_token":"refresh-\#(state.logins)-\#(state.refreshes)"}}"#
        )
      }
      let token = request.headers.first { $0.name == "Authorization" }?.value.dropFirst("Bearer ".count) ?? ""
      guard state.live?.contains(String(token)) ?? true else { return ScriptedKit.failure(401, "revoked") }
      state.events += 1
      return ScriptedKit.answer(200, #"{"success":true,"result":true}"#)
    }
  }
}

/// An event with a number.
func event(_ number: Int) -> ClientEvent {
  ClientEvent(client: Client(id: "7"), id: "e\(number)", message: Message(id: "m\(number)", text: "Hi"))
}

import Basics
import KitProfile
import Transport

/// Calls of a custom channel at run time: login, refresh, event.
extension RequestHandler {
  /// Makes a session for one of the account's custom channels; any API token of the account will do (assumed).
  func logIn(_ call: SandboxCall, _ token: APIToken, state: inout SandboxState) throws(Reply.Failure) -> Reply {
    let name = profile.botService.channel
    guard let uuid = call.body[name], !uuid.isEmpty else { throw Reply.Failure(422, "\(name): is required") }
    guard let channel = state.account.channel(uuid: uuid), channel.kind == "custom" else {
      throw Reply.Failure(404, "\(name): the account has no custom channel of this UUID")
    }
    return session(channel.uuid, apiToken: token.id, now: call.now, state: &state)
  }

  /// Exchanges a refresh token for a new pair; each counts once.
  func refresh(_ call: SandboxCall, state: inout SandboxState) throws(Reply.Failure) -> Reply {
    let name = profile.botService.refreshToken
    guard let text = call.body[name], !text.isEmpty else { throw Reply.Failure(422, "\(name): is required") }
    let token = try live(text, use: .refresh, name: name, now: call.now, state: state)
    guard state.conversations.refreshes.removeValue(forKey: token.id) != nil else {
      throw Reply.Failure(401, "\(name): was used before")
    }
    return session(token.channelUUID, apiToken: token.apiToken, now: call.now, state: &state)
  }

  /// Takes a customer's message.
  func receive(
    _ request: HTTPRequest, channel uuid: String, now: Int, state: inout SandboxState
  ) throws(Reply.Failure) -> Reply {
    let header = request.headers.first { $0.name.lowercased() == "authorization" }?.value ?? ""
    guard header.lowercased().hasPrefix("bearer ") else {
      throw Reply.Failure(401, "Authorization: a Bearer token is required")
    }
    let text = String(header.dropFirst("bearer ".count).drop { $0 == " " })
    let token = try live(text, use: .access, name: "Authorization", now: now, state: state)
    guard let channel = state.account.channel(uuid: uuid), channel.kind == "custom" else {
      throw Reply.Failure(404, "the account has no custom channel of this UUID")
    }
    guard channel.uuid == token.channelUUID else {
      throw Reply.Failure(403, "Authorization: the token is of another channel")
    }
    let event = try EventRules.check(request.body)
    guard state.conversations.acceptOnce(event: event.id, channel: channel.id) else { return .result(false) }
    let conversation = state.conversations.receive(
      .init(author: .client, text: event.text, attachments: event.attachments), from: event.clientID,
      name: event.clientName, in: channel, at: now)
    state.notes.append(
      .message(
        conversation: conversation.id, channel: channel.id, client: event.clientID, text: event.text,
        attachments: event.attachments))
    return .result(true)
  }

  private func session(_ uuid: String, apiToken: Int, now: Int, state: inout SandboxState) -> Reply {
    let seconds = state.epoch + now / 1000
    let tokens = [SandboxToken.Use.access, .refresh].map { use in
      SandboxToken(
        use: use, channelUUID: uuid, apiToken: apiToken,
        id: HexDigits.random(bytes: 8, using: &state.generator), issued: seconds)
    }
    // Unused tokens are forgotten when they expire.
    state.conversations.refreshes = state.conversations.refreshes.filter { $0.value > seconds }
    state.conversations.refreshes[tokens[1].id] = tokens[1].expires
    return .result(
      .object([
        .init(profile.botService.accessToken, .string(tokens[0].text(key: state.tokenKey))),
        .init(profile.botService.refreshToken, .string(tokens[1].text(key: state.tokenKey))),
      ]))
  }

  /// A session's token that still holds: in time, and made with an API token that was not revoked since.
  private func live(
    _ text: String, use: SandboxToken.Use, name: String, now: Int, state: SandboxState
  ) throws(Reply.Failure) -> SandboxToken {
    guard let token = SandboxToken(text: text, key: state.tokenKey), token.use == use else {
      throw Reply.Failure(401, "\(name): is no token of this account")
    }
    guard state.epoch + now / 1000 < token.expires else { throw Reply.Failure(401, "\(name): has expired") }
    guard state.account.apiTokens.contains(where: { $0.id == token.apiToken && $0.isEnabled }) else {
      throw Reply.Failure(401, "\(name): the API token behind it was revoked")
    }
    return token
  }
}

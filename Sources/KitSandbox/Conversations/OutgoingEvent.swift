import Basics
package import Transport

/// An event that Kit sends to a custom channel's callback URL.
package struct OutgoingEvent: Sendable, Equatable {
  /// The channel's id.
  package var channel: Int
  package var conversation: Int
  /// `send_message` or `close_conversation`.
  package var type: String
  package var id: String
  /// Nil for a channel without a callback URL.
  package var target: CallbackTarget?
  /// The signature; nil where the sandbox does not know the API token's value.
  package var authorization: String?
  package var body: [UInt8]

  /// What is sent: a POST of the JSON with the signature in its `Authorization` header.
  package var request: HTTPRequest? {
    guard let target else { return nil }
    var request = target.request(authorization: authorization)
    request.method = "POST"
    request.headers.append(("Content-Type", "application/json"))
    request.body = body
    return request
  }

  /// An event of a conversation, signed where the token is known.
  init(
    _ type: String, data: JSONValue, of conversation: Conversation, in channel: SandboxChannel, token: String?,
    id: String
  ) {
    self.channel = channel.id
    self.conversation = conversation.id
    self.type = type
    self.id = id
    target = channel.callbackURL.flatMap { CallbackTarget($0) }
    authorization = token.map { CallbackSignature.event(id, salt: channel.salt, token: $0) }
    body = JSONWriter.bytes([
      "client_data": ["client_id": .string(conversation.clientID)], "event_id": .string(id),
      "event_type": .string(type), "event_data": data,
    ])
  }
}

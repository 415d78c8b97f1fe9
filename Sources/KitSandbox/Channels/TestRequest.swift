package import Transport

/// The call that Kit makes to a new custom channel's callback URL.
///
/// Assumed: it is sent once, at creation; an update of the URL does not repeat it, and a receiver that fails does not
/// undo the creation.
package struct TestRequest: Sendable {
  package var channel: Int
  package var target: CallbackTarget
  /// The signature over salt and token; nil where the sandbox does not know the API token's value.
  package var authorization: String?

  /// The test request of a channel, or nil for a channel without a callback URL.
  init?(_ channel: SandboxChannel, token: String?) {
    guard let url = channel.callbackURL, let target = CallbackTarget(url) else { return nil }
    self.channel = channel.id
    self.target = target
    authorization = token.map { CallbackSignature.testRequest(salt: channel.salt, token: $0) }
  }

  /// What is sent: a GET with the signature in its `Authorization` header.
  package var request: HTTPRequest { target.request(authorization: authorization) }
}

package import Basics
import Transport

/// Something that happened at a sandbox, for a log: one line of words, or one JSON value.
///
/// No event holds a query, a form or a header, so that none holds a secret. Paths and URLs are as they came in: who
/// prints them escapes them.
package enum SandboxEvent: Sendable, Equatable {
  /// A call and what became of it.
  case call(number: Int, method: String, path: String, outcome: String)
  /// A call that was kept from the account, because a web page may have caused it.
  case refused(method: String, path: String, reason: String)
  /// The test request of a new channel and what became of it.
  case testRequest(channel: Int, isSigned: Bool, outcome: DeliveryOutcome)
  /// A customer's message reached a conversation.
  case message(conversation: Int, channel: Int, client: String, text: String, attachments: Int)
  /// An event for a callback URL and what became of it.
  case delivery(type: String, id: String, conversation: Int, channel: Int, isSigned: Bool, outcome: DeliveryOutcome)
  /// A conversation was closed; Kit's word for why.
  case closed(conversation: Int, channel: Int, reason: String)
  /// The account could not be saved; it is tried again with the next change and at the end.
  case notSaved(String)

  /// What became of a request to a callback URL; none of it undoes what caused it.
  package enum DeliveryOutcome: Sendable, Equatable {
    case answered(Int)
    /// No answer came; why.
    case failed(String)
    /// The host is not on loopback, and no option allows others.
    case notAllowed(host: String)
    /// The channel has no callback URL that can be called.
    case noCallback
  }
}

extension SandboxEvent {
  /// Whether the event is shown without a request for a log.
  package var isWarning: Bool {
    switch self {
    case .call, .message, .closed, .testRequest(_, _, .answered(200)), .testRequest(_, _, .notAllowed),
      .delivery(_, _, _, _, _, .answered(200)), .delivery(_, _, _, _, _, .notAllowed):
      false
    case .refused, .testRequest, .delivery, .notSaved: true
    }
  }

  /// The event in one line of words.
  package var words: String {
    switch self {
    case .call(let number, let method, let path, let outcome): "call \(number): \(method) \(path): \(outcome)"
    case .refused(let method, let path, let reason): "refused: \(method) \(path): \(reason)"
    case .testRequest(let channel, let isSigned, let outcome):
      "test request of channel \(channel)\(isSigned ? "" : ", unsigned: its API token's value is not known here"): "
        + outcome.words + (outcome.isDone ? "" : "; the channel is there all the same")
    case .message(let conversation, let channel, let client, let text, let attachments):
      "conversation \(conversation) of channel \(channel): \(client) writes \"\(text)\""
        + (attachments == 0 ? "" : " with \(attachments) attachments")
    case .delivery(let type, _, let conversation, let channel, let isSigned, let outcome):
      "conversation \(conversation) of channel \(channel): \(type)"
        + "\(isSigned ? "" : ", unsigned: the API token's value is not known here"): " + outcome.words
    case .closed(let conversation, let channel, let reason):
      "conversation \(conversation) of channel \(channel) is closed: \(reason)"
    case .notSaved(let reason): "the account is not saved: \(reason)"
    }
  }

  /// The event as JSON.
  package var json: JSONValue {
    switch self {
    case .call(let number, let method, let path, let outcome):
      [
        "event": "call", "number": .integer(number), "method": .string(method), "path": .string(path),
        "outcome": .string(outcome),
      ]
    case .refused(let method, let path, let reason):
      ["event": "refused", "method": .string(method), "path": .string(path), "reason": .string(reason)]
    case .testRequest(let channel, let isSigned, let outcome):
      [
        "event": "testRequest", "channel": .integer(channel), "signed": .bool(isSigned),
        "outcome": .string(outcome.words),
      ]
    case .message(let conversation, let channel, let client, let text, let attachments):
      [
        "event": "message", "conversation": .integer(conversation), "channel": .integer(channel),
        "client": .string(client), "text": .string(text), "attachments": .integer(attachments),
      ]
    case .delivery(let type, let id, let conversation, let channel, let isSigned, let outcome):
      [
        "event": "delivery", "type": .string(type), "id": .string(id), "conversation": .integer(conversation),
        "channel": .integer(channel), "signed": .bool(isSigned), "outcome": .string(outcome.words),
      ]
    case .closed(let conversation, let channel, let reason):
      [
        "event": "closed", "conversation": .integer(conversation), "channel": .integer(channel),
        "reason": .string(reason),
      ]
    case .notSaved(let reason): ["event": "notSaved", "reason": .string(reason)]
    }
  }
}

extension SandboxEvent.DeliveryOutcome {
  /// Whether there is only the outcome to report.
  fileprivate var isDone: Bool {
    switch self {
    case .answered(200), .notAllowed: true
    case .answered, .failed, .noCallback: false
    }
  }

  /// The outcome of the request, for a log and for the command that asked for it.
  package var words: String {
    switch self {
    case .answered(200): "the callback answered 200"
    case .answered(let status) where (300..<400).contains(status):
      "the callback answered \(status), a redirect, which is not followed: write its last address into `callbackURL`"
    case .answered(let status) where status == 401 || status == 403:
      "the callback answered \(status): compare its salt and API token with the channel's"
    case .answered(let status): "the callback answered \(status), where 200 is expected"
    case .failed(let reason): "no answer (\(reason))"
    case .notAllowed(let host): "not sent, because \(host) is not on loopback"
    case .noCallback: "not sent, because the channel has no callback URL"
    }
  }
}

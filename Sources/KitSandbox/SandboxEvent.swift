package import Documents
import Transport

/// Something that happened at a sandbox, for a log: one line of words, or one JSON value.
///
/// No event holds a query, a form or a header, so that none holds a secret. Paths and URLs are as they came in: who
/// prints them escapes them.
package enum SandboxEvent: Sendable, Equatable {
  /// A call and what became of it.
  case call(number: Int, method: String, path: String, outcome: String)
  /// The test request of a new channel and what became of it.
  case testRequest(channel: Int, isSigned: Bool, outcome: TestOutcome)
  /// The account could not be saved; it is tried again with the next change and at the end.
  case notSaved(String)

  /// What became of a test request; none of it undoes the creation.
  package enum TestOutcome: Sendable, Equatable {
    case answered(Int)
    /// No answer came; why.
    case failed(String)
    /// The host is not on loopback, and nobody allowed others.
    case notAllowed(host: String)
  }
}

extension SandboxEvent {
  /// The event of a call.
  package init(_ exchange: Exchange, method: String, path: String) {
    let outcome =
      switch exchange.delivery {
      case .answer(let response): String(response.status)
      case .half(let response): "\(response.status), half of it"
      case .close: "connection closed"
      case .reset: "connection reset"
      case .silence: "no answer"
      }
    self = .call(number: exchange.number, method: method, path: path, outcome: outcome)
  }

  /// Whether somebody who did not ask for a log should be told.
  package var isWarning: Bool {
    switch self {
    case .call, .testRequest(_, _, .answered(200)), .testRequest(_, _, .notAllowed): false
    case .testRequest, .notSaved: true
    }
  }

  /// The event in one line of words.
  package var words: String {
    switch self {
    case .call(let number, let method, let path, let outcome): "call \(number): \(method) \(path): \(outcome)"
    case .testRequest(let channel, let isSigned, let outcome):
      "test request of channel \(channel)\(isSigned ? "" : ", unsigned: its API token's value is not known here"): "
        + outcome.words
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
    case .testRequest(let channel, let isSigned, let outcome):
      [
        "event": "testRequest", "channel": .integer(channel), "signed": .bool(isSigned),
        "outcome": .string(outcome.words),
      ]
    case .notSaved(let reason): ["event": "notSaved", "reason": .string(reason)]
    }
  }
}

extension SandboxEvent.TestOutcome {
  fileprivate var words: String {
    switch self {
    case .answered(200): "the callback answered 200"
    case .answered(let status):
      "the callback answered \(status), where 200 is expected; the channel is there all the same"
    case .failed(let reason): "no answer (\(reason)); the channel is there all the same"
    case .notAllowed(let host): "not sent, because \(host) is not on loopback"
    }
  }
}

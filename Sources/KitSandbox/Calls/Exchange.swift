import Basics
import Documents
package import KitProfile
package import Transport

/// The result of a call: the caller's answer, and the tasks besides it.
package struct Exchange: Sendable {
  /// The call's number, from 1.
  package var number: Int
  /// What was asked for; nil for a path that the account does not have.
  package var operation: Operation?
  package var delivery: Delivery
  /// How long the delivery waits.
  package var milliseconds: Int
  /// A test request that a creation wants sent.
  package var test: TestRequest?
  /// What happened in conversations, for a log.
  package var notes: [SandboxEvent] = []

  /// How the caller learns of the answer.
  package enum Delivery: Sendable {
    case answer(HTTPResponse)
    /// The head with the full length, half of the body, and the end of the connection.
    case half(HTTPResponse)
    /// The head at once, then the body a byte at a time, more slowly than any client waits.
    case slow(HTTPResponse)
    /// The end of the connection.
    case close
    /// The end of the connection, by a reset.
    case reset
    /// Nothing.
    case silence

    init(_ effect: Faults.Effect, answer: HTTPResponse?, _ profile: APIProfile) {
      switch effect {
      case .close: self = .close
      case .reset: self = .reset
      case .silence: self = .silence
      case .halfBody:
        self = .half(answer ?? Delivery.failure(profile))
      case .slowBody:
        self = .slow(answer ?? Delivery.failure(profile))
      case .status(let status, let retryAfter):
        let failure = Reply.Failure(status, "an error of the sandbox's making", retryAfter: retryAfter)
        self = .answer(Reply.failure(failure).response(profile))
      case .foreign(let status, let text):
        let type = text.hasPrefix("{") ? "application/json" : "text/html"
        self = .answer(HTTPResponse(status: status, headers: [("Content-Type", type)], body: Array(text.utf8)))
      case .denial: self = .answer(Delivery.denial(answer ?? Delivery.failure(profile), profile))
      }
    }

    /// An answer whose `success` is false, whatever else it says.
    private static func denial(_ answer: HTTPResponse, _ profile: APIProfile) -> HTTPResponse {
      let document = JSONComposer.compose(SourceFile(path: "the answer", bytes: answer.body), file: 0).document
      guard case .object(var members)? = document.roots.first.map({ document.json($0) }) else { return answer }
      JSONTree.set(false, at: profile.envelope.success.path, in: &members)
      return HTTPResponse(status: answer.status, headers: answer.headers, body: JSONWriter.bytes(.object(members)))
    }

    /// What is answered where the account did not carry the call out.
    private static func failure(_ profile: APIProfile) -> HTTPResponse {
      Reply.failure(.init(500, "an error of the sandbox's making")).response(profile)
    }
  }
}

extension SandboxEvent {
  /// The event of a call.
  package init(_ exchange: Exchange, method: String, path: String) {
    let outcome =
      switch exchange.delivery {
      case .answer(let response): String(response.status)
      case .half(let response): "\(response.status), half of it"
      case .slow(let response): "\(response.status), a byte at a time"
      case .close: "connection closed"
      case .reset: "connection reset"
      case .silence: "no answer"
      }
    self = .call(number: exchange.number, method: method, path: path, outcome: outcome)
  }
}

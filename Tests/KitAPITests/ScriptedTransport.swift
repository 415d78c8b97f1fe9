import Synchronization
import Transport

/// A transport that answers from a function and remembers what was asked.
final class ScriptedTransport: Transport {
  typealias Answer = Result<HTTPResponse, TransportFailure>

  private let answer: @Sendable (HTTPRequest, Int) -> Answer
  private let seen = Mutex<[HTTPRequest]>([])

  /// `answer` gets each request and how many came before it.
  init(_ answer: @escaping @Sendable (HTTPRequest, Int) -> Answer) { self.answer = answer }

  /// The same answer to everything.
  convenience init(always answer: Answer) { self.init { _, _ in answer } }

  var requests: [HTTPRequest] { seen.withLock { $0 } }

  func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    let number = seen.withLock { seen in
      seen.append(request)
      return seen.count - 1
    }
    return try answer(request, number).get()
  }
}

extension Result where Success == HTTPResponse, Failure == TransportFailure {
  static func json(_ text: String, status: Int = 200) -> Self {
    .success(HTTPResponse(status: status, headers: [("Content-Type", "application/json")], body: Array(text.utf8)))
  }
}

extension HTTPRequest {
  var form: FormBody { (try? FormBody(decoding: body)) ?? FormBody() }

  /// A parameter of the query.
  func parameter(_ name: String) -> String? { (try? FormBody(decoding: Array(query.utf8)))?.first(name) }

  /// The body without the credentials: `name=value` as the form says it, decoded.
  var fields: [String] { form.fields.filter { $0.name != "access_token" }.map { "\($0.name)=\($0.value)" } }
}

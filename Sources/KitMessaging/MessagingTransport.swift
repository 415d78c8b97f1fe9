import Transport

/// Sends one request and returns its answer: the whole of the network, as far as a client can see.
///
/// A client brings its own; tests and unusual networks bring another. It sends each request at most once and follows no
/// redirect.
public typealias MessagingTransport =
  @Sendable (MessagingRequest) async throws(MessagingTransportFailure) -> MessagingResponse

/// One request of a client.
public struct MessagingRequest: Sendable {
  /// Always `POST`.
  public var method: String
  /// The whole URL. That of a login holds the API token, as Kit documents it: never log it.
  public var url: String
  /// Whether the URL holds the API token.
  public var urlIsSecret: Bool
  /// Header fields in order; names compare without case.
  public var headers: [(name: String, value: String)]
  /// The bytes of the body, empty for none.
  public var body: [UInt8]

  /// A request as a client makes it.
  public init(
    method: String, url: String, urlIsSecret: Bool, headers: [(name: String, value: String)], body: [UInt8]
  ) {
    self.method = method
    self.url = url
    self.urlIsSecret = urlIsSecret
    self.headers = headers
    self.body = body
  }
}

/// One answer.
public struct MessagingResponse: Sendable {
  /// The status code.
  public var status: Int
  /// Header fields in order; names compare without case.
  public var headers: [(name: String, value: String)]
  /// The bytes of the body, empty for none.
  public var body: [UInt8]

  /// An answer as it came.
  public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// Why no answer came; each says why in words for people.
public enum MessagingTransportFailure: Error, Sendable, Equatable {
  /// The request certainly did not leave.
  case notSent(String)
  /// The request may have been received.
  case interrupted(String)
  /// The task was cancelled before the request left.
  case cancelled
}

/// A public transport under the name of the engine's.
struct PublicTransport: Transport {
  let send: MessagingTransport

  func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    let host = request.host.utf8.contains(UInt8(ascii: ":")) ? "[\(request.host)]" : request.host
    let port = request.port.map { ":\($0)" } ?? ""
    let query = request.query.isEmpty ? "" : "?\(request.query)"
    do throws(MessagingTransportFailure) {
      let answer = try await send(
        MessagingRequest(
          method: request.method, url: "\(request.scheme)://\(host)\(port)\(request.path)\(query)",
          urlIsSecret: request.queryIsSecret, headers: request.headers, body: request.body))
      return HTTPResponse(status: answer.status, headers: answer.headers, body: answer.body)
    } catch {
      switch error {
      case .notSent(let reason): throw .notSent(.other(reason))
      case .interrupted(let reason): throw .ambiguous(.other(reason))
      case .cancelled: throw .cancelled
      }
    }
  }
}

extension MessagingTransportFailure {
  /// A failure of the engine's transport.
  init(_ failure: TransportFailure) {
    switch failure {
    case .notSent: self = .notSent(failure.description)
    case .ambiguous: self = .interrupted(failure.description)
    case .cancelled: self = .cancelled
    }
  }
}

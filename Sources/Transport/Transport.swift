/// One HTTP request as a value.
package struct HTTPRequest: Sendable {
  /// `GET`, `POST`, `PUT`, `DELETE`, `LOCK`, `UNLOCK`, …
  package var method: String
  /// `https` or, to loopback only, `http`.
  package var scheme: String
  package var host: String
  /// The port, or nil for the scheme's own.
  package var port: Int?
  /// The path with its leading slash, percent-encoded.
  package var path: String
  /// The query without its question mark, percent-encoded; empty for none. It has a secret only in the one documented login.
  package var query: String
  /// Header fields in order; names compare without case.
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]
  /// Whether the query holds a secret, so that no log or error may show it.
  package var queryIsSecret: Bool
  /// Asked at the last moment before the request leaves, where there is one who has a say in it.
  package var mayLeave: (@Sendable () -> Bool)?
  /// Which part of a listing it reads, for messages; nil for anything else.
  package var part: String?

  package init(
    method: String, scheme: String = "https", host: String, port: Int? = nil, path: String, query: String = "",
    headers: [(name: String, value: String)] = [], body: [UInt8] = [], queryIsSecret: Bool = false
  ) {
    self.method = method
    self.scheme = scheme
    self.host = host
    self.port = port
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.queryIsSecret = queryIsSecret
  }
}

/// One HTTP answer as a value; its body is at most `Transport`'s limit long.
package struct HTTPResponse: Sendable {
  package var status: Int
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]

  package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The first value of a header field, its name compared without case.
  package func header(_ name: String) -> String? {
    let name = name.lowercased()
    return headers.first { $0.name.lowercased() == name }?.value
  }
}

/// Why no answer came; whether the request can have taken effect is the first thing that a caller asks.
package enum TransportFailure: Error, Sendable, Equatable {
  /// The request certainly did not leave: name look-up, refused connection, TLS, a local limit.
  case notSent(NotSentReason)
  /// The request may have been received: reset, end of stream, timeout, an answer that breaks off or is too large.
  case ambiguous(AmbiguousReason)
  /// The task was cancelled before the request left.
  case cancelled

  /// What kept a request from leaving.
  package enum NotSentReason: Sendable, Equatable {
    case nameNotFound
    case connectionRefused
    case connectTimeout
    case certificate(String)
    case tls(String)
    case proxy(String)
    /// The proxy does not accept the user name and password, and will not another time.
    case proxyCredentials(String)
    case other(String)
    /// No attempt can send it: its scheme, host, path or a field is not allowed.
    case unsendable(String)
  }

  /// What happened after a request may have left.
  package enum AmbiguousReason: Sendable, Equatable {
    case reset
    case endOfStream
    case timeout
    case tooLarge(limit: Int)
    case badAnswer(String)
    case other(String)
  }
}

/// Sends one request and returns its answer; the whole of the network, as far as the engine can see.
///
/// A conforming type sends each request at most once and follows no redirect.
package protocol Transport: Sendable {
  /// Sends `request`.
  ///
  /// - Throws: `TransportFailure`, never anything else.
  func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse
}

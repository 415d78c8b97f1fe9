extension TransportFailure: CustomStringConvertible {
  /// What happened, as one clause without a full stop; it names no host, path or query.
  package var description: String {
    switch self {
    case .notSent(.nameNotFound): "the server's name was not found"
    case .notSent(.connectionRefused): "the server refused the connection"
    case .notSent(.connectTimeout): "no connection in time"
    case .notSent(.certificate(let words)): "the server is not trusted: \(words)"
    case .notSent(.tls(let words)): "no secure connection to the server: \(words)"
    case .notSent(.proxy(let words)), .notSent(.proxyCredentials(let words)), .notSent(.other(let words)),
      .notSent(.unsendable(let words)):
      words
    case .ambiguous(.reset): "the server reset the connection before it had answered"
    case .ambiguous(.endOfStream): "the server closed the connection before it had answered"
    case .ambiguous(.timeout): "no complete answer in time"
    case .ambiguous(.tooLarge(let limit)): "the answer is longer than \(limit >> 20) MiB"
    case .ambiguous(.badAnswer(let words)), .ambiguous(.other(let words)): words
    case .cancelled: "cancelled before the request was sent"
    }
  }
}

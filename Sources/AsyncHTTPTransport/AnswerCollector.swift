import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization
import Transport

/// Collects one answer up to a limit, and remembers how far the request came.
final class AnswerCollector: HTTPClientResponseDelegate {
  typealias Response = HTTPResponse

  /// How far a request came before it ended.
  struct RequestProgress: Sendable {
    /// Whether the first byte was handed to the connection.
    var sent = false
    /// Whether the answer's head came.
    var answered = false
  }

  /// The answer's body is longer than the limit.
  struct TooLarge: Error {
    let limit: Int
  }

  private struct State {
    var progress = RequestProgress()
    var status = 0
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) {
    self.limit = limit
  }

  var progress: RequestProgress { state.withLock { $0.progress } }

  func didSendRequestHead(task: HTTPClient.Task<HTTPResponse>, _ head: HTTPRequestHead) {
    state.withLock { $0.progress.sent = true }
  }

  func didReceiveHead(task: HTTPClient.Task<HTTPResponse>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
    state.withLock { state in
      state.progress.answered = true
      state.status = Int(head.status.code)
      state.headers = head.headers.map { ($0.name, $0.value) }
    }
    let stated = head.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
    return stated > limit
      ? task.eventLoop.makeFailedFuture(TooLarge(limit: limit)) : task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(task: HTTPClient.Task<HTTPResponse>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
    let fits = state.withLock { state in
      guard state.body.count + buffer.readableBytes <= limit else { return false }
      state.body.append(contentsOf: buffer.readableBytesView)
      return true
    }
    return fits ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(TooLarge(limit: limit))
  }

  func didFinishRequest(task: HTTPClient.Task<HTTPResponse>) throws -> HTTPResponse {
    state.withLock { HTTPResponse(status: $0.status, headers: $0.headers, body: $0.body) }
  }
}

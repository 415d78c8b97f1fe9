import NIOCore
import NIOHTTP1

/// Refuses answers that the HTTP library cannot take, before it sees them.
///
/// The library takes every head below 200 for an informational one, and traps on the body or the end that follows a head
/// such as `HTTP/1.1 000`. The guard lets one order through, once for each request: a few informational heads, one head of
/// 200 or more, its body, its end. Everything else is an error and the end of the connection.
final class AnswerGuard: ChannelDuplexHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias InboundOut = HTTPClientResponsePart
  typealias OutboundIn = HTTPClientRequestPart
  typealias OutboundOut = HTTPClientRequestPart

  /// More informational heads than this are no answer: each may be as long as a head may be.
  private static let informationalLimit = 32

  private enum State {
    /// No request is out.
    case idle
    /// A request is out; so many informational heads have come.
    case waiting(Int)
    /// The head has come, the end has not.
    case answering
    /// An answer was refused; nothing more gets through.
    case refused
  }

  private var state = State.idle

  /// Puts a guard between the decoder of a connection and the library's own handler.
  static func add(to channel: any Channel) -> EventLoopFuture<Void> {
    channel.eventLoop.makeCompletedFuture {
      let pipeline = channel.pipeline.syncOperations
      let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
      try pipeline.addHandler(AnswerGuard(), position: .after(decoder))
    }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .head = unwrapOutboundIn(data), case .idle = state { state = .waiting(0) }
    context.write(data, promise: promise)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch (state, unwrapInboundIn(data)) {
    case (.refused, _): return
    case (.waiting, .head(let head)) where head.status.code >= 200: state = .answering
    case (.waiting(let count), .head(let head))
    where (100..<200).contains(head.status.code) && head.status != .switchingProtocols
      && count < AnswerGuard.informationalLimit:
      state = .waiting(count + 1)
    case (.answering, .body): break
    // Before it is passed on, because the library may send the next request at once.
    case (.answering, .end): state = .idle
    default:
      state = .refused
      context.fireErrorCaught(HTTPParserError.invalidStatus)
      context.close(promise: nil)
      return
    }
    context.fireChannelRead(data)
  }
}

import Glibc
import NIOCore
import NIOPosix
package import NIOSSL
import Synchronization

/// A server on 127.0.0.1 that answers everything with `RandomAnswer`, in plain text, over TLS, or as a proxy does.
package final class RandomServer: Sendable {
  /// The part before the answers.
  package enum Front: Sendable {
    case plain
    case tls(NIOSSLContext)
    /// A `CONNECT` is answered at random or, as often, as it should be; then comes TLS.
    case proxy(NIOSSLContext)
  }

  package let port: Int

  private init(port: Int) { self.port = port }

  /// Runs `body` with a server; `next` makes the next answer.
  package static func with<Value>(
    _ front: Front, next: @escaping @Sendable () -> RandomAnswer, _ body: (RandomServer) async throws -> Value
  ) async throws -> Value {
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(ChannelOptions.backlog, value: 256)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if case .tls(let context) = front {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
          }
          try channel.pipeline.syncOperations.addHandler(AnswerHandler(front: front, next: next))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    guard let port = channel.localAddress?.port else { throw ChannelError.unknownLocalAddress }
    let result: Result<Value, any Error>
    do { result = .success(try await body(RandomServer(port: port))) } catch { result = .failure(error) }
    try? await channel.close()
    return try result.get()
  }
}

/// Answers each head that comes.
private final class AnswerHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let front: RandomServer.Front
  private let next: @Sendable () -> RandomAnswer
  private var answer: RandomAnswer
  private var pending: [UInt8] = []
  private var isTunnel = false

  init(front: RandomServer.Front, next: @escaping @Sendable () -> RandomAnswer) {
    self.front = front
    self.next = next
    answer = next()
  }

  func channelActive(context: ChannelHandlerContext) {
    if answer.isEarly { send(context) }
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    pending += Array(unwrapInboundIn(data).readableBytesView)
    let end = Array("\r\n\r\n".utf8)
    guard let range = pending.firstRange(of: end) else { return pending = pending.suffix(4096) }
    pending.removeSubrange(..<range.upperBound)
    if case .proxy(let context_) = front, !isTunnel, answer.parts.count % 2 == 0 {
      isTunnel = true
      pending = []
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 200 OK\r\n\r\n")), promise: nil)
      try? context.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context_), position: .first)
      return
    }
    if !answer.isEarly { send(context) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  /// Writes the parts, one after a turn of the loop or a short time after the other, and ends.
  private func send(_ context: ChannelHandlerContext) {
    AnswerHandler.write(answer.parts[...], then: answer.end, to: context.channel)
    answer = next()
    answer.isEarly = false
  }

  private static func write(_ parts: ArraySlice<[UInt8]>, then end: RandomAnswer.End, to channel: any Channel) {
    guard let part = parts.first else {
      switch end {
      case .stays: return
      case .closes: return channel.close(promise: nil)
      case .resets:
        guard let options = channel as? any SocketOptionProvider else { return }
        return options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
      }
    }
    channel.writeAndFlush(ByteBuffer(bytes: part), promise: nil)
    let rest = parts.dropFirst()
    if rest.isEmpty { return write(rest, then: end, to: channel) }
    channel.eventLoop.scheduleTask(in: .microseconds(Int64(part.count % 3) * 150)) {
      write(rest, then: end, to: channel)
    }
  }
}

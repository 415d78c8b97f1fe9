import Glibc
import NIOCore
import NIOPosix
package import NIOSSL
import Synchronization

/// A server on 127.0.0.1 that reads whole requests and answers with bytes, or with none, as a test tells it.
package final class RawServer: Sendable {
  /// What the server does with one request.
  package enum Action: Sendable {
    /// Writes these bytes and keeps the connection.
    case write(String)
    /// Writes these bytes and closes the connection.
    case writeAndClose(String)
    /// Closes with a reset instead of an end.
    case reset
    /// Does nothing more.
    case silence
    /// Writes the head and then the chunk again and again until the client goes away.
    case endless(head: String, chunk: String)
    /// Writes the head and then the chunk again and again with pauses in between.
    case drip(head: String, chunk: String)
    /// Answers a `CONNECT` with 200 and speaks TLS from there on, as the server behind a proxy does.
    case tunnel(NIOSSLContext)
  }

  /// What the server has seen.
  package struct Log: Sendable {
    package var connections = 0
    /// Whole requests, head and body, in order.
    package var requests: [String] = []
    /// Bytes that the network took from an endless answer.
    package var written = 0
  }

  package let port: Int
  private let channel: any Channel
  private let record: Record

  final class Record: Sendable {
    let log = Mutex(Log())
  }

  private init(channel: any Channel, port: Int, record: Record) {
    self.channel = channel
    self.port = port
    self.record = record
  }

  package var log: Log { record.log.withLock { $0 } }

  /// Runs `body` with a server; `script` gets the number of a request, from 1, and its text.
  ///
  /// A server with a greeting answers the first bytes of a connection with it, whatever they are.
  package static func with<Value>(
    tls: NIOSSLContext? = nil, greeting: String? = nil, _ script: @escaping @Sendable (Int, String) -> Action,
    _ body: (RawServer) async throws -> Value
  ) async throws -> Value {
    let record = Record()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        record.log.withLock { $0.connections += 1 }
        return channel.eventLoop.makeCompletedFuture {
          if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
          try channel.pipeline.syncOperations.addHandler(
            RequestHandler(record: record, greeting: greeting, script: script))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    guard let port = channel.localAddress?.port else { throw ChannelError.unknownLocalAddress }
    let server = RawServer(channel: channel, port: port, record: record)
    do {
      let value = try await body(server)
      try await channel.close()
      return value
    } catch {
      try? await channel.close()
      throw error
    }
  }

  /// Waits until so many requests came; false after ten seconds.
  package func sees(requests: Int) async throws -> Bool {
    for _ in 0..<2000 {
      if log.requests.count >= requests { return true }
      try await Task.sleep(for: .milliseconds(5))
    }
    return false
  }

  /// A whole answer that keeps the connection open.
  package static func answer(_ status: String = "200 OK", _ fields: [String] = [], body: String = "") -> String {
    (["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + fields).joined(separator: "\r\n") + "\r\n\r\n"
      + body
  }
}

/// Cuts the stream into requests (by `Content-Length`) and does what the script says.
private final class RequestHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let record: RawServer.Record
  private let script: @Sendable (Int, String) -> RawServer.Action
  private var pending: [UInt8] = []
  private var greeting: String?

  init(
    record: RawServer.Record, greeting: String?, script: @escaping @Sendable (Int, String) -> RawServer.Action
  ) {
    self.record = record
    self.greeting = greeting
    self.script = script
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if let text = greeting {
      greeting = nil
      context.channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
      return
    }
    pending.append(contentsOf: unwrapInboundIn(data).readableBytesView)
    while let request = takeRequest() {
      let number = record.log.withLock { log in
        log.requests.append(request)
        return log.requests.count
      }
      perform(script(number, request), context: context)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func takeRequest() -> String? {
    let text = String(decoding: pending, as: UTF8.self)
    guard let headEnd = text.firstRange(of: "\r\n\r\n") else { return nil }
    let head = text[..<headEnd.lowerBound]
    var length = head.utf8.count + 4
    for line in head.split(separator: "\r\n") where line.lowercased().hasPrefix("content-length:") {
      length += Int(line.drop { $0 != " " }.dropFirst()) ?? 0
    }
    guard pending.count >= length else { return nil }
    let request = String(decoding: pending.prefix(length), as: UTF8.self)
    pending.removeFirst(length)
    return request
  }

  private func perform(_ action: RawServer.Action, context: ChannelHandlerContext) {
    let channel = context.channel
    switch action {
    case .write(let text): channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    case .writeAndClose(let text):
      channel.writeAndFlush(ByteBuffer(string: text)).whenComplete { _ in channel.close(promise: nil) }
    case .reset:
      guard let options = channel as? any SocketOptionProvider else { return }
      options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
    case .silence: break
    case .endless(let head, let chunk):
      channel.writeAndFlush(ByteBuffer(string: head), promise: nil)
      RequestHandler.pour(ByteBuffer(string: chunk), pause: nil, into: channel, record: record)
    case .drip(let head, let chunk):
      channel.writeAndFlush(ByteBuffer(string: head), promise: nil)
      RequestHandler.pour(ByteBuffer(string: chunk), pause: .milliseconds(20), into: channel, record: record)
    case .tunnel(let tls):
      channel.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n"), promise: nil)
      do {
        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls), position: .first)
      } catch {
        channel.close(promise: nil)
      }
    }
  }

  private static func pour(_ chunk: ByteBuffer, pause: TimeAmount?, into channel: any Channel, record: RawServer.Record)
  {
    channel.writeAndFlush(chunk).whenSuccess {
      record.log.withLock { $0.written += chunk.readableBytes }
      channel.eventLoop.scheduleTask(in: pause ?? .nanoseconds(0)) {
        pour(chunk, pause: pause, into: channel, record: record)
      }
    }
  }
}

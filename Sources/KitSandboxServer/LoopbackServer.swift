import FoundationEssentials
import Glibc
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Transport

/// An HTTP server on loopback, for as long as a closure runs.
enum LoopbackServer {
  /// Listens on 127.0.0.1 while `body` runs with the port, and shuts down in order.
  ///
  /// `beside` runs with it and is cancelled at its end.
  ///
  /// - Throws: `ListenFailure` when the port cannot be had; what `body` throws.
  static func run<Value: Sendable>(
    port: Int, logger: Logger, respond: @escaping @Sendable (Request, any Channel) async throws -> Response,
    beside: [@Sendable () async -> Void] = [], body: (Int) async throws -> Value
  ) async throws -> Value {
    let (listeners, listening) = AsyncStream<any Channel>.makeStream()
    let server = Server(
      childChannelSetup: HTTP1Channel { request, writer, channel in
        let response = try await answer(request, channel, respond)
        try await writer.write(response: response.head, body: response.body)
      },
      configuration: ServerConfiguration(address: .hostname("127.0.0.1", port: port)),
      onServerRunning: { channel in
        listening.yield(channel)
        listening.finish()
      },
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { listening.finish() }
        do {
          try await server.run()
        } catch {
          throw ListenFailure(port: port, error)
        }
      }
      guard let listener = await listeners.first(where: { _ in true }) else {
        try await group.next()
        throw ListenFailure(port: port, reason: "stopped")
      }
      for work in beside { group.addTask { await work() } }
      let result: Result<Value, any Error>
      do {
        result = .success(try await body(listener.localAddress?.port ?? port))
      } catch {
        result = .failure(error)
      }
      // Nothing may be accepted once the server is cancelled: NIO traps on a connection without a handler.
      try? await listener.close()
      group.cancelAll()
      // A server that is stopped ends with an error of its own; only the body's result counts now.
      while let ended = await group.nextResult() { if case .failure = ended { continue } }
      return try result.get()
    }
  }

  /// The answer to one request; 500 where no answer could be made.
  private static func answer(
    _ request: Request, _ channel: any Channel, _ respond: (Request, any Channel) async throws -> Response
  ) async throws -> Response {
    var response: Response
    do {
      response = try await respond(request, channel)
    } catch let error as HTTPParserError {
      // The connection's handler answers it.
      throw error
    } catch {
      response = Response(status: error is NIOTooManyBytesError ? .contentTooLarge : .internalServerError)
    }
    response.headers[.date] = HTTPDate.text(Int(Date().timeIntervalSince1970))
    // The server library writes a body after HEAD too, which a client takes for the next answer.
    return request.method == .head ? response.createHeadResponse() : response
  }
}

/// The port cannot be had.
package struct ListenFailure: Error, CustomStringConvertible {
  package var port: Int
  package var reason: String

  package init(port: Int, reason: String) {
    self.port = port
    self.reason = reason
  }

  /// The system's refusal in plain words.
  init(port: Int, _ error: any Error) {
    let reason =
      switch (error as? IOError)?.errnoCode {
      case EADDRINUSE?: "another process listens there already"
      case EACCES?, EPERM?: "this user may not listen on a port of that number"
      default: "\(error)"
      }
    self.init(port: port, reason: reason)
  }

  package var description: String { "cannot listen on 127.0.0.1:\(port): \(reason)" }
}

import Hummingbird
package import KitSandbox
package import Logging
import NIOCore

/// A sandbox behind HTTP on loopback, for as long as a closure runs.
package struct SandboxServer: Sendable {
  /// The port that it listens on.
  package let port: Int
  /// The host and port as `account.apiHost` takes them: `http://127.0.0.1:PORT`.
  package var url: String { "http://127.0.0.1:\(port)" }

  /// Listens on 127.0.0.1 while `body` runs, and comes to an orderly end.
  ///
  /// `port` 0 takes a free one. Test requests go through `callbacks`; without it none is sent. The account is saved by
  /// `saver` before `body` runs, soon after changes, and before this returns. Events go to `onEvent`, from any task.
  ///
  /// - Throws: `ListenFailure` when the port cannot be had; what `body` throws; what the last save throws.
  package static func run<Value: Sendable>(
    _ sandbox: Sandbox, port: Int = 0, logger: Logger, callbacks: CallbackDelivery? = nil,
    saver: AccountSaver? = nil, onEvent: @escaping @Sendable (SandboxEvent) -> Void = { _ in },
    body: (SandboxServer) async throws -> Value
  ) async throws -> Value {
    try await saver?.save()
    let (tests, testQueue) = AsyncStream<TestRequest>.makeStream()
    let result: Result<Value, any Error> = await withTaskGroup(of: Void.self) { deliveries in
      deliveries.addTask { await deliver(tests, through: callbacks, onEvent: onEvent) }
      defer { testQueue.finish() }
      do {
        return .success(
          try await serve(
            sandbox, port: port, logger: logger, saver: saver, testQueue: testQueue, onEvent: onEvent, body: body))
      } catch {
        return .failure(error)
      }
    }
    let value = Result { try result.get() }
    do {
      try await saver?.save()
    } catch {
      onEvent(.notSaved("\(error)"))
      if case .success = value { throw error }
    }
    return try value.get()
  }

  private static func serve<Value: Sendable>(
    _ sandbox: Sandbox, port: Int, logger: Logger, saver: AccountSaver?,
    testQueue: AsyncStream<TestRequest>.Continuation, onEvent: @escaping @Sendable (SandboxEvent) -> Void,
    body: (SandboxServer) async throws -> Value
  ) async throws -> Value {
    let (ports, portFound) = AsyncStream<Int>.makeStream()
    let application = Application(
      responder: CallbackResponder<SandboxContext> { request, context in
        try await SandboxResponder(sandbox: sandbox, testQueue: testQueue, onEvent: onEvent)
          .respond(to: request, on: context.channel)
      },
      configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
      onServerRunning: { channel in
        portFound.yield(channel.localAddress?.port ?? port)
        portFound.finish()
      },
      logger: logger)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { portFound.finish() }
        do {
          try await application.runService(gracefulShutdownSignals: [])
        } catch {
          throw ListenFailure(port: port, reason: "\(error)")
        }
      }
      guard let port = await ports.first(where: { _ in true }) else {
        try await group.next()
        throw ListenFailure(port: port, reason: "stopped")
      }
      if let saver { group.addTask { await saver.run { onEvent(.notSaved($0)) } } }
      let result: Result<Value, any Error>
      do {
        result = .success(try await body(SandboxServer(port: port)))
      } catch {
        result = .failure(error)
      }
      group.cancelAll()
      // A server that is told to stop ends with an error of its own; only what the body came to counts now.
      while let ended = await group.nextResult() { if case .failure = ended { continue } }
      return try result.get()
    }
  }

  /// Sends test requests, four at a time, until the queue is closed and empty.
  private static func deliver(
    _ tests: AsyncStream<TestRequest>, through callbacks: CallbackDelivery?,
    onEvent: @escaping @Sendable (SandboxEvent) -> Void
  ) async {
    await withTaskGroup(of: Void.self) { group in
      var running = 0
      for await test in tests {
        guard let callbacks else { continue }
        if running == 4 {
          await group.next()
          running -= 1
        }
        group.addTask { onEvent(await callbacks.deliver(test)) }
        running += 1
      }
    }
  }

  /// The port cannot be had.
  package struct ListenFailure: Error, CustomStringConvertible {
    package var port: Int
    package var reason: String

    package var description: String { "cannot listen on 127.0.0.1:\(port): \(reason)" }
  }
}

/// What the responder must know of a request beside the request: its connection.
struct SandboxContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }
}

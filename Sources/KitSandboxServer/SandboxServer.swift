package import KitSandbox
package import Logging

/// A sandbox behind HTTP on loopback, for as long as a closure runs.
package struct SandboxServer: Sendable {
  /// The port that it listens on.
  package let port: Int
  /// The host and port as `account.apiHost` takes them: `http://127.0.0.1:PORT`.
  package var url: String { "http://127.0.0.1:\(port)" }

  /// How often conversations are looked at for a closing time that has elapsed.
  private static let closingInterval = Duration.milliseconds(500)

  /// Listens on 127.0.0.1 while `body` runs, and shuts down in order.
  ///
  /// `port` 0 takes a free one. Test requests and events go through `callbacks`; without it none is sent. The account is
  /// saved by `saver` before `body` runs, soon after changes, and before this returns. Events go to `onEvent`, from any
  /// task. A request that `callers` refuses changes and causes nothing.
  ///
  /// - Throws: `ListenFailure` when the port cannot be had; what `body` throws; what the last save throws.
  package static func run<Value: Sendable>(
    _ sandbox: Sandbox, port: Int = 0, callers: CallerCheck = CallerCheck(), logger: Logger,
    callbacks: CallbackDelivery? = nil, saver: AccountSaver? = nil,
    onEvent: @escaping @Sendable (SandboxEvent) -> Void = { _ in },
    body: (SandboxServer) async throws -> Value
  ) async throws -> Value {
    try await saver?.save()
    let (queue, waiting) = AsyncStream<Callback>.makeStream()
    let result: Result<Value, any Error> = await withTaskGroup(of: Void.self) { deliveries in
      deliveries.addTask { await deliver(queue, through: callbacks, onEvent: onEvent) }
      defer { waiting.finish() }
      do {
        return .success(
          try await serve(
            sandbox, port: port, callers: callers, logger: logger, callbacks: callbacks, saver: saver, queue: waiting,
            onEvent: onEvent, body: body))
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
    _ sandbox: Sandbox, port: Int, callers: CallerCheck, logger: Logger, callbacks: CallbackDelivery?,
    saver: AccountSaver?, queue: AsyncStream<Callback>.Continuation,
    onEvent: @escaping @Sendable (SandboxEvent) -> Void,
    body: (SandboxServer) async throws -> Value
  ) async throws -> Value {
    let responder = SandboxResponder(
      sandbox: sandbox, callers: callers, callbacks: callbacks, queue: queue, onEvent: onEvent)
    var beside: [@Sendable () async -> Void] = [{ await closeDue(sandbox, queue, onEvent) }]
    if let saver { beside.append { await saver.run { onEvent(.notSaved($0)) } } }
    return try await LoopbackServer.run(
      port: port, logger: logger,
      respond: { request, channel in try await responder.respond(to: request, on: channel) },
      beside: beside
    ) { port in
      try await body(SandboxServer(port: port))
    }
  }

  /// Closes conversations when their channel's closing time has elapsed, until the task is cancelled.
  private static func closeDue(
    _ sandbox: Sandbox, _ queue: AsyncStream<Callback>.Continuation, _ onEvent: (SandboxEvent) -> Void
  ) async {
    let desk = AgentDesk(sandbox)
    while !Task.isCancelled {
      guard (try? await Task.sleep(for: closingInterval)) != nil else { return }
      let step = desk.closeDue()
      for note in step.notes { onEvent(note) }
      for event in step.deliveries { queue.yield(.event(event)) }
    }
  }

  /// Sends callbacks, four at a time, until the queue is closed and empty.
  private static func deliver(
    _ queue: AsyncStream<Callback>, through callbacks: CallbackDelivery?,
    onEvent: @escaping @Sendable (SandboxEvent) -> Void
  ) async {
    await withTaskGroup(of: Void.self) { group in
      var running = 0
      for await callback in queue {
        guard let callbacks else { continue }
        if running == 4 {
          await group.next()
          running -= 1
        }
        group.addTask {
          switch callback {
          case .test(let test): onEvent(await callbacks.deliver(test))
          case .event(let event): onEvent(await callbacks.deliver(event))
          }
        }
        running += 1
      }
    }
  }
}

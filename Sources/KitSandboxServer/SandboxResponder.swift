import Glibc
import HTTPTypes
import HummingbirdCore
import KitSandbox
import NIOCore
import Transport

/// One HTTP request → the sandbox → its answer, or its fault, on the connection.
struct SandboxResponder: Sendable {
  let sandbox: Sandbox
  let callers: CallerCheck
  let callbacks: CallbackDelivery?
  let queue: AsyncStream<Callback>.Continuation
  let onEvent: @Sendable (SandboxEvent) -> Void

  /// The most that a body may have: more than Kit takes, so that a body that is too long is read and gets an answer.
  private static let bodyLimit = 32 << 20

  /// The pause before each byte of a slow body: sooner than a silent server is given up, and the whole takes longer than
  /// the whole of an answer may.
  private static let slowPause = Duration.seconds(5)

  func respond(to request: Request, on channel: any Channel) async throws -> Response {
    let arrival = NIODeadline.now()
    if let refusal = callers.refusal(of: CallerCheck.Head(request), port: channel.localAddress?.port ?? 0) {
      onEvent(.refused(method: request.method.rawValue, path: request.uri.path, reason: refusal.words))
      return Response(sandbox.refusal(refusal.status, refusal.words))
    }
    let call = try await KitCall(request, limit: SandboxResponder.bodyLimit)
    if AgentDesk.isMeant(by: call) { return await atDesk(call) }
    let exchange = sandbox.exchange(call)
    if exchange.milliseconds > 0 {
      // The loop's own timer: a task's sleep may last a tenth longer and more.
      let wait = channel.eventLoop.scheduleTask(deadline: arrival + .milliseconds(Int64(exchange.milliseconds))) {}
      try await withTaskCancellationHandler {
        try await wait.futureResult.get()
      } onCancel: {
        wait.cancel()
      }
    }
    if let test = exchange.test { queue.yield(.test(test)) }
    onEvent(SandboxEvent(exchange, method: call.method, path: call.path))
    for note in exchange.notes { onEvent(note) }
    switch exchange.delivery {
    case .answer(let response): return Response(response)
    case .half(let response): return SandboxResponder.half(of: response, on: channel)
    case .slow(let response): return SandboxResponder.drip(response)
    case .close:
      try await channel.close()
    case .reset:
      if let options = channel as? any SocketOptionProvider {
        try await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
      }
      try await channel.close()
    case .silence:
      try await withTaskCancellationHandler {
        try await channel.closeFuture.get()
      } onCancel: {
        channel.close(promise: nil)
      }
    }
    // The connection is gone: the returned value is not used.
    return Response(status: .internalServerError)
  }

  /// What the agent side asks for, its deliveries done one after another before the answer.
  private func atDesk(_ call: KitCall) async -> Response {
    let step = AgentDesk(sandbox).handle(call)
    for note in step.notes { onEvent(note) }
    var outcomes: [SandboxEvent] = []
    for event in step.deliveries {
      guard let callbacks else { continue }
      let outcome = await callbacks.deliver(event)
      onEvent(outcome)
      outcomes.append(outcome)
    }
    return Response(step.response(outcomes))
  }

  /// The head with the full length, half of the body, then the end of the connection.
  private static func half(of response: KitAnswer, on channel: any Channel) -> Response {
    let bytes = ByteBuffer(bytes: response.body.prefix(response.body.count / 2))
    return Response(
      response,
      body: ResponseBody(contentLength: response.body.count) { writer in
        try await writer.write(bytes)
        try await channel.close()
      })
  }

  /// The head, then the body a byte at a time, until the client goes away.
  private static func drip(_ response: KitAnswer) -> Response {
    Response(
      response,
      body: ResponseBody(contentLength: response.body.count) { writer in
        for byte in response.body {
          try await Task.sleep(for: slowPause)
          try await writer.write(ByteBuffer(bytes: [byte]))
        }
        try await writer.finish(nil)
      })
  }
}

import Glibc
import HTTPTypes
import Hummingbird
import KitSandbox
import NIOCore
import Transport

/// One HTTP request → the sandbox → its answer, or its fault, on the connection.
struct SandboxResponder: Sendable {
  let sandbox: Sandbox
  let testQueue: AsyncStream<TestRequest>.Continuation
  let onEvent: @Sendable (SandboxEvent) -> Void

  /// The most that a form may have.
  private static let bodyLimit = 8 << 20

  func respond(to request: Request, on channel: any Channel) async throws -> Response {
    var request = request
    let body = try await request.collectBody(upTo: SandboxResponder.bodyLimit)
    let call = KitCall(
      method: request.method.rawValue, scheme: "http", host: "127.0.0.1", path: request.uri.path,
      query: request.uri.query ?? "",
      headers: request.headers.map { (name: $0.name.rawName, value: $0.value) }, body: Array(body.readableBytesView))
    let exchange = sandbox.exchange(call)
    if exchange.milliseconds > 0 { try await Task.sleep(for: .milliseconds(exchange.milliseconds)) }
    if let test = exchange.test { testQueue.yield(test) }
    onEvent(SandboxEvent(exchange, method: call.method, path: call.path))
    switch exchange.delivery {
    case .answer(let response):
      return SandboxResponder.head(of: response, body: ResponseBody(byteBuffer: ByteBuffer(bytes: response.body)))
    case .half(let response): return SandboxResponder.half(of: response, on: channel)
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
    // The connection is gone: what is returned now reaches nobody.
    return Response(status: .internalServerError)
  }

  private static func head(of response: KitAnswer, body: ResponseBody) -> Response {
    var headers = HTTPFields()
    for (name, value) in response.headers {
      if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
    }
    return Response(status: .init(code: response.status), headers: headers, body: body)
  }

  /// The head with the full length, half of the body, then the end of the connection.
  private static func half(of response: KitAnswer, on channel: any Channel) -> Response {
    let bytes = ByteBuffer(bytes: response.body.prefix(response.body.count / 2))
    return head(
      of: response,
      body: ResponseBody(contentLength: response.body.count) { writer in
        try await writer.write(bytes)
        try await channel.close()
      })
  }
}

import Hummingbird
import KitMessaging

extension RouterMethods {
  /// Mounts a receiver as a custom channel's callback URL: for copying into a bot of one's own.
  ///
  /// `handle` gets each event once. When it throws, Kit is answered 500 and the event counts as new if it comes again.
  func kit(
    _ path: String, receiver: Receiver, handle: @escaping @Sendable (KitEvent) async throws -> Void
  ) {
    let answer: @Sendable (Request, Context) async throws -> Response = { request, _ in
      var request = request
      let body = try await request.collectBody(upTo: Receiver.bodyLimit)
      let reception = receiver.receive(
        method: request.method.rawValue, headers: request.headers.map { ($0.name.rawName, $0.value) },
        body: Array(body.readableBytesView))
      if case .event(let event) = reception {
        do {
          try await handle(event)
        } catch {
          receiver.window.remove(event.id)
          throw error
        }
      }
      let response = reception.response
      return Response(
        status: .init(code: response.status), headers: [.contentType: "text/plain; charset=utf-8"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: response.body)))
    }
    on("\(path)", method: .get, use: answer)
    on("\(path)", method: .post, use: answer)
  }
}

import HTTPTypes
import HummingbirdCore
import NIOCore
import Transport

extension KitCall {
  /// A request that came in, with at most `limit` bytes of a body.
  init(_ request: Request, limit: Int) async throws {
    var request = request
    let body = try await request.collectBody(upTo: limit)
    self.init(
      method: request.method.rawValue, scheme: "http", host: "127.0.0.1", path: request.uri.path,
      query: request.uri.query ?? "",
      headers: request.headers.map { (name: $0.name.rawName, value: $0.value) }, body: Array(body.readableBytesView))
  }
}

extension Response {
  /// An answer, with its own body or with another.
  init(_ answer: KitAnswer, body: ResponseBody? = nil) {
    var headers = HTTPFields()
    for (name, value) in answer.headers {
      if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
    }
    self.init(
      status: .init(code: answer.status), headers: headers,
      body: body ?? ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
  }
}

extension CallerCheck.Head {
  /// The fields of a request that came in; its first `Host` is separate from the others.
  init(_ request: Request) {
    func values(_ name: String) -> [String] {
      request.headers.filter { $0.name.canonicalName == name }.map(\.value)
    }
    self.init(
      hosts: [request.head.authority].compactMap { $0 } + values("host"), origins: values("origin"),
      sites: values("sec-fetch-site"))
  }
}

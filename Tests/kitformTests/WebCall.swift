import AsyncHTTPTransport
import Basics
import Documents
import Transport

/// Requests of a test to servers on loopback.
struct WebCall: Sendable {
  private let transport: AsyncHTTPTransport

  /// Runs `body` with connections that are closed afterwards.
  static func withCalls<Value: Sendable>(_ body: (WebCall) async throws -> Value) async throws -> Value {
    try await AsyncHTTPTransport.withTransport { try await body(WebCall(transport: $0)) }
  }

  /// Sends one request; a body goes out as JSON.
  func call(
    _ method: String, _ url: String, _ body: String = "", authorization: String? = nil,
    fields: [(name: String, value: String)] = []
  ) async throws -> (status: Int, body: String) {
    var headers: [(name: String, value: String)] = body.isEmpty ? [] : [("Content-Type", "application/json")]
    headers += fields
    if let authorization { headers.append(("Authorization", authorization)) }
    let response = try await transport.send(
      HTTPRequest(method: method, url: try URLParts(url), headers: headers, body: Array(body.utf8)))
    return (response.status, String(decoding: response.body, as: UTF8.self))
  }
}

import AsyncHTTPTransport
import Transport

/// One attempt over a transport of its own: the answer or the failure.
func attempt(
  _ request: HTTPRequest, _ change: (inout AsyncHTTPTransport.TransportSettings) -> Void = { _ in }
) async -> Result<HTTPResponse, TransportFailure> {
  var settings = AsyncHTTPTransport.TransportSettings()
  change(&settings)
  return await AsyncHTTPTransport.withTransport(settings) { await $0.outcome(of: request) }
}

extension AsyncHTTPTransport {
  func outcome(of request: HTTPRequest) async -> Result<HTTPResponse, TransportFailure> {
    do throws(TransportFailure) {
      return .success(try await send(request))
    } catch {
      return .failure(error)
    }
  }
}

extension Result where Failure == TransportFailure {
  var failure: TransportFailure? {
    if case .failure(let failure) = self { failure } else { nil }
  }
}

/// A request in plain http to a server of the test.
func request(
  _ method: String = "POST", port: Int, path: String = "/api", query: String = "",
  headers: [(name: String, value: String)] = [], body: String = ""
) -> HTTPRequest {
  HTTPRequest(
    method: method, scheme: "http", host: "127.0.0.1", port: port, path: path, query: query, headers: headers,
    body: Array(body.utf8))
}

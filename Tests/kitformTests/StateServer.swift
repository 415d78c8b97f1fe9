import Documents
import NIOSSL
import Support
import TestServers
import Transport

/// A state server on loopback, for the shipped binary and for other tools.
struct StateServer {
  let model: ModelStateServer
  let port: Int
  var isSecure = false

  static let path = "/api/v4/projects/7/terraform/state/default"

  /// Runs `body` with a server; `disturb` may answer a request in the model's place.
  static func with<Value>(
    _ rules: ModelStateServer.Rules = .gitLab, authorization: String? = nil, tls: NIOSSLContext? = nil,
    disturb: @escaping @Sendable (HTTPRequest) -> HTTPResponse? = { _ in nil },
    _ body: (StateServer) async throws -> Value
  ) async throws -> Value {
    let model = ModelStateServer(rules, authorization: authorization)
    return try await RawServer.with(
      tls: tls,
      { _, text in
        guard let request = HTTPText.request(text) else { return .writeAndClose(RawServer.answer("400 Bad Request")) }
        return .write(HTTPText.answer(disturb(request) ?? model.answer(request)))
      }
    ) { server in try await body(StateServer(model: model, port: server.port, isSecure: tls != nil)) }
  }

  var address: String { (isSecure ? "https://localhost" : "http://127.0.0.1") + ":\(port)\(StateServer.path)" }

  /// The section of a manifest that keeps its state here.
  func section(_ more: String = "") -> String {
    "state: {backend: http, address: \"\(address)\", lockAddress: \"\(address)/lock\"\(more)}\n"
  }

  var bytes: [UInt8]? { model[StateServer.path] }
  var holder: String? { model.holder(StateServer.path) }
  /// Takes the lock `lock-77` as somebody else would, who applies.
  func lockByAnother() {
    let lock =
      #"{"ID":"lock-77","Operation":"apply","Info":"","Who":"ann@laptop","Version":"1","Created":"2026-05-04T12:04:00Z","Path":""}"#
    _ = model.answer(
      HTTPRequest(method: "POST", host: "127.0.0.1", path: StateServer.path + "/lock", body: Array(lock.utf8)))
  }

  var text: String { String(decoding: bytes ?? [], as: UTF8.self) }
}

extension LocalKitProcess {
  /// A project for this account whose state is kept as `section` says.
  func project(state section: String, _ text: String = Manifests.two) throws -> TestProject {
    try project(text.replacing(Manifests.header, with: Manifests.header + section))
  }
}

import Foundation
import Support
import TestServers
import Transport

/// A server of states for other programs, for as long as somebody holds this process's standard input open.
struct Serving {
  let backend: Backend

  /// Serves, and says the port on a line.
  func run() async throws {
    switch backend {
    case .local: throw BinaryUnderTest.Problem(description: "a local state has no server")
    case .http:
      let model = ModelStateServer(.gitLab)
      try await Self.serve({ model.answer($0) }) { Self.wait($0) }
    case .s3:
      let model = ModelObjectStore()
      try await Self.serve({ model.answer($0) }) { Self.wait($0) }
    case .moto:
      guard let python = await MotoServer.python() else {
        throw BinaryUnderTest.Problem(description: "moto is not installed")
      }
      try await MotoServer.with(python: python) { Self.wait($0) }
    }
  }

  /// Runs `body` with the port of a server that answers by a function.
  static func serve<Value>(
    _ answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse, _ body: (Int) async throws -> Value
  ) async throws -> Value {
    try await RawServer.with({ _, text in
      guard let request = HTTPText.request(text) else { return .writeAndClose(RawServer.answer("400 Bad Request")) }
      return .write(HTTPText.answer(answer(request)))
    }) { server in try await body(server.port) }
  }

  private static func wait(_ port: Int) {
    FileHandle.standardOutput.write(Data("\(port)\n".utf8))
    _ = FileHandle.standardInput.readDataToEndOfFile()
  }
}

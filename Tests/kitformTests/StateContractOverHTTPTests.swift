import AsyncHTTPTransport
import Basics
import Documents
import Manifest
import Provisioning
import StateBackends
import Support
import Testing
import Transport
import Wiring

/// The contract of every state store, over real connections.
@Suite(.startsProcesses)
struct StateContractOverHTTPTests {
  /// A state behind the model server, reached by the real transport.
  private struct ServedPlace: Support.StatePlace {
    let server: StateServer
    let transport: AsyncHTTPTransport

    func store() -> any StateStore {
      guard let address = try? URLParts(server.address), let lock = try? URLParts("\(server.address)/lock") else {
        preconditionFailure("both are URLs")
      }
      return HTTPStateStore(
        .init(address: address, lockAddress: lock), caller: StateContractOverHTTPTests.caller(transport))
    }

    func bytes() throws -> [UInt8]? { server.bytes }
    func replace(_ bytes: [UInt8]) throws { server.model[StateServer.path] = bytes }
    var showsWholeHolder: Bool { false }
  }

  /// A state in moto's S3, each test's under a name of its own.
  private struct MotoPlace: Support.StatePlace {
    let port: Int
    let key: String
    let transport: AsyncHTTPTransport

    func store() -> any StateStore {
      S3StateStore(
        .init(
          endpoint: Origin(scheme: "http", host: "127.0.0.1", port: port), bucket: "states", key: key, pathStyle: true),
        signature: signature, caller: StateContractOverHTTPTests.caller(transport), now: { 1_700_000_000 },
        clock: InstantClock())
    }

    private var signature: SignatureV4 {
      SignatureV4(
        credentials: AWSCredentials(accessKey: "AKID", secretKey: Secret("secret")), region: "us-east-1")
    }

    func bytes() async throws -> [UInt8]? {
      let response = try await transport.send(request("GET"))
      return response.status == 200 ? response.body : nil
    }

    func replace(_ bytes: [UInt8]) async throws { _ = try await transport.send(request("PUT", bytes)) }

    private func request(_ method: String, _ body: [UInt8] = []) -> HTTPRequest {
      signature.signed(
        HTTPRequest(
          method: method, scheme: "http", host: "127.0.0.1", port: port, path: "/states/\(key)", body: body),
        time: 1_700_000_000)
    }
  }

  fileprivate static func caller(_ transport: any Transport) -> Caller {
    Caller(
      transport: transport, limiter: RateLimiter(callsPerSecond: nil, clock: InstantClock()), budget: RetryBudget(),
      clock: ContinuousClock(), now: { 0 })
  }

  @Test(.timeLimit(.minutes(60))) func `the http backend keeps it against a server on loopback`() async throws {
    for promise in StateStoreContract.cases {
      try await StateServer.with { server in
        try await AsyncHTTPTransport.withTransport { transport in
          try await promise.run(ServedPlace(server: server, transport: transport))
        }
      }
    }
  }

  @Test(.timeLimit(.minutes(60))) func `the s3 backend keeps it against moto`() async throws {
    guard let python = await MotoServer.python() else { return }
    try await MotoServer.with(python: python) { port in
      await AsyncHTTPTransport.withTransport { transport in
        // Many that contend are `.ci/state-rounds`' matter.
        for (number, promise) in StateStoreContract.cases.enumerated() where !promise.description.contains("contend") {
          do {
            try await promise.run(MotoPlace(port: port, key: "kitform/\(number).json", transport: transport))
          } catch {
            Issue.record("\(promise): \(error)")
          }
        }
      }
    }
  }
}

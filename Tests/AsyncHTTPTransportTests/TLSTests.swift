import AsyncHTTPTransport
import NIOSSL
import Support
import TestServers
import Testing
import Transport

@Suite(.usesSockets, .timeLimit(.minutes(60)))
struct TLSTests {
  /// One request over TLS to a server with a certificate of the tests, by a client that trusts the tests' authority.
  private func attempt(
    _ certificate: String, host: String = "localhost", from oldest: TLSVersion = .tlsv12,
    to newest: TLSVersion = .tlsv13,
    trust: (TestCertificates) throws -> TrustRoots = { try TrustRoots(caFile: $0.authority, environment: [:]) }
  ) async throws -> (outcome: Result<HTTPResponse, TransportFailure>, requests: Int) {
    let certificates = try TestCertificates.all()
    let roots = try trust(certificates)
    return try await RawServer.with(
      tls: certificates.server(certificate, from: oldest, to: newest), { _, _ in .write(RawServer.answer(body: "ok")) }
    ) { server in
      var settings = AsyncHTTPTransport.TransportSettings()
      settings.trustRoots = roots
      let request = HTTPRequest(
        method: "POST", host: host, port: server.port, path: "/", body: Array("token=s3cret".utf8))
      let outcome = await AsyncHTTPTransport.withTransport(settings) { await $0.outcome(of: request) }
      return (outcome, server.log.requests.count)
    }
  }

  private func words(_ outcome: Result<HTTPResponse, TransportFailure>) -> String? {
    if case .notSent(.certificate(let words)) = outcome.failure { words } else { nil }
  }

  @Test(arguments: ["localhost", "127.0.0.1"], [TLSVersion.tlsv12, .tlsv13])
  func `a certificate of one's own authority is accepted`(host: String, version: TLSVersion) async throws {
    let result = try await attempt("good", host: host, from: version, to: version)
    #expect(try result.outcome.get().body == Array("ok".utf8))
    #expect(result.requests == 1)
  }

  @Test(arguments: [
    ["SSL_CERT_FILE"], ["SSL_CERT_DIR"], ["SSL_CERT_FILE", "SSL_CERT_DIR"],
  ])
  func `the usual variables name authorities too`(variables: [String]) async throws {
    let result = try await attempt("good") { certificates in
      var environment: [String: String] = [:]
      for name in variables {
        environment[name] = name == "SSL_CERT_FILE" ? certificates.authority : certificates.directory
      }
      return try TrustRoots(caFile: nil, environment: environment)
    }
    #expect(try result.outcome.get().status == 200)
  }

  @Test func `an unknown authority is refused and named`() async throws {
    let result = try await attempt("unknown")
    #expect(
      words(result.outcome)
        == "its certificate comes from \"Unknown test authority\", which is not a trusted authority; "
        + "--ca-file adds an authority of your own")
    #expect(result.requests == 0)
  }

  @Test func `without the flag the tests' own authority is unknown too`() async throws {
    let result = try await attempt("good", trust: { _ in .system })
    #expect(words(result.outcome)?.contains("\"Kitform test authority\", which is not a trusted authority") == true)
    #expect(result.requests == 0)
  }

  @Test func `a certificate for another host is refused, with the hosts that it is for`() async throws {
    let result = try await attempt("elsewhere")
    #expect(words(result.outcome) == "its certificate is for other.example, www.other.example, not for localhost")
    #expect(result.requests == 0)
    let address = try await attempt("elsewhere", host: "127.0.0.1")
    #expect(words(address.outcome) == "its certificate is for other.example, www.other.example, not for 127.0.0.1")
    #expect(address.requests == 0)
  }

  @Test func `an expired certificate is refused, with the day`() async throws {
    let result = try await attempt("expired")
    let words = try #require(self.words(result.outcome))
    #expect(
      words.wholeMatch(of: /its certificate expired on \d{4}-\d\d-\d\d; where that is wrong, set this machine's clock/)
        != nil)
    #expect(result.requests == 0)
  }

  @Test func `a self-signed certificate is refused`() async throws {
    let result = try await attempt("self")
    #expect(words(result.outcome) == "its certificate is self-signed; --ca-file adds an authority of your own")
    #expect(result.requests == 0)
  }

  @Test(arguments: [TLSVersion.tlsv1, .tlsv11])
  func `TLS before 1.2 is refused`(version: TLSVersion) async throws {
    let result = try await attempt("good", from: .tlsv1, to: version)
    #expect(result.outcome.failure == .notSent(.tls("it speaks no TLS 1.2 or later")))
    #expect(result.requests == 0)
  }

  @Test func `a server that speaks plain http on the port is told apart`() async throws {
    try await RawServer.with(greeting: "HTTP/1.1 400 Bad Request\r\n\r\n", { _, _ in .silence }) { server in
      let request = HTTPRequest(method: "GET", host: "127.0.0.1", port: server.port, path: "/")
      let outcome = await AsyncHTTPTransport.withTransport { await $0.outcome(of: request) }
      #expect(outcome.failure == .notSent(.tls("it does not speak TLS on this port")))
      #expect(server.log.requests.isEmpty)
    }
  }

  @Test func `a request that is dropped on a reused TLS connection reaches the server exactly once`() async throws {
    let certificates = try TestCertificates.all()
    let roots = try TrustRoots(caFile: certificates.authority, environment: [:])
    var drops = 0
    var hits = 0
    for _ in 0..<Scorecard.trials(10) {
      try await RawServer.with(
        tls: certificates.server("good"), { number, _ in number == 1 ? .write(RawServer.answer()) : .writeAndClose("") }
      ) { server in
        var settings = AsyncHTTPTransport.TransportSettings()
        settings.trustRoots = roots
        try await AsyncHTTPTransport.withTransport(settings) { transport in
          let request = HTTPRequest(method: "POST", host: "localhost", port: server.port, path: "/", body: [120])
          _ = try await transport.send(request)
          #expect(await transport.outcome(of: request).failure == .ambiguous(.endOfStream))
        }
        #expect(server.log.connections == 1)
        #expect(server.log.requests.count == 2)
        drops += 1
        hits += server.log.requests.count - 1
      }
    }
    Scorecard.count(5, ["drops": drops, "hits": hits])
  }

  @Test func `a file of authorities that is missing or holds none is named with its flag`() throws {
    let certificates = try TestCertificates.all()
    let missing = #expect(throws: TrustRoots.TrustProblem.self) {
      try TrustRoots(caFile: "/nowhere/ca.pem", environment: [:])
    }
    #expect(missing?.description == "--ca-file: /nowhere/ca.pem cannot be read")
    let key = "\(certificates.directory)/ca.key"
    let wrong = #expect(throws: TrustRoots.TrustProblem.self) {
      try TrustRoots(caFile: nil, environment: ["SSL_CERT_FILE": key])
    }
    #expect(wrong?.description == "SSL_CERT_FILE: \(key) holds no certificates in PEM form")
    #expect(throws: TrustRoots.TrustProblem.self) {
      try TrustRoots(caFile: nil, environment: ["SSL_CERT_DIR": "/nowhere"])
    }
    #expect(try TrustRoots(caFile: nil, environment: ["SSL_CERT_FILE": ""]).description == nil)
  }
}

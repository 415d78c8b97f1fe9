import AsyncHTTPTransport
import Support
import TestServers
import Testing
import Transport

@Suite(.usesSockets, .timeLimit(.minutes(60)))
struct ExchangeTests {
  @Test func `a request reaches the server as it was given, once, with Kitform's name`() async throws {
    try await RawServer.with({ _, _ in .write(RawServer.answer("201 Created", ["X-A: 1", "X-A: 2"], body: "{}")) }) {
      server in
      let response = try await attempt(
        request(
          "POST", port: server.port, path: "/api/v3//a%2Fb/%C3%A9/../x", query: "domain=a%20b+c&x=%26",
          headers: [("Content-Type", FormBody.contentType)], body: "access_token=s3cret")
      ).get()
      #expect(response.status == 201)
      #expect(response.header("x-a") == "1")
      #expect(response.headers.filter { $0.name == "X-A" }.map(\.value) == ["1", "2"])
      #expect(String(decoding: response.body, as: UTF8.self) == "{}")
      let lines = try #require(server.log.requests.first).split(separator: "\r\n", omittingEmptySubsequences: false)
      #expect(lines.first == "POST /api/v3//a%2Fb/%C3%A9/../x?domain=a%20b+c&x=%26 HTTP/1.1")
      #expect(lines.last == "access_token=s3cret")
      let fields = lines.dropFirst().map { $0.lowercased() }
      #expect(fields.contains("user-agent: kitform"))
      #expect(fields.contains("host: 127.0.0.1:\(server.port)"))
      #expect(fields.contains("content-length: 19"))
      #expect(server.log.requests.count == 1)
    }
  }

  @Test func `a request that may not leave any more is kept back whole, and the next one goes`() async throws {
    try await RawServer.with({ _, _ in .write(RawServer.answer()) }) { server in
      await AsyncHTTPTransport.withTransport { transport in
        var kept = request(port: server.port, path: "/kept", body: "x")
        kept.mayLeave = { false }
        var free = request(port: server.port, path: "/free", body: "y")
        free.mayLeave = { true }
        for _ in 0..<3 {
          #expect(await transport.outcome(of: kept).failure == .cancelled)
          #expect((try? await transport.outcome(of: free).get().status) == 200)
        }
      }
      let requests = server.log.requests
      #expect(requests.count == 3 && requests.allSatisfy { $0.hasPrefix("POST /free HTTP/1.1\r\n") })
      #expect(!requests.joined().lowercased().contains("departure"))
    }
  }

  @Test(arguments: ["GET", "PUT", "DELETE", "LOCK", "UNLOCK", "HEAD"])
  func `every method that the engine uses goes through`(method: String) async throws {
    try await RawServer.with({ _, _ in .write("HTTP/1.1 204 No Content\r\n\r\n") }) { server in
      let response = try await attempt(request(method, port: server.port, body: method == "PUT" ? "x" : "")).get()
      #expect(response.status == 204)
      #expect(server.log.requests.first?.hasPrefix("\(method) /api HTTP/1.1\r\n") == true)
    }
  }

  @Test(arguments: ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"])
  func `a redirect is an answer: nothing is followed, forwarded or sent again`(status: String) async throws {
    try await RawServer.with({ _, _ in .write(RawServer.answer()) }) { other in
      let location = "Location: http://127.0.0.1:\(other.port)/taken"
      try await RawServer.with({ _, _ in .write(RawServer.answer(status, [location])) }) { server in
        for method in ["GET", "POST"] {
          let response = try await attempt(
            request(
              method, port: server.port, headers: [("Authorization", "Bearer s3cret")],
              body: method == "POST" ? "token=s3cret" : "")
          ).get()
          #expect(response.status == Int(status.prefix(3)))
          #expect(response.header("Location") == "http://127.0.0.1:\(other.port)/taken")
        }
        #expect(server.log.requests.count == 2)
        #expect(other.log.connections == 0)
      }
    }
  }

  @Test func `no more connections are open than requests may run at once`() async throws {
    try await RawServer.with({ _, _ in .write(RawServer.answer()) }) { server in
      var settings = AsyncHTTPTransport.TransportSettings()
      settings.parallelism = 3
      // A connection that is dropped for its idleness would be replaced, and so counted twice.
      settings.keptIdle = .seconds(600)
      await AsyncHTTPTransport.withTransport(settings) { transport in
        await withTaskGroup(of: Int?.self) { group in
          for _ in 0..<40 {
            group.addTask { try? await transport.outcome(of: request(port: server.port, body: "x")).get().status }
          }
          for await status in group { #expect(status == 200) }
        }
      }
      #expect(server.log.requests.count == 40)
      #expect((1...3).contains(server.log.connections))
    }
  }

  @Test(arguments: [
    ("::1", false), ("example.com", true), ("127.0.0.1.example.com", true), ("127.1", true), ("10.0.0.1", true),
  ])
  func `plain http goes to this machine only`(host: String, refused: Bool) async {
    let outcome = await attempt(HTTPRequest(method: "GET", scheme: "http", host: host, port: 9, path: "/"))
    if refused {
      #expect(outcome.failure == .notSent(.unsendable("plain http is allowed to this machine only; use https")))
    } else {
      #expect(
        outcome.failure != nil
          && outcome.failure != .notSent(.unsendable("plain http is allowed to this machine only; use https"))
      )
    }
  }

  @Test func `what HTTP does not allow never leaves`() async throws {
    try await RawServer.with({ _, _ in .write(RawServer.answer()) }) { server in
      var bad: [HTTPRequest] = [
        request("GET", port: server.port, path: "api"), request("GET", port: server.port, path: "/a b"),
        request("GET", port: server.port, path: "/a?b"), request("GET", port: server.port, path: "/a#b"),
        request("GET", port: server.port, path: "/a\r\nX: y"), request("GET", port: server.port, query: "a#b"),
        request("GET", port: server.port, query: "a=\r\n"), request("GET\r\n", port: server.port),
        request("GET", port: server.port, headers: [("X", "a\r\nY: b")]),
        request("GET", port: server.port, headers: [("X\r\nY", "a")]), request("GET", port: server.port, path: ""),
      ]
      for host in ["user@127.0.0.1", "127.0.0.1/x?", "127.0.0.1:1", "", "localhost#"] {
        var changed = request("GET", port: server.port)
        changed.host = host
        bad.append(changed)
      }
      for request in bad {
        guard case .notSent(.unsendable) = await attempt(request).failure else {
          Issue.record("\(request) was not refused")
          continue
        }
      }
      #expect(server.log.connections == 0)
    }
  }

  @Test func `a transport that was shut down sends nothing and may be shut down again`() async throws {
    try await RawServer.with({ _, _ in .write(RawServer.answer()) }) { server in
      let transport = AsyncHTTPTransport()
      _ = try await transport.send(request(port: server.port))
      await transport.shutdown()
      await transport.shutdown()
      let outcome = await transport.outcome(of: request(port: server.port))
      #expect(outcome.failure == .notSent(.other("the connections were closed already")))
      #expect(server.log.requests.count == 1)
    }
  }

  @Test func `cancelling while the answer is outstanding is ambiguous, before that it is not`() async throws {
    try await RawServer.with({ _, _ in .silence }) { server in
      var settings = AsyncHTTPTransport.TransportSettings()
      settings.parallelism = 1
      try await AsyncHTTPTransport.withTransport(settings) { transport in
        let first = Task { await transport.outcome(of: request(port: server.port, body: "first")) }
        let came = try await server.sees(requests: 1)
        #expect(came)
        let second = Task { await transport.outcome(of: request(port: server.port, body: "second")) }
        second.cancel()
        #expect(await second.value.failure == .cancelled)
        first.cancel()
        #expect(await first.value.failure == .ambiguous(.other("cancelled while the answer was outstanding")))
        #expect(server.log.requests.count == 1)
      }
    }
  }
}

import AsyncHTTPTransport
import NIOCore
import NIOPosix
import Support
import TestServers
import Testing
import Transport

@Suite(.usesSockets, .timeLimit(.minutes(60)))
struct HostileServerTests {
  private func failure(
    _ action: RawServer.Action, _ change: @escaping (inout AsyncHTTPTransport.TransportSettings) -> Void = { _ in }
  ) async throws -> (failure: TransportFailure?, log: RawServer.Log) {
    try await RawServer.with({ _, _ in action }) { server in
      (await attempt(request(port: server.port, body: "x"), change).failure, server.log)
    }
  }

  @Test func `a port on which nobody listens refuses`() async throws {
    let port = try await RawServer.with({ _, _ in .silence }) { $0.port }
    #expect(await attempt(request(port: port)).failure == .notSent(.connectionRefused))
    var named = request(port: port)
    named.host = "localhost"
    #expect(await attempt(named).failure == .notSent(.connectionRefused))
  }

  @Test func `a name that does not exist is not found`() async {
    let outcome = await attempt(HTTPRequest(method: "GET", host: "kitform-test.invalid", path: "/"))
    #expect(outcome.failure == .notSent(.nameNotFound))
  }

  @Test func `a server that never finishes the TLS handshake runs into the connect timeout`() async throws {
    try await RawServer.with({ _, _ in .silence }) { server in
      let outcome = await attempt(HTTPRequest(method: "GET", host: "127.0.0.1", port: server.port, path: "/")) {
        $0.connectTimeout = .milliseconds(300)
      }
      #expect(outcome.failure == .notSent(.connectTimeout))
    }
  }

  @Test func `an end without an answer`() async throws {
    #expect(try await failure(.writeAndClose("")).failure == .ambiguous(.endOfStream))
  }

  @Test func `a reset without an answer`() async throws {
    #expect(try await failure(.reset).failure == .ambiguous(.reset))
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
  ])
  func `a body that breaks off`(text: String) async throws {
    #expect(
      try await failure(.writeAndClose(text)).failure == .ambiguous(.badAnswer("the answer broke off before its end")))
  }

  @Test(arguments: ["HTTP/1.1 200 OK\r\nContent-", "HTTP/1.1 20"])
  func `a head that breaks off`(text: String) async throws {
    #expect(try await failure(.writeAndClose(text)).failure == .ambiguous(.endOfStream))
  }

  @Test(arguments: [
    "SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "\u{0}\u{1}\u{2}\u{3}",
    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
  ])
  func `an answer that is not HTTP`(text: String) async throws {
    #expect(try await failure(.writeAndClose(text)).failure == .ambiguous(.badAnswer("the answer is not HTTP")))
  }

  @Test func `silence ends at the idle timeout`() async throws {
    let result = try await failure(.silence) { $0.idleTimeout = .milliseconds(200) }
    #expect(result.failure == .ambiguous(.timeout))
    #expect(result.log.requests.count == 1)
  }

  @Test func `an answer that drips without end ends at the request timeout`() async throws {
    let drip = RawServer.Action.drip(head: "HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n", chunk: "x")
    let result = try await failure(drip) { $0.requestTimeout = .seconds(3) }
    #expect(result.failure == .ambiguous(.timeout))
  }

  @Test func `a body over the limit is refused by its stated length, unread`() async throws {
    let limit = AsyncHTTPTransport.TransportSettings().bodyLimit
    #expect(limit == 8 * 1024 * 1024)
    let head = "HTTP/1.1 200 OK\r\nContent-Length: \(limit + 1)\r\n\r\n"
    let result = try await failure(.write(head))
    #expect(result.failure == .ambiguous(.tooLarge(limit: limit)))
  }

  @Test func `a body of exactly the limit is an answer`() async throws {
    let limit = AsyncHTTPTransport.TransportSettings().bodyLimit
    let body = String(repeating: "x", count: limit)
    try await RawServer.with({ _, _ in .write(RawServer.answer(body: body)) }) { server in
      let response = try await attempt(request(port: server.port)).get()
      #expect(response.body.count == limit)
    }
  }

  @Test(arguments: ["", "Transfer-Encoding: chunked\r\n"])
  func `a body without end is cut off at the limit and not taken in`(framing: String) async throws {
    let data = String(repeating: "x", count: 65_536)
    let chunk = framing.isEmpty ? data : "10000\r\n\(data)\r\n"
    let result = try await failure(.endless(head: "HTTP/1.1 200 OK\r\n\(framing)\r\n", chunk: chunk)) {
      $0.bodyLimit = 1 << 20
    }
    #expect(result.failure == .ambiguous(.tooLarge(limit: 1 << 20)))
    // What lies in socket buffers is the kernel's; the transport itself took about a mebibyte.
    #expect(result.log.written < 32 << 20)
  }

  @Test func `a header without end is cut off`() async throws {
    let result = try await failure(
      .endless(head: "HTTP/1.1 200 OK\r\n", chunk: "X-Y: \(String(repeating: "y", count: 4000))\r\n"))
    #expect(result.failure == .ambiguous(.badAnswer("the answer's header is too large")))
    #expect(result.log.written < 32 << 20)
  }

  @Test(arguments: ["POST", "PUT", "DELETE", "GET"], [true, false])
  func `a request that is dropped on a reused connection reaches the server exactly once`(
    method: String, reset: Bool
  ) async throws {
    var drops = 0
    var hits = 0
    for _ in 0..<Scorecard.trials(20) {
      try await RawServer.with({ number, _ in
        number == 1 ? .write(RawServer.answer()) : reset ? .reset : .writeAndClose("")
      }) { server in
        try await AsyncHTTPTransport.withTransport { transport in
          _ = try await transport.send(request("GET", port: server.port, path: "/first"))
          let outcome = await transport.outcome(
            of: request(method, port: server.port, path: "/second", body: method == "GET" ? "" : "x=1"))
          #expect(outcome.failure == .ambiguous(reset ? .reset : .endOfStream))
        }
        let log = server.log
        #expect(log.connections == 1, "the second request has to go out on the first one's connection")
        let sent = log.requests.count { $0.hasPrefix("\(method) /second ") }
        #expect(sent == 1)
        #expect(log.requests.count == 2)
        drops += 1
        hits += sent
      }
    }
    Scorecard.count(5, ["drops": drops, "hits": hits])
  }
}

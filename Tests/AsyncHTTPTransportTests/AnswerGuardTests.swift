import AsyncHTTPTransport
import Support
import Synchronization
import TestServers
import Testing
import Transport

@Suite(.usesSockets, .timeLimit(.minutes(60)))
struct AnswerGuardTests {
  private func failure(_ action: RawServer.Action) async throws -> (failure: TransportFailure?, log: RawServer.Log) {
    try await RawServer.with({ _, _ in action }) { server in
      (await attempt(request(port: server.port, body: "x")).failure, server.log)
    }
  }

  @Test(
    arguments: ["000", "001", "042", "099", "101"],
    ["\r\n", "Content-Length: 2\r\n\r\nok", "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"])
  func `a head that is no final answer is refused before the library sees it`(status: String, rest: String) async throws
  {
    for action in [RawServer.Action.write, RawServer.Action.writeAndClose] {
      let result = try await failure(action("HTTP/1.1 \(status) x\r\n\(rest)"))
      #expect(result.failure == .ambiguous(.badAnswer("the answer is not HTTP")))
      #expect(result.log.requests.count == 1)
    }
  }

  @Test(arguments: ["100 Continue", "102 Processing", "103 Early Hints\r\nLink: <x>", "199 x"])
  func `a few informational heads are passed over, and no answer is made of them alone`(head: String) async throws {
    let informational = "HTTP/1.1 \(head)\r\n\r\n"
    let answer = String(repeating: informational, count: 3) + RawServer.answer("201 Created", body: "made")
    try await RawServer.with({ _, _ in .write(answer) }) { server in
      let response = try await attempt(request(port: server.port, body: "x")).get()
      #expect(response.status == 201 && response.body == Array("made".utf8))
    }
    #expect(try await failure(.writeAndClose(informational)).failure == .ambiguous(.endOfStream))
    let many = String(repeating: informational, count: 40) + RawServer.answer()
    #expect(try await failure(.write(many)).failure == .ambiguous(.badAnswer("the answer is not HTTP")))
  }

  @Test func `an answer that nobody asked for ends its connection, and not the next request`() async throws {
    let twice = RawServer.answer("200 OK", body: "a") + RawServer.answer("500 No", body: "b")
    try await RawServer.with({ _, _ in .write(twice) }) { server in
      await AsyncHTTPTransport.withTransport { transport in
        for _ in 0..<5 {
          let outcome = await transport.outcome(of: request("GET", port: server.port))
          #expect((try? outcome.get().body) == Array("a".utf8) || outcome.failure != nil, "\(outcome)")
        }
      }
    }
  }

  @Test func `no random answer ends the process`() async throws {
    let count = Mutex(UInt64(0))
    let next: @Sendable () -> RandomAnswer = {
      var random = SeededGenerator(
        seed: count.withLock { count in
          count += 1
          return count
        })
      return RandomAnswer(using: &random)
    }
    var settings = AsyncHTTPTransport.TransportSettings()
    settings.idleTimeout = .milliseconds(60)
    settings.bodyLimit = 1 << 16
    try await RandomServer.with(.plain, next: next) { server in
      await AsyncHTTPTransport.withTransport(settings) { transport in
        for number in 0..<400 {
          let outcome = await transport.outcome(
            of: request(number % 3 == 0 ? "GET" : "POST", port: server.port, body: number % 3 == 0 ? "" : "x"))
          if case .success(let response) = outcome { #expect(response.status >= 200) }
        }
      }
    }
  }
}

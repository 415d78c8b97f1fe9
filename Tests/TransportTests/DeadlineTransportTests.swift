import Synchronization
import Testing
import Transport

struct DeadlineTransportTests {
  /// Counts the requests that it answers.
  private final class Counting: Transport {
    let count = Mutex(0)

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
      count.withLock { $0 += 1 }
      return HTTPResponse(status: 200)
    }
  }

  @Test func `after the deadline nothing is sent`() async throws {
    let inner = Counting()
    let isUp = Mutex(false)
    let request = HTTPRequest(method: "POST", host: "127.0.0.1", path: "/")
    let transport = DeadlineTransport(inner) { isUp.withLock { $0 } }
    #expect(try await transport.send(request).status == 200)
    isUp.withLock { $0 = true }
    await #expect(throws: TransportFailure.cancelled) { try await transport.send(request) }
    #expect(inner.count.withLock { $0 } == 1)
  }
}

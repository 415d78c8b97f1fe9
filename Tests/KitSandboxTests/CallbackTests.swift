import KitSandbox
import KitSandboxServer
import Synchronization
import Testing
import Transport

@Suite struct CallbackTests {
  @Test func `the signature of a test request is MD5 over salt and token`() {
    #expect(CallbackSignature.testRequest(salt: "salt", token: "token") == "a090cb180a2443e95363025f5c5e206b")
  }

  @Test func `a creation leaves a signed GET to the callback URL`() throws {
    let kit = LocalKit()
    let test = try #require(kit.create(LocalKit.custom).exchange.test)
    let channel = try #require(kit.sandbox.snapshot.account.channels.first)
    #expect(test.request.method == "GET")
    #expect(test.request.host == "127.0.0.1")
    #expect(test.request.port == 9)
    #expect(test.request.path == "/kit")
    #expect(test.request.body.isEmpty)
    let signature = CallbackSignature.testRequest(salt: channel.salt, token: "full-token")
    #expect(test.request.headers.map(\.name) == ["Authorization"])
    #expect(test.request.headers.map(\.value) == [signature])
  }

  @Test func `without the API token's value the test request is unsigned`() throws {
    let kit = LocalKit()
    let settings = #"{"url":"http://127.0.0.1:9/","token_id":44}"#
    let test = try #require(
      kit.create(LocalKit.custom.dropLast() + [("channel_settings", settings)]).exchange.test)
    #expect(test.authorization == nil)
    #expect(test.request.headers.isEmpty)
  }

  @Test func `neither other kinds nor updates nor refused creations leave a test request`() throws {
    let kit = LocalKit()
    #expect(kit.create(LocalKit.ok).exchange.test == nil)
    let id = try #require(kit.create(LocalKit.custom).id)
    #expect(kit.update(id, [("channel_settings", #"{"url":"http://127.0.0.1:10/"}"#)]).exchange.test == nil)
    #expect(kit.create(LocalKit.custom + [("channel_name", "")]).exchange.test == nil)
  }

  @Test func `test requests go to loopback alone unless others are allowed`() async throws {
    let recorder = RecordingTransport(answer: .success(HTTPResponse(status: 200)))
    let kit = LocalKit()
    let settings = #"{"url":"https://bots.example.com/kit?a=b","token_id":41}"#
    let test = try #require(
      kit.create(LocalKit.custom.dropLast() + [("channel_settings", settings)]).exchange.test)
    let held = await CallbackDelivery(through: recorder).deliver(test)
    #expect(held == .testRequest(channel: 1001, isSigned: true, outcome: .notAllowed(host: "bots.example.com")))
    #expect(recorder.requests.isEmpty)
    let sent = await CallbackDelivery(through: recorder, allowsOtherHosts: true).deliver(test)
    #expect(sent == .testRequest(channel: 1001, isSigned: true, outcome: .answered(200)))
    #expect(recorder.requests.map(\.query) == ["a=b"])
  }

  @Test func `a callback that fails is told in an event`() async throws {
    let test = try #require(LocalKit().create(LocalKit.custom).exchange.test)
    let refusing = RecordingTransport(answer: .failure(.notSent(.connectionRefused)))
    let event = await CallbackDelivery(through: refusing).deliver(test)
    #expect(
      event.words
        == "test request of channel 1001: no answer (the connection was refused); the channel is there all the same")
  }

  @Test func `a callback that never answers is given up`() async throws {
    let test = try #require(LocalKit().create(LocalKit.custom).exchange.test)
    let event = await CallbackDelivery(through: SilentTransport(), limit: .milliseconds(20)).deliver(test)
    #expect(event == .testRequest(channel: 1001, isSigned: true, outcome: .failed("none within 0 seconds")))
  }
}

/// Records requests and gives one answer to all.
final class RecordingTransport: Transport {
  private let sent = Mutex<[HTTPRequest]>([])
  private let answer: Result<HTTPResponse, TransportFailure>

  init(answer: Result<HTTPResponse, TransportFailure>) { self.answer = answer }

  var requests: [HTTPRequest] { sent.withLock { $0 } }

  func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    sent.withLock { $0.append(request) }
    return try answer.get()
  }
}

/// Answers nothing until it is cancelled.
struct SilentTransport: Transport {
  func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    while !Task.isCancelled {
      do { try await Task.sleep(for: .seconds(3600)) } catch { break }
    }
    throw .cancelled
  }
}

import KitMessaging
import Support
import Synchronization
import Testing
import Transport

@Suite struct SessionTests {
  /// A client whose clock a test moves.
  private func client(_ kit: ScriptedKit) throws -> (MessagingClient, InstantClock) {
    let clock = InstantClock()
    let client = try MessagingClient(
      ScriptedKit.configuration, over: ClosureTransport(send: kit.transport), clock: clock)
    return (client, clock)
  }

  private func pass(_ duration: Duration, _ clock: InstantClock) async throws {
    try await clock.sleep(until: clock.now.advanced(by: duration), tolerance: nil)
  }

  @Test func `a login, a refresh and an event are the documented requests`() async throws {
    let kit = ScriptedKit()
    let (client, _) = try client(kit)
    let expiry = try await client.logIn()
    #expect(expiry == SessionExpiry(accessToken: .seconds(900), refreshToken: .seconds(86_400)))
    try await client.refresh()
    try await client.send(event(1))
    let requests = kit.requests
    #expect(requests.map(\.method) == ["POST", "POST", "POST"])
    #expect(
      requests.map(\.url) == [
        "https://kit-im-eu.voximplant.com/api/v3/botService/login?domain=acme&access_token=secret-token-8841",
        "https://kit-im-eu.voximplant.com/api/v3/botService/refreshToken",
        "https://kit-im-eu.voximplant.com/0f6c2f3a-1111-4222-8333-444455556666",
      ])
    #expect(requests.map(\.urlIsSecret) == [true, false, false])
    #expect(
      requests.prefix(2).map { String(decoding: $0.body, as: UTF8.self) } == [
        "channel_uuid=0f6c2f3a-1111-4222-8333-444455556666", "refresh_token=refresh-1-0",
      ])
    #expect(requests[0].headers.map(\.value) == ["application/x-www-form-urlencoded"])
    #expect(requests[1].headers.map(\.name) == ["Content-Type"], "a refresh has no other authentication")
    #expect(requests[2].headers.map(\.value) == ["application/json", "Bearer access-1-1"])
    #expect(requests[2].body == (try event(1).json()))
  }

  @Test func `account name and token are percent-encoded, and may travel in the body`() async throws {
    let kit = ScriptedKit { number, _ in
      number > 1 ? ScriptedKit.answer(200, #"{"success":true,"result":{"access_token":"a","refresh_token":"r"}}"#) : nil
    }
    var configuration = ScriptedKit.configuration
    configuration.account = "a&b c"
    configuration.apiToken = "t+k=%"
    try await MessagingClient(configuration, transport: kit.transport).logIn()
    #expect(kit.requests[0].url.hasSuffix("/login?domain=a%26b%20c&access_token=t%2Bk%3D%25"))
    configuration.endpoints.apiTokenInQuery = false
    configuration.endpoints.accountInQuery = false
    try await MessagingClient(configuration, transport: kit.transport).logIn()
    #expect(kit.requests[1].url.hasSuffix("/botService/login"))
    #expect(!kit.requests[1].urlIsSecret)
    #expect(
      String(decoding: kit.requests[1].body, as: UTF8.self)
        == "channel_uuid=0f6c2f3a-1111-4222-8333-444455556666&domain=a%26b+c&access_token=t%2Bk%3D%25")
  }

  @Test func `tokens are refreshed before 15 minutes, and a login follows after 24 hours`() async throws {
    let kit = ScriptedKit()
    let (client, clock) = try client(kit)
    try await client.send(event(1))
    try await pass(.seconds(13 * 60), clock)
    try await client.send(event(2))
    #expect((kit.logins, kit.refreshes) == (1, 0))
    try await pass(.seconds(90), clock)
    try await client.send(event(3))
    #expect((kit.logins, kit.refreshes) == (1, 1), "14 minutes and a half after the login")
    #expect(String(decoding: kit.requests[3].body, as: UTF8.self) == "refresh_token=refresh-1-0")
    try await pass(.seconds(20 * 3600), clock)
    try await client.send(event(4))
    #expect((kit.logins, kit.refreshes) == (1, 2), "a refresh gives 24 hours anew")
    #expect(String(decoding: kit.requests[5].body, as: UTF8.self) == "refresh_token=refresh-1-1")
    try await pass(.seconds(24 * 3600), clock)
    try await client.send(event(5))
    #expect((kit.logins, kit.refreshes) == (2, 2), "the refresh token is too old")
  }

  @Test(arguments: [0, 900, 100_000])
  func `of many senders one renews, whoever they are`(idle: Int) async throws {
    let kit = ScriptedKit()
    let (client, clock) = try client(kit)
    if idle > 0 { try await client.send(event(0)) }
    try await pass(.seconds(idle), clock)
    let (logins, refreshes) = (kit.logins, kit.refreshes)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...200 { group.addTask { try await client.send(event(number)) } }
      try await group.waitForAll()
    }
    #expect(kit.logins + kit.refreshes == logins + refreshes + 1)
    #expect(kit.events == 200 + (idle > 0 ? 1 : 0))
  }

  @Test func `a token that Kit no longer takes is renewed once, for all who meet it`() async throws {
    let kit = ScriptedKit()
    let (client, _) = try client(kit)
    try await client.send(event(0))
    kit.revoke()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...50 { group.addTask { try await client.send(event(number)) } }
      try await group.waitForAll()
    }
    #expect((kit.logins, kit.refreshes) == (1, 1))
    #expect(kit.events == 51)
  }

  @Test func `a refresh token that was revoked is replaced by a login`() async throws {
    let kit = ScriptedKit { _, request in
      request.url.hasSuffix("/refreshToken") ? ScriptedKit.failure(401, "refresh_token: was used before") : nil
    }
    let (client, clock) = try client(kit)
    try await client.send(event(1))
    try await pass(.seconds(900), clock)
    try await client.send(event(2))
    #expect((kit.logins, kit.refreshes, kit.events) == (2, 0, 2))
    do throws(MessagingError) {
      try await client.refresh()
      Issue.record("a refresh on demand hid that it failed")
    } catch {
      #expect(error.cause == .credentials)
    }
  }

  @Test func `a refused login is not tried again by every sender`() async throws {
    let kit = ScriptedKit { _, _ in ScriptedKit.failure(401, "access_token: is not valid") }
    let (client, clock) = try client(kit)
    for number in 1...20 {
      do throws(MessagingError) {
        try await client.send(event(number))
        Issue.record("sent")
      } catch {
        #expect(error.cause == .credentials)
      }
    }
    #expect(kit.requests.count == 1)
    try await pass(.seconds(6), clock)
    await #expect(throws: MessagingError.self) { try await client.send(event(21)) }
    #expect(kit.requests.count == 2)
    await #expect(throws: MessagingError.self) { try await client.logIn() }
    #expect(kit.requests.count == 3, "a login that is asked for is made at once")
  }

  @Test func `a sender that is cancelled takes the renewal from nobody`() async throws {
    let kit = ScriptedKit()
    let (client, _) = try client(kit)
    let first = Task { try await client.send(event(1)) }
    first.cancel()
    try await client.send(event(2))
    _ = await first.result
    #expect(kit.logins == 1)
    #expect(kit.events >= 1)
  }

  @Test func `an event that Kit refuses under every session ends after two attempts`() async throws {
    let kit = ScriptedKit { _, request in request.url.contains("botService") ? nil : ScriptedKit.failure(401) }
    let (client, _) = try client(kit)
    do throws(MessagingError) {
      try await client.send(event(1))
      Issue.record("sent")
    } catch {
      #expect(error.cause == .credentials)
      #expect(error.status == 401)
    }
    #expect(kit.requests.count == 4, "login, event, refresh, event")
  }
}

/// A public transport where the tests hand in a clock as well.
struct ClosureTransport: Transport {
  let send: MessagingTransport

  func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    let query = request.query.isEmpty ? "" : "?\(request.query)"
    do throws(MessagingTransportFailure) {
      let response = try await send(
        MessagingRequest(
          method: request.method, url: "\(request.scheme)://\(request.host)\(request.path)\(query)",
          urlIsSecret: request.queryIsSecret, headers: request.headers, body: request.body))
      return HTTPResponse(status: response.status, headers: response.headers, body: response.body)
    } catch {
      switch error {
      case .notSent(let reason): throw .notSent(.other(reason))
      case .interrupted(let reason): throw .ambiguous(.other(reason))
      case .cancelled: throw .cancelled
      }
    }
  }
}

import AsyncHTTPTransport
import Basics
import Documents
import KitSandbox
import KitSandboxServer
import Logging
import Testing
import Transport

@Suite struct CallerCheckTests {
  private func status(
    _ hosts: [String], origins: [String] = [], sites: [String] = [], names: [String] = []
  ) -> Int? {
    CallerCheck(names: names)
      .refusal(of: CallerCheck.Head(hosts: hosts, origins: origins, sites: sites), port: 8020)?.status
  }

  @Test(arguments: [
    "127.0.0.1:8020", "localhost:8020", "LocalHost:8020", "[::1]:8020", " 127.0.0.1:8020\t",
  ])
  func `this machine with the server's port is its host`(host: String) {
    #expect(status([host]) == nil)
    #expect(status([host], origins: ["http://\(host)"]) == nil)
  }

  @Test(arguments: [
    "127.0.0.1", "localhost", "localhost:80", "localhost:8021", "127.0.0.1:08020x", "evil.example:8020",
    "127.0.0.1.evil.example:8020", "localhost.evil.example:8020", "127.0.0.2:8020", "0.0.0.0:8020", "[::]:8020",
    "[::ffff:127.0.0.1]:8020", "::1:8020", "2130706433:8020", "localhost.:8020",
  ])
  func `any other host is another server's`(host: String) { #expect([400, 403].contains(status([host]))) }

  @Test func `the host is given once, and can be read`() {
    #expect(status([]) == 400)
    #expect(status(["127.0.0.1:8020", "127.0.0.1:8020"]) == 400)
    #expect(status(["127.0.0.1:8020", "evil.example"]) == 400)
    for text in [
      "", " ", ":8020", "[::1:8020", "[]:8020", "a b:8020", "user@localhost:8020", "localhost:", "localhost:99999",
    ] {
      #expect(status([text]) == 400, "\(text)")
    }
  }

  @Test func `port 80 needs no port in the host`() {
    #expect(CallerCheck().refusal(of: .init(hosts: ["localhost"]), port: 80) == nil)
  }

  @Test func `a name that was allowed counts on any port, and in any case`() {
    for host in ["kit.internal", "KIT.internal:443", "kit.internal:1"] {
      #expect(status([host], names: ["Kit.Internal"]) == nil)
    }
    #expect(status(["kit.internal:1"], origins: ["https://kit.internal"], names: ["kit.internal"]) == nil)
    #expect(status(["other.internal"], names: ["kit.internal"]) == 403)
    #expect(status(["sub.kit.internal"], names: ["kit.internal"]) == 403)
    for name in ["kit.internal", "10.0.0.1", "[fd00::1]", "kit_1"] { #expect(CallerCheck.isName(name), "\(name)") }
    for name in ["", "kit:80", "*.kit", "http://kit", "a b", "[fd00::1"] {
      #expect(!CallerCheck.isName(name), "\(name)")
    }
  }

  @Test(arguments: [
    "null", "", "http://evil.example", "https://evil.example:8020", "http://localhost", "http://localhost:3000",
    "https://localhost:8020", "http://127.0.0.1.evil.example:8020", "file://", "HTTP://EVIL",
    "http://localhost:8020@evil",
    "http://localhost:8020/x",
  ])
  func `a foreign origin is refused`(origin: String) {
    #expect(status(["127.0.0.1:8020"], origins: [origin]) == 403)
    #expect(status(["127.0.0.1:8020"], origins: ["http://127.0.0.1:8020", origin]) == 403)
  }

  @Test(arguments: ["cross-site", "same-site", "Cross-Site", "", "x", "none, cross-site"])
  func `a foreign site is refused`(site: String) {
    #expect(status(["127.0.0.1:8020"], sites: [site]) == 403)
    #expect(status(["127.0.0.1:8020"], sites: ["none", site]) == 403)
  }

  @Test(arguments: ["none", "same-origin", "NONE", " same-origin "])
  func `the address bar and the server's own pages are not foreign`(site: String) {
    #expect(status(["127.0.0.1:8020"], sites: [site]) == nil)
  }

  // MARK: over HTTP

  /// A web page's form, with the right token: what comes of it, and what the callback's server has seen.
  private func form(_ fields: [(name: String, value: String)]) async throws -> (
    HTTPResponse, channels: Int, events: [String], callbacks: [String]
  ) {
    let logger = Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() }
    let (kit, receiver) = (LocalKit(), LocalKit())
    let (events, received) = (EventLog(), EventLog())
    let response = try await AsyncHTTPTransport.withTransport { transport in
      try await SandboxServer.run(receiver.sandbox, logger: logger, onEvent: { received.add($0) }) { callback in
        try await SandboxServer.run(
          kit.sandbox, logger: logger, callbacks: CallbackDelivery(through: transport), onEvent: { events.add($0) }
        ) { server in
          let settings = #"{"url":"http://127.0.0.1:\#(callback.port)/kit","token_id":41}"#
          var request = LocalKit.request(
            "/api/v3/channel/addChannel", Array(LocalKit.custom.dropLast()) + [("channel_settings", settings)])
          request.port = server.port
          request.headers += fields
          return try await transport.send(request)
        }
      }
    }
    return (response, kit.sandbox.snapshot.account.channels.count, events.words, received.words)
  }

  @Test(arguments: [
    [("Origin", "https://evil.example")], [("Origin", "null")], [("sec-fetch-site", "cross-site")],
    [("Origin", "http://127.0.0.1:1"), ("Sec-Fetch-Site", "same-site")], [("Host", "evil.example")],
  ])
  func `a web page's form makes no channel and no call`(fields: [(String, String)]) async throws {
    let outcome = try await form(fields.map { (name: $0.0, value: $0.1) })
    #expect(outcome.0.status == 403)
    #expect(Answer.parse(outcome.0.body)["success"] == false)
    #expect(outcome.channels == 0)
    #expect(outcome.callbacks.isEmpty)
    #expect(outcome.events.count == 1 && outcome.events[0].hasPrefix("refused: POST /api/v3/channel/addChannel: "))
  }

  @Test func `the same form from the command line makes both`() async throws {
    let outcome = try await form([(name: "Sec-Fetch-Site", value: "none")])
    #expect(outcome.0.status == 200)
    #expect(outcome.channels == 1 && outcome.callbacks.count == 1)
  }
}

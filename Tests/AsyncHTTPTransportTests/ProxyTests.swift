import AsyncHTTPTransport
import Support
import TestServers
import Testing
import Transport

struct ProxySettingsTests {
  private func proxy(
    _ environment: [String: String], host: String = "kitapi-eu.voximplant.com", port: Int = 443,
    scheme: String = "https"
  ) throws -> String? {
    try ProxySettings(environment: environment).proxy(scheme: scheme, host: host, port: port)?.description
  }

  @Test func `the usual variables name the proxy, lower case first`() throws {
    #expect(try proxy([:]) == nil)
    #expect(try proxy(["HTTPS_PROXY": "http://p.example:3128"]) == "p.example:3128 (HTTPS_PROXY)")
    #expect(try proxy(["HTTPS_PROXY": "a:1", "https_proxy": "b:2"]) == "b:2 (https_proxy)")
    #expect(try proxy(["ALL_PROXY": "a:1"]) == "a:1 (ALL_PROXY)")
    #expect(try proxy(["ALL_PROXY": "a:1", "HTTPS_PROXY": "b"]) == "b:80 (HTTPS_PROXY)")
    #expect(try proxy(["HTTPS_PROXY": "http://[fd00::1]:3128/"]) == "[fd00::1]:3128 (HTTPS_PROXY)")
    #expect(try proxy(["https_proxy": "", "HTTPS_PROXY": "a:1"]) == nil)
    #expect(try proxy(["HTTP_PROXY": "a:1", "http_proxy": "a:1"]) == nil)
  }

  @Test(arguments: ["127.0.0.1", "127.8.8.8", "localhost", "LOCALHOST", "::1", "app.localhost"])
  func `this machine is never dialled through a proxy`(host: String) throws {
    for scheme in ["http", "https"] {
      #expect(
        try proxy(["HTTPS_PROXY": "a:1", "HTTP_PROXY": "a:1", "ALL_PROXY": "a:1"], host: host, scheme: scheme) == nil)
    }
  }

  @Test(arguments: [
    ("*", "x.example", true), ("x.example", "x.example", true), ("x.example", "a.x.example", true),
    (".x.example", "a.x.example", true), (".x.example", "x.example", true), ("*.x.example", "a.x.example", true),
    ("x.example", "ax.example", false), ("x.example", "x.example.org", false), ("X.Example.", "x.example", true),
    ("a, x.example ,b", "x.example", true), ("x.example:443", "x.example", true), ("x.example:444", "x.example", false),
    ("10.0.0.5", "10.0.0.5", true), ("10.0.0.0/8", "10.200.3.4", true), ("10.0.0.0/8", "11.0.0.1", false),
    ("10.0.0.0/12", "10.15.0.1", true), ("10.0.0.0/12", "10.16.0.1", false), ("fd00::/8", "fd12::1", true),
    ("fd00::/8", "fe80::1", false), ("10.0.0.0/99", "10.0.0.1", false), ("", "x.example", false),
  ])
  func `NO_PROXY lists what is dialled directly`(list: String, host: String, direct: Bool) throws {
    for name in ["NO_PROXY", "no_proxy"] {
      #expect((try proxy(["HTTPS_PROXY": "a:1", name: list], host: host) == nil) == direct)
    }
  }

  @Test(arguments: ["https://p:3128", "socks5://p:1080", "http://p:0", "http://p/x", "p?x", "http://"])
  func `a proxy that cannot be used is an error that names the variable and never a password`(value: String) {
    for text in [value, value.replacing("p", with: "u:s3cret@p", maxReplacements: 1)] {
      let problem = #expect(throws: ProxySettings.ProxyProblem.self) {
        try ProxySettings(environment: ["HTTPS_PROXY": text])
      }
      #expect(problem?.description.hasPrefix("HTTPS_PROXY ") == true)
      #expect(problem?.description.contains("s3cret") == false)
    }
  }

  @Test func `descriptions hold no credentials`() throws {
    let settings = try ProxySettings(environment: [
      "HTTPS_PROXY": "http://us%40er:s3cret@p.example:3128", "NO_PROXY": "a,b",
    ])
    #expect(
      settings.description == "through the proxy p.example:3128 (HTTPS_PROXY), except for 2 of NO_PROXY's entries")
    #expect(ProxySettings.none.description == "no proxy")
    let proxy = try #require(settings.https)
    var texts = ["\(settings)", String(reflecting: settings), "\(proxy)", String(reflecting: proxy)]
    for value in [settings, proxy] as [any Sendable] {
      var dumped = ""
      dump(value, to: &dumped)
      texts.append(dumped)
    }
    for text in texts { #expect(!text.contains("s3cret") && !text.contains("us@er"), "\(text)") }
  }
}

@Suite(.usesSockets, .timeLimit(.minutes(60)))
struct ProxyTests {
  /// One request to a host that exists behind the proxy alone.
  private func attempt(through proxy: String, trust: TrustRoots = .system) async throws -> Result<
    HTTPResponse, TransportFailure
  > {
    var settings = AsyncHTTPTransport.TransportSettings()
    settings.proxies = try ProxySettings(environment: ["HTTPS_PROXY": proxy])
    settings.trustRoots = trust
    let request = HTTPRequest(
      method: "POST", host: "kit.example.test", path: "/in", headers: [("Authorization", "Bearer t0ken")], body: [120])
    return await AsyncHTTPTransport.withTransport(settings) { await $0.outcome(of: request) }
  }

  @Test func `a request goes through the tunnel, and the proxy sees host and its own password alone`() async throws {
    let certificates = try TestCertificates.all()
    let tls = try certificates.server("good")
    try await RawServer.with({ number, _ in number == 1 ? .tunnel(tls) : .write(RawServer.answer(body: "in")) }) {
      proxy in
      let outcome = try await attempt(
        through: "http://user:pass@127.0.0.1:\(proxy.port)",
        trust: TrustRoots(caFile: certificates.authority, environment: [:]))
      #expect(try outcome.get().body == Array("in".utf8))
      let requests = proxy.log.requests
      #expect(requests.count == 2)
      #expect(requests[0].hasPrefix("CONNECT kit.example.test:443 HTTP/1.1\r\n"))
      #expect(requests[0].lowercased().contains("proxy-authorization: basic dxnlcjpwyxnz\r\n"))
      #expect(!requests[0].contains("t0ken"))
      #expect(requests[1].hasPrefix("POST /in HTTP/1.1\r\n"))
      #expect(!requests[1].lowercased().contains("proxy-authorization"))
    }
  }

  @Test func `a server behind the proxy needs a trusted certificate too`() async throws {
    let tls = try TestCertificates.all().server("good")
    try await RawServer.with({ _, _ in .tunnel(tls) }) { proxy in
      let outcome = try await attempt(through: "127.0.0.1:\(proxy.port)")
      guard case .notSent(.certificate(let words)) = outcome.failure else {
        Issue.record("\(outcome)")
        return
      }
      #expect(words.contains("through the proxy 127.0.0.1:\(proxy.port) (HTTPS_PROXY)"))
      #expect(proxy.log.requests.count == 1)
    }
  }

  @Test(arguments: [
    ("403 Forbidden", "refused to open a tunnel to the server"),
    ("502 Bad Gateway", "refused to open a tunnel to the server"),
    ("000 x", "refused to open a tunnel to the server"), ("099 x", "refused to open a tunnel to the server"),
    ("101 Switching Protocols", "refused to open a tunnel to the server"),
  ])
  func `a proxy that refuses is named`(status: String, words: String) async throws {
    try await RawServer.with({ _, _ in .write(RawServer.answer(status)) }) { proxy in
      let outcome = try await attempt(through: "u:s3cret@127.0.0.1:\(proxy.port)")
      #expect(outcome.failure == .notSent(.proxy("the proxy 127.0.0.1:\(proxy.port) (HTTPS_PROXY) \(words)")))
    }
  }

  @Test func `a proxy that does not accept the password sees it once, however many requests there are`() async throws {
    try await RawServer.with({ _, _ in .write(RawServer.answer("407 Proxy Authentication Required")) }) { proxy in
      var settings = AsyncHTTPTransport.TransportSettings()
      settings.proxies = try ProxySettings(environment: ["HTTPS_PROXY": "http://u:s3cret@127.0.0.1:\(proxy.port)"])
      let failures = await AsyncHTTPTransport.withTransport(settings) { transport in
        await withTaskGroup(of: TransportFailure?.self) { group in
          for number in 0..<12 {
            group.addTask {
              await transport.outcome(of: HTTPRequest(method: "GET", host: "h\(number).example.test", path: "/"))
                .failure
            }
          }
          return await group.reduce(into: []) { $0.append($1) }
        }
      }
      let words = "the proxy 127.0.0.1:\(proxy.port) (HTTPS_PROXY) wants a user name and password, or other ones"
      #expect(failures == Array(repeating: .notSent(.proxyCredentials(words)), count: 12))
      #expect(proxy.log.requests.count == 1)
    }
  }

  @Test func `a proxy that refuses one tunnel is asked for the next`() async throws {
    try await RawServer.with({ _, _ in .write(RawServer.answer("502 Bad Gateway")) }) { proxy in
      var settings = AsyncHTTPTransport.TransportSettings()
      settings.proxies = try ProxySettings(environment: ["HTTPS_PROXY": "127.0.0.1:\(proxy.port)"])
      await AsyncHTTPTransport.withTransport(settings) { transport in
        for _ in 0..<3 {
          #expect(
            await transport.outcome(of: HTTPRequest(method: "GET", host: "kit.example.test", path: "/")).failure != nil)
        }
      }
      #expect(proxy.log.requests.count == 3)
    }
  }

  @Test func `a proxy that is not there is named`() async throws {
    let port = try await RawServer.with({ _, _ in .silence }) { $0.port }
    let outcome = try await attempt(through: "127.0.0.1:\(port)")
    #expect(
      outcome.failure == .notSent(.proxy("the proxy 127.0.0.1:\(port) (HTTPS_PROXY): it refused the connection")))
  }

  @Test func `a proxy that closes without an answer is named`() async throws {
    try await RawServer.with({ _, _ in .writeAndClose("") }) { proxy in
      guard case .notSent(.proxy(let words)) = try await attempt(through: "127.0.0.1:\(proxy.port)").failure else {
        Issue.record("not a proxy's failure")
        return
      }
      #expect(words.hasPrefix("the proxy 127.0.0.1:\(proxy.port) (HTTPS_PROXY)"))
    }
  }
}

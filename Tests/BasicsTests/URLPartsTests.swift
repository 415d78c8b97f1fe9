import Basics
import Testing

struct URLPartsTests {
  @Test func `a whole URL comes apart and keeps its spelling behind the host`() throws {
    let url = try URLParts("HTTPS://us%65r:pw@Bots.Example.COM:8443/a%2Fb//C?x=1&y=%20?#frag/?")
    #expect(url.scheme == "https")
    #expect(url.userInfo == "us%65r:pw")
    #expect(url.host == "bots.example.com")
    #expect(url.port == 8443)
    #expect(url.path == "/a%2Fb//C")
    #expect(url.query == "x=1&y=%20?")
    #expect(url.fragment == "frag/?")
    #expect(url.origin == "https://bots.example.com:8443")
  }

  @Test func `parts that are not there are nil, and parts that are empty are empty`() throws {
    let bare = try URLParts("http://127.0.0.1")
    #expect(bare.userInfo == nil && bare.port == nil && bare.query == nil && bare.fragment == nil)
    #expect(bare.path == "")
    #expect(bare.effectivePort == 80)
    let empty = try URLParts("https://@h?#")
    #expect(empty.userInfo == "" && empty.query == "" && empty.fragment == "")
    #expect(empty.effectivePort == 443)
  }

  @Test func `an IPv6 address stands in brackets`() throws {
    let url = try URLParts("http://[::1]:8080/x")
    #expect(url.host == "::1")
    #expect(url.port == 8080)
    #expect(url.bracketedHost == "[::1]")
    #expect(url.origin == "http://[::1]:8080")
  }

  @Test(arguments: [
    ("", URLParts.Problem.notAbsolute), ("bots.example.com/x", .notAbsolute), ("//h/x", .notAbsolute),
    ("ftp://h/", .notAbsolute), ("https:h", .notAbsolute), ("javascript:alert(1)", .notAbsolute),
    (" https://h", .notAbsolute),
    ("https://", .noHost), ("https:///x", .noHost), ("https://:80/", .noHost), ("https://u@/", .noHost),
    ("https://h /", .character(offset: 9)), ("https://h/\u{9}", .character(offset: 10)),
    ("https://h\\@evil.example/", .character(offset: 9)), ("https://h/é", .character(offset: 10)),
    ("https://bücher.example/", .character(offset: 9)), ("https://h/{x}", .character(offset: 10)),
    ("https://h/%2", .percent(offset: 10)), ("https://h/%zz", .percent(offset: 10)),
    ("https://a@b@c/", .userInfo),
    ("https://h:0/", .port), ("https://h:65536/", .port), ("https://h:/", .port), ("https://h:+80/", .port),
    ("https://h:80:90/", .port), ("https://h:8o/", .port),
    ("https://[::1/", .host), ("https://[::1]x/", .host), ("https://[127.0.0.1]/", .host), ("https://[]/", .host),
    ("https://a..b/", .host), ("https://h%2eexample/", .host), ("https://-h/", .host),
    ("https://[fe80::1%25eth0]/", .host),
  ])
  func `a text that is no plain URL is refused with its reason`(text: String, problem: URLParts.Problem) {
    #expect(throws: problem) { try URLParts(text) }
  }

  @Test func `the length has a limit`() throws {
    let base = "https://h/"
    let fits = base + String(repeating: "a", count: URLParts.maximumLength - base.utf8.count)
    #expect(try URLParts(fits).host == "h")
    #expect(throws: URLParts.Problem.tooLong) { try URLParts(fits + "a") }
  }

  @Test func `digits that only some libraries read as an address pass the parser and are named by their class`() throws
  {
    for host in ["2130706433", "0x7f.1", "127.1"] {
      #expect(HostClass(try URLParts("https://\(host)/").host) == .digits)
    }
  }

  @Test func `no description of a problem quotes the URL`() {
    for text in ["https://s3cret\\@h/", "https://s3cret@a@h/", "s3cret", "https://h:s3cret/", "https://s3cret..x/"] {
      let problem = #expect(throws: URLParts.Problem.self) { try URLParts(text) }
      #expect(problem?.description.contains("s3cret") == false)
    }
  }

  @Test func `an origin is a host as Kit shows it, or with scheme and port`() throws {
    #expect(try Origin(written: "kitapi-eu.voximplant.com") == Origin(host: "kitapi-eu.voximplant.com"))
    #expect(try Origin(written: "https://H:444/") == Origin(host: "h", port: 444))
    #expect(try Origin(written: "http://127.0.0.1:8080") == Origin(scheme: "http", host: "127.0.0.1", port: 8080))
    #expect(throws: Origin.OriginProblem.plainHTTP) { try Origin(written: "http://kitapi-eu.voximplant.com") }
    for text in ["u:p@h", "h/path", "https://h?x", "https://h#x"] {
      #expect(throws: Origin.OriginProblem.moreThanAHost) { try Origin(written: text) }
    }
    #expect(throws: Origin.OriginProblem.url(.noHost)) { try Origin(written: "") }
  }
}

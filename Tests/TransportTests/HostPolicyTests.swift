import Basics
import Documents
import Testing
import Transport

struct HostPolicyTests {
  @Test(arguments: [
    "kitapi-eu.voximplant.com", "KITAPI-EU.Voximplant.COM", "kitapi-eu.voximplant.com.", "a.b.c.voximplant.com",
    "127.0.0.1", "127.8.9.10", "localhost", "LOCALHOST", "::1", "[::1]",
  ])
  func `without a list, Kit's own names and this machine are allowed`(host: String) {
    for purpose in [HostPolicy.Purpose.account, .state] {
      #expect(HostPolicy().verdict(on: host, for: purpose) == .allowed)
    }
  }

  @Test(arguments: [
    ("evilvoximplant.com", HostPolicy.HostRefusal.notListed), ("voximplant.com.evil.org", .notListed),
    ("kit-voximplant.com", .notListed), ("voximplant.com", .notListed), ("voximplant.co", .notListed),
    ("kitapi.voximplant.com.evil.org.", .notListed), ("voximplant.com.localhost", .notListed),
    ("localhost.evil.org", .notListed), ("127.0.0.1.evil.org", .notListed), ("10.0.0.1", .notListed),
    ("169.254.169.254", .notListed), ("0.0.0.0", .notListed), ("::ffff:127.0.0.1", .notListed), ("::", .notListed),
    ("xn--voximplnt-82a.com", .notListed), ("kitapi.xn--voximplnt-82a.com", .notListed),
    (".voximplant.com", .malformed), ("kitapi..voximplant.com", .malformed), ("kitapi.voximplant.com..", .malformed),
    ("evil.org@kitapi.voximplant.com", .malformed), ("kitapi.voximplant.com@evil.org", .malformed),
    ("evil.org/.voximplant.com", .malformed), ("evil.org#.voximplant.com", .malformed),
    ("evil.org?.voximplant.com", .malformed), ("evil.org\\.voximplant.com", .malformed),
    ("evil.org:443.voximplant.com", .malformed), ("kitapi.voximplant.com:443", .malformed),
    ("evil.org%00.voximplant.com", .malformed), ("evil.org\u{0}.voximplant.com", .malformed),
    ("evil.org .voximplant.com", .malformed), ("evil.org\n.voximplant.com", .malformed),
    ("kitapi.vοximplant.com", .malformed), ("kitapi.ｖoximplant.com", .malformed),
    ("kitapi。voximplant.com", .malformed), ("kitapi.voximplant.com\u{200b}", .malformed), ("", .malformed),
    ("2130706433", .digits), ("0x7f.1", .digits), ("127.1", .digits), ("0177.0.0.1", .digits), ("127.0.0.1.1", .digits),
  ])
  func `an attacker's host is refused with its reason`(host: String, refusal: HostPolicy.HostRefusal) {
    #expect(HostPolicy().verdict(on: host, for: .account) == .refused(refusal))
    #expect(HostPolicy().verdict(on: host, for: .state) == .refused(refusal))
  }

  @Test func `the list allows exact names, addresses and names under a wildcard, and nothing more`() {
    let policy = HostPolicy(allowList: " Kit.Example.com,*.corp.example ;10.0.0.5\n fd00::1 ")
    for host in ["kit.example.com", "KIT.example.com.", "a.corp.example", "a.b.corp.example", "10.0.0.5", "fd00:0::1"] {
      #expect(policy.verdict(on: host, for: .account) == .allowed, "\(host)")
    }
    for host in ["a.kit.example.com", "example.com", "corp.example", "evilcorp.example", "10.0.0.50", "fd00::2"] {
      #expect(policy.verdict(on: host, for: .account) == .refused(.notListed), "\(host)")
    }
    #expect(policy.unreadableEntries.isEmpty)
  }

  @Test func `an entry that is no host allows nothing and is named`() {
    let policy = HostPolicy(
      allowList: "*, *., *.*.com, https://kit.example.com, kit.example.com:8443, 127.1, ok.example")
    #expect(
      policy.unreadableEntries
        == ["*", "*.", "*.*.com", "https://kit.example.com", "kit.example.com:8443", "127.1"])
    #expect(policy.verdict(on: "kit.example.com", for: .account) == .refused(.notListed))
    #expect(policy.verdict(on: "ok.example", for: .account) == .allowed)
  }

  @Test func `GitLab's own host is allowed for a state alone`() {
    let policy = HostPolicy(serverHost: "GitLab.example.com")
    #expect(policy.verdict(on: "gitlab.example.com", for: .state) == .allowed)
    #expect(policy.verdict(on: "gitlab.example.com", for: .account) == .refused(.notListed))
    #expect(policy.verdict(on: "a.gitlab.example.com", for: .state) == .refused(.notListed))
    #expect(HostPolicy(serverHost: "").verdict(on: "", for: .state) == .refused(.malformed))
  }

  @Test func `a URL's tricks end in the host that would be dialled`() throws {
    for text in [
      "https://kitapi.voximplant.com@evil.org/", "https://kitapi.voximplant.com:x@evil.org/",
      "https://evil.org/@kitapi.voximplant.com", "https://evil.org?@kitapi.voximplant.com",
      "https://evil.org#@kitapi.voximplant.com",
    ] {
      let url = try URLParts(text)
      #expect(url.host == "evil.org")
      #expect(HostPolicy().verdict(on: url.host, for: .account) == .refused(.notListed))
      #expect(HTTPRequest(method: "GET", url: url).host == "evil.org")
    }
  }
}

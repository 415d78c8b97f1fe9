import Basics
import Testing

struct HostClassTests {
  @Test(arguments: [
    ("example.com", HostClass.name), ("EXAMPLE.com.", .name), ("a_b.example", .name), ("xn--bcher-kva.example", .name),
    ("8.8.8.8", .publicAddress), ("172.32.0.1", .publicAddress), ("2a00:1450:4001::1", .publicAddress),
    ("127.0.0.1", .loopback), ("127.255.255.254", .loopback), ("localhost", .loopback), ("LOCALHOST.", .loopback),
    ("app.localhost", .loopback), ("::1", .loopback), ("[::1]", .loopback), ("::ffff:127.0.0.1", .loopback),
    ("10.1.2.3", .privateAddress), ("172.16.0.1", .privateAddress), ("172.31.255.255", .privateAddress),
    ("192.168.1.1", .privateAddress), ("100.64.0.1", .privateAddress), ("fd12:3456::1", .privateAddress),
    ("::ffff:10.0.0.1", .privateAddress), ("64:ff9b::192.168.0.1", .privateAddress),
    ("2002:0a00:0001::", .privateAddress), ("fec0::1", .privateAddress),
    ("169.254.1.1", .linkLocal), ("fe80::1", .linkLocal), ("febf::1", .linkLocal),
    ("169.254.169.254", .metadata), ("169.254.170.2", .metadata), ("fd00:ec2::254", .metadata),
    ("metadata.google.internal", .metadata), ("::ffff:a9fe:a9fe", .metadata), ("100.100.100.200", .metadata),
    ("0.0.0.0", .unspecified), ("0.1.2.3", .unspecified), ("::", .unspecified),
    ("224.0.0.1", .reserved), ("255.255.255.255", .reserved), ("ff02::1", .reserved), ("2001:db8::1", .reserved),
    ("192.0.2.1", .reserved), ("198.51.100.7", .reserved), ("203.0.113.9", .reserved),
    ("2130706433", .digits), ("0x7f.1", .digits), ("127.1", .digits), ("0177.0.0.1", .digits), ("127.0.0.01", .digits),
    ("127.0.0.0x1", .digits), ("1.2.3.4.5", .digits), ("256.1.1.1", .digits), ("0x7f000001", .digits), ("a.1", .digits),
    ("", .malformed), (".", .malformed), ("a..b", .malformed), (".a", .malformed), ("-a.com", .malformed),
    ("a-.com", .malformed), ("bücher.example", .malformed), ("ｖoximplant.com", .malformed), ("a b", .malformed),
    ("a%2eb", .malformed), ("::1::", .malformed), ("1:2:3:4:5:6:7:8:9", .malformed), ("1:2:3:4:5:6:7", .malformed),
    ("fe80::1%eth0", .malformed), (":::", .malformed), ("12345::", .malformed), ("1.2.3.4::", .malformed),
  ])
  func `the spelling of a host tells its class`(host: String, expected: HostClass) {
    #expect(HostClass(host) == expected)
  }

  @Test(arguments: [
    "127.0.0.1", "127.9.8.7", "localhost", "LocalHost", "::1", "[::1]", "0:0:0:0:0:0:0:1",
  ])
  func `this machine is loopback`(host: String) {
    #expect(HostClass.isLoopback(host))
  }

  @Test(arguments: [
    "127.1", "2130706433", "0x7f.0.0.1", "127.0.0.1.example.com", "localhost.example.com", "app.localhost", "0.0.0.0",
    "::ffff:127.0.0.1", "::", "128.0.0.1", "", "1270.0.0.1", "127.0.0.256", "notlocalhost", "localhost.",
    "LOCALHOST.", "127.0.0.1.", "localhost..",
  ])
  func `what only resembles this machine is not loopback`(host: String) {
    #expect(!HostClass.isLoopback(host))
  }

  @Test func `a label has 63 bytes and a name 253`() {
    let label = String(repeating: "a", count: 63)
    #expect(HostClass(label + ".com") == .name)
    #expect(HostClass(label + "a.com") == .malformed)
    #expect(HostClass([label, label, label, String(repeating: "b", count: 61)].joined(separator: ".")) == .name)
    #expect(HostClass([label, label, label, String(repeating: "b", count: 62)].joined(separator: ".")) == .malformed)
  }
}

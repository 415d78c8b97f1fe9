import Manifest
import Provisioning
import Testing

struct SecretFingerprinterTests {
  private let address = Address(kind: "ok", key: "community")
  private let long = Secret("0123456789abcdef0123456789abcdef")

  @Test(arguments: ["0123456789abcdef0123456789abcdef", "short"])
  func `a value compares as the same in another run, and another value as changed`(source: String) throws {
    let first = SecretFingerprinter(source: Secret(source), host: "h", account: "a")
    let second = SecretFingerprinter(source: Secret(source), host: "h", account: "a")
    let known = try first.fingerprint(Secret("123456"), of: address, field: "accessToken")
    #expect(try second.fingerprint(Secret("123456"), of: address, field: "accessToken") == known)
    #expect(try second.compare(Secret("123456"), of: address, field: "accessToken", with: known) == .same)
    #expect(try second.compare(Secret("123457"), of: address, field: "accessToken", with: known) == .changed)
  }

  @Test func `another source, host or account is another key, and comparing says unknown`() throws {
    let known = try SecretFingerprinter(source: long, host: "h", account: "a")
      .fingerprint(Secret("value"), of: address, field: "f")
    for other in [
      SecretFingerprinter(source: Secret("0123456789abcdef0123456789abcdeg"), host: "h", account: "a"),
      SecretFingerprinter(source: long, host: "h2", account: "a"),
      SecretFingerprinter(source: long, host: "h", account: "b"),
      SecretFingerprinter(source: long, host: "ha", account: ""),
    ] {
      #expect(try other.compare(Secret("value"), of: address, field: "f", with: known) == .unknown)
    }
  }

  @Test func `equal secrets of different channels and fields look different`() throws {
    let fingerprinter = SecretFingerprinter(source: long, host: "h", account: "a")
    var digests: Set<String> = []
    for (key, field) in [("a", "b"), ("ab", "c"), ("a", "bc"), ("b", "a")] {
      let address = Address(kind: "ok", key: key)
      digests.insert(try fingerprinter.fingerprint(Secret("v"), of: address, field: field).digest)
    }
    #expect(digests.count == 4)
  }

  @Test func `a fingerprint holds 64 digits and a key id of 16, and nothing of the value`() throws {
    let fingerprint = try SecretFingerprinter(source: long, host: "h", account: "a")
      .fingerprint(Secret("v"), of: address, field: "f")
    #expect(fingerprint.digest.count == 64)
    #expect(fingerprint.key.count == 16)
  }

  @Test func `a fingerprint that is no hexadecimal text compares as unknown`() throws {
    let fingerprinter = SecretFingerprinter(source: long, host: "h", account: "a")
    var known = try fingerprinter.fingerprint(Secret("v"), of: address, field: "f")
    known.digest = "xyz"
    #expect(try fingerprinter.compare(Secret("v"), of: address, field: "f", with: known) == .unknown)
  }

  @Test func `an empty source is refused when the key is needed, not before`() {
    let fingerprinter = SecretFingerprinter(source: Secret(""), host: "h", account: "a")
    #expect(throws: KeyDerivationFailure.self) {
      try fingerprinter.fingerprint(Secret("v"), of: address, field: "f")
    }
  }
}

import Foundation
import NIOSSL
import TestServers
import Testing

@testable import AsyncHTTPTransport

struct CertificateFactsTests {
  private func der(_ name: String) throws -> [UInt8] {
    try #require(try NIOSSLCertificate.fromPEMFile("\(TestCertificates.all().directory)/\(name).pem").first)
      .toDERBytes()
  }

  @Test func `a certificate says whom it is for and whom it is from`() throws {
    let leaf = try #require(CertificateFacts(der: der("good"), notBefore: 0, notAfter: 0))
    #expect(leaf.names == ["localhost", "kit.example.test", "127.0.0.1"])
    #expect(leaf.issuer == "Kitform test authority")
    #expect(!leaf.isSelfIssued)
    let authority = try #require(CertificateFacts(der: der("ca"), notBefore: 0, notAfter: 0))
    #expect(authority.isSelfIssued)
    #expect(authority.names.isEmpty)
  }

  @Test func `a broken certificate is read as far as it goes, never beyond`() throws {
    let good = try der("good")
    for length in 0..<good.count {
      _ = CertificateFacts(der: Array(good.prefix(length)), notBefore: 0, notAfter: 0)
    }
    for index in good.indices {
      for bit in 0..<8 {
        var changed = good
        changed[index] ^= 1 << UInt8(bit)
        let facts = CertificateFacts(der: changed, notBefore: 0, notAfter: 0)
        for text in (facts?.names ?? []) + [facts?.issuer ?? ""] {
          #expect(text.unicodeScalars.allSatisfy { ($0.value >= 0x20 && $0.value < 0x7f) || $0 == "…" })
        }
      }
    }
    #expect(CertificateFacts(der: [], notBefore: 0, notAfter: 0) == nil)
    #expect(CertificateFacts(der: [0x30, 0x84, 0xff, 0xff, 0xff, 0xff], notBefore: 0, notAfter: 0) == nil)
  }

  @Test func `a certificate that is out of date is said to be so before anything else`() throws {
    let der = try der("self")
    let now = Date(timeIntervalSince1970: 1_700_000_000)
    func words(_ before: Int, _ after: Int) throws -> String {
      let facts = try #require(CertificateFacts(der: der, notBefore: before, notAfter: after))
      return CertificateWords.describe(.notTrusted, chain: [facts], host: "h", proxy: nil, now: now)
    }
    #expect(
      try words(0, 1_600_000_000)
        == "its certificate expired on 2020-09-13; where that is wrong, set this machine's clock")
    #expect(
      try words(1_800_000_000, 1_900_000_000)
        == "its certificate is not valid before 2027-01-15; where that is wrong, set this machine's clock")
    #expect(try words(0, 1_900_000_000) == "its certificate is self-signed; --ca-file adds an authority of your own")
  }

  @Test func `without a look at the certificate the words stay general`() {
    let words = CertificateWords.describe(.notTrusted, chain: [], host: "h", proxy: nil)
    #expect(
      words == "its certificate is not from a trusted authority or out of date; --ca-file adds an authority of your own"
    )
    #expect(CertificateWords.describe(.wrongHost, chain: [], host: "h", proxy: nil) == "its certificate is not for h")
  }
}

import Manifest
import StateBackends
import Testing
import Transport

/// AWS's own published examples of Signature Version 4.
struct SignatureV4Tests {
  /// "Signature Calculations for the Authorization Header" in the API reference of Amazon S3.
  private let amazon = SignatureV4(
    credentials: AWSCredentials(
      accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")),
    region: "us-east-1")
  private let time = 1_369_353_600

  private func signature(_ request: HTTPRequest) -> String? {
    amazon.signed(request, time: time).headers.last { $0.name == "Authorization" }?.value
      .components(behind: "Signature=")
  }

  private func request(
    _ method: String, _ path: String, query: String = "", headers: [(name: String, value: String)] = [],
    body: String = ""
  ) -> HTTPRequest {
    HTTPRequest(
      method: method, host: "examplebucket.s3.amazonaws.com", path: path, query: query, headers: headers,
      body: Array(body.utf8))
  }

  @Test func `a GET with a range`() {
    #expect(
      signature(request("GET", "/test.txt", headers: [("Range", "bytes=0-9")]))
        == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
  }

  @Test func `a PUT with a body and a name that is encoded`() {
    #expect(
      signature(
        request(
          "PUT", "/test%24file.text",
          headers: [("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
          body: "Welcome to Amazon S3.")) == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
  }

  @Test func `a query without a value, and a sorted one`() {
    #expect(
      signature(request("GET", "/", query: "lifecycle"))
        == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
    #expect(
      signature(request("GET", "/", query: "prefix=J&max-keys=2"))
        == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
  }

  @Test func `the vanilla cases of the test suite for every service`() {
    let signer = SignatureV4(
      credentials: AWSCredentials(
        accessKey: "AKIDEXAMPLE", secretKey: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")),
      region: "us-east-1", service: "service")
    for (method, expected) in [
      ("GET", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
      ("POST", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    ] {
      let signed = signer.signed(
        HTTPRequest(method: method, host: "example.amazonaws.com", path: "/"), time: 1_440_938_160)
      #expect(
        signed.headers.last?.value
          == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=\(expected)"
      )
    }
  }

  @Test func `a session token is sent and signed`() {
    var signer = amazon
    signer.credentials.sessionToken = Secret("token")
    let signed = signer.signed(request("GET", "/"), time: time)
    #expect(signed.headers.contains { $0.name == "x-amz-security-token" && $0.value == "token" })
    #expect(signed.headers.last?.value.contains("x-amz-date;x-amz-security-token,") == true)
  }

  @Test func `times are written for every day that matters`() {
    #expect(SignatureV4.stamp(0) == "19700101T000000Z")
    #expect(SignatureV4.stamp(951_782_399) == "20000228T235959Z")
    #expect(SignatureV4.stamp(951_782_400) == "20000229T000000Z")
    #expect(SignatureV4.stamp(1_709_251_199) == "20240229T235959Z")
    #expect(SignatureV4.stamp(1_735_689_599) == "20241231T235959Z")
    #expect(SignatureV4.stamp(4_107_542_400) == "21000301T000000Z")
  }
}

extension String {
  fileprivate func components(behind mark: String) -> String? {
    firstRange(of: mark).map { String(self[$0.upperBound...]) }
  }
}

import Basics
import Crypto
import Manifest
import Provisioning
package import Transport

/// Signs requests with AWS's Signature Version 4, as S3-compatible stores want it.
package struct SignatureV4: Sendable {
  package var credentials: AWSCredentials
  package var region: String
  package var service: String

  package init(credentials: AWSCredentials, region: String, service: String = "s3") {
    self.credentials = credentials
    self.region = region
    self.service = service
  }

  /// Adds date, body's hash, session token and signature to a request; every header field that it has is signed.
  ///
  /// Path and query must be percent-encoded already, as they are sent. `time` is in seconds since 1970.
  package func signed(_ request: HTTPRequest, time: Int) -> HTTPRequest {
    var request = request
    let stamp = SignatureV4.stamp(time)
    let payload = Hexadecimal.text(SHA256.hash(data: request.body))
    if service == "s3" { request.headers.append(("x-amz-content-sha256", payload)) }
    request.headers.append(("x-amz-date", stamp))
    if let token = credentials.sessionToken {
      request.headers.append(("x-amz-security-token", token.reveal { $0 }))
    }
    let fields = (request.headers + [("host", SignatureV4.host(request))])
      .map { (name: $0.name.lowercased(), value: SignatureV4.folded($0.value)) }.sorted { $0.name < $1.name }
    let names = fields.map(\.name).joined(separator: ";")
    let canonical = [
      request.method, request.path, SignatureV4.sortedQuery(request.query),
      fields.map { "\($0.name):\($0.value)\n" }.joined(), names, payload,
    ].joined(separator: "\n")
    let day = String(stamp.prefix(8))
    let scope = "\(day)/\(region)/\(service)/aws4_request"
    let text = [
      "AWS4-HMAC-SHA256", stamp, scope, Hexadecimal.text(SHA256.hash(data: Array(canonical.utf8))),
    ].joined(separator: "\n")
    let signature = Hexadecimal.text(SignatureV4.code(text, key(day)))
    request.headers.append(
      (
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), SignedHeaders=\(names), Signature=\(signature)"
      ))
    return request
  }

  private func key(_ day: String) -> [UInt8] {
    let secret = credentials.secretKey.reveal { Array("AWS4\($0)".utf8) }
    return [day, region, service, "aws4_request"].reduce(secret) { SignatureV4.code($1, $0) }
  }

  private static func code(_ text: String, _ key: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key)))
  }

  /// The host as the client writes it: with its port only where that is not the scheme's own.
  private static func host(_ request: HTTPRequest) -> String {
    let host = request.host.utf8.contains(UInt8(ascii: ":")) ? "[\(request.host)]" : request.host
    guard let port = request.port, port != (request.scheme == "https" ? 443 : 80) else { return host }
    return "\(host):\(port)"
  }

  /// A value without outer white space, runs of spaces as one.
  private static func folded(_ value: String) -> String {
    value.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
  }

  private static func sortedQuery(_ query: String) -> String {
    query.split(separator: "&").map { $0.contains("=") ? String($0) : "\($0)=" }.sorted().joined(separator: "&")
  }

  /// `20130524T000000Z` of seconds since 1970.
  package static func stamp(_ time: Int) -> String {
    let day = Int((Double(time) / 86400).rounded(.down))
    let second = time - day * 86400
    // Days since 0000-03-01, so that a leap day is a year's last.
    let shifted = day + 719_468
    let era = Int((Double(shifted) / 146_097).rounded(.down))
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func digits(_ number: Int, _ count: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
    return digits(year, 4) + digits(month, 2) + digits(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, 2) + "T"
      + digits(second / 3600, 2) + digits(second / 60 % 60, 2) + digits(second % 60, 2) + "Z"
  }
}

import Crypto
import Provisioning
import Transport

/// What both remote backends say of answers and failures, in one place.
enum StateExchange {
  /// Why a server's answer is of no use, as one clause.
  static func words(_ response: HTTPResponse, detail: String? = nil) -> String {
    let meaning: String
    switch response.status {
    case 300..<400: meaning = "the server redirects, and redirects are not followed: write the address that it means"
    case 401: meaning = "the server wants other credentials (401)"
    case 403: meaning = "the server does not allow it to these credentials (403)"
    case 404: meaning = "the server knows no such address (404)"
    case 405, 501: meaning = "the server does not take this method (\(response.status))"
    case 413: meaning = "the server takes no state that large (413)"
    case 429: meaning = "the server is asked too often (429)"
    case 500...: meaning = "the server failed (\(response.status))"
    default: meaning = "the server answered \(response.status)"
    }
    return meaning + (detail.map { ": \($0)" } ?? "")
  }

  /// The MD5 of a body in base64, as `Content-MD5` has it; servers that know Terraform look at it.
  static func md5(_ bytes: [UInt8]) -> String { Base64.text(Array(Insecure.MD5.hash(data: bytes))) }
}

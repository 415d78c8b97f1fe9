import Basics
import Crypto
import Provisioning
import Transport

/// What both remote backends say of answers and failures, in one place.
struct StateExchange {
  /// The setting that says where the state is, as its remedies name it.
  let place: String
  /// What to do where the server wants other credentials, and where these may not do it.
  let credentials: String
  let rights: String

  /// Why a server is of no use, as one clause, and what to do about it.
  struct ServerProblem {
    var reason: String
    var remedy: String?
  }

  /// The meaning of an answer with an unexpected status; `detail` and `remedy` come from its body.
  func problem(_ response: HTTPResponse, detail: String? = nil, remedy: String? = nil) -> ServerProblem {
    let (meaning, usual): (String, String) =
      switch response.status {
      case 300..<400:
        (
          "the server redirects (\(response.status)), and redirects are not followed",
          "write the address that it means into \(place)"
        )
      case 401: ("the server wants other credentials (401)", credentials)
      case 403: ("the server does not allow it to these credentials (403)", rights)
      case 404: ("the server knows no such address (404)", "correct \(place)")
      case 405, 501:
        ("the server does not take this method (\(response.status))", "correct \(place), or the method for it")
      case 413:
        (
          "the server takes no state that large (413)",
          "raise the greatest length of a body at the server and at a proxy before it"
        )
      case 429: ("the server is asked too often (429)", "wait, then run the command again")
      case 500...: ("the server failed (\(response.status))", "try again later; its log has more")
      default: ("the server answered \(response.status)", "check \(place)")
      }
    return ServerProblem(reason: meaning + (detail.map { ": \($0)" } ?? ""), remedy: remedy ?? usual)
  }

  /// What it means that no answer came.
  func problem(_ failure: TransportFailure) -> ServerProblem {
    let remedy: String? =
      switch failure {
      case .notSent(.nameNotFound): "correct the host in \(place)"
      case .notSent(.connectionRefused): "check host and port in \(place), and that the server runs"
      case .notSent(.connectTimeout): "check the network, a firewall and the proxy's variables"
      case .notSent(.certificate): "check \(place); give an authority of your own with --ca-file"
      case .notSent(.tls): "check \(place), and whether a proxy intervenes"
      case .notSent(.proxy), .notSent(.proxyCredentials): "check the proxy's variables"
      case .notSent(.other), .notSent(.unsendable), .ambiguous(.tooLarge), .ambiguous(.badAnswer): "check \(place)"
      case .ambiguous(.reset), .ambiguous(.endOfStream), .ambiguous(.other): "run the command again"
      case .ambiguous(.timeout): "run the command again when the server answers; its log may have more"
      case .cancelled: nil
      }
    return ServerProblem(reason: failure.description, remedy: remedy)
  }

  /// What is wrong with an answer of 200 that cannot be a state: a sign-in page, or nothing at all.
  ///
  /// Neither is "no state", and neither is a damaged one that may be written over: the state may be whole behind a proxy.
  func problem(withBodyOf response: HTTPResponse) -> ServerProblem? {
    let start = response.body.drop { [0x09, 0x0A, 0x0D, 0x20, 0xEF, 0xBB, 0xBF].contains($0) }.first
    guard let start else {
      return ServerProblem(
        reason: "the answer is empty (200), which says neither that there is a state nor that there is none",
        remedy:
          "check \(place), a proxy and a sign-in page; where the server does hold an empty object, delete it there and restore a complete copy with `kitform state push FILE`"
      )
    }
    let type = (response.header("Content-Type") ?? "").lowercased()
    let isPage = start == UInt8(ascii: "<") || start != UInt8(ascii: "{") && type.contains("html")
    guard isPage else { return nil }
    return ServerProblem(
      reason: "the answer is a web page, not a state",
      remedy: "check \(place), and whether a proxy or a sign-in page is in between")
  }

  /// The MD5 of a body in base64, as `Content-MD5` has it; servers that know Terraform look at it.
  static func md5(_ bytes: [UInt8]) -> String { Base64.text(Array(Insecure.MD5.hash(data: bytes))) }
}

extension RemoteStateStore {
  func failed(_ problem: StateExchange.ServerProblem) -> StateFailure {
    .failed(label: label, reason: problem.reason, remedy: problem.remedy)
  }
}

extension RemotePutFailure {
  static func failed(_ problem: StateExchange.ServerProblem) -> RemotePutFailure {
    .failed(reason: problem.reason, remedy: problem.remedy)
  }
}

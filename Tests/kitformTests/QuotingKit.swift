import AsyncHTTPTransport
import Basics
import Documents
import Foundation
import TestServers
import Transport

/// A Kit that repeats the request in its answers: a refusal quotes secrets, a name has one in it.
///
/// It answers reads as another Kit did, so that a project of that one can be read from it.
enum QuotingKit {
  private static let reads = [
    "account/getAccountInfo", "channel/searchChannels", "accessToken/searchTokens", "queues/searchQueues",
  ]

  /// Runs `body` with the URL of a server in front of the Kit at `url`.
  ///
  /// - Parameters:
  ///   - refusesReads: whether not even a read is answered.
  ///   - edit: changes what a read answers.
  ///   - quotes: what a refusal says, by the number of the request.
  static func with<Value>(
    _ url: String, token: String, refusesReads: Bool = false, edit: (String) -> String = { $0 },
    quotes: @escaping @Sendable (Int) -> String, _ body: (String) async throws -> Value
  ) async throws -> Value {
    var answers: [String: String] = [:]
    for path in refusesReads ? [] : reads {
      let answer = try await AsyncHTTPTransport.withTransport { transport in
        try await transport.send(
          HTTPRequest(
            method: "POST", url: try URLParts("\(url)/api/v3/\(path)?domain=acme&per-page=50&page=1"),
            headers: [("Content-Type", FormBody.contentType)], body: FormBody([("access_token", token)]).encoded))
      }
      answers["/api/v3/\(path)"] = edit(String(decoding: answer.body, as: UTF8.self))
    }
    let known = answers
    return try await RawServer.with({ number, request in
      let path = request.split(separator: " ").dropFirst().first.map { $0.prefix { $0 != "?" } } ?? ""
      if let answer = known[String(path)] { return .write(RawServer.answer(body: answer)) }
      let refusal: JSONValue = ["success": false, "result": ["error": .string(quotes(number))]]
      return .write(RawServer.answer("422 Unprocessable", body: CanonicalJSON.text(refusal)))
    }) { server in try await body("http://127.0.0.1:\(server.port)") }
  }

  /// Texts in one of five spellings, chosen by a number: as it is, percent-encoded, in JSON, in JSON in a form, in base64.
  static func spelt(_ texts: [String], _ number: Int) -> String {
    texts.map { text in
      let json = CanonicalJSON.text(.string(text))
      return switch number % 5 {
      case 0: text
      case 1: PercentCoding.query([(name: "v", value: text)])
      case 2: json
      case 3: PercentCoding.query([(name: "v", value: json)])
      default: Data(text.utf8).base64EncodedString()
      }
    }.joined(separator: " ")
  }
}

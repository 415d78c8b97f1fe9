package import Transport

/// HTTP/1.1 messages as text, for servers that answer by a function of requests.
package enum HTTPText {
  /// A whole request as it came over the wire; nil where it is none.
  package static func request(_ text: String) -> HTTPRequest? {
    guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
    let lines = text[..<end.lowerBound].split(separator: "\r\n")
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count == 3 else { return nil }
    let target = words[1].split(separator: "?", maxSplits: 1)
    return HTTPRequest(
      method: String(words[0]), scheme: "http", host: "127.0.0.1", path: target.first.map(String.init) ?? "/",
      query: target.count > 1 ? String(target[1]) : "",
      headers: lines.dropFirst().compactMap { line in
        guard let colon = line.firstIndex(of: ":") else { return nil }
        return (String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " }))
      }, body: Array(text[end.upperBound...].utf8))
  }

  /// A whole answer that keeps the connection open.
  package static func answer(_ response: HTTPResponse) -> String {
    let length = response.status == 204 ? [] : [("Content-Length", String(response.body.count))]
    return "HTTP/1.1 \(response.status) Status\r\n"
      + (response.headers + length).map { "\($0.0): \($0.1)\r\n" }.joined() + "\r\n"
      + String(decoding: response.body, as: UTF8.self)
  }
}

/// What a server may send on one connection: an answer as HTTP knows it, with some of it wrong, the same for the same seed.
package struct RandomAnswer: Sendable {
  /// How the connection goes on after the bytes.
  package enum End: Sendable {
    case stays, closes, resets
  }

  /// The parts in which the bytes are written.
  package var parts: [[UInt8]] = []
  package var end = End.closes
  /// Whether the bytes come as soon as the connection is there, before anything was asked.
  package var isEarly = false

  /// All bytes.
  package var bytes: [UInt8] { parts.flatMap(\.self) }

  package init(using random: inout some RandomNumberGenerator) {
    var maker = Maker()
    var bytes = maker.answer(&random)
    if one(in: 3, &random) { Maker.damage(&bytes, &random) }
    isEarly = one(in: 24, &random)
    end = one(in: 8, &random) ? .resets : one(in: 3, &random) ? .stays : .closes
    let cuts = one(in: 2, &random) ? 0 : Int.random(in: 1...6, using: &random)
    var places = (0..<cuts).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
    places.append(bytes.count)
    var start = 0
    for place in places {
      if place > start { parts.append(Array(bytes[start..<place])) }
      start = place
    }
  }
}

private func one(in count: Int, _ random: inout some RandomNumberGenerator) -> Bool {
  Int.random(in: 0..<count, using: &random) == 0
}

/// The words of answers, right ones and wrong ones.
private struct Maker {
  private static let statuses = [
    "000", "001", "009", "099", "100", "101", "102", "103", "150", "199", "200", "200", "200", "201", "202", "204",
    "205",
    "206", "226", "299", "300", "301", "304", "307", "400", "401", "404", "407", "408", "417", "426", "429", "431",
    "500",
    "501", "503", "511", "599", "600", "700", "999", "1000", "65536", "99999999999999999999", "20", "2", "", "abc",
    "-1",
    "0x1", "+200", "2 0",
  ]
  private static let versions = [
    "HTTP/1.0", "HTTP/0.9", "HTTP/1.9", "HTTP/2.0", "http/1.1", "HTTP/1.1.1", "HTTP/", "ICY", "",
  ]
  private static let fields = [
    "Connection: close", "Connection: keep-alive", "Connection: upgrade", "Connection: close, keep-alive",
    "Connection: ", "Upgrade: websocket", "Upgrade: h2c\r\nConnection: Upgrade", "Trailer: X-End", "Server: x",
    "Proxy-Connection: close", "Proxy-Authenticate: Basic", "Location: http://127.0.0.1:1/x", "Content-Encoding: gzip",
    "Set-Cookie: a=b", "Retry-After: -1", "Date: x", "Folded: a\r\n  b\r\n\tc", " Folded: first", "No colon",
    ": no name",
    "Name : value", "X-Null: a\u{0}b", "X-\u{0}: a", "X: \u{7f}\u{1}", "é: é", "Expect: 100-continue",
    "Keep-Alive: timeout=0",
    "Transfer-Encoding: identity", "Transfer-Encoding: gzip", "Transfer-Encoding: chunked, gzip", "TE: trailers",
    "HTTP/1.1 200 OK", "Content-Length", "Content-Length:", "Content-Length: 1, 1", "Content-Length: +5",
    "Content-Length: 0x5", "Content-Length: 18446744073709551616", "Content-Length: 9223372036854775807",
    "Content-Length: -1",
  ]

  mutating func answer(_ random: inout some RandomNumberGenerator) -> [UInt8] {
    var bytes: [UInt8] = []
    if one(in: 20, &random) { bytes += Array("\r\n\r\n".utf8.prefix(Int.random(in: 1...4, using: &random))) }
    if one(in: 6, &random) {
      let count = one(in: 6, &random) ? Int.random(in: 10...200, using: &random) : Int.random(in: 1...3, using: &random)
      let status = ["100", "102", "103", "101", "199", "099"].randomElement(using: &random) ?? "100"
      for _ in 0..<count { bytes += head(status, &random) }
    }
    bytes += message(&random)
    while one(in: 6, &random) { bytes += one(in: 3, &random) ? Array("\r\n garbage".utf8) : message(&random) }
    return bytes
  }

  private func head(_ status: String, _ random: inout some RandomNumberGenerator) -> [UInt8] {
    let version = one(in: 16, &random) ? Maker.versions.randomElement(using: &random) ?? "" : "HTTP/1.1"
    let reason = one(in: 6, &random) ? ["", " ", " O\u{0}K", " é", "  "].randomElement(using: &random) ?? "" : " OK"
    var text = "\(version) \(status)\(reason)\(eol(&random))"
    while one(in: 2, &random) { text += (Maker.fields.randomElement(using: &random) ?? "") + eol(&random) }
    if one(in: 60, &random) {
      for number in 0..<Int.random(in: 200...600, using: &random) { text += "X-\(number): y\r\n" }
    }
    if one(in: 60, &random) { text += "X: \(String(repeating: "y", count: 100_000))\r\n" }
    return Array(text.utf8) + Array(eol(&random).utf8)
  }

  private func eol(_ random: inout some RandomNumberGenerator) -> String {
    one(in: 80, &random) ? ["\n", "\r", "\r\r\n", ""].randomElement(using: &random) ?? "" : "\r\n"
  }

  private func message(_ random: inout some RandomNumberGenerator) -> [UInt8] {
    let status = one(in: 3, &random) ? Maker.statuses.randomElement(using: &random) ?? "200" : "200"
    let size =
      one(in: 12, &random) ? Int.random(in: 0...70_000, using: &random) : Int.random(in: 0...40, using: &random)
    let body = [UInt8](repeating: UInt8(ascii: "b"), count: size)
    var bytes = head(status, &random)
    // The empty line goes to the end of the fields that say how long the body is.
    if bytes.suffix(2).elementsEqual("\r\n".utf8) { bytes.removeLast(2) }
    var length = "Content-Length: \(one(in: 6, &random) ? Int.random(in: 0...90, using: &random) : size)\r\n"
    switch Int.random(in: 0..<6, using: &random) {
    case 0: length = ""
    case 1, 2:
      length = one(in: 5, &random) ? length : ""
      bytes += Array("\(length)Transfer-Encoding: chunked\r\n\r\n".utf8)
      return bytes + chunked(body, &random)
    case 3 where one(in: 3, &random): length += length
    default: break
    }
    return bytes + Array("\(length)\r\n".utf8) + body
  }

  private func chunked(_ body: [UInt8], _ random: inout some RandomNumberGenerator) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = body[...]
    while !rest.isEmpty {
      let chunk = rest.prefix(Int.random(in: 1...max(1, rest.count), using: &random))
      rest = rest.dropFirst(chunk.count)
      var size = String(chunk.count, radix: 16)
      if one(in: 12, &random) {
        size = ["0", "-1", "ffffffffffffffff", "1ffffffffffffffff", "g", "", " 5"].randomElement(using: &random) ?? ""
      }
      if one(in: 8, &random) { size += [";", ";a=b", ";a=\"b\"", ";=\u{0}"].randomElement(using: &random) ?? "" }
      bytes += Array(size.utf8) + Array(eol(&random).utf8) + chunk + Array(eol(&random).utf8)
    }
    if !one(in: 8, &random) { bytes += Array("0\r\n".utf8) }
    while one(in: 4, &random) {
      bytes += Array((Maker.fields.randomElement(using: &random) ?? "").utf8) + Array("\r\n".utf8)
    }
    return bytes + Array(eol(&random).utf8)
  }

  /// Changes some bytes of what was right or wrong before.
  static func damage(_ bytes: inout [UInt8], _ random: inout some RandomNumberGenerator) {
    for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
      // Heads are short: most places are in one.
      let end = one(in: 2, &random) ? bytes.count : min(bytes.count, 60)
      let place = Int.random(in: 0..<end, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
      case 3: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...30, using: &random)))
      case 4:
        let copy = Array(bytes[place..<min(bytes.count, place + Int.random(in: 1...60, using: &random))])
        bytes.insert(contentsOf: copy, at: Int.random(in: 0...bytes.count, using: &random))
      default: bytes.removeLast(bytes.count - place)
      }
    }
  }
}

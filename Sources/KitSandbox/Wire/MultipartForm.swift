/// The text fields of a `multipart/form-data` body, which Kit's login takes as well as an urlencoded one.
enum MultipartForm {
  /// Reads the fields of a body; nil where content type or body is not of that form. Files count by their bytes as text.
  static func fields(contentType: String, body: [UInt8]) -> [(name: String, value: String)]? {
    guard let boundary = parameter("boundary", of: contentType), !boundary.isEmpty else { return nil }
    let mark = Array("--\(boundary)".utf8)
    var fields: [(name: String, value: String)] = []
    guard var position = index(of: mark, in: body, from: 0) else { return nil }
    while true {
      position += mark.count
      if body[position...].starts(with: "--".utf8) { return fields }
      guard body[position...].starts(with: "\r\n".utf8), let next = index(of: mark, in: body, from: position),
        next - 2 >= position + 2
      else { return nil }
      let part = Array(body[(position + 2)..<(next - 2)])
      guard let gap = index(of: Array("\r\n\r\n".utf8), in: part, from: 0) else { return nil }
      let head = String(decoding: part[..<gap], as: UTF8.self)
      let disposition = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-disposition:") }
      guard let name = disposition.flatMap({ parameter("name", of: String($0)) }) else { return nil }
      fields.append((name, String(decoding: part[(gap + 4)...], as: UTF8.self)))
      position = next
    }
  }

  /// The value of a header field's parameter, bare or in quotes.
  private static func parameter(_ name: String, of field: String) -> String? {
    for part in field.split(separator: ";").dropFirst() {
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, pair[0].drop(while: { $0 == " " }).lowercased() == name else { continue }
      let value = pair[1].drop { $0 == " " }
      return String(value.hasPrefix("\"") ? value.dropFirst().prefix { $0 != "\"" } : value.prefix { $0 != " " })
    }
    return nil
  }

  private static func index(of wanted: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard bytes.count >= wanted.count else { return nil }
    var index = start
    while index <= bytes.count - wanted.count {
      if bytes[index] == wanted[0], bytes[index...].starts(with: wanted) { return index }
      index += 1
    }
    return nil
  }
}

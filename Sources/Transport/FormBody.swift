/// The fields of an `application/x-www-form-urlencoded` body, in order, names perhaps repeated.
///
/// The encoding is that of the WHATWG URL standard: UTF-8, a space as `+`, everything but `A-Z a-z 0-9 * - . _` as `%XX`.
package struct FormBody: Sendable {
  package var fields: [(name: String, value: String)]

  /// What a request with such a body says in its `Content-Type`.
  package static let contentType = "application/x-www-form-urlencoded"

  package init(_ fields: [(name: String, value: String)] = []) {
    self.fields = fields
  }

  /// Reads a body; pairs without a name and a value are skipped.
  ///
  /// - Throws: `PercentCoding.CodingProblem` for a `%` without two hexadecimal digits and for bytes that are not UTF-8.
  package init(decoding body: [UInt8]) throws(PercentCoding.CodingProblem) {
    fields = []
    for pair in body.split(separator: UInt8(ascii: "&")) {
      let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      let name = try PercentCoding.decode(parts[0], plusIsSpace: true)
      let value = parts.count == 2 ? try PercentCoding.decode(parts[1], plusIsSpace: true) : ""
      fields.append((name, value))
    }
  }

  package mutating func append(_ name: String, _ value: String) {
    fields.append((name, value))
  }

  /// The first value of a name; nil where the name is absent.
  package func first(_ name: String) -> String? {
    fields.first { $0.name == name }?.value
  }

  /// The body's bytes.
  package var encoded: [UInt8] {
    var bytes: [UInt8] = []
    for (index, field) in fields.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: "&")) }
      FormBody.encode(field.name, into: &bytes)
      bytes.append(UInt8(ascii: "="))
      FormBody.encode(field.value, into: &bytes)
    }
    return bytes
  }

  private static func encode(_ text: String, into bytes: inout [UInt8]) {
    for byte in text.utf8 {
      if byte == UInt8(ascii: " ") {
        bytes.append(UInt8(ascii: "+"))
      } else if PercentCoding.isAlphanumeric(byte) || "*-._".utf8.contains(byte) {
        bytes.append(byte)
      } else {
        PercentCoding.escape(byte, into: &bytes)
      }
    }
  }
}

/// Percent-encoding as RFC 3986 has it: everything but the unreserved `A-Z a-z 0-9 - . _ ~` is escaped.
package enum PercentCoding {
  /// Why an encoded text cannot be read.
  package enum CodingProblem: Error, Sendable, Equatable {
    /// A `%` has no two hexadecimal digits behind it.
    case escape
    /// The decoded bytes are not UTF-8.
    case utf8
  }

  /// One segment of a path, or one name or value of a query.
  ///
  /// The segments `.` and `..` come back as they are; no escape takes their meaning away (RFC 3986, section 6.2.2.3), so
  /// that a caller has to keep them out.
  package static func encode(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if isAlphanumeric(byte) || "-._~".utf8.contains(byte) {
        bytes.append(byte)
      } else {
        escape(byte, into: &bytes)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A query of pairs, without its question mark.
  package static func query(_ pairs: [(name: String, value: String)]) -> String {
    pairs.map { encode($0.name) + "=" + encode($0.value) }.joined(separator: "&")
  }

  /// The decoded form of a percent-encoded string; `plusIsSpace` is for forms and for queries made by forms.
  package static func decode(
    _ bytes: some Collection<UInt8>, plusIsSpace: Bool = false
  ) throws(CodingProblem) -> String {
    var decoded: [UInt8] = []
    var rest = bytes.makeIterator()
    while let byte = rest.next() {
      if byte == UInt8(ascii: "%") {
        guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else { throw .escape }
        decoded.append(high << 4 | low)
      } else if byte == UInt8(ascii: "+"), plusIsSpace {
        decoded.append(UInt8(ascii: " "))
      } else {
        decoded.append(byte)
      }
    }
    guard let text = String(validating: decoded, as: UTF8.self) else { throw .utf8 }
    return text
  }

  static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)
  }

  static func escape(_ byte: UInt8, into bytes: inout [UInt8]) {
    let digits = Array("0123456789ABCDEF".utf8)
    bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
  }
}

/// Writes JSON that is the same bytes for the same value, and safe to print.
package enum CanonicalJSON {
  /// Encodes a value; members keep their order.
  ///
  /// Strings escape C0, DEL, C1, bidirectional controls, zero-width characters and line separators by their numbers, so that a
  /// document can go to a terminal, and the bracket of `##[` and `##word[`, so that it can go to a build's log. Compact output has no spaces; pretty output indents by two and ends with a newline.
  package static func encode(_ value: JSONValue, pretty: Bool = false) -> [UInt8] {
    var writer = JSONWriter()
    writer.write(value)
    guard pretty else { return writer.output }
    var indented: [UInt8] = []
    JSONIndenter.indent(writer.output) { indented += $0 }
    return indented
  }

  /// The same as text.
  package static func text(_ value: JSONValue, pretty: Bool = false) -> String {
    String(decoding: encode(value, pretty: pretty), as: UTF8.self)
  }
}

/// Appends values to one buffer, without spaces.
private struct JSONWriter {
  var output: [UInt8] = []

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: put("null")
    case .bool(let flag): put(flag ? "true" : "false")
    case .integer(let number): put(String(number))
    case .number(let text): put(text)
    case .string(let text): write(text)
    case .array(let items):
      output.append(UInt8(ascii: "["))
      for index in items.indices {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        write(items[index])
      }
      output.append(UInt8(ascii: "]"))
    case .object(let members):
      output.append(UInt8(ascii: "{"))
      for index in members.indices {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        write(members[index].key)
        output.append(UInt8(ascii: ":"))
        write(members[index].value)
      }
      output.append(UInt8(ascii: "}"))
    }
  }

  private mutating func put(_ text: String) { output.append(contentsOf: text.utf8) }

  private mutating func write(_ text: String) {
    output.append(UInt8(ascii: "\""))
    defer { output.append(UInt8(ascii: "\"")) }
    // Few strings need an escape, so the string is copied first and checked in the copy.
    let start = output.count
    output.append(contentsOf: text.utf8)
    if output[start...].allSatisfy(JSONWriter.isPlain) { return }
    output.removeSubrange(start...)
    var marker = SafeText.CommandMarker()
    for scalar in text.unicodeScalars {
      switch scalar {
      case _ where marker.ends(at: scalar.isASCII ? UInt8(truncatingIfNeeded: scalar.value) : 0): put("\\u005B")
      case "\"": put("\\\"")
      case "\\": put("\\\\")
      case "\n": put("\\n")
      case "\r": put("\\r")
      case "\t": put("\\t")
      default:
        if scalar.value >= 0x20, scalar.value < 0x7F {
          output.append(UInt8(truncatingIfNeeded: scalar.value))
        } else if SafeText.isUnsafe(scalar) {
          for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
            put("\\u" + SafeText.hexadecimal(UInt32(unit), digits: 4))
          }
        } else {
          output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
      }
    }
  }

  /// A byte that needs no escape at any place.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "#"): false
    default: byte >= 0x20 && byte < 0x7F
    }
  }
}

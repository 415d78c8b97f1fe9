/// The fields of an `application/x-www-form-urlencoded` body or of a query, in order.
struct FormFields: Sendable {
  private var fields: [(name: String, value: String)] = []

  init() {}

  init(_ fields: [(name: String, value: String)]) { self.fields = fields }

  /// Decodes names and values; a part without `=` is a name with an empty value, a wrong escape stands for itself.
  init(_ bytes: some Collection<UInt8>) {
    for part in bytes.split(separator: UInt8(ascii: "&")) {
      let sign = part.firstIndex(of: UInt8(ascii: "="))
      let name = FormFields.decode(part[..<(sign ?? part.endIndex)])
      let value = sign.map { FormFields.decode(part[part.index(after: $0)...]) } ?? ""
      fields.append((name, value))
    }
  }

  /// The last value of a field, as PHP reads a repeated name, or nil.
  subscript(name: String) -> String? { fields.last { $0.name == name }?.value }

  private static func decode(_ text: some Collection<UInt8>) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    let source = Array(text)
    var index = 0
    while index < source.count {
      let byte = source[index]
      if byte == UInt8(ascii: "%"), index + 2 < source.count, let high = digit(source[index + 1]),
        let low = digit(source[index + 2])
      {
        bytes.append(high << 4 | low)
        index += 3
      } else {
        bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
        index += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }
}

import Basics

/// Writes JSON as the sandbox answers and saves it; a writer of its own, so that the client's reader is tested by another
/// hand.
struct JSONWriter {
  private(set) var bytes: [UInt8] = []
  /// Whether members and items are on lines of their own, for people.
  private let isIndented: Bool
  private var depth = 0

  init(indented: Bool = false) { isIndented = indented }

  /// The bytes of one value.
  static func bytes(_ value: JSONValue, indented: Bool = false) -> [UInt8] {
    var writer = JSONWriter(indented: indented)
    writer.write(value)
    return writer.bytes
  }

  /// Writes bytes that are JSON already.
  mutating func write(raw: some Sequence<UInt8>) { bytes.append(contentsOf: raw) }

  /// Writes a value.
  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: write(raw: "null".utf8)
    case .bool(let flag): write(raw: (flag ? "true" : "false").utf8)
    case .integer(let number): write(raw: String(number).utf8)
    case .number(let text): write(raw: text.utf8)
    case .string(let text): write(text)
    case .array(let items):
      writeList(items, open: "[", close: "]") { writer, item in writer.write(item) }
    case .object(let members):
      writeList(members, open: "{", close: "}") { writer, member in
        writer.write(member.key)
        writer.write(raw: (writer.isIndented ? ": " : ":").utf8)
        writer.write(member.value)
      }
    }
  }

  private mutating func writeList<Item>(
    _ items: [Item], open: String, close: String, writeItem: (inout JSONWriter, Item) -> Void
  ) {
    write(raw: open.utf8)
    depth += 1
    for (index, item) in items.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      breakLine()
      writeItem(&self, item)
    }
    depth -= 1
    if !items.isEmpty { breakLine() }
    write(raw: close.utf8)
  }

  private mutating func breakLine() {
    guard isIndented else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
  }

  /// Writes a string in quotes; control characters are escaped.
  mutating func write(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
      case 0..<0x20, 0x7F: write(raw: "\\u00\(HexDigits.text([byte]))".utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

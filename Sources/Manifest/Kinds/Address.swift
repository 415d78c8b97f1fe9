/// A channel's identity in plans, state, output and on the command line: `<kind>.<key>`, for example `ok.community`.
package struct Address: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The kind's name in manifests, `ok` or `custom`.
  package let kind: String
  /// The channel's key in the manifest.
  package let key: String

  package init(kind: String, key: String) {
    self.kind = kind
    self.key = key
  }

  /// Reads `<kind>.<key>`; nil where the text is not an address or its key breaks the rule of `isKey(_:)`.
  package init?(_ text: String) {
    guard let dot = text.utf8.firstIndex(of: UInt8(ascii: ".")) else { return nil }
    let kind = String(text[..<dot])
    let key = String(text[text.index(after: dot)...])
    guard Address.isKey(key), !kind.isEmpty, kind.utf8.allSatisfy({ Address.isLetterOrDigit($0) }) else { return nil }
    self.init(kind: kind, key: key)
  }

  package var description: String { "\(kind).\(key)" }

  /// Mixes the key alone: few channels of different kinds have one key.
  package func hash(into hasher: inout Hasher) { hasher.combine(key) }

  /// Orders by kind and key; both are ASCII, for which Swift's order of texts is that of their bytes.
  package static func < (left: Address, right: Address) -> Bool {
    left.kind == right.kind ? left.key < right.key : left.kind < right.kind
  }

  /// Whether a string is a key: `[a-z0-9]([a-z0-9-]*[a-z0-9])?`, at most 63 characters.
  package static func isKey(_ text: String) -> Bool {
    let bytes = text.utf8
    guard let first = bytes.first, let last = bytes.last, bytes.count <= 63 else { return false }
    return isLetterOrDigit(first) && isLetterOrDigit(last)
      && bytes.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

/// URLs as every output shows them: user info, query and fragment may be secrets.
package enum URLText {
  /// The text itself, or the URL that it is with `•••` in place of what must not be shown.
  package static func masked(_ text: String) -> String {
    guard let first = text.utf8.firstIndex(of: UInt8(ascii: ":")), text.utf8[first...].starts(with: "://".utf8) else {
      return text
    }
    let bytes = Array(text.utf8)
    let colon = text.utf8.distance(from: text.utf8.startIndex, to: first)
    func slice(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    let start = colon + 3
    let path = bytes[start...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
    // A password may have `?` or `#` in it, so the user info ends at the last `@` before the path.
    let sign = bytes[start..<path].lastIndex(of: UInt8(ascii: "@"))
    let rest = sign ?? start
    let beginning = slice(0..<start) + (sign == nil ? "" : "•••")
    let tail = bytes[rest...].firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
    guard let tail, tail + 1 < bytes.endIndex else { return beginning + slice(rest..<bytes.endIndex) }
    return beginning + slice(rest..<tail + 1) + "•••"
  }
}

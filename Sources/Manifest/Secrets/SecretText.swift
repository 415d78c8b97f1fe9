/// The rules that a secret's text keeps, wherever it comes from.
enum SecretText {
  /// Drops one newline at the end (`\n` or `\r\n`) and refuses what would not be the secret that its author means.
  ///
  /// U+FFFD counts as a decoding error: it is what a variable's broken bytes have become by the time they arrive here.
  static func check(_ bytes: [UInt8], of reference: SecretReference) throws(SecretFailure) -> Secret {
    var bytes = bytes[...]
    if bytes.last == UInt8(ascii: "\n") {
      bytes.removeLast()
      if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    }
    guard !bytes.isEmpty else { throw .empty(reference) }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8(reference) }
    let scalars = text.unicodeScalars
    guard scalars.first != "\u{FEFF}" else { throw .byteOrderMark(reference) }
    guard !scalars.contains("\u{FFFD}") else { throw .notUTF8(reference) }
    guard !scalars.contains(where: { $0.properties.generalCategory == .control }) else {
      throw .controlCharacter(reference)
    }
    guard scalars.first?.properties.isWhitespace == false, scalars.last?.properties.isWhitespace == false else {
      throw .outerWhiteSpace(reference)
    }
    return Secret(text)
  }
}

/// Paths as text, without a look at the disk.
enum FilePath {
  /// An absolute path without `.`, `..` and empty parts; a relative one starts in `directory`.
  ///
  /// Works on bytes, as the system does: a combining mark behind a slash must not hide the slash.
  static func absolute(_ path: String, in directory: String) -> String {
    var parts: [Substring] = []
    let full = path.utf8.first == UInt8(ascii: "/") ? path : directory + "/" + path
    for part in full.utf8.split(separator: UInt8(ascii: "/")).map({ Substring($0) }) {
      switch part {
      case ".": continue
      case "..": _ = parts.popLast()
      default: parts.append(part)
      }
    }
    return "/" + parts.joined(separator: "/")
  }

  /// Whether one absolute path lies below another.
  static func lies(_ path: String, in directory: String) -> Bool {
    path.utf8.starts(with: directory == "/" ? "/".utf8 : (directory + "/").utf8)
  }
}

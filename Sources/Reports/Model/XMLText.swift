import Basics

/// Text for XML 1.0: nothing in it ends an attribute or an element, and nothing is impossible in XML.
enum XMLText {
  /// Escapes an attribute's value; line breaks survive as references.
  static func attribute(_ text: String) -> String { escape(text, newline: "&#10;") }

  /// Escapes an element's text.
  static func content(_ text: String) -> String { escape(text, newline: "\n") }

  /// Control characters, and U+FFFE and U+FFFF, are shown escaped: XML 1.0 has no form for them.
  private static func escape(_ text: String, newline: String) -> String {
    var result = ""
    for scalar in SafeText.escape(text, newlines: true).unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n": result += newline
      case "\u{FFFE}", "\u{FFFF}": result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

import Basics

/// Untrusted text inside HTML: nothing in it is an element, an attribute's end or a reference.
enum HTMLText {
  /// Text of an element or of an attribute in double quotes; control characters are shown escaped.
  static func escape(_ text: String) -> String {
    let shown = SafeText.escape(text)
    guard shown.utf8.contains(where: { "&<>\"'`".utf8.contains($0) }) else { return shown }
    var result = ""
    for scalar in shown.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "`": result += "&#96;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Data between words of ours: its direction of writing stays its own.
  static func data(_ text: String) -> String { "<bdi>\(escape(text))</bdi>" }

  /// Data in the type of code.
  static func code(_ text: String) -> String { "<code><bdi>\(escape(text))</bdi></code>" }
}

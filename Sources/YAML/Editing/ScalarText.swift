import Basics
package import Documents

/// Writes texts as YAML scalars that read back as the same text, and decides when quotes are needless.
package enum ScalarText {
  /// The text as a scalar: plain where that is safe in every version of YAML, else in the quotes that need fewer escapes.
  package static func scalar(_ text: String) -> String {
    if isPlainSafe(text) { return text }
    let needsEscapes =
      text.unicodeScalars.contains(where: needsEscape) || SafeText.neutralizingCommands(text) != text
    if !needsEscapes, text.utf8.contains(UInt8(ascii: "\"")) || text.utf8.contains(UInt8(ascii: "\\")) {
      return singleQuoted(text)
    }
    return doubleQuoted(text)
  }

  /// The text as a scalar in a style, where that can hold it on one line; else as `scalar(_:)` has it.
  package static func scalar(_ text: String, like style: Document.ScalarStyle) -> String {
    switch style {
    case .doubleQuoted: return doubleQuoted(text)
    case .singleQuoted
    where !text.unicodeScalars.contains(where: needsEscape) && SafeText.neutralizingCommands(text) == text:
      return singleQuoted(text)
    case .plain, .singleQuoted, .literal, .folded: return scalar(text)
    }
  }

  /// Scalar by scalar: a quote with a combining mark behind it is a quote to YAML.
  private static func singleQuoted(_ text: String) -> String {
    var result = "'"
    for scalar in text.unicodeScalars {
      result.unicodeScalars.append(contentsOf: scalar == "'" ? ["'", "'"] : [scalar])
    }
    return result + "'"
  }

  /// What no file may hold as it is, or no reader should meet: controls, marks that hide, the two that are no characters.
  private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\t" || SafeText.isUnsafe(scalar) || scalar.value == 0xFFFE || scalar.value == 0xFFFF
  }

  /// The text in double quotes; nothing in it is a command for a build's runner, should the file be shown in a log.
  package static func doubleQuoted(_ text: String) -> String {
    var result = "\""
    var marker = SafeText.CommandMarker()
    for scalar in text.unicodeScalars {
      switch scalar {
      case _ where marker.ends(at: scalar.isASCII ? UInt8(truncatingIfNeeded: scalar.value) : 0): result += "\\x5B"
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where needsEscape(scalar):
        result +=
          scalar.value > 0xFFFF
          ? "\\U" + SafeText.hexadecimal(scalar.value, digits: 8)
          : "\\u" + SafeText.hexadecimal(scalar.value, digits: 4)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// Whether a plain scalar with this text is a string to every reader: no number, date, boolean or null.
  package static func isText(_ text: String) -> Bool {
    if ["", "~", "null", "Null", "NULL", "<<", "="].contains(text) { return false }
    return Scalars.yaml11Bool(text) == nil && !Scalars.looksLikeNumberOrDate(text)
  }

  /// Whether a string needs no quotes anywhere, between brackets too, and is a string without them.
  ///
  /// More careful than YAML: what begins with anything but a letter keeps its quotes, so that no duration, version or day
  /// loses them, as does what has a variable, a bracket, a colon before a space or a number sign behind one.
  package static func isPlainSafe(_ text: String) -> Bool {
    guard isText(text), let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return false }
    guard first.properties.isAlphabetic, last != " ", last != ":" else { return false }
    var before = first
    for scalar in text.unicodeScalars {
      switch scalar {
      case " ": if before == ":" { return false }
      case "#": if before == " " { return false }
      case "{", "}", "[", "]", ",", "$", "\"", "'", "`", "*", "&", "!", "|", ">", "%", "\\", "\t": return false
      default: if needsEscape(scalar) { return false }
      }
      before = scalar
    }
    return true
  }
}

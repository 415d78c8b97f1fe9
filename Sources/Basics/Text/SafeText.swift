/// Makes untrusted text fit for a terminal, a pipe or a build log.
package enum SafeText {
  /// Shows every character that could drive a terminal, hide or reorder text as `\u{…}`; all else stays as it is.
  ///
  /// These are C0 controls, DEL, C1 controls, bidirectional controls, zero-width characters, line and paragraph
  /// separators, tags and interlinear marks, and characters that are invisible or look like a space: the soft hyphen, spaces
  /// that are no U+0020, empty letters. `newlines` and `tabs` leave those two through.
  package static func escape(_ text: String, newlines: Bool = false, tabs: Bool = false) -> String {
    guard text.unicodeScalars.contains(where: { isUnsafe($0) || isInvisible($0) }) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if !(isUnsafe(scalar) || isInvisible(scalar)) || (scalar == "\n" && newlines) || (scalar == "\t" && tabs) {
        result.append(scalar)
      } else {
        result.append(contentsOf: "\\u{\(hexadecimal(scalar.value, digits: 4))}".unicodeScalars)
      }
    }
    return String(result)
  }

  /// A string between double quotes as YAML and JSON read it; an invisible character is written as `\u00A0`.
  package static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value > 0xFFFF && (isUnsafe(scalar) || isInvisible(scalar)):
        result += "\\U" + hexadecimal(scalar.value, digits: 8)
      case _ where isUnsafe(scalar) || isInvisible(scalar): result += "\\u" + hexadecimal(scalar.value, digits: 4)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// Whether a character must not reach a terminal as it is.
  package static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0: true
    case ..<0x61C: false
    case 0x61C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF: true
    case 0xFFF9...0xFFFB, 0xE0000...0xE007F: true
    default: false
    }
  }

  /// Whether a character is invisible or looks like a space: two texts may differ in it alone.
  ///
  /// Other than an unsafe one it stays as it is in files: what a file holds does not depend on how it is shown.
  static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case ..<0xA0: false
    case 0xA0, 0xAD: true
    case ..<0x34F: false
    case 0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x2000...0x200A, 0x202F, 0x205F, 0x206A...0x206F: true
    case 0x2800, 0x3164, 0xFFA0, 0xFFF0...0xFFF8, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0080...0xE0FFF: true
    default: false
    }
  }

  /// Changes text for a build log so that the build server does not read a command in it.
  ///
  /// A line whose first visible characters are `::` (GitHub's `::error::`) gets a backslash before them, and every `##[` or
  /// `##word[` (GitHub's older `##[group]`, Azure's `##vso[…]`, TeamCity's) one before its bracket: runners look for the first
  /// behind any white space and for the others anywhere. LF and CR end a line.
  package static func neutralizingCommands(_ text: String) -> String {
    guard mayHaveCommands(text.utf8) else { return text }
    var result: [Unicode.Scalar] = []
    var atStart = true
    var marker = CommandMarker()
    var colonBefore: Int?
    for scalar in text.unicodeScalars {
      if scalar == ":", atStart {
        if let index = colonBefore {
          result.insert("\\", at: index)
          atStart = false
        } else {
          colonBefore = result.count
        }
      } else if scalar == "\n" || scalar == "\r" {
        atStart = true
        colonBefore = nil
      } else if !scalar.properties.isWhitespace || colonBefore != nil {
        atStart = false
      }
      if marker.ends(at: UInt8(truncatingIfNeeded: scalar.isASCII ? scalar.value : 0)) { result.append("\\") }
      result.append(scalar)
    }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: result)
    return String(view)
  }

  /// Whether two colons or two number signs are side by side.
  private static func mayHaveCommands(_ bytes: some Sequence<UInt8>) -> Bool {
    var before: UInt8 = 0
    for byte in bytes {
      if byte == before, byte == UInt8(ascii: ":") || byte == UInt8(ascii: "#") { return true }
      before = byte
    }
    return false
  }

  /// Finds the bracket that makes a command of two number signs and perhaps a word.
  package struct CommandMarker {
    private var signs = 0
    private var inWord = false

    package init() {}

    /// Takes the next byte; true for the bracket.
    package mutating func ends(at byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "#"):
        signs = inWord ? 1 : signs + 1
        inWord = false
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"):
        inWord = signs >= 2
        if !inWord { signs = 0 }
      default:
        defer { (signs, inWord) = (0, false) }
        return byte == UInt8(ascii: "[") && signs >= 2
      }
      return false
    }
  }

  /// A number in upper-case hexadecimal, with leading zeros up to `digits`.
  package static func hexadecimal(_ number: UInt32, digits: Int) -> String {
    let text = String(number, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}

/// Makes untrusted text fit for a terminal, a pipe or a build log.
package enum SafeText {
  /// Shows every character that could drive a terminal, hide or reorder text as `\u{…}`; all else stays as it is.
  ///
  /// These are C0 controls, DEL, C1 controls, bidirectional controls, zero-width characters, line and paragraph
  /// separators, variation-free tags and interlinear marks. `newlines` and `tabs` leave those two through.
  package static func escape(_ text: String, newlines: Bool = false, tabs: Bool = false) -> String {
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if !isUnsafe(scalar) || (scalar == "\n" && newlines) || (scalar == "\t" && tabs) {
        result.append(scalar)
      } else {
        result.append(contentsOf: "\\u{\(hexadecimal(scalar.value, digits: 4))}".unicodeScalars)
      }
    }
    return String(result)
  }

  /// Tells whether a character must not reach a terminal as it is.
  package static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0: true
    case ..<0x61C: false
    case 0x61C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF: true
    case 0xFFF9...0xFFFB, 0xE0000...0xE007F: true
    default: false
    }
  }

  /// Keeps text that stands in a build log from being taken for a workflow command (`::error::`, `##[group]`).
  ///
  /// A line whose first visible characters are `::` gets a backslash before them, and every `##[` one before its bracket:
  /// runners look for the first after any white space and for the second anywhere. LF and CR end a line.
  package static func neutralizingCommands(_ text: String) -> String {
    var result: [Unicode.Scalar] = []
    var atStart = true
    var hashes = 0
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
      if scalar == "[", hashes >= 2 { result.append("\\") }
      hashes = scalar == "#" ? hashes + 1 : 0
      result.append(scalar)
    }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: result)
    return String(view)
  }

  /// A number in upper-case hexadecimal, with leading zeros up to `digits`.
  static func hexadecimal(_ number: UInt32, digits: Int) -> String {
    let text = String(number, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}

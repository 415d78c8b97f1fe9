extension Variables.Definition {
  /// Takes a value from the command line or the environment as it is: nothing in it is YAML.
  ///
  /// One pair of quotes around the whole text makes a string of what is between them, which is no number, switch or
  /// duration. Any other text has the type that its spelling has in a manifest, as a plain scalar, and all of it counts:
  /// spaces, number signs, colons and line breaks too.
  ///
  /// - Parameter label: where the value comes from: "`--var`", or the variable's own name.
  /// - Throws: `GivenValueProblem` where the value has characters that no manifest may have.
  package init(given text: String, label: String) throws(GivenValueProblem) {
    for scalar in text.unicodeScalars {
      // The system replaces bytes that are not UTF-8 by U+FFFD before a program sees them.
      if scalar.value == 0xFFFD { throw .notUTF8 }
      let isBreakOrTab = ["\n", "\r", "\t"].contains(scalar)
      if TextRules.isControl(scalar) && !isBreakOrTab || scalar.value == 0xFFFE || scalar.value == 0xFFFF {
        throw .control(scalar)
      }
    }
    let quoted = Self.betweenQuotes(text)
    self.init(text: quoted ?? text, isPlain: quoted == nil, place: nil, label: label)
  }

  /// The text between two quotes that enclose all of it; nil where the same quote is also between them.
  private static func betweenQuotes(_ text: String) -> String? {
    let scalars = text.unicodeScalars
    guard scalars.count >= 2, let quote = scalars.first, quote == "\"" || quote == "'", scalars.last == quote else {
      return nil
    }
    let inner = scalars.dropFirst().dropLast()
    return inner.contains(quote) ? nil : String(String.UnicodeScalarView(inner))
  }
}

/// Why a value from the command line or the environment cannot be a variable's value.
package enum GivenValueProblem: Error, Sendable, Equatable {
  /// A control character other than a tab or a line break, or one of the two code points that are no characters.
  case control(Unicode.Scalar)
  /// The value was not UTF-8.
  case notUTF8

  /// What is wrong, without a full stop.
  package var words: String {
    switch self {
    case .control(let scalar):
      "has the control character U+" + String(repeating: "0", count: max(0, 4 - hexadecimal(scalar).count))
        + hexadecimal(scalar)
    case .notUTF8: "is not UTF-8 text"
    }
  }

  private func hexadecimal(_ scalar: Unicode.Scalar) -> String { String(scalar.value, radix: 16, uppercase: true) }
}

/// Regular expressions of the JSON Schema, in the syntax that ECMA-262 and every common engine share.
///
/// Character classes are written out, because `\d` and `\s` mean different characters in different engines.
enum SchemaPattern {
  private static let name = "\\$\\{[A-Za-z][A-Za-z0-9_]*\\}"
  /// One piece of a string: `$${` and `${name}`, a lone `$`, anything else.
  private static let piece = "(?:[^$]|\\$\\$\\{|\(name)|\\$(?!\\{|\\$\\{))"
  private static let control = "\\u0000-\\u001f\\u007f-\\u009f"
  /// Unicode's White_Space.
  private static let whiteSpace =
    "\\u0009-\\u000d\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"

  /// A string whose variables, if any, are well-formed.
  static let text = "^\(piece)*$"
  /// A string with at least one variable: its value is unknown here.
  static let withVariable = "^\(piece)*\(name)\(piece)*$"
  /// One variable and nothing else, which takes the variable's own type.
  static let variable = "^\(name)$"
  static let withoutVariable = "^(?![\\s\\S]*\\$\\{)"
  /// Neither control characters nor white space at the ends.
  static let clean = "^(?![\(whiteSpace)])(?:(?![\(whiteSpace)]$)[^\(control)])*$"
  static let title = "^[^\(control)]+$"
  static let key = "^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$"
  static let variableName = "^(?!environment$)[A-Za-z][A-Za-z0-9_]*$"
  static let environmentVariable = "^[A-Za-z_][A-Za-z0-9_]{0,254}$"
  /// A path that stays below the project's directory.
  static let path = "^(?!/)(?![\\s\\S]*(?:^|/)\\.\\.(?:/|$))"
  /// A pattern of `include`: a path that names something.
  static let pattern = "\(path)(?=[\\s\\S]*(?:[^./]|\\.[^/]|[^/]\\.))"

  private static let number = "(?:0|[1-9][0-9]{0,5})"
  /// The oldest version that a project accepts.
  static let requirement = "^>= *\(number)\\.\(number)(?:\\.\(number))?$"

  static func address(_ kinds: [String]) -> String {
    "^(?:\(kinds.joined(separator: "|")))\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$"
  }

  private static let port =
    ":(?!0+(?![0-9]))(?:[0-5]?[0-9]{1,4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
  private static let label = "[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
  /// A DNS name, an address in brackets, or what ends in a number and is judged as an address.
  private static let host =
    "(?:(?![^/?:]{253}[^/?:.])\(label)(?:\\.\(label))*\\.?|\\[[0-9A-Fa-f:.]+\\]"
    + "|(?:[!$&'()*+,;=A-Za-z0-9_~.\\[\\]-]*\\.)?(?:[0-9]+|0[xX][0-9A-Fa-f]*)\\.?)"
  private static let octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
  private static let scheme = "[Hh][Tt][Tt][Pp]"
  private static let thisMachine =
    "(?:(?:\(label)\\.)*[Ll][Oo][Cc][Aa][Ll][Hh][Oo][Ss][Tt]\\.?|127(?:\\.\(octet)){3}\\.?|\\[[0-9A-Fa-f:.]+\\])"

  /// An absolute URL without user info and fragment.
  static let url =
    "^\(scheme)[Ss]?://\(host)(?:\(port))?(?:/(?:[!$&'()*+,./:;=@A-Za-z0-9_~\\[\\]-]|%[0-9A-Fa-f]{2})*)?"
    + "(?:\\?(?:[!$&'()*+,./:;=?@A-Za-z0-9_~\\[\\]-]|%[0-9A-Fa-f]{2})*)?$"
  /// An https URL, or an http URL of this machine.
  static let safeURL = "^(?:\(scheme)[Ss]://|\(scheme)://\(thisMachine)(?:[:/?]|$))"
  /// A host that is no number, nor ends in one, but for four dotted decimals.
  private static let honestHost =
    "(?:(?!(?:[^/:]*\\.)?(?:[0-9]+|0[xX][0-9A-Fa-f]*)\\.?(?:[:/]|$))\(host)|\(octet)(?:\\.\(octet)){3}\\.?)"
  /// A host, with or without scheme and port; plain http for this machine alone.
  static let origin =
    "^(?:(?:\(scheme)[Ss]://)?\(honestHost)|\(scheme)://\(thisMachine))(?:\(port))?/?$"

  /// A duration of any length.
  static let duration = "^(?=[0-9])(?:[0-9]+d)?(?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9]+s)?$"

  /// A duration in a range of seconds: exact for one unit; a sum of several is any.
  static func duration(_ range: ClosedRange<Int>) -> String {
    let units = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)]
    let single = units.compactMap { unit, size -> String? in
      let least = (range.lowerBound + size - 1) / size
      let most = range.upperBound / size
      return least <= most ? "0*\(digits(least, most))\(unit)" : nil
    }
    let sum = "(?=[0-9]+[dhm][0-9])(?:[0-9]+d)?(?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9]+s)?"
    return "^(?:\(single.joined(separator: "|"))|\(sum))$"
  }

  /// The decimal numbers from `least` to `most`, without leading zeros.
  static func digits(_ least: Int, _ most: Int) -> String {
    var parts: [String] = []
    var start = least
    while start <= most {
      // The longest block of numbers that share a beginning and run through all of their last digits.
      var size = 1
      while start % (size * 10) == 0, start + size * 10 - 1 <= most, start > 0 { size *= 10 }
      let head = start / size
      var last = head
      while last % 10 != 9, (last + 2) * size - 1 <= most { last += 1 }
      let stem = head >= 10 ? String(head / 10) : ""
      let digit = head == last ? "\(head % 10)" : "[\(head % 10)-\(last % 10)]"
      let tail = String(repeating: "[0-9]", count: String(size).utf8.count - 1)
      parts.append(stem + digit + tail)
      start = (last + 1) * size
    }
    return "(?:\(parts.joined(separator: "|")))"
  }
}

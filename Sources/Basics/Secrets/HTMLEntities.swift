/// The names of characters in HTML: those of ASCII, and of Latin 1.
enum HTMLEntities {
  /// No name is longer.
  private static let longest = 20

  private static let ascii: [String: UInt32] = [
    "Tab": 9, "NewLine": 10, "excl": 33, "QUOT": 34, "quot": 34, "num": 35, "dollar": 36, "percnt": 37, "AMP": 38,
    "amp": 38, "apos": 39, "lpar": 40, "rpar": 41, "ast": 42, "midast": 42, "plus": 43, "comma": 44, "period": 46,
    "sol": 47, "colon": 58, "semi": 59, "LT": 60, "lt": 60, "equals": 61, "GT": 62, "gt": 62, "quest": 63,
    "commat": 64, "lbrack": 91, "lsqb": 91, "bsol": 92, "rbrack": 93, "rsqb": 93, "Hat": 94, "UnderBar": 95,
    "lowbar": 95, "DiacriticalGrave": 96, "grave": 96, "lbrace": 123, "lcub": 123, "VerticalLine": 124,
    "verbar": 124, "vert": 124, "rbrace": 125, "rcub": 125,
  ]

  /// The names of U+00A0 to U+00FF in their order.
  private static let latin =
    "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 "
    + "acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml "
    + "Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc "
    + "Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml "
    + "aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc "
    + "otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml"

  private static let all = ascii.merging(
    latin.split(separator: " ").enumerated().map { (String($1), UInt32(0xA0 + $0)) },
    uniquingKeysWith: { first, _ in first })

  /// The names that old pages write without a semicolon.
  private static let bare = ["amp", "lt", "gt", "quot"]

  /// The character whose name begins at a place, and how long the name is, with its semicolon.
  static func character(named bytes: [UInt8], at start: Int) -> (scalar: Unicode.Scalar, length: Int)? {
    var end = start
    while end < bytes.count, end - start < longest, isLetter(bytes[end]) { end += 1 }
    if end < bytes.count, bytes[end] == UInt8(ascii: ";"),
      let value = all[String(decoding: bytes[start..<end], as: UTF8.self)]
    {
      return Unicode.Scalar(value).map { ($0, end + 1 - start) }
    }
    guard let name = bare.first(where: { bytes[start..<end].starts(with: $0.utf8) }) else { return nil }
    return all[name].flatMap { Unicode.Scalar($0) }.map { ($0, name.utf8.count) }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10
  }
}

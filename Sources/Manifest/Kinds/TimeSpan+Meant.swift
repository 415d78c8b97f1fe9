extension TimeSpan {
  /// What is wrong with a duration outside of manifests, and what to write; nil for a sound one.
  package static func problem(with text: String) -> String? {
    switch read(text) {
    case .seconds: nil
    case .bare(let number): "the unit is missing: write \(number)s, \(number)m or \(number)h"
    case .tooLong: "it is too long a time"
    case .sexagesimal, .malformed:
      meant(text).map { "write \(TimeSpan.text($0))" }
        ?? "a time is a whole number with a unit, for example 90s, 10m or 2h"
    }
  }

  /// The duration that a person meant with a string such as `1 day`, `90 min`, `1.5h`, `24H` or `PT1H30M`; nil for others.
  package static func meant(_ text: String) -> Int? {
    // A longer one is not a duration, and the sum of so few numbers cannot overflow.
    guard text.utf8.count <= 40 else { return nil }
    // ISO 8601 begins with `P` and has a `T` before the hours, all of it in upper case.
    let isUpper = text.uppercased() == text
    var rest = Substring(text.lowercased())
    if rest.hasPrefix("p") { rest = rest.dropFirst() }
    var tenths = 0
    var isFirst = true
    while true {
      rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "," || $0 == "t" && isUpper }
      if rest.hasPrefix("and ") { rest = rest.dropFirst(4) }
      if rest.isEmpty { break }
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest.dropFirst(digits.count)
      guard let whole = Int(digits), whole < 1_000_000 else { return nil }
      var tenth = 0
      if let point = rest.first, point == "." || point == ",", let digit = rest.dropFirst().first?.wholeNumberValue {
        tenth = digit
        rest = rest.dropFirst(2)
      }
      rest = rest.drop { $0 == " " }
      let word = rest.prefix { $0.isASCII && $0.isLetter && !(isUpper && $0 == "t") }
      rest = rest.dropFirst(word.count)
      guard let size = units[String(word)] else { return nil }
      tenths += (whole * 10 + tenth) * size
      isFirst = false
    }
    return isFirst || tenths == 0 || tenths % 10 != 0 ? nil : tenths / 10
  }

  private static let units: [String: Int] = {
    var units: [String: Int] = [:]
    for (words, size) in [
      ("s sec secs second seconds", 1), ("m min mins minute minutes", 60), ("h hr hrs hour hours", 3_600),
      ("d day days", 86_400), ("w week weeks", 604_800),
    ] {
      for word in words.split(separator: " ") { units[String(word)] = size }
    }
    return units
  }()
}

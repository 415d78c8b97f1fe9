/// Characters that look like others, or like nothing: two words that read alike may differ in them.
package enum LookAlikes {
  /// For each character the one of ASCII that it looks like.
  private static let ascii: [Unicode.Scalar: Unicode.Scalar] = {
    let pairs: [(String, String)] = [
      // Cyrillic.
      ("аеорсухіјѕһԁԛԝӏ", "aeopcyxijshdqwl"), ("АВЕЗКМНОРСТУХІЈЅԌԚԜ", "ABE3KMHOPCTYXIJSGQW"),
      // Greek.
      ("οανρυικτ", "oavpuikt"), ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
      // Dashes.
      ("‐‑‒–—―−", "-------"),
    ]
    var table: [Unicode.Scalar: Unicode.Scalar] = [:]
    for (others, letters) in pairs {
      for (other, letter) in zip(others.unicodeScalars, letters.unicodeScalars) { table[other] = letter }
    }
    // The wide forms of ASCII.
    for value in 0x21...0x7E as ClosedRange<UInt32> {
      if let wide = Unicode.Scalar(value + 0xFEE0), let letter = Unicode.Scalar(value) { table[wide] = letter }
    }
    return table
  }()

  /// The text with look-alikes replaced by ASCII, without invisible characters and without spaces at its ends.
  package static func skeleton(_ text: String) -> String {
    var view = String.UnicodeScalarView()
    for scalar in text.unicodeScalars where !isUnseen(scalar) { view.append(ascii[scalar] ?? scalar) }
    let scalars = view.drop { $0 == " " }
    let end = scalars.lastIndex { $0 != " " }.map { scalars.index(after: $0) } ?? scalars.startIndex
    return String(scalars[scalars.startIndex..<end])
  }

  /// The characters of a string that look like others or like nothing, such as "U+0430 (Cyrillic a)"; nil without any.
  package static func named(in text: String, limit: Int = 3) -> String? {
    guard text.utf8.contains(where: { $0 >= 0x80 }) else { return nil }
    var names: [String] = []
    for scalar in text.unicodeScalars where scalar.value >= 0x80 {
      guard isUnseen(scalar) || ascii[scalar] != nil, case let name = name(scalar), !names.contains(name)
      else { continue }
      names.append(name)
      if names.count == limit { break }
    }
    return names.isEmpty ? nil : names.joined(separator: ", ")
  }

  private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
    SafeText.isUnsafe(scalar) || SafeText.isInvisible(scalar)
  }

  private static func name(_ scalar: Unicode.Scalar) -> String {
    let number = "U+" + SafeText.hexadecimal(scalar.value, digits: 4)
    guard let name = scalar.properties.name else { return number }
    let words = name.lowercased().split(separator: " ").map(String.init)
    guard let script = words.first, words.contains("letter") else { return "\(number) (\(name.lowercased()))" }
    let rest = words.dropFirst().filter { !["small", "capital", "letter"].contains($0) }
    let title = script.prefix(1).uppercased() + script.dropFirst()
    return "\(number) (\(([title] + rest).joined(separator: " ")))"
  }
}

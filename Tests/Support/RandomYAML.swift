import Documents

/// Writes random YAML in a careless hand: odd indentation, comments everywhere, spaces at line ends, every style of scalar.
package struct RandomYAML {
  private var random: SeededGenerator
  private var output = ""
  private var anchors = 0
  private var known: [String] = []
  private let lineBreak: String
  private var comments = 0

  /// Returns the text for a seed; the same seed always gives the same text.
  package static func text(seed: UInt64) -> String {
    var writer = RandomYAML(seed: seed)
    return writer.write()
  }

  private init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    lineBreak = random.next() % 6 == 0 ? "\r\n" : "\n"
  }

  private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
  private mutating func pick<Element>(_ list: [Element]) -> Element {
    list[Int.random(in: list.indices, using: &random)]
  }

  private mutating func write() -> String {
    if chance(10) { output += "\u{FEFF}" }
    let documents = chance(15) ? 2 : 1
    for index in 0..<documents {
      gap(0)
      if documents > 1 || chance(10) {
        output += "---"
        end()
      }
      known = []
      if chance(80) {
        mapping(chance(10) ? 1 : 0, depth: 0, compact: false)
      } else {
        sequence(0, depth: 0, compact: false)
      }
      if documents > 1, index == 0, chance(30) { output += "..." + lineBreak }
    }
    if chance(30) { gap(0) }
    if chance(10), output.hasSuffix("\n") { output.removeLast() }
    return output
  }

  /// Empty lines and comments between two lines of structure.
  private mutating func gap(_ indent: Int) {
    while chance(25) {
      if chance(50) {
        output += String(repeating: " ", count: chance(20) ? 3 : 0) + lineBreak
      } else {
        output += String(repeating: " ", count: pick([indent, indent, indent, 0, indent + 1])) + comment() + lineBreak
      }
    }
  }

  private mutating func comment() -> String {
    comments += 1
    return pick(["# note \(comments)", "#\(comments)", "#\tа \(comments) # b", "# 'it\(comments)", "# a: {\(comments)"])
  }

  /// The end of a line of structure.
  private mutating func end() {
    if chance(20) {
      output += String(repeating: " ", count: pick([1, 1, 2, 7])) + comment()
    }
    if chance(10) { output += pick([" ", "   ", "\t"]) }
    output += lineBreak
  }

  private mutating func mapping(_ indent: Int, depth: Int, compact: Bool) {
    for index in 0..<Int.random(in: 1...4, using: &random) {
      if index > 0 || !compact {
        gap(indent)
        output += String(repeating: " ", count: indent)
      }
      output += pick(["k\(index)", "ключ\(index)", "\"k \(index)\"", "'k\(index)'"]) + ":"
      value(indent, depth: depth, inSequence: false)
    }
  }

  private mutating func sequence(_ indent: Int, depth: Int, compact: Bool) {
    for index in 0..<Int.random(in: 1...3, using: &random) {
      if index > 0 || !compact {
        gap(indent)
        output += String(repeating: " ", count: indent)
      }
      let width = pick([1, 1, 2, 3])
      output += "-"
      if depth < 4, chance(30) {
        output += String(repeating: " ", count: width)
        if chance(70) {
          mapping(indent + 1 + width, depth: depth + 1, compact: true)
        } else {
          sequence(indent + 1 + width, depth: depth + 1, compact: true)
        }
      } else {
        value(indent, depth: depth, inSequence: true)
      }
    }
  }

  /// The part after a colon or a dash, to the end of its lines.
  private mutating func value(_ indent: Int, depth: Int, inSequence: Bool) {
    var lead = " "
    if chance(10) {
      anchors += 1
      lead += "&a\(anchors) "
      known.append("a\(anchors)")
    }
    if depth < 4, chance(40) {
      output += lead.hasPrefix(" &") ? String(lead.dropLast()) : ""
      end()
      let child = indent + pick([1, 2, 2, 3, 4])
      if chance(60) {
        mapping(child, depth: depth + 1, compact: false)
      } else {
        sequence(!inSequence && chance(40) ? indent : child, depth: depth + 1, compact: false)
      }
      return
    }
    switch Int.random(in: 0..<10, using: &random) {
    case 0: block(indent, lead)
    case 1: multiline(indent, lead)
    case 2: flow(indent, lead)
    case 3 where lead == " " && !known.isEmpty:
      output += lead + "*" + pick(known)
      end()
    case 4 where lead == " ":
      end()
    default:
      output += lead + scalar()
      end()
    }
  }

  private mutating func scalar() -> String {
    pick([
      "text", "a b  c", "12h", "\"needless\"", "'needless too'", "\"12\"", "'null'", "\"a: b\"", "'it''s'",
      "\"tab\\t\"",
      "true", "10", "\"${x}\"", "größe", "\"größe\"", "a#b", "http://x/y#z", "'# no comment'", "\"yes\"",
    ])
  }

  private mutating func block(_ indent: Int, _ lead: String) {
    let digit = pick([2, 3])
    let isExplicit = chance(20)
    output += lead + pick(["|", ">"]) + (isExplicit ? "\(digit)" : "") + pick(["", "-", "+"])
    end()
    let inner = indent + (isExplicit ? digit : pick([1, 2, 4]))
    for index in 0..<Int.random(in: 1...3, using: &random) {
      if index > 0, chance(20) { output += String(repeating: " ", count: pick([0, inner, inner + 2])) + lineBreak }
      output += String(repeating: " ", count: inner + (index > 0 ? pick([0, 0, 2]) : 0))
      output += pick(["line", "# not a comment", "key: value", "- item  ", "\ttab", "русский"]) + lineBreak
    }
    if chance(20) { output += lineBreak + (chance(30) ? lineBreak : "") }
  }

  private mutating func multiline(_ indent: Int, _ lead: String) {
    let quote = pick(["", "\"", "'"])
    output += lead + quote + "first" + (chance(20) ? "  " : "") + lineBreak
    if chance(20) { output += lineBreak }
    output += String(repeating: " ", count: indent + pick([1, 2, 5])) + "second # \(quote.isEmpty ? "end" : "text")"
    if !quote.isEmpty { output += quote }
    if quote.isEmpty { output += lineBreak } else { end() }
  }

  private mutating func flow(_ indent: Int, _ lead: String) {
    let inner = lineBreak + String(repeating: " ", count: indent + pick([1, 2, 6]))
    output +=
      lead
      + pick([
        "{}", "[]", "{a: 1, 'b': [x, \"y\"]}", "[a, b , c]", "{\"k\":1}", "{a: 1, \(comment())\(inner)b: 2\(inner)}",
        "[\(inner)one,\(lineBreak)\(inner)\(comment())\(inner)two]",
      ])
    end()
  }
}

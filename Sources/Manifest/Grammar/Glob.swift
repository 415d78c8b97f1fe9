/// Patterns in which `*` stands for any characters and `?` for one.
package enum Glob {
  /// Whether a whole string matches a pattern, in at most as many steps as the product of both lengths.
  ///
  /// The elements decide what one character is: scalars for the names of files, characters for names that people write.
  package static func matches<Element: Equatable>(
    _ text: [Element], _ pattern: ArraySlice<Element>, any: Element, one: Element
  ) -> Bool {
    var steps = 0
    return matches(
      text.count, pattern.count, isAny: { pattern[pattern.startIndex + $0] == any },
      isMatch: { pattern[pattern.startIndex + $1] == one || pattern[pattern.startIndex + $1] == text[$0] },
      steps: &steps)
  }

  /// Whether a list of things matches a list of patterns, some of which match any number of things; counts the steps.
  ///
  /// Only the last such pattern ever has to take one thing more: an earlier one need not.
  static func matches(
    _ things: Int, _ patterns: Int, isAny: (Int) -> Bool, isMatch: (Int, Int) -> Bool, steps: inout Int
  ) -> Bool {
    var (thing, pattern) = (0, 0)
    var last: (pattern: Int, thing: Int)?
    while thing < things {
      steps += 1
      if pattern < patterns, isAny(pattern) {
        last = (pattern, thing)
        pattern += 1
      } else if pattern < patterns, isMatch(thing, pattern) {
        thing += 1
        pattern += 1
      } else if let open = last {
        last = (open.pattern, open.thing + 1)
        (thing, pattern) = (open.thing + 1, open.pattern + 1)
      } else {
        return false
      }
    }
    while pattern < patterns, isAny(pattern) { pattern += 1 }
    return pattern == patterns
  }

  /// Whether a display name matches; characters compare by what they mean, however they are composed.
  package static func matches(name: String, _ pattern: String) -> Bool {
    matches(Array(name), Array(pattern)[...], any: "*", one: "?")
  }
}

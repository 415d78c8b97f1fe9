/// Patterns in which `*` stands for any characters and `?` for one.
package enum Glob {
  /// Tells whether a text matches a pattern whole, in time linear in the product of both lengths.
  ///
  /// The elements decide what one character is: scalars for the names of files, characters for names that people write.
  package static func matches<Element: Equatable>(
    _ text: some Sequence<Element>, _ pattern: ArraySlice<Element>, any: Element, one: Element
  ) -> Bool {
    func closure(_ set: Set<Int>) -> Set<Int> {
      var set = set
      for index in pattern.indices where pattern[index] == any && set.contains(index) { set.insert(index + 1) }
      return set
    }
    var reachable = closure([pattern.startIndex])
    for element in text {
      var next: Set<Int> = []
      for index in reachable where index < pattern.endIndex {
        if pattern[index] == any {
          next.insert(index)
        } else if pattern[index] == one || pattern[index] == element {
          next.insert(index + 1)
        }
      }
      reachable = closure(next)
      if reachable.isEmpty { return false }
    }
    return reachable.contains(pattern.endIndex)
  }

  /// Tells whether a display name matches; characters compare by what they mean, however they are composed.
  package static func matches(name: String, _ pattern: String) -> Bool {
    matches(name, Array(pattern)[...], any: "*", one: "?")
  }
}

import Basics
import Documents

/// Holds a profile file against `ProfileShape.profile` and reports everything wrong in one pass, each at its place.
struct ProfileChecker {
  let document: Document
  private(set) var diagnostics: [Diagnostic] = []

  init(_ document: Document) { self.document = document }

  /// Checks `node`; `name` is the way to it, for messages (`channel.fields.name`).
  mutating func check(_ node: Int, _ shape: ProfileShape, _ name: String) {
    switch shape {
    case .text:
      if let text = scalar(node, name, "a string"),
        text.isEmpty || text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F })
      {
        add(
          .profileValue, node, "`\(name)` is empty or has control characters", suggestion: "write a string of one line")
      }
    case .urlPath:
      if let text = scalar(node, name, "a path"), !ProfileChecker.isURLPath(text) {
        add(
          .profilePath, node, "`\(name)` is not the path of a URL",
          why: "a path begins with a slash and has only letters, digits and `-._~/{}`: no host, query or spaces",
          suggestion: "write it like `/api/v3/channel/searchChannels`")
      }
    case .members:
      if let text = scalar(node, name, "a member's name"), !ProfileChecker.isMembers(text) {
        add(
          .profileMembers, node, "`\(name)` is not a member's name",
          why: "names are not empty and have no spaces; a dot leads into a nested object",
          suggestion: "write it like `channel_name` or `channel_settings.url`")
      }
    case .reading: checkReading(node, name)
    case .count(let range):
      if let text = scalar(node, name, "a whole number") {
        guard document.isPlain(node), let number = Int(text), range.contains(number) else {
          return add(
            .profileValue, node,
            "`\(name)` is not a whole number from \(range.lowerBound) to \(range.upperBound)",
            suggestion: "write a number without quotes")
        }
      }
    case .choice(let words):
      if let text = scalar(node, name, "a word"), !words.contains(text) {
        add(
          .profileValue, node, "`\(name)` is not one of the allowed words",
          suggestion: "write " + ProfileChecker.alternatives(words))
      }
    case .list(let item):
      guard document.shape(node) == .sequence else { return wrongType(node, name, "a list") }
      for (index, child) in document.items(node).enumerated() { check(child, item, "\(name)[\(index)]") }
    case .mapping(let entries):
      guard document.shape(node) == .mapping else { return wrongType(node, name, "a mapping") }
      checkMapping(node, entries, name)
    case .table(let value):
      guard document.shape(node) == .mapping else { return wrongType(node, name, "a mapping") }
      for pair in document.pairs(node) { check(pair.value, value, join(name, document.text(pair.key))) }
    case .either(let scalar, let variants):
      checkEither(node, scalar: scalar, variants: variants, name: name)
    }
  }

  /// A member's name, or a list of some.
  private mutating func checkReading(_ node: Int, _ name: String) {
    switch document.shape(node) {
    case .sequence:
      let count = document.count(node)
      guard (1...ProfileShape.alternativesLimit).contains(count) else {
        return add(
          .profileValue, node,
          count == 0 ? "`\(name)` is an empty list" : "`\(name)` has \(count) alternatives",
          suggestion: "write 1 to \(ProfileShape.alternativesLimit) names: the first that an answer has counts")
      }
      var known: Set<String> = []
      for (index, item) in document.items(node).enumerated() {
        check(item, .members, "\(name)[\(index)]")
        if document.shape(item) == .scalar, !known.insert(document.text(item)).inserted {
          add(
            .profileValue, item, "`\(name)[\(index)]` repeats `\(SafeText.escape(document.text(item)))`",
            suggestion: "write each alternative once")
        }
      }
    case .mapping: wrongType(node, name, "a member's name, or a list of names")
    default: check(node, .members, name)
    }
  }

  private mutating func checkEither(
    _ node: Int, scalar: ProfileShape?, variants: [ProfileShape.Variant], name: String
  ) {
    switch document.shape(node) {
    case .mapping:
      guard let variant = variants.first(where: { fits($0.mark, node) }) else { return }
      checkMapping(node, variant.entries + (variant.hasPath ? ProfileShape.pathEntries : []), name)
      if variant.hasPath { checkPath(node, name) }
      if case .key("level") = variant.mark { checkItem(node, name) }
    case .scalar where scalar != nil:
      if let scalar { check(node, scalar, name) }
    default:
      wrongType(node, name, scalar == nil ? "a mapping" : "a string or a mapping")
    }
  }

  private mutating func checkMapping(_ node: Int, _ entries: [ProfileShape.ShapeKey], _ name: String) {
    for pair in document.pairs(node) {
      let key = document.text(pair.key)
      guard let entry = entries.first(where: { $0.key == key }) else {
        add(
          .profileKey, pair.key, "`\(join(name, SafeText.escape(key)))` is not a setting of a profile",
          suggestion: Suggestion.nearest(to: key, among: entries.map(\.key), limit: 1).first.map {
            "did you mean `\($0)`?"
          }
            ?? "write " + ProfileChecker.alternatives(entries.map(\.key)))
        continue
      }
      check(pair.value, entry.shape, join(name, key))
    }
    for entry in entries where entry.isRequired && document.value(of: entry.key, in: node) == nil {
      add(
        .profileMissing, node, "`\(join(name, entry.key))` is missing",
        suggestion: "copy the line from the built-in profile (`kitform profile show`) and correct it")
    }
  }

  /// A member is named by `at`, or by both `read` and `write`.
  private mutating func checkPath(_ node: Int, _ name: String) {
    let has = ["at", "read", "write"].map { document.value(of: $0, in: node) != nil }
    if has == [true, false, false] || has == [false, true, true] { return }
    add(
      .profileAt, node, "`\(name)` does not say where the member is",
      suggestion: "write `at`, or `read` and `write` where the two names differ")
  }

  /// An item's id and level are written under different names.
  private mutating func checkItem(_ node: Int, _ name: String) {
    func written(_ key: String) -> String? {
      document.value(of: key, in: node).flatMap { value in
        let first = document.shape(value) == .sequence ? document.items(value).first { _ in true } : value
        return first.flatMap { document.shape($0) == .scalar ? document.text($0) : nil }
      }
    }
    guard let level = document.value(of: "level", in: node), let text = written("level"), text == written("id") else {
      return
    }
    add(
      .profileValue, level, "`\(name).level` is written as `\(SafeText.escape(text))`, and so is `\(name).id`",
      suggestion: "name the member of each: the first of several names is the one that is written")
  }

  private func fits(_ mark: ProfileShape.Mark, _ node: Int) -> Bool {
    switch mark {
    case .key(let key): document.value(of: key, in: node) != nil
    case .value(let word, let key): document.value(of: key, in: node).map { document.text($0) } == word
    case .any: true
    }
  }

  private mutating func scalar(_ node: Int, _ name: String, _ wanted: String) -> String? {
    guard document.shape(node) == .scalar else {
      wrongType(node, name, wanted)
      return nil
    }
    return document.text(node)
  }

  private mutating func wrongType(_ node: Int, _ name: String, _ wanted: String) {
    let found =
      switch document.shape(node) {
      case .mapping: "a mapping"
      case .sequence: "a list"
      default: "a string"
      }
    add(.profileType, node, "`\(name)` is \(found)", suggestion: "write \(wanted)")
  }

  private mutating func add(
    _ rule: Rule, _ node: Int, _ message: String, why: String? = nil, suggestion: String? = nil
  ) {
    diagnostics.append(Diagnostic(rule, at: document.place(node), message, why: why, suggestion: suggestion))
  }

  private func join(_ name: String, _ key: String) -> String { name.isEmpty ? key : "\(name).\(key)" }

  /// "`a`", "`a` or `b`", "`a`, `b` or `c`".
  private static func alternatives(_ words: [String]) -> String {
    let quoted = words.map { "`\($0)`" }
    guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "nothing" }
    return quoted.dropLast().joined(separator: ", ") + " or " + last
  }

  static func isURLPath(_ text: String) -> Bool {
    text.utf8.first == UInt8(ascii: "/") && text.utf8.count > 1
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "-._~/{}".utf8.contains(byte)
        }
      } && !text.hasPrefix("//")
      && !text.utf8.split(separator: UInt8(ascii: "/")).contains { $0.elementsEqual("..".utf8) }
  }

  static func isMembers(_ text: String) -> Bool {
    !text.isEmpty && !text.utf8.contains { $0 <= 0x20 || $0 == 0x7F }
      && text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
  }
}

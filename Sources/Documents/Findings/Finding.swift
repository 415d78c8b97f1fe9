import Basics

/// Findings of reading a YAML or JSON file; each message is written once, here.
///
/// None of them quotes a value, a tag or an alias, because that could be a secret that was written without quotes.
package enum Finding {
  package static func duplicateKey(_ area: ReadingRules, _ place: SourcePlace, first: SourcePlace, isMerge: Bool)
    -> Diagnostic
  {
    Diagnostic(
      area.duplicateKey, at: place,
      isMerge ? "this mapping has two merge keys `<<`" : "this key appears twice in one mapping",
      why: "only one of the two can count, and programs disagree on which",
      suggestion: isMerge ? "write one merge key with a list: `<<: [*one, *other]`" : "remove one of the two",
      notes: [.init("first written here", at: first)])
  }

  package static func depth(_ area: ReadingRules, _ place: SourcePlace, _ budget: DocumentBudget) -> Diagnostic {
    Diagnostic(
      area.depth, at: place, "nested more than \(budget.depth) levels deep",
      why: "the limit keeps a hostile file from exhausting the reader; what aliases stand for counts too")
  }

  package static func nodes(_ area: ReadingRules, _ place: SourcePlace, _ budget: DocumentBudget) -> Diagnostic {
    Diagnostic(
      area.fileSize, at: place, "the file has more than \(budget.nodes) values",
      why: "the limit keeps a hostile file from exhausting the memory; reading ends here",
      suggestion: "split the file")
  }

  package static func fileSize(_ area: ReadingRules, place: SourcePlace, size: Int, budget: DocumentBudget)
    -> Diagnostic
  {
    Diagnostic(
      area.fileSize, at: place,
      "the file has \(size) bytes, more than the limit of \(budget.bytes)", suggestion: "split the file")
  }

  package static func scalarSize(_ area: ReadingRules, _ place: SourcePlace, _ budget: DocumentBudget) -> Diagnostic {
    Diagnostic(
      area.scalarSize, at: place,
      "this value is longer than \(budget.scalarBytes) bytes")
  }

  package static func unknownAlias(_ place: SourcePlace, _ nearest: String?) -> Diagnostic {
    Diagnostic(
      .yamlUnknownAlias, at: place, "no anchor of this name comes before this alias",
      why: "an unquoted value that begins with `*` is an alias: it stands for the value that `&name` marks",
      suggestion: nearest.map { "did you mean `*\($0)`? quote the value if it is a string" }
        ?? "quote the value if it is a string")
  }

  package static func recursiveAlias(_ place: SourcePlace, anchored: SourcePlace) -> Diagnostic {
    Diagnostic(
      .yamlRecursiveAlias, at: place, "this alias is inside the value that it names",
      why: "such a value would contain itself without end",
      notes: [
        .init(
          "the anchored value begins here",
          at: SourcePlace(file: anchored.file, start: Int(anchored.start), end: Int(anchored.start) + 1))
      ])
  }

  package static func aliasBudget(
    _ place: SourcePlace, _ budget: DocumentBudget, ofBytes: Bool, anchored: SourcePlace
  ) -> Diagnostic {
    Diagnostic(
      .yamlAliasBudget, at: place,
      "aliases and merges add more than \(ofBytes ? "\(budget.addedBytes) bytes" : "\(budget.addedNodes) values") to this file",
      why: "a few aliases of aliases can stand for billions of values; the limit counts all of a file's",
      suggestion: "write the values out, or share fewer of them",
      notes: [.init("the anchored value", at: anchored)])
  }

  package static func merge(_ place: SourcePlace) -> Diagnostic {
    Diagnostic(
      .yamlMerge, at: place, "a merge key `<<` needs a mapping, an alias of a mapping, or a list of those",
      suggestion: "write `<<: *name` or `<<: [*one, *other]`, or quote \"<<\" if it is an ordinary key")
  }

  package static func key(_ place: SourcePlace) -> Diagnostic {
    Diagnostic(
      .yamlKey, at: place, "a key must be a string, not a list or a mapping",
      why: "there is `{…}` or `[…]` where a key is expected, as in `{{ name }}` of a template",
      suggestion: "quote it if it is a string")
  }

  package static func emptyKey(_ place: SourcePlace) -> Diagnostic {
    Diagnostic(
      .yamlKey, at: place, "a key is missing in front of this colon", suggestion: "write `key: value`")
  }

  package static func nullKey(_ place: SourcePlace) -> Diagnostic {
    Diagnostic(
      .yamlKey, at: place, "a key must be a string, not a null", why: "YAML reads `~` and `null` as nothing",
      suggestion: "quote it if it is a string")
  }

  package static func variableInFlow(_ place: SourcePlace) -> Diagnostic {
    Diagnostic(
      .yamlVariableInFlow, at: place, "a variable inside `{ }` or `[ ]` must be quoted",
      why: "unquoted, YAML takes its braces for a mapping", suggestion: "quote it: \"${name}\"")
  }

  package static func unknownTag(_ place: SourcePlace) -> Diagnostic {
    Diagnostic(
      .yamlUnknownTag, at: place, "this tag is not known",
      why:
        "an unquoted value that begins with `!` is a tag; known are `!!str`, `!!int`, `!!float`, `!!bool`, `!!null`, "
        + "`!!map` and `!!seq`",
      suggestion: "remove the tag, or quote the value if it is a string")
  }

  package static func unfitTag(_ place: SourcePlace, _ name: String) -> Diagnostic {
    Diagnostic(
      .yamlUnknownTag, at: place, "the tag `!!\(name)` does not fit this value",
      suggestion: "remove the tag; the schema says what type is wanted")
  }

  package static func directives(_ place: SourcePlace) -> Diagnostic {
    Diagnostic(
      .yamlSyntax, at: place, "the file declares too many tag handles with `%TAG`",
      why: "reading each takes longer than the one before", suggestion: "remove these lines; manifests need none")
  }

  package static func control(_ place: SourcePlace, _ scalar: UInt32, escaped: Bool) -> Diagnostic {
    let name =
      scalar < 0x100
      ? "control character" : scalar >= 0xFFFE ? "character that is not allowed in a file" : "hidden line break"
    let code = "U+" + SafeText.hexadecimal(scalar, digits: 4)
    return Diagnostic(
      .yamlControlCharacter, at: place,
      escaped ? "an escape in this text stands for the \(name) \(code)" : "the file has the \(name) \(code) here",
      why: scalar < 0x100 || scalar >= 0xFFFE
        ? "such characters are invisible and can control a terminal"
        : "programs disagree on whether it ends a line",
      suggestion: "remove it")
  }

  package static func encoding(_ area: ReadingRules, _ place: SourcePlace, _ message: String, why: String? = nil)
    -> Diagnostic
  {
    Diagnostic(area.encoding, at: place, message, why: why, suggestion: "save the file as UTF-8")
  }
}

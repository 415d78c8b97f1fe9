import Documents

/// Puts libyaml's syntax errors into words that say what to write, with the place that a person would look for.
struct YAMLSyntax {
  /// What libyaml says: its two sentences, and byte offsets.
  struct ParserFailure {
    var problem: String
    var offset: Int
    var context: String
    var contextOffset: Int
  }

  let file: Int32
  let bytes: [UInt8]
  /// The last quoted text that spans lines, which often began with a quote that was never closed.
  let lastMultilineQuote: Range<Int>?

  /// Returns the one finding for a failure.
  func finding(_ failure: ParserFailure) -> Diagnostic {
    let at = min(failure.offset, bytes.count)
    switch failure.problem {
    case "did not find expected alphabetic or numeric character":
      return name(failure)
    case "found character that cannot start any token":
      return unexpectedCharacter(at)
    case "mapping values are not allowed in this context":
      return unexpectedColon(at)
    case "block sequence entries are not allowed in this context":
      return error(
        at, "a list cannot begin on the line of its key", why: "`- ` begins an item of a list",
        suggestion: "put each `- item` on a line of its own, or quote the value if it is a string")
    case "mapping keys are not allowed in this context":
      return error(
        at, "a key marked with `?` cannot be here", why: nil, suggestion: "write `key: value`, or quote the text")
    case "could not find expected ':'":
      return missingColon(failure)
    case "found unexpected end of stream", "found unexpected document indicator":
      return unclosedQuote(failure)
    case "found unknown escape character", "did not find expected hexdecimal number",
      "found invalid Unicode character escape code":
      return error(
        at..<min(at + 2, bytes.count), "this escape is not known in a string between double quotes",
        why: "a backslash begins an escape there: `\\n`, `\\\"`, `\\\\`, `\\u263A`",
        suggestion: "write `\\\\` for a backslash, or put the text between single quotes")
    case "did not find expected comment or line break":
      return failure.context.contains("block scalar")
        ? error(
          at, "only a comment may follow `|` or `>` on its line", why: nil,
          suggestion: "begin the text on the next line, indented")
        : error(at, "nothing may follow here but a comment", why: nil, suggestion: nil)
    case "found a tab character where an indentation space is expected",
      "found a tab character that violates indentation":
      return tab(at)
    case "did not find expected ',' or ']'", "did not find expected ',' or '}'":
      return unclosedFlow(failure)
    case "did not find expected key", "did not find expected '-' indicator":
      return indentation(failure)
    case "did not find expected node content":
      return error(
        at, "a value is missing here", why: "brackets, commas and quotes have a meaning in YAML",
        suggestion: "write the value, or quote it if it begins with such a character")
    case "did not find expected <document start>":
      return error(
        at, "the text goes on where the document has ended",
        why: "a file holds one value, or several between lines of `---`",
        suggestion: "check the indentation of this line, or a bracket too many before it")
    case "found incompatible YAML document", "found extremely long version number":
      return error(
        at, "this version of YAML is not known", why: "manifests are YAML 1.2", suggestion: "remove the line")
    case "found undefined tag handle":
      return Finding.unknownTag(place(token(at)))
    default:
      return other(failure)
    }
  }

  private func other(_ failure: ParserFailure) -> Diagnostic {
    if failure.context.contains("tag") {
      return Finding.unknownTag(place(token(min(failure.contextOffset, bytes.count))))
    }
    if failure.context.contains("directive") || failure.problem.contains("directive") {
      return error(
        lineStart(min(failure.offset, bytes.count)),
        "a line that begins with `%` is a YAML directive, and this one is not understood",
        why: "libyaml: \(failure.problem)", suggestion: "remove the line, or quote the text")
    }
    return error(
      failure.offset, "this is not well-formed YAML", why: "libyaml: \(failure.problem)",
      suggestion: "check brackets, quotes and the indentation")
  }

  /// `*` or `&` without a name behind it: mostly a pattern of file names.
  private func name(_ failure: ParserFailure) -> Diagnostic {
    let range = token(min(failure.contextOffset, bytes.count))
    if failure.context.contains("alias") {
      return Diagnostic(
        .yamlAliasInFlowPattern, at: place(range), "a pattern that begins with `*` must be quoted",
        why: "unquoted, YAML takes `*` for an alias of another value", suggestion: "quote the pattern: \"*.yaml\"")
    }
    return error(
      range, "a value that begins with `&` must be quoted", why: "unquoted, YAML takes `&` for an anchor",
      suggestion: "quote the value")
  }

  private func unexpectedCharacter(_ at: Int) -> Diagnostic {
    guard at < bytes.count else {
      return error(at, "the file ends where a value is expected", why: nil, suggestion: nil)
    }
    switch bytes[at] {
    case UInt8(ascii: "\t"): return tab(at)
    case UInt8(ascii: "@"), UInt8(ascii: "`"), UInt8(ascii: "%"):
      return error(
        token(at), "a value cannot begin with this character without quotes",
        why: "YAML reserves `@`, `%` and the backquote",
        suggestion: "quote the value")
    default:
      return error(
        at, "a value cannot begin with this character", why: nil, suggestion: "quote the value if it is a string")
    }
  }

  private func tab(_ at: Int) -> Diagnostic {
    var end = at
    while end < bytes.count, bytes[end] == UInt8(ascii: "\t") { end += 1 }
    return error(
      at..<max(end, at), "a tab is used for indentation", why: "YAML allows only spaces for indentation",
      suggestion: "replace the tab with spaces")
  }

  private func unexpectedColon(_ at: Int) -> Diagnostic {
    let line = lineStart(at)
    if let key = missingSpace(before: line) {
      return error(
        key, "a space is missing after this colon", why: "`key:value` without a space is one word in YAML",
        suggestion: "write `key: value`")
    }
    if let colon = firstColon(from: line, before: at) {
      return error(
        at..<min(at + 1, bytes.count), "this value has a second colon",
        why: "`: ` separates a key from its value, so an unquoted value cannot have one",
        suggestion: "quote the value, or put the inner mapping on the next line",
        notes: [.init("the first colon of the line", at: place(colon..<colon + 1))])
    }
    return error(
      at..<min(at + 1, bytes.count), "a key cannot be here",
      why: "the line before is still a value, or this one is indented more than the keys beside it",
      suggestion: "indent the keys of one mapping alike")
  }

  private func missingColon(_ failure: ParserFailure) -> Diagnostic {
    let start = min(failure.contextOffset, bytes.count)
    let line = lineStart(start)
    if let key = missingSpace(in: line) ?? missingSpace(before: line) {
      return error(
        key, "a space is missing after this colon", why: "`key:value` without a space is one word in YAML",
        suggestion: "write `key: value`")
    }
    return error(
      start..<lineEnd(start), "a colon is missing on this line", why: "every line of a mapping is `key: value`",
      suggestion: "write `key: value`, or indent the line if it continues the value above")
  }

  private func unclosedQuote(_ failure: ParserFailure) -> Diagnostic {
    let start = min(failure.contextOffset, bytes.count)
    return error(
      start..<lineEnd(start), "the quote that begins here is never closed", why: nil,
      suggestion: "add the closing quote")
  }

  private func unclosedFlow(_ failure: ParserFailure) -> Diagnostic {
    let start = min(failure.contextOffset, bytes.count)
    let at = min(failure.offset, bytes.count)
    let isMapping = failure.problem.hasSuffix("'}'")
    let closing = isMapping ? "}" : "]"
    if restIsEmpty(from: at) || lineStart(at) != lineStart(start) {
      return error(
        start..<min(start + 1, bytes.count), "the bracket that opens here is never closed", why: nil,
        suggestion: "add `\(closing)` where the \(isMapping ? "mapping" : "list") ends",
        notes: restIsEmpty(from: at) ? [] : [.init("what follows does not fit into it", at: place(token(at)))])
    }
    return error(
      token(at), "a comma or `\(closing)` is missing here",
      why: "between brackets, values are separated by commas; a string with `[ ] { } ,` in it must be quoted",
      suggestion: "add it, or quote the value")
  }

  private func indentation(_ failure: ParserFailure) -> Diagnostic {
    let at = min(failure.offset, bytes.count)
    if at < bytes.count, bytes[at] == UInt8(ascii: ":") { return Finding.emptyKey(place(at..<at + 1)) }
    if at < bytes.count, bytes[at] == UInt8(ascii: "]") || bytes[at] == UInt8(ascii: "}") {
      return error(
        at..<at + 1, "no bracket is open that this one could close", why: nil,
        suggestion: "remove it, or quote the whole value")
    }
    var notes = [
      Diagnostic.Note(
        failure.problem.hasSuffix("indicator") ? "the list begins here" : "the mapping begins here",
        at: place(token(min(failure.contextOffset, bytes.count))))
    ]
    if let quote = lastMultilineQuote, lineStart(max(quote.upperBound - 1, 0)) == lineStart(at) {
      return error(
        quote.lowerBound..<lineEnd(quote.lowerBound), "the quote that begins here is closed on a later line only",
        why: "the next quote of the file ended it, and the text after it cannot be there",
        suggestion: "add the closing quote",
        notes: [.init("this cannot be here", at: place(token(at)))])
    }
    let isQuoteEnd = at > lineStart(at) && firstVisible(lineStart(at)) != at
    if isQuoteEnd {
      notes = []
      return error(
        token(at), "nothing may follow this value on its line",
        why: "a quoted text, a bracket or an alias is a whole value",
        suggestion: "quote the whole value, or remove what follows", notes: notes)
    }
    return error(
      token(at),
      failure.problem.hasSuffix("indicator") ? "an item of the list, `- `, is expected here" : "a key is expected here",
      why: "this line is not indented like the lines that it belongs to",
      suggestion: "indent the lines of one mapping or list alike",
      notes: notes)
  }

  // MARK: - Looking at the source

  /// The word of the line `line` that looks like `key:value`, when it is the first one there.
  private func missingSpace(in line: Int) -> Range<Int>? {
    let start = firstVisible(line)
    var index = start
    while index < bytes.count, isWordByte(bytes[index]) { index += 1 }
    guard index > start, index + 1 < bytes.count, bytes[index] == UInt8(ascii: ":"), bytes[index + 1] > 0x20 else {
      return nil
    }
    // `https://…` is a string, not a key.
    guard bytes[index + 1] != UInt8(ascii: "/") else { return nil }
    return index..<index + 1
  }

  /// The same for the line before the one that begins at `line`.
  private func missingSpace(before line: Int) -> Range<Int>? {
    line > 0 ? missingSpace(in: lineStart(line - 1)) : nil
  }

  private func isWordByte(_ byte: UInt8) -> Bool {
    byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_")
      || byte == UInt8(ascii: "-")
  }

  /// The first `: ` of a line, before `limit`.
  private func firstColon(from line: Int, before limit: Int) -> Int? {
    var index = line
    while index < limit, index + 1 < bytes.count {
      if bytes[index] == UInt8(ascii: ":"), bytes[index + 1] <= 0x20 { return index }
      index += 1
    }
    return nil
  }

  private func lineStart(_ offset: Int) -> Int {
    var index = min(offset, bytes.count)
    while index > 0, !isBreak(bytes[index - 1]) { index -= 1 }
    return index
  }

  private func lineEnd(_ offset: Int) -> Int {
    var index = offset
    while index < bytes.count, !isBreak(bytes[index]) { index += 1 }
    return max(index, min(offset + 1, bytes.count))
  }

  private func firstVisible(_ line: Int) -> Int {
    var index = line
    while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    return index
  }

  private func restIsEmpty(from offset: Int) -> Bool {
    bytes[min(offset, bytes.count)...].allSatisfy { $0 <= 0x20 }
  }

  private func isBreak(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  /// The bytes from `offset` up to the next space, line break, comma or closing bracket; one at least, where there is one.
  private func token(_ offset: Int) -> Range<Int> {
    var end = offset
    while end < bytes.count, bytes[end] > 0x20, !",]}".utf8.contains(bytes[end]) { end += 1 }
    return offset..<max(end, min(offset + 1, bytes.count))
  }

  private func place(_ range: Range<Int>) -> SourcePlace {
    SourcePlace(file: file, start: range.lowerBound, end: range.upperBound)
  }

  private func error(
    _ range: Range<Int>, _ message: String, why: String?, suggestion: String?, notes: [Diagnostic.Note] = []
  ) -> Diagnostic {
    Diagnostic(.yamlSyntax, at: place(range), message, why: why, suggestion: suggestion, notes: notes)
  }

  private func error(_ offset: Int, _ message: String, why: String?, suggestion: String?) -> Diagnostic {
    error(token(min(offset, bytes.count)), message, why: why, suggestion: suggestion)
  }
}

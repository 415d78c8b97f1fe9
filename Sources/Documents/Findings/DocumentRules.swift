extension Rule {
  // What every YAML file must be, whatever it says.
  package static let yamlSyntax = Rule(
    "yaml.syntax", "A file is well-formed YAML 1.2.", example: "name: \"a value with: a colon\"")
  package static let yamlEncoding = Rule(
    "yaml.encoding", "A file is UTF-8, with or without a byte order mark.", example: "iconv -f UTF-16 -t UTF-8 FILE")
  package static let yamlControlCharacter = Rule(
    "yaml.control-character", "A file has no control characters and no hidden line breaks, also not by an escape.",
    example: "name: \"one\\ttwo\"")
  package static let yamlDuplicateKey = Rule(
    "yaml.duplicate-key", "A mapping has each key once; a plain number and a quoted one are two keys.",
    example: "<<: [*one, *other]")
  package static let yamlKey = Rule(
    "yaml.key", "A key is a string, a number or a boolean.", example: "\"{name}\": value")
  package static let yamlMerge = Rule(
    "yaml.merge", "The value of a merge key is a mapping or a list of mappings.", example: "<<: *common")
  package static let yamlUnknownAlias = Rule(
    "yaml.unknown-alias", "An alias names an anchor that comes before it.", example: "a: &common {b: 1}")
  package static let yamlRecursiveAlias = Rule(
    "yaml.recursive-alias", "An alias is not inside the value that it names.", example: "a: &one [1, 2]")
  package static let yamlAliasBudget = Rule(
    "yaml.alias-budget", "Aliases and merges add at most 100,000 values and 8 MiB of text to a file.",
    example: "a: *once")
  package static let yamlAliasInFlowPattern = Rule(
    "yaml.alias-in-flow-pattern", "A pattern that begins with `*` is quoted.", example: "include: [\"*.yaml\"]")
  package static let yamlVariableInFlow = Rule(
    "yaml.variable-in-flow", "A variable inside `{ }` or `[ ]` is quoted.", example: "redirect: {queue: \"${queue}\"}")
  package static let yamlUnknownTag = Rule(
    "yaml.unknown-tag", "A tag is one of YAML's own, and fits its value.", example: "name: \"!important\"")
  package static let yamlFileSize = Rule(
    "yaml.file-size", "A file has at most 4 MiB and a million values.", example: "include: [\"channels/**/*.yaml\"]")
  package static let yamlScalarSize = Rule(
    "yaml.scalar-size", "A value has at most 64 KiB.", example: "accessToken: {file: secrets/token}")
  package static let yamlDepth = Rule(
    "yaml.depth", "A file is at most 64 levels deep.", example: "channels: {ok: {community: {name: OK}}}")

  // What every JSON text must be.
  package static let jsonSyntax = Rule(
    "json.syntax", "A JSON text is well-formed (RFC 8259).", example: "{\"name\": \"acme\"}")
  package static let jsonEncoding = Rule(
    "json.encoding", "A JSON text is UTF-8.", example: "iconv -f UTF-16 -t UTF-8 FILE")
  package static let jsonDuplicateKey = Rule(
    "json.duplicate-key", "An object has each key once.", example: "{\"a\": 1, \"b\": 2}")
  package static let jsonSize = Rule(
    "json.size", "A JSON text stays within the size that its reader takes.", example: "{\"a\": 1}")
  package static let jsonDepth = Rule("json.depth", "A JSON text is at most 64 levels deep.", example: "[[1], [2]]")

  /// The rules of reading YAML and JSON, in the order of the reference.
  package static let reading: [Rule] = [
    yamlSyntax, yamlEncoding, yamlControlCharacter, yamlDuplicateKey, yamlKey, yamlMerge, yamlUnknownAlias,
    yamlRecursiveAlias, yamlAliasBudget, yamlAliasInFlowPattern, yamlVariableInFlow, yamlUnknownTag, yamlFileSize,
    yamlScalarSize, yamlDepth, jsonSyntax, jsonEncoding, jsonDuplicateKey, jsonSize, jsonDepth,
  ]
}

/// The rules that YAML and JSON share, as one of both languages calls them.
package struct ReadingRules {
  let isYAML: Bool
  let duplicateKey: Rule
  let depth: Rule
  let fileSize: Rule
  let scalarSize: Rule
  let encoding: Rule

  package static let yaml = ReadingRules(
    isYAML: true, duplicateKey: .yamlDuplicateKey, depth: .yamlDepth, fileSize: .yamlFileSize,
    scalarSize: .yamlScalarSize, encoding: .yamlEncoding)
  package static let json = ReadingRules(
    isYAML: false, duplicateKey: .jsonDuplicateKey, depth: .jsonDepth, fileSize: .jsonSize, scalarSize: .jsonSize,
    encoding: .jsonEncoding)
}

extension Diagnostic {
  /// Whether the finding is about the YAML or JSON itself, so that the file was perhaps not read as it is meant.
  package var isOfReading: Bool { Rule.reading.contains(rule) }
}

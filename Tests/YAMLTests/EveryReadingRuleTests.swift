import Documents
import Support
import Testing
import YAML

/// For every rule of reading YAML and JSON a marked text, with all findings and their notes.
///
/// Files that are not UTF-8 cannot be shown as text: `EncodingTests` has them.
@Suite struct EveryReadingRuleTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var text: String
    var isJSON = false
    var budget = DocumentBudget.standard

    init(_ text: String, isJSON: Bool = false, budget: DocumentBudget = .standard) {
      self.text = text
      self.isJSON = isJSON
      self.budget = budget
    }

    var testDescription: String { MarkedText(text).rules.sorted().joined(separator: ", ") }
  }

  private static let small = DocumentBudget(bytes: 1000, depth: 4, scalarBytes: 20, addedNodes: 3, nodes: 12)

  static let cases = [
    Case(
      """
      name: a: b
             ^ error yaml.syntax: this value has a second colon
          ^ note yaml.syntax: the first colon of the line
      """),
    Case(
      """
      name: "a\\e"
            ^^^^^ error yaml.control-character: an escape in this text stands for the control character U+001B
      """),
    Case(
      """
      skills: {a: 1, 5: 2, "a": 3, "5": 4, 5: 5}
                           ^^^ error yaml.duplicate-key: this key appears twice in one mapping
                                           ^ error yaml.duplicate-key: this key appears twice in one mapping
               ^ note yaml.duplicate-key: first written here
                     ^ note yaml.duplicate-key: first written here
      """),
    Case(
      """
      a: {{ name }}
          ^^^^^^^^ error yaml.key: a key must be a string, not a list or a mapping
      """),
    Case(
      """
      a: {<<: 1}
              ^ error yaml.merge: a merge key `<<` needs a mapping, an alias of a mapping, or a list of those
      """),
    Case(
      """
      a: *b
         ^^ error yaml.unknown-alias: no anchor of this name comes before this alias
      """),
    Case(
      """
      a: &a [1, *a]
                ^^ error yaml.recursive-alias: this alias is inside the value that it names
            ^ note yaml.recursive-alias: the anchored value begins here
      """),
    Case(
      """
      a: &a [1, 2]
            ^^^^^^ note yaml.alias-budget: the anchored value
      b: [*a, *a]
              ^^ error yaml.alias-budget: aliases and merges add more than 3 values to this file
      """, budget: small),
    Case(
      """
      include: [*.yaml]
                ^^^^^^ error yaml.alias-in-flow-pattern: a pattern that begins with `*` must be quoted
      """),
    Case(
      """
      redirect: {queue: ${queue}}
                        ^^^^^^^^ error yaml.variable-in-flow: a variable inside `{ }` or `[ ]` must be quoted
      """),
    Case(
      """
      a: !secret x
         ^^^^^^^ error yaml.unknown-tag: this tag is not known
      b: !!int x
         ^^^^^ error yaml.unknown-tag: the tag `!!int` does not fit this value
      """),
    Case(
      """
      a: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
                                     ^^ error yaml.file-size: the file has more than 12 values
      """, budget: small),
    Case(
      """
      a: xxxxxxxxxxxxxxxxxxxxx
         ^^^^^^^^^^^^^^^^^^^^^ error yaml.scalar-size: this value is longer than 20 bytes
      """, budget: small),
    Case(
      """
      a: [[[[1]]]]
            ^ error yaml.depth: nested more than 4 levels deep
      """, budget: small),
    Case(
      """
      {"a": tru}
            ^ error json.syntax: this is not well-formed JSON: a value is expected here
      """, isJSON: true),
    Case(
      """
      {"a": 1, "b": 2, "a": 3}
                       ^^^ error json.duplicate-key: this key appears twice in one mapping
       ^^^ note json.duplicate-key: first written here
      """, isJSON: true),
    Case(
      """
      ["xxxxxxxxxxxxxxxxxxxxx"]
       ^^^^^^^^^^^^^^^^^^^^^^^ error json.size: this value is longer than 20 bytes
      """, isJSON: true, budget: small),
    Case(
      """
      [[[[[1]]]]]
          ^ error json.depth: nested more than 4 levels deep
      """, isJSON: true, budget: small),
  ]

  @Test(arguments: cases)
  func `a finding stands at its place, with its words and its notes`(_ example: Case) {
    let text = MarkedText(example.text)
    var sources = SourceMap()
    let source = SourceFile(path: "a.yaml", text: text.source)
    let file = sources.add(source)
    let found =
      example.isJSON
      ? JSONComposer.compose(source, file: file, budget: example.budget).diagnostics
      : YAMLComposer.compose(source, file: file, budget: example.budget).diagnostics
    #expect(text.marked(found, in: sources, notes: true) == text.expected)
  }

  @Test func `every rule of reading has a marked text`() {
    let covered = Self.cases.reduce(into: Set<String>()) { $0.formUnion(MarkedText($1.text).rules) }
    let elsewhere: Set<String> = [Rule.yamlEncoding.id, Rule.jsonEncoding.id]
    #expect(covered.union(elsewhere) == Set(Rule.reading.map(\.id)))
    #expect(covered.isDisjoint(with: elsewhere))
  }
}

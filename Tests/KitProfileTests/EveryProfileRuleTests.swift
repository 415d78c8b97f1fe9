import Documents
import KitProfile
import Support
import Testing

/// For every rule of profiles the built-in one with one mistake in it, marked; only the reader of files reports the first.
@Suite struct EveryProfileRuleTests {
  struct Case: Sendable, CustomTestStringConvertible {
    /// What the built-in profile has.
    var line: String
    /// What is there instead, with its markers.
    var text: String

    var testDescription: String { text }
  }

  static let cases = [
    Case(
      line: "    name: channel_name\n",
      text: """
            name: [channel_name]
                  ^^^^^^^^^^^^^^ error profile.type: `channel.fields.name` is a list

        """),
    Case(
      line: "  listFunctions: /api/v3/function/searchFunctions\n",
      text: """
          listFuncs: /api/v3/function/searchFunctions
          ^^^^^^^^^ error profile.key: `operations.listFuncs` is not a setting of a profile

        """),
    Case(
      line: "  listFunctions: /api/v3/function/searchFunctions\n",
      text: """
          listFunctions: https://kit.example/search
                         ^^^^^^^^^^^^^^^^^^^^^^^^^^ error profile.path: `operations.listFunctions` is not the path of a URL

        """),
    Case(
      line: "    name: channel_name\n",
      text: """
            name: channel..name
                  ^^^^^^^^^^^^^ error profile.members: `channel.fields.name` is not a member's name

        """),
    Case(
      line: "{switch: use_topics, at: topic_set_id}\n",
      text: """
        {switch: use_topics, read: topic_set_id}
                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error profile.at: `channel.fields.topicSet` does not say where the member is

        """),
    Case(
      line: "  listFunctions: /api/v3/function/searchFunctions\n",
      text: """
          listFunctions: /api/v3/channel/deleteChannel
                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error profile.shared: `operations.listFunctions` has the path of `deleteChannel`

        """),
    Case(
      line: "  update: replace\n",
      text: """
          update: replace
          readOnly: [version, use_tags]
                              ^^^^^^^^ error profile.readOnly: `use_tags` is read-only here, and line 93 writes `useTags` to it

        """),
  ]

  @Test(arguments: cases)
  func `a mistake in a profile is found at its place`(_ example: Case) {
    let text = MarkedText(PlainProfile.text.replacing(example.line, with: example.text))
    #expect(text.expected != PlainProfile.text)
    #expect(mark(text) == text.expected)
  }

  @Test func `what a profile lacks is said at the mapping, and a wrong word at the word`() {
    let text = MarkedText(Self.short)
    #expect(mark(text) == text.expected)
  }

  /// A profile that lacks nearly everything.
  static let short = """
    name: mine
    ^^^^^^^^^^ error profile.missing: `account` is missing
    ^^^^^^^^^^ error profile.missing: `botService` is missing
    ^^^^^^^^^^ error profile.missing: `channel` is missing
    ^^^^^^^^^^ error profile.missing: `credentials` is missing
    ^^^^^^^^^^ error profile.missing: `envelope` is missing
    ^^^^^^^^^^ error profile.missing: `objects` is missing
    ^^^^^^^^^^ error profile.missing: `operations` is missing
    ^^^^^^^^^^ error profile.missing: `paging` is missing
    ^^^^^^^^^^ error profile.missing: `switches` is missing
    status: maybe
            ^^^^^ error profile.value: `status` is not one of the allowed words
    rate: 0
          ^ error profile.value: `rate` is not a whole number from 1 to 1000
    """

  @Test func `every rule of profiles has a marked text`() {
    let texts = Self.cases.map(\.text) + [Self.short]
    let covered = texts.reduce(into: Set<String>()) { $0.formUnion(MarkedText($1).rules) }
    #expect(covered.union([Rule.profileUnreadable.id]) == Set(Rule.profile.map(\.id)))
  }

  private func mark(_ text: MarkedText) -> String {
    var sources = SourceMap()
    let source = SourceFile(path: "kit-profile.yaml", text: text.source)
    let found = ProfileLoader.load(source, file: sources.add(source)).diagnostics
    return text.marked(found.sorted(in: sources), in: sources, notes: true)
  }
}

import Documents
import Testing

@Suite struct YAMLComposerTests {
  @Test func `a project reads into nodes with their byte ranges`() throws {
    let (document, diagnostics) = yaml(
      """
      # a comment
      account: {name: acme, region: 'eu'}
      list:
      - one
      -   two # behind
      text: |
        first
          second


      last: "a\\tb"
      """)
    #expect(diagnostics.isEmpty)
    let root = try #require(document.roots.first)
    #expect(document.roots.count == 1)
    #expect(document.pairs(root).map { document.text($0.key) } == ["account", "list", "text", "last"])
    let account = try #require(document.value(of: "account", in: root))
    #expect(covered(document, account) == "{name: acme, region: 'eu'}")
    #expect(document.string("region", in: account) == "eu")
    let list = try #require(document.value(of: "list", in: root))
    #expect(covered(document, list) == "- one\n-   two")
    #expect(document.items(list).map { document.text($0) } == ["one", "two"])
    let text = try #require(document.value(of: "text", in: root))
    #expect(document.text(text) == "first\n  second\n")
    #expect(covered(document, text) == "|\n  first\n    second")
    let last = try #require(document.value(of: "last", in: root))
    #expect(document.text(last) == "a\tb")
    #expect(covered(document, last) == "\"a\\tb\"")
  }
}

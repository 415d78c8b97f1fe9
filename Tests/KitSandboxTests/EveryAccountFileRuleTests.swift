import Documents
import KitSandbox
import Support
import Testing

/// For every rule of account files a place in one marked text.
@Suite struct EveryAccountFileRuleTests {
  static let text = """
    format: kitform.account/v2
    ^^^^^^^^^^^^^^^^^^^^^^^^^^ error account-file.missing: the key name is missing
            ^^^^^^^^^^^^^^^^^^ error account-file.format: this version reads kitform.account/v1 alone
    nmae: acme
    ^^^^ error account-file.key: `nmae` is no key of an account file here
    queues: {id: 1}
            ^^^^^^^ error account-file.type: must be a list
    functions:
      - {id: 0, title: Bot}
             ^ error account-file.value: must be a whole number from 1 to 1000000000000000
      - {title: Other}
        ^^^^^^^^^^^^^^ error account-file.missing: the key `id` is missing
    channels:
      - {id: 1, uuid: u, kind: ok, name: A}
      - {id: 1, uuid: u, kind: ok, name: B}
             ^ error account-file.duplicate: another channel has this id
    """

  @Test func `a mistake in an account file is found at its place`() {
    let text = MarkedText(Self.text)
    var generator = SplitMix(state: 3)
    var sources = SourceMap()
    let source = SourceFile(path: "account.yaml", text: text.source)
    let (_, found) = AccountFile.read(source, file: sources.add(source), environment: { _ in nil }, using: &generator)
    #expect(text.marked(found.sorted(in: sources), in: sources, notes: true) == text.expected)
  }

  @Test func `every rule of account files has a marker`() {
    #expect(MarkedText(Self.text).rules == Set(Rule.accountFile.map(\.id)))
  }
}

import Basics
import Documents
import KitSandbox
import Testing

@Suite struct AccountFileTests {
  private func read(_ text: String, environment: [String: String] = [:]) -> (
    contents: AccountFile.Contents?, lines: [String]
  ) {
    var generator = SplitMix(state: 3)
    let source = SourceFile(path: "account.yaml", text: text)
    let (contents, diagnostics) = AccountFile.read(
      source, file: 0, environment: { environment[$0] }, using: &generator)
    let lines = diagnostics.map { diagnostic in
      let position = source.position(at: Int(diagnostic.place?.start ?? 0))
      return "\(position.line):\(position.column) \(diagnostic.id) \(diagnostic.message)"
    }
    return (contents, lines)
  }

  @Test func `an account comes back from its file as it was`() throws {
    let kit = LocalKit { account in
      var telegram = SandboxChannel(id: 7, uuid: "0f6c", kind: "telegram", name: "no")
      telegram.unknown = [.init("channel_settings", ["a": [1, "2", .null, .number("2.50")]]), .init("b", true)]
      telegram.topicSet = 21
      account[channel: 7] = telegram
      account.hasBalance = true
      account.apiTokens[3].variable = "PARTNER_TOKEN"
    }
    _ = kit.create(LocalKit.ok + [("use_topics", "true"), ("topic_set_id", "22"), ("use_tags", "true")])
    _ = kit.create(LocalKit.custom + [("skills", #"[{"skill_id":12,"level":5}]"#)])
    _ = kit.create(LocalKit.ok + [("channel_name", "quote \" back \\ tab \t ünï 🙂")])
    let account = kit.sandbox.snapshot.account
    #expect(account.channels.count == 3)
    let bytes = AccountFile.bytes(of: account)
    let (contents, lines) = read(String(decoding: bytes, as: UTF8.self), environment: ["PARTNER_TOKEN": ""])
    #expect(
      lines.map { $0.drop { $0 != "P" } } == ["PARTNER_TOKEN is not set: requests with this API token are refused"])
    #expect(contents?.account == account)
    #expect(AccountFile.bytes(of: try #require(contents).account) == bytes)
  }

  @Test func `a user's own seed in YAML needs little`() throws {
    let text = """
      format: kitform.account/v1
      name: acme
      queues:
        - {id: 1, title: Support, maxWaitingTime: 600}
      apiTokens:
        - {id: 42, name: Partner, value: partner-value}
        - {id: 43, name: Other, value: {env: OTHER}, role: readOnly}
      channels:
        - {id: 5, uuid: u-5, kind: ok, name: Old, redirect: {queue: 1}, closing: {agent: 86400}, topicSet: 3}
      """
    let (contents, lines) = read(text, environment: ["OTHER": "other-value"])
    #expect(lines.isEmpty)
    let account = try #require(contents).account
    #expect(contents?.tokenValues == [42: "partner-value", 43: "other-value"])
    #expect(account.apiTokens.map { $0.hash?.matches("partner-value") } == [true, false])
    #expect(account.apiTokens.map(\.role) == [.full, .readOnly])
    #expect(account.nextID == 1001)
    let channel = try #require(account[channel: 5])
    #expect(channel.route == .queue(1))
    #expect(channel.closingAgent == 86_400)
    #expect(channel.useTopicSet)
    let file = String(decoding: AccountFile.bytes(of: account), as: UTF8.self)
    #expect(!file.contains("partner-value"))
    #expect(!file.contains("other-value"))
    #expect(file.contains("OTHER"))
  }

  @Test func `every mistake is told at its place`() {
    let text = """
      format: kitform.account/v2
      nmae: acme
      hasBalance: "true"
      queues: {id: 1}
      functions:
        - {id: 0, title: Bot}
        - {title: Other}
      apiTokens:
        - {id: 1, name: T, role: admin, hash: {salt: abc, digest: abc}}
      channels:
        - {id: 1, uuid: u, kind: ok, name: A, redirect: {queue: 1, function: 2}}
        - {id: 1, uuid: u, kind: ok, name: ~, skills: [{id: 1, level: 6}], colour: red}
      """
    let (contents, lines) = read(text)
    #expect(contents == nil)
    #expect(
      lines == [
        "2:1 account-file.key `nmae` is no key of an account file here",
        "1:9 account-file.format this version reads kitform.account/v1 alone",
        "1:1 account-file.missing the key name is missing",
        "3:13 account-file.value must be true or false",
        "4:9 account-file.type must be a list",
        "6:10 account-file.value must be a whole number from 1 to 1000000000000000",
        "7:5 account-file.missing the key `id` is missing",
        "9:28 account-file.value a role is one of full, readOnly",
        "9:41 account-file.value a hash has a salt of 32 and a digest of 64 hexadecimal digits",
        "11:51 account-file.value names exactly one of queue and function",
        "12:70 account-file.key `colour` is no key of an account file here",
        "12:38 account-file.type must be a string",
        "12:65 account-file.value must be a whole number from 1 to 5",
        "12:10 account-file.duplicate another channel has this id",
      ])
  }

  @Test func `a misspelt key, a manifest and a time in words each get their own help`() {
    func suggestions(_ text: String) -> [String?] {
      var generator = SystemRandomNumberGenerator()
      return AccountFile.read(
        SourceFile(path: "account.yaml", text: text), file: 0, environment: { _ in nil }, using: &generator
      ).diagnostics.map(\.suggestion)
    }
    #expect(suggestions("format: kitform.account/v1\nname: acme\nqueus: []\n") == ["did you mean `queues`?"])
    #expect(suggestions("kitform: 1\naccount: {name: acme}\nchannels: {}\n").count == 1)
    #expect(
      read("kitform: 1\naccount: {}\n").1 == ["1:10 account-file.format this is a manifest, not an account file"]
    )
    #expect(
      read("format: kitform.account/v1\nname: acme\nqueues: [{id: 1, title: A, maxWaitingTime: 10m}]\n").1
        == ["3:44 account-file.value must be a whole number of seconds from 0 to 31536000"])
  }

  @Test(arguments: ["", "[]", "just text", "{\"format\": ", "a: 1\n---\nb: 2\n"])
  func `what is no account file is refused`(text: String) {
    let (contents, lines) = read(text)
    #expect(contents == nil)
    #expect(!lines.isEmpty)
  }
}

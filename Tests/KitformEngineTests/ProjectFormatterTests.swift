import Channels
import Documents
import Foundation
import KitformEngine
import Manifest
import StateBackends
import Support
import Testing
import YAML

@Suite struct ProjectFormatterTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  @Test(arguments: ["quickstart", "retail"], [false, true])
  func `the examples are formatted`(_ example: String, _ orders: Bool) {
    let loaded = ProjectLoader.load(PosixProjectFiles(root: "\(Self.root)/examples/\(example)"))
    let outcomes = ProjectFormatter.format(loaded, orders: orders)
    #expect(!outcomes.isEmpty)
    for outcome in outcomes {
      #expect(outcome.reason == nil)
      #expect(String(decoding: outcome.bytes, as: UTF8.self) == String(decoding: outcome.file.bytes, as: UTF8.self))
    }
  }

  @Test func `keys of channels take the order of the form, with their comments`() throws {
    let text = """
      channels:
        # all bots
        custom:
          # the partner's
          partner:
            # why 42?
            apiToken: {name: 'Bots', id: "x"}
            skills: {zulu: 1, alpha: 2}   # not sorted
            closing:
                # of bot
                bot: 30m
                agent: 2h # of agent
            unknown: 1

            # shown to agents
            name: "Partner"
            redirect: {queue: "12"}
            # end
        ok: {a: {redirect: {queue: S}, closing: {bot: 1h, agent: 2h}, name: "a: b"}}
      x-other: {redirect: 1, name: 2}

      """
    let expected = """
      channels:
        # all bots
        custom:
          # the partner's
          partner:
            # shown to agents
            name: Partner

            # why 42?
            apiToken: {name: Bots, id: x}
            redirect: {queue: "12"}
            closing:
              agent: 2h # of agent
              # of bot
              bot: 30m
            skills: {zulu: 1, alpha: 2}   # not sorted
            unknown: 1
            # end
        ok: {a: {name: "a: b", redirect: {queue: S}, closing: {agent: 2h, bot: 1h}}}
      x-other: {redirect: 1, name: 2}

      """
    #expect(try order(text) == expected)
    #expect(try order(expected) == expected)
  }

  @Test func `quotes that matter stay`() throws {
    let text = """
      variables: {a: "1h", b: "true", c: "${d}", e: 'it''s', f: "no", g: "2026-01-01", "h":1, i: "null", j: "*"}

      """
    #expect(try order(text) == text)
  }

  @Test func `what an alias holds keeps its order, is formatted all the same, and says why`() {
    let held = "    a:\n      redirect: &r {queue: S}\n      name: *r\n"
    let loaded = project("channels:\n  ok:\n\(held)    b:\n      redirect: {queue: S}  \n      name: B\n")
    let outcome = ProjectFormatter.format(loaded, orders: true)[0]
    #expect(outcome.reason == nil)
    #expect(outcome.holding == ["*r"])
    #expect(
      String(decoding: outcome.bytes, as: UTF8.self)
        == "channels:\n  ok:\n\(held)    b:\n      name: B\n      redirect: {queue: S}\n")
  }

  @Test func `what would say something else in order is left alone and says why`() {
    // The anchor is given anew: in order, the alias would stand for the name.
    let loaded = project("x-r: &r {queue: S}\nchannels:\n  ok:\n    a:\n      redirect: *r\n      name: &r N\n")
    let outcome = ProjectFormatter.format(loaded, orders: true)[0]
    #expect(outcome.reason != nil)
    #expect(outcome.holding.isEmpty)
    #expect(!outcome.isChanged)
  }

  @Test func `an alias that stays behind its anchor holds nothing`() throws {
    #expect(
      try order("x-r: &r {queue: S}\nchannels:\n  ok:\n    a:\n      redirect: *r\n      name: N\n")
        == "x-r: &r {queue: S}\nchannels:\n  ok:\n    a:\n      name: N\n      redirect: *r\n")
  }

  @Test func `a file that does not parse is left alone`() {
    var loaded = project("a: [1,   \n")
    loaded.unparsed = [0]
    let outcome = ProjectFormatter.format(loaded, orders: false)[0]
    #expect(outcome.reason != nil)
    #expect(!outcome.isChanged)
  }

  @Test func `shuffled channels come back in order, with every value and comment`() throws {
    let lines = [
      "name: \"Bot\"", "callbackURL: 'https://bots.example.com/a' # url", "# token\napiToken: {id: 42}",
      "redirect: {queue: Support}", "closing:\n  bot: 1h # b\n  # agent's\n  agent: 2h", "\nuseTags: true",
      "topicSet: none",
      "skills:\n  a: 1\n  # inner", "protect: true",
    ]
    for seed in 0..<300 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      let channel = lines.shuffled(using: &random).joined(separator: "\n")
        .split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "      \($0)" }
        .joined(separator: "\n")
      let text = "channels:\n  custom:\n    bot:\n\(channel)\n"
      let once = try order(text)
      #expect(try order(once) == once, "seed \(seed)")
      let before = document(text)
      let after = document(once)
      #expect(sortedComments(before) == sortedComments(after), "seed \(seed)")
      #expect(sorted(DocumentTree.all(before)[0]) == sorted(DocumentTree.all(after)[0]), "seed \(seed)")
      let channels = try #require(after.value(of: "channels", in: after.roots[0]))
      let custom = try #require(after.value(of: "custom", in: channels))
      let bot = try #require(after.value(of: "bot", in: custom))
      let keys = after.pairs(bot).map { after.text($0.key) }
      #expect(keys == Kind.custom.keys.filter(keys.contains), "seed \(seed)")
    }
  }

  private func sorted(_ tree: DocumentTree) -> String {
    switch tree {
    case .scalar(let text, let isText): "\(String(decoding: text, as: UTF8.self))/\(isText)"
    case .sequence(let items): "[" + items.map(sorted).joined(separator: ",") + "]"
    case .mapping(let pairs):
      "{" + pairs.map { sorted($0.key) + ":" + sorted($0.value) }.sorted().joined(separator: ",") + "}"
    }
  }

  private func sortedComments(_ document: Document) -> [String] {
    Trivia(document).comments.map { String(decoding: $0, as: UTF8.self) }.sorted()
  }

  private func document(_ text: String) -> Document {
    YAMLComposer.compose(SourceFile(path: "kitform.yaml", text: text), file: 0).document
  }

  private func project(_ text: String) -> LoadedProject {
    LoadedProject(project: ProjectFixture.project(text), unparsed: [])
  }

  private func order(_ text: String) throws -> String {
    let outcome = ProjectFormatter.format(project(text), orders: true)[0]
    try #require(outcome.reason == nil, "\(outcome.reason ?? "")")
    return String(decoding: outcome.bytes, as: UTF8.self)
  }
}

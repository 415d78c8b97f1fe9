import Basics
import Channels
import Documents
import Manifest
import Testing

struct ReferenceTests {
  private let page = ReferencePage(kinds: Kinds.all, rules: Rule.manifest)

  @Test func `a field is explained with type, presence, limits, example and source`() throws {
    let entry = try #require(page.lookUp("custom.callbackURL").first)
    #expect(entry.facts.map(\.word) == ["type", "presence", "a change", "example", "source"])
    let agent = try #require(page.lookUp("ok.closing.agent").first)
    #expect(agent.facts.contains { $0 == ("limit", "1m to 7d [closing.agent.range]") })
    #expect(agent.facts.contains { $0 == ("example", "closing: {agent: 24h}") })
    #expect(agent.facts.contains { $0.word == "source" && $0.text.contains("OK.ru messenger") })
  }

  @Test func `kinds, sections, keys in tables and rules have entries`() {
    for name in ["ok", "account", "account.token", "assume.queues.maxWaitingTime", "removed.destroy"] {
      #expect(page.lookUp(name).count == 1, "\(name)")
    }
    #expect(page.lookUp("closing.agent").map(\.name) == ["ok.closing.agent", "custom.closing.agent"])
    #expect(
      page.lookUp("closing").map(\.name) == [
        "ok.closing.agent", "ok.closing.bot", "custom.closing.agent", "custom.closing.bot",
      ])
    #expect(page.lookUp("ok.closing").map(\.name) == ["ok.closing.agent", "ok.closing.bot"])
    #expect(page.names.contains("closing"))
    #expect(page.lookUp("nonsense").isEmpty && page.lookUp("clos").isEmpty)
    for rule in Rule.manifest { #expect(page.lookUp(rule.id).count { $0.group == .rule } == 1, "\(rule.id)") }
  }

  @Test func `what can be cleared says how, and what has a default says which`() throws {
    let topics = try #require(page.lookUp("ok.topicSet").first)
    #expect(topics.facts.contains { $0 == ("cleared by", "topicSet: none") })
    let deletes = try #require(page.lookUp("guards.maxDeletes").first)
    #expect(deletes.facts.contains { $0 == ("default", "1") })
  }

  @Test func `an entry as JSON has each member once`() {
    for entry in page.entries {
      guard case .object(let members) = entry.json else { continue }
      #expect(Set(members.map(\.key)).count == members.count, "\(entry.name)")
    }
  }

  @Test func `every entry stands on the page and in the list`() {
    for entry in page.entries {
      #expect(page.list.contains("  \(entry.name) "))
      #expect(page.markdown.contains(entry.group == .rule ? "| `\(entry.name)` |" : "### \(entry.name)\n"))
    }
  }
}

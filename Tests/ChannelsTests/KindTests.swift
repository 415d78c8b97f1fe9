import Channels
import Documents
import Manifest
import Testing

/// The kinds as data: what every table must keep.
struct KindTests {
  @Test(arguments: Kinds.all)
  func `a kind's definition has no problems`(_ kind: Kind) {
    #expect(kind.definitionProblems().isEmpty)
  }

  @Test func `field names are unique to their kind and kinds to the list`() {
    #expect(Set(Kinds.all.map(\.name)).count == Kinds.all.count)
  }

  @Test func `the limits of both documentation pages stand in the tables`() {
    for kind in Kinds.all {
      let agent = kind.fields.first { $0.name == "closing.agent" }
      let bot = kind.fields.first { $0.name == "closing.bot" }
      #expect(agent?.checks.contains(.duration(60...604_800, rule: "closing.agent.range")) == true)
      #expect(bot?.checks == [.duration(60...604_800, rule: "closing.bot.range")])
    }
  }

  @Test func `a table that breaks the rules is told so`() {
    let kind = Kind(
      name: "Bad Kind", title: "", documentation: "", summary: "",
      fields: [
        Field("Name", .text, documentation: "", example: "", source: .ours),
        Field(
          "x", .duration, checks: [.duration(5...2 + 4, rule: "no.such")], documentation: "Has no stop", example: "1h",
          source: .ours),
        Field("x", .duration, documentation: "Twice.", example: "never", source: .ours),
      ], outputs: [])
    #expect(kind.definitionProblems().count >= 6)
  }
}

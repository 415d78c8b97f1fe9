import Basics
import Channels
import Documents
import Manifest
import Provisioning
import Support
import Testing

/// An object of the account that is renamed, or made anew under the same title: the account changed, and not the manifest.
struct RenamingTests {
  private static func objects(_ titles: [(Int, String)]) -> AccountFacts.FactListing {
    .objects(titles.map { AccountObject(id: $0.0, title: $0.1) })
  }

  private static func scene(_ kind: ReferenceKind, _ titles: [(Int, String)], _ top: String = "") -> PlanScene {
    var scene = applied(top + bothChannels)
    scene.account.facts[kind] = objects(titles)
    return scene
  }

  @Test func `a queue that is renamed, with another one under its title, is drift`() throws {
    let scene = RenamingTests.scene(
      .queue, [(1, "Support old"), (2, "Wholesale"), (4, "Support")], "guards: {drift: refuse}\n")
    let plan = scene.plan()
    let field = try plan.change("ok.community", .update).field("redirect")
    let words = "the queue 1 is now called `Support old`, and the queue 4 is called `Support` now"
    #expect(field.cause == .account && field.note == words)
    #expect(plan.refusals.map(\.rule) == [.guardsDrift])
    let drift = Drift.find(scene.input())
    let drifted = try #require(drift.channels.first?.fields.first)
    #expect(drift.channels.count == 1 && drifted.name == "redirect" && drifted.note == words)
    #expect(drifted.account == .value(["queue": ["id": 1, "title": "Support old"]]))
  }

  @Test func `a queue that is made anew under its title is drift`() throws {
    let scene = RenamingTests.scene(.queue, [(2, "Wholesale"), (4, "Support")])
    let field = try scene.plan().change("ok.community", .update).field("redirect")
    #expect(field.cause == .account)
    #expect(field.note == "the queue 1 is gone from Kit, and the queue 4 is called `Support` now")
    #expect(Drift.find(scene.input()).channels.first?.fields.map(\.name) == ["redirect"])
  }

  @Test(arguments: [
    (ReferenceKind.topicSet, [(23, "Retail"), (21, "Retail before")], "ok.community", "topicSet"),
    (.skill, [(34, "russian"), (31, "russian before")], "ok.community", "skills"),
    (.function, [(13, "Router"), (12, "Router before")], "custom.bot", "redirect"),
  ]) func `so is every other object that a title names`(
    _ kind: ReferenceKind, _ titles: [(Int, String)], _ address: String, _ name: String
  ) throws {
    let scene = RenamingTests.scene(kind, titles)
    let field = try scene.plan().change(address, .update).field(name)
    #expect(field.cause == .account && field.note?.contains("is now called") == true)
    #expect(Drift.find(scene.input()).channels.first?.fields.map(\.name) == [name])
  }

  @Test func `another title or an id in the manifest is a change of the manifest's`() throws {
    for text in ["{queue: Wholesale}", "{queue: 4}"] {
      var scene = RenamingTests.scene(.queue, [(1, "Support old"), (2, "Wholesale"), (4, "Support")])
      scene.manifest.replace("{queue: Support}", with: text)
      let field = try scene.plan().change("ok.community", .update).field("redirect")
      #expect(field.cause == .manifest && field.note == nil)
      #expect(Drift.find(scene.input()).isEmpty)
    }
  }

  @Test func `a queue of the manifest's that is only renamed is no change, and the state takes its title in`() throws {
    var scene = RenamingTests.scene(.queue, [(1, "Support old"), (2, "Wholesale"), (4, "Support")])
    scene.manifest.replace("{queue: Support}", with: "{queue: Support old}")
    let plan = scene.plan()
    #expect(plan.isEmpty && Drift.find(scene.input()).isEmpty)
    #expect(
      plan.refreshed.first?.applied("redirect")?.value == ["queue": ["id": 1, "title": "Support old"]])
    #expect(plan.renewedTitles(of: try #require(scene.state)) == 1)
    scene.apply()
    #expect(scene.plan().renewedTitles(of: try #require(scene.state)) == 0)
    scene.manifest.replace("{queue: Support old}", with: "{queue: Support}")
    #expect(try scene.plan().change("ok.community", .update).field("redirect").cause == .manifest)
  }

  @Test
  func `a renamed object whose new title others have too is suggested by its id, and a deleted one is called gone`()
    throws
  {
    let twice = RenamingTests.scene(.queue, [(1, "Help"), (2, "Help")])
    #expect(twice.plan().diagnostics.first?.suggestion == "write its id 1")
    let gone = RenamingTests.scene(.queue, [(2, "Suport")])
    #expect(
      gone.plan().diagnostics.first?.why == "the queue 1, which had this title at the last apply, is gone from Kit")
    #expect(gone.plan().diagnostics.first?.suggestion == "did you mean `Suport`?")
  }

  @Test func `a title that no object has any more is drift with what became of it`() throws {
    let scene = RenamingTests.scene(.queue, [(1, "Support old"), (2, "Wholesale")])
    let error = try #require(scene.plan().diagnostics.first { $0.severity == .error })
    #expect(error.why == "the queue 1, which had this title at the last apply, is now called `Support old`")
    #expect(error.suggestion == "write `Support old`; `kitform drift --write` does it")
    let drifted = try #require(Drift.find(scene.input()).channels.first?.fields.first)
    #expect(drifted.note == "the queue 1 is now called `Support old`")
  }
}

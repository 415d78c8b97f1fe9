import Basics
import Channels
import Documents
import Manifest
import Provisioning
import Support
import Testing

@testable import Reports

@Suite struct RoutingMapTests {
  /// Channels as "address status before > after", with targets by their labels.
  private func words(_ map: RoutingMap) -> [String] {
    map.channels.map { channel in
      func label(_ place: Int?) -> String { place.map { map.targets[$0].label } ?? "-" }
      return "\(channel.address) \(channel.status.name) \(label(channel.before)) > \(label(channel.after))"
    }
  }

  @Test func `a plan's map has every channel's route before and after`() throws {
    let run = try RunSamples.golden("support")
    let plan = try #require(run.plan)
    let map = RoutingMap(plan.changes, run.records, unchanged: plan.unchanged, limit: 40, roomForOthers: 24)
    #expect(
      words(map) == [
        "custom.night-bot rerouted Greeter > Night shift", "custom.old-bot deleted Support > -",
        "ok.community changed Support > Support", "ok.partners unchanged Support > Support",
        "custom.day-bot created - > Router", "ok.archive forgotten - > -",
      ])
    #expect(map.targets.map(\.label) == ["Night shift", "Support", "Greeter", "Router"] && map.leftOut == 0)
  }

  @Test func `channels that stay are left out and counted where there is no room, deletions are kept first`() throws {
    let run = try RunSamples.golden("support")
    let plan = try #require(run.plan)
    let narrow = RoutingMap(plan.changes, run.records, unchanged: plan.unchanged, limit: 2, roomForOthers: 5)
    #expect(Set(narrow.channels.map(\.status)) == [.deleted, .created] && narrow.leftOut == 4)
    let none = RoutingMap(plan.changes, [], unchanged: plan.unchanged, limit: 40, roomForOthers: 24)
    #expect(none.leftOut == 1 && none.channels.count == 5)
  }

  @Test func `an id and the title that belongs to it are one target`() throws {
    let (configuration, _, _) = PlanScene(
      """
      channels:
        ok:
          a: {name: A, accessToken: {env: A}, redirect: {queue: 1}}
          b: {name: B, accessToken: {env: B}, redirect: {queue: Support}}
          c: {name: C, accessToken: {env: C}, redirect: {queue: Elsewhere}}

      """
    ).configuration()
    let map = RoutingMap(configuration.records)
    #expect(map.targets.map(\.label) == ["Elsewhere", "Support"])
    #expect(words(map).map { $0.suffix(9) } == ["Elsewhere", "> Support", "> Support"])
  }

  @Test func `graphs of the same manifests are the same text`() throws {
    let records = PlanScene("channels: {ok: {a: {name: \"1. x\", accessToken: {env: A}, redirect: {function: 11}}}}\n")
      .configuration().configuration.records
    #expect(
      MermaidGraph.text(RoutingMap(records)) == """
        flowchart LR
          c0["ok.a<br/>1#46; x"]
          t0{{"function Greeter"}}
          c0 --> t0

        """)
    #expect(DOTGraph.text(RoutingMap(records.reversed())) == DOTGraph.text(RoutingMap(records)))
    #expect(DOTGraph.text(RoutingMap(records)).contains("  c0 [shape=box label=\"ok.a\\n1. x\"]\n"))
  }

  @Test func `a picture of many changes stays small, and says how many are not drawn`() throws {
    let plan = Plan(
      environment: "e", account: PlanScene.binding, lineage: nil,
      changes: (0..<1000).map { number in
        Change(
          address: Address(kind: "ok", key: "channel-\(number)"), action: .create, id: nil, uuid: nil, name: "C",
          isProtected: false, source: nil,
          fields: [
            FieldChange(
              name: "redirect", before: .absent, after: .value(["queue": ["id": .integer(number % 3)]]),
              cause: .manifest, source: nil)
          ])
      }, calls: 1000)
    let html = HTMLReport.text(RunSamples.run(plan))
    #expect(html.contains("960 more channels are not drawn."))
    #expect(html.split(separator: "<g class=\"channel").count - 1 == 80)
    #expect(html.split(separator: "<article").count - 1 == 1000 && html.contains("<details><summary>1 field"))
    #expect(MarkdownReport.text(RunSamples.run(plan), limit: 1 << 20).contains("(976 channels not drawn)"))
  }
}

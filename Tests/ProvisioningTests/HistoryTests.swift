import Documents
import Manifest
import Support
import Testing

@testable import Provisioning

/// What the state remembers of past runs, so that a change can be taken back.
struct HistoryTests {
  @Test func `an apply leaves what each field was before it`() throws {
    let world = ApplyWorld()
    _ = try world.apply([Bot("a", closing: 60, token: "one"), Bot("old")])
    _ = try world.apply([Bot("a", closing: 90, token: "two")])
    let run = try #require(world.state?.history.last)
    #expect(run.commit == "abc" && run.omitted == 0)
    let update = try #require(run.changes.first { $0.action == .update })
    #expect(update.address == SampleKind.address("a") && update.id == 100 && update.uuid == "uuid-100")
    #expect(update.verdict == .done)
    #expect(update.fields.map(\.name) == ["closing.agent", "token"])
    #expect(update.fields.first?.before == .value(Value.seconds(60).json))
    #expect(update.fields.first?.after == .value(Value.seconds(90).json))
    #expect(update.fields.last?.after == .secret(.environment("TOKEN")))
    let deletion = try #require(run.changes.first { $0.action == .delete })
    #expect(deletion.uuid == "uuid-101")
    #expect(deletion.fields.contains { $0.before == .value(Value.text("Bot old").json) && $0.after == .absent })
    let creation = try #require(world.state?.history.first?.changes.first)
    #expect(creation.action == .create && creation.id == 100 && creation.uuid == "uuid-100")
    #expect(creation.fields.isEmpty)
    let bytes = StateCodec().encode(try #require(world.state))
    #expect(!String(decoding: bytes, as: UTF8.self).contains("two"))
    #expect(try StateCodec().decode(bytes, label: "state") == world.state)
  }

  @Test func `a change that did not happen is not remembered, and one whose outcome is not known says so`() throws {
    let world = ApplyWorld()
    _ = try world.apply([Bot("a"), Bot("b")])
    world.arrange { $0.faults = ["update 100": [.refused], "update 101": [.dropped]] }
    _ = try world.apply([Bot("a", closing: 90), Bot("b", closing: 90)])
    let run = try #require(world.state?.history.last)
    #expect(run.changes.map(\.address.key) == ["b"] && run.changes.map(\.verdict) == [.uncertain])
  }

  @Test func `a run that was interrupted is remembered with what the last apply had set`() throws {
    let world = ApplyWorld()
    _ = try world.apply([Bot("a", closing: 60)])
    let crash: CrashPoint = { (point: Checkpoint) throws(Crash) in if point == .answered { throw Crash(at: point) } }
    #expect(throws: ApplyFailure.self) { try world.apply([Bot("a", closing: 90)], .init(crashPoint: crash)) }
    _ = try world.apply([Bot("a", closing: 90)])
    let change = try #require(world.state?.history.first { $0.outcome == "interrupted" }?.changes.first)
    #expect(change.action == .update && change.id == 100)
    #expect(change.fields.map(\.name) == ["closing.agent"])
    #expect(change.fields.first?.before == .value(Value.seconds(60).json))
  }

  @Test func `the last 50 runs stay`() {
    var state = StateSamples.empty()
    for number in 0..<60 { state.remember(HistoryTests.run(number, changes: 1)) }
    #expect(state.history.count == 50)
    #expect(state.history.first?.id == "run 10" && state.history.last?.id == "run 59")
    #expect(state.history.allSatisfy { $0.changes.count == 1 && $0.omitted == 0 })
  }

  @Test func `however much is changed, the history stays small, and newer runs keep theirs`() {
    var state = StateSamples.empty()
    for number in 0..<60 { state.remember(HistoryTests.run(number, changes: 1_000)) }
    #expect(StateCodec().encode(state).count < 2 << 20)
    #expect(state.history.last?.changes.count == 1_000)
    #expect(state.history.allSatisfy { $0.changes.count + $0.omitted == 1_000 })
    #expect(state.history.first?.changes.isEmpty == true)
    state.remember(HistoryTests.run(60, changes: 20_000))
    #expect(StateCodec().encode(state).count < 2 << 20)
    #expect(state.history.dropLast().allSatisfy { $0.changes.isEmpty && $0.omitted == 1_000 })
  }

  @Test func `a state of before is read as it is, and written as it was`() throws {
    var old = StateSamples.empty()
    old.guards = GuardLimits(maxUpdates: nil)
    old.history = [HistoryTests.run(1, changes: 0)]
    let bytes = StateCodec().encode(old)
    let text = String(decoding: bytes, as: UTF8.self)
    for name in ["changes", "omitted", "maxUpdates"] { #expect(!text.contains("\"\(name)\"")) }
    #expect(try StateCodec().decode(bytes, label: "state") == old)
  }

  private static func run(_ number: Int, changes: Int) -> State.PastRun {
    State.PastRun(
      id: "run \(number)", command: "apply", digest: "kf1-", started: "s", ended: "e", who: "w", outcome: "done",
      commit: nil,
      changes: (0..<changes).map { index in
        State.PastChange(
          address: SampleKind.address("bot-\(index)"), action: .update, verdict: .done, id: index, uuid: "u",
          fields: [
            State.PastField(
              name: "closing.agent", before: .value(Value.seconds(60).json), after: .value(Value.seconds(90).json))
          ])
      })
  }
}

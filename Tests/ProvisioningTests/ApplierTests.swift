import Basics
import Manifest
import Support
import Testing

@testable import Provisioning

struct ApplierTests {
  @Test func `what recovery needs stands in the state before the first call`() throws {
    let world = ApplyWorld()
    _ = try world.apply([Bot("a"), Bot("b")])
    world.arrange { $0.onAnswer = nil }
    let writes = world.store.contents.writes.count
    _ = try world.apply([Bot("a", closing: 90), Bot("c")])
    let first = world.store.contents.writes[writes]
    let run = try #require(first.run)
    #expect(run.known == [100, 101])
    #expect(run.operations.map(\.address.key) == ["b", "a", "c"])
    #expect(run.operations.map(\.action) == [.delete, .update, .create])
    #expect(run.operations.map(\.number) == [1, 2, 3])
    #expect(first.channels.map(\.address.key) == ["a", "b"])
    #expect(first.serial == writes + 1)
    #expect(world.store.contents.writes.count == writes + 2)
  }

  @Test func `creations and updates start before deletions, and the state ends without a run`() throws {
    let world = ApplyWorld()
    _ = try world.apply([Bot("a"), Bot("b")])
    world.arrange { $0.calls = [] }
    let run = try world.apply([Bot("a", closing: 90), Bot("c")], .init(parallelism: 1))
    #expect(world.account.snapshot.calls == ["create Bot c", "update 100", "delete 101"])
    #expect(run.result.outcome == .done)
    #expect(run.result.changes.map(\.verdict) == [.done, .done, .done])
    let state = try #require(world.state)
    #expect(state == run.result.state)
    #expect(state.run == nil)
    #expect(state.channels.map(\.address.key) == ["a", "c"])
    #expect(state.channels.map(\.id) == [100, 102])
    #expect(state.channels.map(\.uuid) == ["uuid-100", "uuid-102"])
    #expect(state.history.map(\.outcome) == ["done", "done"])
    #expect(state.history.last?.commit == "abc")
    #expect(state.guards?.maxDeletes == 1000)
    #expect(world.store.contents.journalRun == nil)
    #expect(world.plan([Bot("a", closing: 90), Bot("c")]).isEmpty)
  }

  @Test func `nothing to do writes nothing`() throws {
    let world = ApplyWorld()
    _ = try world.apply([Bot("a")])
    let writes = world.store.contents.writes.count
    let run = try world.apply([Bot("a")])
    #expect(run.result.outcome == .noChanges)
    #expect(world.store.contents.writes.count == writes)
  }

  @Test(arguments: [1, 3, 4])
  func `calls run side by side up to the bound`(parallelism: Int) throws {
    let world = ApplyWorld()
    let bots = (0..<12).map { Bot("bot-\($0)") }
    let run = try world.apply(bots, .init(parallelism: parallelism))
    #expect(run.result.outcome == .done)
    #expect(world.account.snapshot.mostRunning == parallelism)
    #expect(run.result.calls == 13)
  }

  @Test func `creations of one name go one after another`() throws {
    let world = ApplyWorld()
    let bots = (0..<5).map { Bot("bot-\($0)", name: "Twin") }
    let run = try world.apply(bots)
    #expect(run.result.outcome == .done)
    #expect(world.account.snapshot.mostRunning == 1)
    #expect(world.account.snapshot.channels.count == 5)
  }

  @Test func `a failure stops no other change but holds deletions back`() throws {
    let world = ApplyWorld()
    _ = try world.apply([Bot("a"), Bot("old")])
    world.arrange { $0.faults["create Bot new"] = [.refused] }
    let wanted = [Bot("a", closing: 90), Bot("new")]
    let run = try world.apply(wanted)
    #expect(run.result.outcome == .partial)
    #expect(run.result.changes.map(\.address.key) == ["old", "a", "new"])
    #expect(run.result.changes.map(\.verdict) == [.notAttempted, .done, .failed])
    #expect(run.result.changes[0].error?.message == "held back because bot.new failed")
    #expect(run.result.changes[2].error == RemoteFailure("Kit refused it", status: 422, code: 7))
    let rest = world.plan(wanted)
    #expect(rest.changes.map(\.address.key) == ["old", "new"])
    #expect(rest.changes.map(\.action) == [.delete, .create])
  }

  @Test func `a deletion that is to come first waits for nothing`() throws {
    let world = ApplyWorld()
    _ = try world.apply([Bot("old")])
    world.arrange {
      $0.calls = []
      $0.faults["create Bot new"] = [.refused]
    }
    let run = try world.apply([Bot("new")], .init(deleteFirst: [SampleKind.address("old")]))
    #expect(world.account.snapshot.calls == ["delete 100", "create Bot new"])
    #expect(run.result.outcome == .partial)
    #expect(world.state?.channels.isEmpty == true)
  }

  @Test func `a refused update keeps what was applied before`() throws {
    let world = ApplyWorld()
    _ = try world.apply([Bot("a", closing: 60, token: "one")])
    world.arrange { $0.faults["update 100"] = [.refused] }
    let before = world.state?.channels
    let run = try world.apply([Bot("a", closing: 90, token: "two")])
    #expect(run.result.outcome == .failed)
    #expect(world.state?.channels == before)
    #expect(
      world.plan([Bot("a", closing: 90, token: "two")]).changes.first?.fields.map(\.name) == ["closing.agent", "token"])
  }

  @Test func `a plan with a refusal is not applied`() async throws {
    let world = ApplyWorld()
    var plan = world.plan([Bot("a")])
    plan.refusals = [Refusal(rule: .protect, addresses: [], message: "no", remedy: "none")]
    let refused = plan
    let lock = try await world.store.lock(
      LockInformation(id: "l", who: "", host: "", processID: 1, since: "", command: ""))
    let applier = Applier(
      remote: world.account, lock: lock, comparison: ApplyWorld.comparison, clock: world.world.clock, now: { "" })
    await #expect(throws: ApplyFailure.refused(plan.refusals)) {
      _ = try await applier.prepare(
        refused, to: State(lineage: "", serial: 0, environment: "", account: ApplyWorld.binding), channels: [],
        secrets: ResolvedSecrets(), options: ApplyOptions(runID: "", command: "", digest: "", who: "")
      ).execute()
    }
    #expect(world.account.snapshot.calls.isEmpty)
  }

  @Test func `a secret without a value stops the apply before the first write`() async throws {
    let world = ApplyWorld()
    let plan = world.plan([Bot("a")])
    let lock = try await world.store.lock(
      LockInformation(id: "l", who: "", host: "", processID: 1, since: "", command: ""))
    let applier = Applier(
      remote: world.account, lock: lock, comparison: ApplyWorld.comparison, clock: world.world.clock, now: { "" })
    await #expect(
      throws: ApplyFailure.unusable(SampleKind.address("a"), reason: "token has no value: TOKEN was not resolved")
    ) {
      _ = try await applier.prepare(
        plan, to: State(lineage: "", serial: 0, environment: "", account: ApplyWorld.binding), channels: [],
        secrets: ResolvedSecrets(), options: ApplyOptions(runID: "", command: "", digest: "", who: "")
      ).execute()
    }
    #expect(world.store.contents.writes.isEmpty)
  }

  @Test func `an approval is spent when the apply ends well, and only then`() throws {
    let world = ApplyWorld()
    world.arrange { $0.faults["create Bot a"] = [.refused] }
    _ = try world.apply([Bot("a")], .init(approval: "kf1-x"))
    #expect(world.state?.approvals.isEmpty == true)
    _ = try world.apply([Bot("a")], .init(approval: "kf1-x"))
    #expect(world.state?.approvals == [State.SpentApproval(digest: "kf1-x", at: "now", serial: 4)])
  }

  @Test func `an account that forgets a field leaves the change unverified`() throws {
    let world = ApplyWorld()
    world.arrange { $0.ignoredFields = ["closing.agent"] }
    _ = try world.apply([Bot("a", closing: nil)])
    world.arrange { $0.channels[0].values[2] = .seconds(5) }
    let run = try world.apply([Bot("a", closing: 90)])
    #expect(run.result.outcome == .unverified)
    #expect(run.result.unverified.map(\.fields) == [["closing.agent"]])
  }

  @Test func `a UUID that the answer left out is read from the listing`() throws {
    let world = ApplyWorld()
    world.arrange { $0.omitsUUIDs = true }
    let run = try world.apply([Bot("a")])
    #expect(run.result.changes.map(\.uuid) == ["uuid-100"])
    #expect(world.state?.channels.map(\.uuid) == ["uuid-100"])
  }

  @Test func `a created channel that lists late is waited for before it counts as unverified`() throws {
    let world = ApplyWorld()
    world.arrange { $0.visibilityDelay = .seconds(20) }
    let run = try world.apply([Bot("a")])
    #expect(run.result.outcome == .done)
    #expect(world.account.snapshot.channels.count == 1)
  }

  @Test func `after a stop no call starts, running ones finish, and the state is saved`() throws {
    let world = ApplyWorld()
    let stop = world.stop
    world.arrange { $0.onAnswer = { if $0 >= 4 { stop.request(.interrupted) } } }
    let run = try world.apply((0..<20).map { Bot("bot-\($0)") })
    let done = run.result.changes.filter { $0.verdict == .done }
    #expect(run.result.outcome == .interrupted)
    #expect(!done.isEmpty && done.count < 20)
    #expect(run.result.changes.allSatisfy { $0.verdict == .done || $0.verdict == .notAttempted })
    #expect(world.account.snapshot.channels.count == done.count)
    #expect(world.state?.channels.count == done.count)
    #expect(world.state?.run == nil)
    #expect(run.result.changes.last { $0.verdict == .notAttempted }?.error?.message == "the run was interrupted")
  }
}

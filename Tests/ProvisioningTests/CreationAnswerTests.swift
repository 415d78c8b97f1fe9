import Basics
import Manifest
import Support
import Synchronization
import Testing

@testable import Provisioning

/// Creations that are answered by a server with too many calls, or by somebody else than Kit.
struct CreationAnswerTests {
  @Test func `creations that were too many are looked for together, and sent again where they are not there`() throws {
    let world = ApplyWorld()
    _ = try world.apply([Bot("z", closing: 60)])
    let listings = world.account.snapshot.listings
    let begun = world.world.elapsed
    world.arrange { contents in
      contents.calls = []
      contents.faults = [
        "create Bot a": [.throttled], "create Bot b": [.throttledAfterwards], "create Bot c": [.throttled],
      ]
    }
    let wanted = [Bot("a"), Bot("b"), Bot("c"), Bot("d"), Bot("z", closing: 90)]
    let run = try world.apply(wanted)
    #expect(run.result.outcome == .done)
    let calls = world.account.snapshot.calls
    #expect(calls.filter { $0 == "create Bot a" }.count == 2 && calls.filter { $0 == "create Bot c" }.count == 2)
    #expect(calls.filter { $0 == "create Bot b" }.count == 1)
    // One that plans, one that looks for all three, one that verifies.
    #expect(world.account.snapshot.listings == listings + 3)
    #expect(world.world.elapsed - begun < .seconds(32))
    let firstRepeat = try #require(calls.lastIndex(of: "create Bot a"))
    #expect(try #require(calls.firstIndex(of: "update 100")) < firstRepeat)
    world.check(wanted)
  }

  @Test func `a creation that is always too many fails after four times`() throws {
    let world = ApplyWorld()
    world.arrange { $0.faults["create Bot a"] = Array(repeating: .throttled, count: 9) }
    let run = try world.apply([Bot("a")])
    #expect(run.result.outcome == .failed)
    #expect(run.result.changes.map(\.verdict) == [.failed])
    #expect(world.account.snapshot.calls.count == 4)
    #expect(world.state?.run == nil)
  }

  @Test func `a run that ends while creations are looked for leaves them to the next, which finds them`() throws {
    let world = ApplyWorld()
    let stop = world.stop
    world.arrange { contents in
      contents.faults["create Bot a"] = [.throttledAfterwards]
      contents.onAnswer = { _ in stop.request(.interrupted) }
    }
    #expect(try world.apply([Bot("a")]).result.changes.map(\.verdict) == [.uncertain])
    let next = ApplyWorld()
    next.arrange { contents in
      contents.channels = world.account.snapshot.channels
      contents.nextID = 101
      contents.secrets = world.account.snapshot.secrets
    }
    next.disturb { $0.state = world.state }
    #expect(try next.apply([Bot("a")]).recovered?.findings.map(\.verdict) == [.done])
    #expect(next.account.snapshot.calls.isEmpty)
    next.check([Bot("a")])
  }

  @Test func `after a path that is not Kit's no creation starts, and a listing makes them all failed`() throws {
    let world = ApplyWorld()
    let names = (0..<9).map { Bot("b\($0)") }
    world.arrange { contents in
      contents.chance = { label, _ in label.hasPrefix("create") ? .foreignPath : nil }
    }
    let run = try world.apply(names, .init(parallelism: 2))
    #expect(run.result.outcome == .failed)
    let calls = world.account.snapshot.calls
    #expect(calls.count == 2 && Set(calls).count == 2, "\(calls)")
    #expect(world.account.snapshot.listings == 2)
    let failed = run.result.changes.filter { $0.verdict == .failed }
    #expect(failed.count == 2)
    #expect(failed.allSatisfy { $0.error?.remedy == "the profile test, line 7, names this path" })
    let held = run.result.changes.filter { $0.verdict == .notAttempted }
    #expect(held.count == 7)
    #expect(
      held.first?.error?.message
        == "held back because another creation met a path that is not Kit's: /add is not there (404)")
    #expect(held.allSatisfy { $0.error?.remedy == "the profile test, line 7, names this path" })
    #expect(world.state?.run == nil)

    world.arrange { $0.chance = nil }
    #expect(try world.apply(names).result.outcome == .done)
    world.check(names)
  }

  @Test func `a creation that a foreign answer hides is adopted, and the others fail`() throws {
    let world = ApplyWorld()
    world.arrange {
      $0.faults = ["create Bot a": [.foreignPathAfterwards], "create Bot b": [.foreignPath, .foreignPath]]
    }
    let run = try world.apply([Bot("a"), Bot("b"), Bot("c")], .init(parallelism: 2))
    #expect(run.result.outcome == .partial)
    #expect(run.result.changes.map(\.verdict) == [.done, .failed, .notAttempted])
    #expect(world.account.snapshot.calls.sorted() == ["create Bot a", "create Bot b"])
    // Which of two creations that are ready leaves first is open; the one that meets the path ends the others.
    let again = try world.apply([Bot("a"), Bot("b"), Bot("c")], .init(parallelism: 1)).result
    #expect(again.changes.map(\.address.key) == ["b", "c"] && again.changes[0].verdict == .failed)
    #expect(again.outcome == (again.changes[1].verdict == .done ? .partial : .failed))
    #expect(try world.apply([Bot("a"), Bot("b"), Bot("c")]).result.outcome == .done)
    world.check([Bot("a"), Bot("b"), Bot("c")])
  }

  @Test func `a new channel of another name leaves the creation uncertain, and the next run settles it`() throws {
    let world = ApplyWorld()
    world.arrange { contents in
      contents.faults["create Bot a"] = [.foreignPath]
      contents.onAnswer = { if $0 == 1 { world.addForeign(name: "Bot ａ", closing: 60) } }
    }
    let run = try world.apply([Bot("a")])
    #expect(run.result.changes.map(\.verdict) == [.uncertain])
    #expect(world.account.snapshot.calls == ["create Bot a"])
    let next = try world.apply([Bot("a")])
    #expect(next.recovered?.findings.map(\.verdict) == [.open])
    #expect(next.result.outcome == .done)
  }

  @Test func `other changes go on after a path of creations that is not Kit's`() throws {
    let world = ApplyWorld()
    _ = try world.apply([Bot("z", closing: 60), Bot("old")])
    world.arrange { $0.faults["create Bot a"] = [.foreignPath] }
    let run = try world.apply([Bot("a"), Bot("z", closing: 90)])
    #expect(run.result.outcome == .partial)
    let verdicts = Dictionary(uniqueKeysWithValues: run.result.changes.map { ($0.address.key, $0.verdict) })
    #expect(verdicts == ["a": .failed, "z": .done, "old": .notAttempted])
  }
}

/// Creations that Kit answers with the identity of another channel.
struct TakenIdentityTests {
  @Test(arguments: [ChannelIdentity(id: 900, uuid: nil), ChannelIdentity(id: 950, uuid: "UUID-900")])
  func `a creation answered with a channel from before the run is looked for, and never bound to it`(
    answer: ChannelIdentity
  ) throws {
    let world = ApplyWorld()
    world.addForeign(name: "Night desk", closing: 60)
    world.arrange { $0.falseAnswers["Bot a"] = answer }
    let run = try world.apply([Bot("a")])
    #expect(run.result.outcome == .done)
    #expect(world.state?.channels.map(\.id) == [100])
    #expect(world.account.snapshot.calls == ["create Bot a"])
  }

  @Test func `a channel of another kind from before the run is not taken for a created one`() throws {
    let world = ApplyWorld()
    world.addForeign(name: "Bot a", closing: 60)
    world.arrange { contents in
      contents.channels[0].kind = nil
      contents.falseAnswers["Bot a"] = ChannelIdentity(id: 900, uuid: "uuid-900")
    }
    #expect(try world.apply([Bot("a")]).result.outcome == .done)
    #expect(world.state?.channels.map(\.id) == [100])
  }

  @Test func `a creation answered with another channel, and not found, is uncertain and not sent again`() throws {
    let world = ApplyWorld()
    world.addForeign(name: "Night desk", closing: 60)
    world.arrange { contents in
      contents.falseAnswers["Bot a"] = ChannelIdentity(id: 900, uuid: "uuid-900")
      contents.onAnswer = { _ in world.arrange { $0.channels.removeAll { $0.id == 100 } } }
    }
    let run = try world.apply([Bot("a")])
    #expect(run.result.changes.map(\.verdict) == [.uncertain])
    #expect(world.account.snapshot.calls == ["create Bot a"])
    #expect(
      run.result.changes.first?.error?.message
        == "Kit answered that it was created, with the id 900, which another channel had before; the account does not show a new channel of this name"
    )
    #expect(world.state?.channels.isEmpty == true && world.state?.run?.operations.count == 1)
    world.arrange { $0.onAnswer = nil }
    #expect(try world.apply([Bot("a")]).result.outcome == .done)
    #expect(world.state?.channels.map(\.id) == [101])
  }

  @Test func `two creations of a run are never bound to one channel`() throws {
    let world = ApplyWorld()
    world.arrange { $0.falseAnswers["Bot b"] = ChannelIdentity(id: 100, uuid: nil) }
    let run = try world.apply([Bot("a"), Bot("b")], .init(parallelism: 1))
    #expect(run.result.outcome == .done)
    #expect(world.state?.channels.map(\.id) == [100, 101])
  }

  @Test func `a channel that is made anew may have the id that it had`() throws {
    let world = ApplyWorld()
    _ = try world.apply([Bot("a")])
    world.arrange { contents in
      contents.channels = []
      contents.nextID = 100
    }
    #expect(try world.apply([Bot("a")]).result.outcome == .done)
    #expect(world.account.snapshot.calls == ["create Bot a", "create Bot a"])
  }
}

/// An id that the account has given to another channel.
struct OtherChannelTests {
  @Test(arguments: [[Bot("a", closing: 90)], []])
  func `nothing is sent to an id that belongs to another channel by now`(wanted: [Bot]) async throws {
    let world = ApplyWorld()
    _ = try world.apply([Bot("a")])
    let plan = world.plan(wanted)
    #expect(plan.changes.map(\.action) == [wanted.isEmpty ? .delete : .update])
    let state = try #require(world.state)
    world.arrange { $0.channels[0].uuid = "uuid-other" }
    world.disturb { $0.holder = nil }
    let lock = try await world.store.lock(
      LockInformation(id: "l", who: "", host: "", processID: 1, since: "", command: ""))
    let applier = Applier(
      remote: world.account, lock: lock, comparison: ApplyWorld.comparison, clock: world.world.clock, now: { "" })
    await #expect(
      throws: ApplyFailure.unusable(
        SampleKind.address("a"),
        reason: "the id 100 now belongs to another channel, with the UUID uuid-other; nothing is sent to it")
    ) {
      _ = try await applier.prepare(
        plan, to: state, channels: world.account.snapshot.channels, secrets: Bot.secrets(wanted),
        options: ApplyOptions(runID: "second", command: "apply", digest: "", who: ""))
    }
  }

  @Test func `a deletion whose answer is lost is done when its id belongs to another channel`() throws {
    let world = ApplyWorld()
    _ = try world.apply([Bot("a")])
    world.arrange { contents in
      contents.faults["delete 100"] = [.dropped]
      contents.onAnswer = { _ in world.arrange { $0.channels[0].uuid = "uuid-other" } }
    }
    let run = try world.apply([])
    #expect(run.result.outcome == .done)
    #expect(world.state?.channels.isEmpty == true)
  }
}

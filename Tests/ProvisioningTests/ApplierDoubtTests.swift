import Basics
import Documents
import Manifest
import Support
import Synchronization
import Testing

@testable import Provisioning

/// Calls whose outcome is not known.
struct ApplierDoubtTests {
  @Test func `a creation whose answer is lost is found, not repeated`() throws {
    let world = ApplyWorld()
    world.arrange { $0.faults["create Bot a"] = [.answerLost] }
    let run = try world.apply([Bot("a", callback: "https://a.example/1"), Bot("b")])
    #expect(run.result.outcome == .done)
    #expect(world.account.snapshot.calls.sorted() == ["create Bot a", "create Bot b"])
    #expect(world.account.snapshot.channels.count == 2)
    #expect(Set(world.state?.channels.map(\.id) ?? []) == [100, 101])
    #expect(world.world.elapsed >= .seconds(30))
    #expect(world.plan([Bot("a", callback: "https://a.example/1"), Bot("b")]).isEmpty)
  }

  @Test func `a creation that never arrived is sent again after the settle window`() throws {
    let world = ApplyWorld()
    world.arrange { $0.faults["create Bot a"] = [.dropped] }
    let run = try world.apply([Bot("a")])
    #expect(run.result.outcome == .done)
    #expect(run.result.changes.map(\.calls) == [2])
    #expect(world.account.snapshot.channels.count == 1)
  }

  @Test func `a creation that never arrives fails after the second time`() throws {
    let world = ApplyWorld()
    world.arrange { $0.faults["create Bot a"] = [.dropped, .dropped] }
    let run = try world.apply([Bot("a")])
    #expect(run.result.outcome == .failed)
    #expect(run.result.changes.map(\.verdict) == [.failed])
    #expect(world.state?.run == nil)
    #expect(world.state?.channels.isEmpty == true)
  }

  @Test(arguments: [0, 1, 15, 29])
  func `a creation that lists late makes no duplicate within the settle window`(seconds: Int) throws {
    let world = ApplyWorld()
    world.arrange {
      $0.visibilityDelay = .seconds(seconds)
      $0.faults["create Bot a"] = [.answerLost]
    }
    let run = try world.apply([Bot("a")])
    #expect(run.result.outcome == .done)
    #expect(world.account.snapshot.channels.count == 1)
  }

  @Test func `a second creation that is refused after a lost one is looked for once more`() throws {
    let world = ApplyWorld()
    world.arrange {
      $0.visibilityDelay = .seconds(45)
      $0.faults["create Bot a"] = [.answerLost, .refused]
    }
    let run = try world.apply([Bot("a")])
    #expect(run.result.outcome == .done)
    #expect(world.account.snapshot.channels.count == 1)
    #expect(world.state?.channels.map(\.id) == [100])
  }

  @Test func `a call that is kept back is made later, as if it had not been started`() throws {
    let world = ApplyWorld()
    world.arrange { $0.faults["create Bot a"] = [.keptBack, .keptBack, nil] }
    let run = try world.apply([Bot("a"), Bot("b")], .init(parallelism: 1))
    #expect(run.result.outcome == .done)
    #expect(run.result.changes.map(\.verdict) == [.done, .done] && run.result.changes.map(\.calls) == [1, 1])
    #expect(Set(world.account.snapshot.calls) == ["create Bot a", "create Bot b"])
    #expect(world.account.snapshot.channels.count == 2)
  }

  @Test func `a creation that is kept back on its second way stays one that may have been made`() throws {
    let world = ApplyWorld()
    let lines = Mutex<[JournalEntry]>([])
    world.arrange { contents in
      contents.faults["create Bot a"] = [.dropped, .keptBack, nil]
      contents.onAnswer = { _ in lines.withLock { $0 = world.store.contents.journal } }
    }
    #expect(try world.apply([Bot("a")]).result.outcome == .done)
    #expect(world.account.snapshot.channels.count == 1)
    let expected: [JournalEntry] = [
      .sent(operation: 1), .unknown(operation: 1), .sent(operation: 1), .unknown(operation: 1), .sent(operation: 1),
    ]
    #expect(lines.withLock { $0 } == expected)
  }

  @Test func `two candidates leave the creation uncertain, the state remembers it, and a person resolves it`() throws {
    let world = ApplyWorld()
    world.arrange { $0.faults["create Bot a"] = [.answerLost] }
    let wanted = [Bot("a"), Bot("b", name: "Bot a"), Bot("c")]
    world.arrange { contents in
      contents.onAnswer = { if $0 == 1 { world.addForeign(name: "Bot a", closing: 60) } }
    }
    let run = try world.apply(wanted, .init(parallelism: 1))
    #expect(run.result.outcome == .partial)
    #expect(run.result.changes.map(\.verdict) == [.uncertain, .notAttempted, .done])
    #expect(
      run.result.changes[0].error?.message
        == "it is uncertain whether the channel was created: the answer was lost, and channels with the UUIDs uuid-100 (id 100), uuid-900 (id 900) have the same name"
    )
    #expect(run.result.changes[0].error?.remedy?.contains("kitform state resolve bot.a --uuid UUID") == true)
    #expect(world.state?.run?.operations.map(\.address.key) == ["a"])

    world.arrange { $0.calls = [] }
    let again = try world.apply([Bot("a"), Bot("c"), Bot("d")])
    #expect(again.recovered?.uncertain.map { $0.candidates.map(\.id) } == [[100, 900]])
    #expect(world.account.snapshot.calls == ["create Bot d"])
    #expect(world.state?.run?.operations.map(\.address.key) == ["a"])
    #expect(world.state?.run?.known == [101])
    #expect(again.result.outcome == .partial)
    #expect(again.result.changes.map(\.verdict) == [.done, .uncertain])
    #expect(again.result.changes.last?.error == run.result.changes[0].error)

    let idle = try world.apply([Bot("a"), Bot("c"), Bot("d")])
    #expect(idle.plan.isEmpty && idle.result.outcome == .partial)
    #expect(idle.result.changes.map(\.verdict) == [.uncertain] && idle.result.calls == 0)
    #expect(idle.result.state == world.state)

    let state = try #require(world.state)
    let channels = world.account.snapshot.channels
    let resolved = try Resolution(comparison: ApplyWorld.comparison).resolve(
      SampleKind.address("a"), uuid: "uuid-100", in: state, channels: channels)
    #expect(resolved.run == nil)
    #expect(resolved.serial == state.serial + 1)
    world.disturb { $0.state = resolved }
    let last = try world.apply([Bot("a"), Bot("c"), Bot("d")])
    #expect(last.result.changes.map(\.action) == [.update])
    #expect(last.plan.changes[0].fields.map(\.name) == ["token"])
    #expect(world.account.snapshot.calls.filter { $0.hasPrefix("create") } == ["create Bot d"])
  }

  @Test func `one candidate that differs from what was sent leaves the creation uncertain`() throws {
    let world = ApplyWorld()
    world.arrange { contents in
      contents.faults["create Bot a"] = [.dropped]
      contents.onAnswer = { if $0 == 1 { world.addForeign(name: "Bot a", closing: 61) } }
    }
    let run = try world.apply([Bot("a", closing: 60)])
    #expect(run.result.changes.map(\.verdict) == [.uncertain])
    #expect(world.account.snapshot.calls == ["create Bot a"])
  }

  @Test func `an applier that is told to create an uncertain channel does not`() async throws {
    let world = ApplyWorld()
    world.arrange { contents in
      contents.faults["create Bot a"] = [.dropped]
      contents.onAnswer = { if $0 == 1 { world.addForeign(name: "Bot a", closing: 61) } }
    }
    let plan = world.plan([Bot("a")])
    _ = try world.apply([Bot("a")])
    let state = try #require(world.state)
    world.disturb { $0.holder = nil }
    let channels = world.account.snapshot.channels
    let result = world.world.run { () -> ApplyResult? in
      guard
        let lock = try? await world.store.lock(
          LockInformation(id: "l", who: "", host: "", processID: 1, since: "", command: ""))
      else { return nil }
      let applier = Applier(
        remote: world.account, lock: lock, comparison: ApplyWorld.comparison, clock: world.world.clock, now: { "" })
      return try? await applier.prepare(
        plan, to: state, channels: channels, secrets: Bot.secrets([Bot("a")]),
        options: ApplyOptions(runID: "second", command: "apply", digest: "", who: "")
      ).execute()
    }
    #expect(result??.changes.map(\.verdict) == [.uncertain])
    #expect(world.account.snapshot.calls == ["create Bot a"])
    #expect(world.state?.run?.id == "second")
    #expect(world.state?.run?.operations.count == 1)
  }

  @Test func `an uncertain creation stays uncertain when a later run crashes`() throws {
    let world = ApplyWorld()
    world.arrange { contents in
      contents.faults["create Bot a"] = [.dropped]
      contents.onAnswer = { if $0 == 1 { world.addForeign(name: "Bot a", closing: 61) } }
    }
    _ = try world.apply([Bot("a")])
    let crash: CrashPoint = { (point: Checkpoint) throws(Crash) in if point == .answered { throw Crash(at: point) } }
    #expect(throws: ApplyFailure.crashed(Crash(at: .answered))) {
      _ = try world.apply([Bot("a"), Bot("b")], .init(crashPoint: crash))
    }
    let run = try world.apply([Bot("a"), Bot("b")])
    #expect(run.recovered?.findings.map(\.verdict) == [.uncertain, .done])
    #expect(world.account.snapshot.calls == ["create Bot a", "create Bot b"])
    #expect(world.state?.run?.operations.map(\.address.key) == ["a"])
  }

  @Test func `an uncertain creation is told also where the state cannot be written`() throws {
    let world = ApplyWorld()
    _ = try world.apply([Bot("old")])
    world.arrange { contents in
      contents.faults["create Bot a"] = [.dropped]
      contents.onAnswer = { if $0 == 2 { world.addForeign(name: "Bot a", closing: 61) } }
    }
    _ = try world.apply([Bot("old"), Bot("a")])
    world.arrange { $0.channels.removeAll { $0.name == "Bot old" } }
    world.disturb { $0.writeAnswers = [.failure] }
    let run = try world.apply([Bot("a")])
    #expect(run.result.changes.map(\.verdict) == [.failed, .uncertain])
    #expect(run.result.changes.map(\.address.key) == ["old", "a"])
  }

  @Test func `a listing that fails leaves the creation for the next run`() throws {
    let world = ApplyWorld()
    world.arrange { contents in
      contents.faults["create Bot a"] = [.answerLost]
      contents.onAnswer = { _ in world.arrange { $0.listingFailures = 1 } }
    }
    let run = try world.apply([Bot("a")])
    #expect(run.result.changes.map(\.verdict) == [.uncertain])
    world.arrange { $0.onAnswer = nil }
    let again = try world.apply([Bot("a")])
    #expect(again.recovered?.findings.map(\.verdict) == [.done])
    #expect(again.result.outcome == .noChanges)
    #expect(world.account.snapshot.channels.count == 1)
  }

  @Test func `a stop in the settle window leaves the creation for the next run`() throws {
    let world = ApplyWorld()
    let stop = world.stop
    world.arrange { contents in
      contents.faults["create Bot a"] = [.answerLost]
      contents.onAnswer = { _ in stop.request(.interrupted) }
    }
    let run = try world.apply([Bot("a")])
    #expect(run.result.outcome == .interrupted)
    #expect(run.result.changes.map(\.verdict) == [.uncertain])
    #expect(world.world.elapsed < .seconds(5))
    #expect(world.state?.run?.operations.count == 1)
  }

  @Test func `an update whose answer is lost is done when the account shows it`() throws {
    let world = ApplyWorld()
    _ = try world.apply([Bot("a", closing: 60), Bot("old")])
    world.arrange { $0.faults["update 100"] = [.answerLost] }
    let run = try world.apply([Bot("a", closing: 90)])
    #expect(run.result.outcome == .done)
    #expect(run.result.changes.map(\.verdict) == [.done, .done])
  }

  @Test func `an update that never arrived is uncertain and holds deletions back`() throws {
    let world = ApplyWorld()
    _ = try world.apply([Bot("a", closing: 60), Bot("old")])
    world.arrange { $0.faults["update 100"] = [.dropped] }
    let run = try world.apply([Bot("a", closing: 90)])
    #expect(run.result.outcome == .partial)
    #expect(run.result.changes.map(\.verdict) == [.notAttempted, .uncertain])
    #expect(world.state?.run == nil)
    #expect(world.plan([Bot("a", closing: 90)]).changes.map(\.action) == [.delete, .update])
  }

  @Test func `a secret whose update was not answered is sent again by the next plan`() throws {
    let world = ApplyWorld()
    _ = try world.apply([Bot("a", token: "one")])
    world.arrange { $0.faults["update 100"] = [.answerLost] }
    let run = try world.apply([Bot("a", token: "two")])
    #expect(run.result.changes.map(\.verdict) == [.uncertain])
    #expect(world.plan([Bot("a", token: "two")]).changes.first?.fields.map(\.name) == ["token"])
    // Which of the two Kit has nobody knows: back to the first, it is sent as well.
    #expect(world.plan([Bot("a", token: "one")]).changes.first?.fields.map(\.name) == ["token"])
  }

  @Test func `a deletion whose answer is lost is done when the channel is gone`() throws {
    let world = ApplyWorld()
    _ = try world.apply([Bot("a"), Bot("b")])
    world.arrange { $0.faults = ["delete 100": [.answerLost], "delete 101": [.dropped]] }
    let run = try world.apply([])
    #expect(run.result.outcome == .partial)
    #expect(run.result.changes.map(\.verdict) == [.done, .uncertain])
    #expect(world.state?.channels.map(\.id) == [101])
  }
}

extension ApplyWorld {
  /// Somebody makes a channel by hand.
  func addForeign(name: String, closing: Int) {
    arrange { contents in
      contents.channels.append(
        RemoteChannel(
          id: 900, uuid: "uuid-900", kind: SampleKind.bot, kindLabel: "bot", name: name,
          values: [.text(name), nil, .seconds(closing), nil, nil], raw: .object([])))
    }
  }
}

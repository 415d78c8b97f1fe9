import Basics
import Manifest
import Support
import Synchronization
import Testing

@testable import Provisioning

/// States and journals that cannot be written.
struct ApplierSavingTests {
  @Test func `a state that cannot be written before the first call stops the apply with nothing sent`() throws {
    let world = ApplyWorld()
    world.disturb { $0.writeAnswers = [.failure] }
    #expect(throws: ApplyFailure.state(.failed(label: "memory", reason: "no space left on device"))) {
      _ = try world.apply([Bot("a")])
    }
    #expect(world.account.snapshot.calls.isEmpty)
  }

  @Test func `a journal that cannot be begun stops the apply with nothing sent`() throws {
    let world = ApplyWorld()
    world.disturb { $0.failsJournal = true }
    #expect(throws: ApplyFailure.self) { _ = try world.apply([Bot("a")]) }
    #expect(world.account.snapshot.calls.isEmpty)
    #expect(world.store.contents.writes.isEmpty)
  }

  @Test func `a write whose answer is lost is read back, and the run goes on`() throws {
    let world = ApplyWorld()
    world.disturb { $0.writeAnswers = [.lost, .lost] }
    let run = try world.apply([Bot("a")])
    #expect(run.result.outcome == .done)
    #expect(run.result.saveFailure == nil)
    #expect(world.state == run.result.state)
  }

  @Test func `a last state that cannot be saved is handed back, and the record and journal bring the run back`() throws
  {
    let world = ApplyWorld()
    world.disturb { $0.writeAnswers = [nil, .failure] }
    let run = try world.apply([Bot("a"), Bot("b")])
    #expect(run.result.outcome == .partial)
    #expect(run.result.saveFailure == .failed(label: "memory", reason: "no space left on device"))
    #expect(run.result.state.channels.map(\.id).sorted() == [100, 101])
    #expect(run.result.state.run == nil)
    #expect(world.state?.run?.operations.count == 2)
    let again = try world.apply([Bot("a"), Bot("b")])
    #expect(again.recovered?.findings.map(\.verdict) == [.done, .done])
    #expect(again.recovered?.headline == "the apply of now by test did not finish")
    #expect(again.result.outcome == .noChanges)
    #expect(world.state?.channels == run.result.state.channels)
    #expect(world.account.snapshot.channels.count == 2)
  }

  @Test func `a last state that cannot be saved leaves the outcome what it was`() throws {
    let refused = ApplyWorld()
    refused.arrange { $0.faults["create Bot a"] = [.refused] }
    refused.disturb { $0.writeAnswers = [nil, .failure] }
    let run = try refused.apply([Bot("a")])
    #expect(run.result.outcome == .failed && run.result.saveFailure != nil)

    let stopped = ApplyWorld()
    stopped.disturb { $0.writeAnswers = [nil, .failure] }
    stopped.arrange { contents in
      contents.onAnswer = { if $0 == 1 { stopped.stop.request(.interrupted) } }
    }
    let interrupted = try stopped.apply([Bot("a"), Bot("b"), Bot("c")], .init(parallelism: 1))
    #expect(interrupted.result.outcome == .interrupted && interrupted.result.saveFailure != nil)
  }

  @Test func `a journal that fails in the middle ends the run, and nothing is lost`() throws {
    let world = ApplyWorld()
    world.arrange { contents in
      contents.onAnswer = { if $0 == 2 { world.disturb { $0.failsJournal = true } } }
    }
    let wanted = (0..<9).map { Bot("bot-\($0)") }
    let run = try world.apply(wanted, .init(parallelism: 2))
    #expect(run.result.outcome == .partial)
    #expect(world.account.snapshot.calls.count < 9)
    #expect(run.result.changes.last?.error?.message == "the journal of the run could not be written")
    world.disturb { $0.failsJournal = false }
    world.arrange { $0.onAnswer = nil }
    #expect(try world.apply(wanted).result.outcome == .done)
    #expect(world.account.snapshot.channels.count == 9)
  }

  @Test func `a local run writes the state twice, however long it takes`() throws {
    let world = ApplyWorld(latency: .seconds(10))
    _ = try world.apply((0..<20).map { Bot("bot-\($0)") }, .init(parallelism: 1))
    #expect(world.store.contents.writes.count == 2)
  }

  @Test func `a run on a remote state writes checkpoints while outcomes are unsaved`() throws {
    let world = ApplyWorld(hasJournal: false, wantsCheckpoints: true, latency: .seconds(10))
    _ = try world.apply((0..<12).map { Bot("bot-\($0)") }, .init(parallelism: 1))
    let writes = world.store.contents.writes
    #expect((7...11).contains(writes.count))
    for (earlier, later) in zip(writes, writes.dropFirst()) {
      #expect(later.serial == earlier.serial + 1)
      #expect(later.channels.count >= earlier.channels.count)
      #expect((later.run?.operations.count ?? 0) == 12 - later.channels.count)
    }
  }

  @Test func `a refused checkpoint means that the lock is lost: no new call starts`() throws {
    let world = ApplyWorld(hasJournal: false, wantsCheckpoints: true, latency: .seconds(10))
    world.disturb { $0.writeAnswers = [nil, .conflict, .conflict] }
    let run = try world.apply((0..<12).map { Bot("bot-\($0)") }, .init(parallelism: 1))
    #expect(run.result.outcome == .partial)
    #expect(world.account.snapshot.calls.count < 5)
    #expect(run.result.saveFailure == .conflict(label: "memory"))
    #expect(
      run.result.changes.last?.error?.message == "the lock on memory was lost: another run has written the state")
  }

  @Test func `when the last successful write is too old no call starts before one succeeds`() throws {
    let world = ApplyWorld(hasJournal: false, wantsCheckpoints: true, latency: .seconds(10))
    world.disturb { $0.writeAnswers = [nil] + Array(repeating: .failure, count: 6) }
    let run = try world.apply((0..<20).map { Bot("bot-\($0)") }, .init(parallelism: 1))
    #expect(run.result.outcome == .partial)
    #expect((3...4).contains(world.account.snapshot.calls.count))
    #expect(
      run.result.changes.last?.error?.message
        == "the state could not be written before the lock may have expired")
  }

  @Test func `a call that waits for long does not keep a run from proving that it holds its lock`() throws {
    let world = ApplyWorld(hasJournal: false, wantsCheckpoints: true, latency: .seconds(100))
    let run = try world.apply([Bot("a")])
    #expect(run.result.outcome == .done)
    // The record, one write every 15 s of the 100, and the end.
    #expect((8...9).contains(world.store.contents.writes.count))
  }

  @Test func `a change of the state alone is not done when the state cannot be written`() throws {
    let world = ApplyWorld()
    _ = try world.apply([Bot("a")])
    world.arrange { $0.channels = [] }
    world.disturb { $0.writeAnswers = [.failure] }
    let run = try world.apply([])
    #expect(run.result.changes.map(\.action) == [.forget])
    #expect(run.result.changes.map(\.verdict) == [.failed])
    #expect(run.result.outcome == .failed)
    #expect(run.result.saveFailure == .failed(label: "memory", reason: "no space left on device"))
    #expect(world.state?.channels.count == 1)
    let finished = world.events.withLock { events in
      events.filter { if case .finished(let result) = $0 { result.action == .forget } else { false } }
    }
    #expect(finished.count == 1)
  }

  @Test func `lines of the journal reach the disk within fifty milliseconds`() throws {
    let world = ApplyWorld(latency: .seconds(1))
    world.arrange { contents in
      contents.onAnswer = { _ in
        let disk = world.store.contents
        #expect(disk.durable == disk.journal.count)
      }
    }
    #expect(try world.apply((0..<4).map { Bot("bot-\($0)") }, .init(parallelism: 1)).result.outcome == .done)
  }
}

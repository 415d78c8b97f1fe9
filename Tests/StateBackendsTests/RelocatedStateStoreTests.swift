import Provisioning
import StateBackends
import Support
import Synchronization
import Testing

struct RelocatedStateStoreTests {
  private let disk = MemoryDisk()
  private var old: LocalStateStore { LocalStateStore(disk: disk, path: "/old/state.json") }

  @Test func `a new place without a state is refused while a former one has a state`() async throws {
    let place = HTTPPlace()
    let lock = try await old.lock(StateStoreContract.information("one"))
    try await lock.write(StateSamples.full(serial: 1))
    await lock.release()
    let writes = Mutex(0)
    let store = RelocatedStateStore(place.store(), former: [old]) { writes.withLock { $0 += 1 } }
    let reason =
      "there is no state in it yet, but /old/state.json, where the state was kept before, holds one of serial 1"
    let failure = StateFailure.failed(
      label: place.store().label, reason: reason,
      remedy: "move it with `kitform state migrate`, or restore the former settings")
    await #expect(throws: failure) { _ = try await store.read() }
    let held = try await store.lock(StateStoreContract.information("two"))
    await #expect(throws: failure) { _ = try await held.read() }
    await held.release()
    #expect(writes.withLock { $0 } == 0)

    // Once the new place has a state, the former one counts no more.
    let mover = try await place.store().lock(StateStoreContract.information("three"))
    try await mover.write(StateSamples.empty(serial: 1))
    await mover.release()
    #expect(try await store.read() == StateSamples.empty(serial: 1))
    let next = try await store.lock(StateStoreContract.information("four"))
    #expect(try await next.read() == StateSamples.empty(serial: 1))
    try await next.write(StateSamples.empty(serial: 2))
    await next.release()
    #expect(writes.withLock { $0 } == 1)
  }

  @Test func `an old version of the state is refused while a former place has a later one`() async throws {
    let place = HTTPPlace()
    let lock = try await old.lock(StateStoreContract.information("one"))
    for serial in 1...3 { try await lock.write(StateSamples.full(serial: serial)) }
    await lock.release()
    let mover = try await place.store().lock(StateStoreContract.information("two"))
    for serial in 1...2 { try await mover.write(StateSamples.full(serial: serial)) }
    let store = RelocatedStateStore(place.store(), former: [old])
    let failure = StateFailure.failed(
      label: place.store().label,
      reason:
        "its state is an old one, of serial 2, but /old/state.json, where the state was kept before, holds the one of serial 3",
      remedy: "move it with `kitform state migrate`, or restore the former settings")
    await #expect(throws: failure) { _ = try await store.read() }
    try await mover.write(StateSamples.full(serial: 3))
    #expect(try await store.read()?.serial == 3)
    // A place that is gone for good, or has another history, is no reason to stop.
    disk["/old/state.json"] = [1]
    #expect(try await store.read()?.serial == 3)
    var other = StateSamples.full(serial: 9)
    other.lineage = "another"
    disk["/old/state.json"] = StateCodec().encode(other)
    #expect(try await store.read()?.serial == 3)
  }

  @Test func `a later state continues an earlier one whose last run it knows`() {
    let run = State.PastRun(
      id: "one", command: "apply", digest: "", started: "", ended: "", who: "", outcome: "done", commit: nil)
    var earlier = StateSamples.empty(serial: 4)
    var later = StateSamples.empty(serial: 5)
    #expect(later.continues(earlier) && !earlier.continues(later) && !later.continues(later))
    earlier.history = [run]
    #expect(!later.continues(earlier))
    later.history = [run, run]
    #expect(later.continues(earlier))
    later.lineage = "another"
    #expect(!later.continues(earlier))
  }

  @Test func `a former place that cannot be read is not taken for an empty one`() async throws {
    disk["/old/state.json"] = [1]
    let store = RelocatedStateStore(HTTPPlace().store(), former: [old])
    await #expect(throws: StateFailure.self) { _ = try await store.read() }
    disk["/old/state.json"] = nil
    #expect(try await store.read() == nil)
  }

  @Test func `a retired state is out of the way with its backups`() async throws {
    let lock = try await old.lock(StateStoreContract.information("one"))
    for serial in 1...3 { try await lock.write(StateSamples.empty(serial: serial)) }
    #expect(try old.retire(serial: 3) == "/old/state.json.migrated-3")
    await lock.release()
    #expect(try await old.read() == nil)
    let kept = try #require(disk["/old/state.json.migrated-3"])
    #expect(try StateCodec().decode(kept, label: "s").serial == 3)
  }
}

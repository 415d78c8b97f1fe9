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
      "there is no state in it yet, but /old/state.json, where the state was kept before, holds one of serial 1; `kitform state migrate` moves it, or put the settings back"
    let failure = StateFailure.failed(label: place.store().label, reason: reason)
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

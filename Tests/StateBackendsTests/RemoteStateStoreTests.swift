import Provisioning
import StateBackends
import Support
import Testing
import Transport

/// What holds of every remote backend.
struct RemoteStateStoreTests {
  /// The backends, each with what they say of themselves.
  enum Backend: CaseIterable, CustomTestStringConvertible {
    case gitLab, gitLabWithoutLockAddress, plainHTTP, s3, encrypted

    var testDescription: String { "\(self)" }

    var place: any StatePlace {
      switch self {
      case .gitLab: HTTPPlace()
      case .gitLabWithoutLockAddress: HTTPPlace(hasLockAddress: false)
      case .plainHTTP: HTTPPlace(server: ModelStateServer(.plain), hasLockAddress: false)
      case .s3: S3Place()
      case .encrypted: HTTPPlace(codec: Sealers.codec(encrypts: true))
      }
    }

    /// A store over a transport, and the bytes that its server keeps.
    func store(
      _ wrap: (any Transport) -> any Transport, _ options: RemoteStateOptions = RemoteStateOptions()
    ) -> (store: any RemoteStateStore, place: any StatePlace, locked: @Sendable () -> Bool) {
      if self == .s3 {
        let place = S3Place()
        return (
          place.store(over: wrap(place.objects), options: options), place,
          { place.objects[S3Place.path + ".lock"] != nil }
        )
      }
      let place = HTTPPlace(server: ModelStateServer(self == .plainHTTP ? .plain : .gitLab))
      return (
        place.store(over: wrap(place.server), options: options), place,
        { place.server.holder(HTTPPlace.path) != nil }
      )
    }
  }

  @Test(arguments: Backend.allCases, StateStoreContract.cases)
  func `the contract holds`(backend: Backend, promise: StateStoreContract.Case) async throws {
    try await promise.run(backend.place)
  }

  @Test(arguments: [Backend.gitLab, .plainHTTP, .s3], FaultyTransport.Fault.allCases)
  func `whatever becomes of one request, the next try finds the state whole and the lock free`(
    backend: Backend, fault: FaultyTransport.Fault
  ) async throws {
    var number = 0
    var isOver = false
    while !isOver {
      number += 1
      try #require(number < 60)
      var faulty: FaultyTransport?
      let (store, place, isLocked) = backend.store { inner in
        let transport = FaultyTransport(inner, fault, at: number...number)
        faulty = transport
        return transport
      }
      let lock = try await store.lock(StateStoreContract.information("one"))
      try await lock.write(StateSamples.full(serial: 1))
      try await lock.write(StateSamples.empty(serial: 2))
      #expect(try await lock.read() == StateSamples.empty(serial: 2), "request \(number)")
      await lock.release()
      #expect(!isLocked(), "request \(number)")
      #expect(try await place.store().read() == StateSamples.empty(serial: 2), "request \(number)")
      isOver = try #require(faulty).calls < number
    }
    #expect(number > 6)
  }

  @Test(arguments: [Backend.gitLab, .plainHTTP, .s3], FaultyTransport.Fault.allCases)
  func `a server that goes away at any request loses nothing that was written`(
    backend: Backend, fault: FaultyTransport.Fault
  ) async throws {
    var reported = 0
    for number in 1...20 {
      let (store, place, _) = backend.store { FaultyTransport($0, fault, at: number...Int.max) }
      var written = 0
      do throws(StateFailure) {
        let lock = try await store.lock(StateStoreContract.information("one"))
        for serial in 1...3 {
          try await lock.write(StateSamples.full(serial: serial))
          written = serial
        }
        await lock.release()
      } catch {
        guard case .failed = error else { throw error }
        reported += 1
      }
      let kept = try await place.store().read()?.serial ?? 0
      #expect(kept == written || kept == written + 1, "request \(number)")
    }
    #expect(reported > 3)
  }

  @Test(arguments: [Backend.gitLab, .s3])
  func `a body that is cut anywhere or has any bit flipped is damaged`(backend: Backend) async throws {
    let place = backend.place
    let bytes = StateCodec().encode(StateSamples.empty(serial: 3))
    let store = place.store()
    func isDetected(_ bytes: [UInt8]) async throws -> Bool {
      try await place.replace(bytes)
      do throws(StateFailure) {
        _ = try await store.read()
        return false
      } catch {
        return true
      }
    }
    for length in 0..<bytes.count where !(try await isDetected(Array(bytes.prefix(length)))) {
      Issue.record("cut to \(length) bytes")
    }
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<1000 {
      var flipped = bytes
      let index = Int.random(in: 0..<bytes.count, using: &generator)
      flipped[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      if !(try await isDetected(flipped)) { Issue.record("byte \(index) flipped to \(flipped[index])") }
    }
  }

  @Test(arguments: [Backend.gitLab, .plainHTTP, .s3])
  func `a later attempt of the same CI job takes a lock over, and says so`(backend: Backend) async throws {
    let job = ["gitlab", "gitlab.example.com", "7", "100", "apply"]
    let first = JobAttempt(of: job, number: 5000)
    let sayings = Sayings()
    let (store, _, _) = backend.store({ $0 }, RemoteStateOptions(attempt: first, says: sayings.says))
    let lock = try await store.lock(information(first.lockID("aaaa")))
    try await lock.write(StateSamples.empty(serial: 1))
    for other in [
      first, JobAttempt(of: job, number: 4999), JobAttempt(of: job.dropLast() + ["other"], number: 5001), nil,
    ] {
      let sibling = self.sibling(of: store, backend, RemoteStateOptions(attempt: other, says: sayings.says))
      let id = other?.lockID("bbbb") ?? "bbbb"
      let failure = await #expect(throws: StateFailure.self) { _ = try await sibling.lock(information(id)) }
      guard case .locked(let holder, _)? = failure else {
        Issue.record("\(failure as Any)")
        continue
      }
      #expect(holder?.id == first.lockID("aaaa"))
    }
    #expect(sayings.all.isEmpty)
    let second = JobAttempt(of: job, number: 5001)
    let later = sibling(of: store, backend, RemoteStateOptions(attempt: second, says: sayings.says))
    let taken = try await later.lock(information(second.lockID("cccc")))
    #expect(sayings.all.count == 1)
    #expect(sayings.all.first?.hasPrefix("Took over the lock on ") == true)
    #expect(taken.wasTakenOver && !lock.wasTakenOver)
    // Before anything else, the state has a version that the former holder does not know.
    #expect(try await taken.read() == StateSamples.empty(serial: 2))
    // The paused runner wakes up: its write is refused, and the lock of the other one stays.
    await #expect(throws: StateFailure.conflict(label: store.label)) {
      try await lock.write(StateSamples.full(serial: 2))
    }
    await lock.release()
    try await taken.write(StateSamples.empty(serial: 3))
    await #expect(throws: StateFailure.conflict(label: store.label)) {
      try await lock.write(StateSamples.full(serial: 4))
    }
    await taken.release()
    #expect(try await store.read() == StateSamples.empty(serial: 3))
  }

  @Test func `a lock that could not be freed says how to free it`() async throws {
    let sayings = Sayings()
    let (store, _, isLocked) = Backend.gitLab.store(
      { FaultyTransport($0, .notSent, at: 2...Int.max) }, RemoteStateOptions(says: sayings.says))
    let lock = try await store.lock(StateStoreContract.information("one"))
    await lock.release()
    #expect(isLocked())
    #expect(sayings.all.first?.hasSuffix("Free it with `kitform state unlock one`.") == true)
  }

  @Test func `a command that people copy takes nothing of a lock's id for its own`() throws {
    #expect(LockInformation.unlockCommand("a-B_0.9") == "kitform state unlock a-B_0.9")
    #expect(LockInformation.unlockCommand("") == "kitform state unlock ''")
    #expect(LockInformation.unlockCommand("x; touch /tmp/y #") == "kitform state unlock 'x; touch /tmp/y #'")
    #expect(LockInformation.unlockCommand("a'b$(c)`d`") == #"kitform state unlock 'a'\''b$(c)`d`'"#)
    #expect(LockInformation.unlockCommand("a\nb") == #"kitform state unlock 'a\u{000A}b'"#)
  }

  @Test func `the journal of a remote run is on this machine, and is no condition`() async throws {
    let disk = MemoryDisk()
    let place = HTTPPlace()
    let options = RemoteStateOptions(journal: (disk, "/e/state.json.journal"))
    let lock = try await place.store(over: place.server, options: options).lock(StateStoreContract.information("one"))
    try lock.journal?.begin(run: "r")
    try lock.journal?.append(.sent(operation: 1))
    try lock.journal?.sync()
    #expect(try lock.journal?.entries(run: "r") == [.sent(operation: 1)])
    #expect(lock.wantsCheckpoints)
    await lock.release()
    disk.fail(at: 1, .noSpace)
    let other = try await place.store(over: place.server, options: options).lock(StateStoreContract.information("two"))
    #expect(other.journal == nil)
    await other.release()
  }

  private func information(_ id: String) -> LockInformation { StateStoreContract.information(id) }

  /// Another process's store of the same place.
  private func sibling(
    of store: any RemoteStateStore, _ backend: Backend, _ options: RemoteStateOptions
  ) -> any RemoteStateStore {
    SharedStore(store, options: options)
  }
}

/// The same place with options of its own, as another runner opens it.
private struct SharedStore: RemoteStateStore {
  let inner: any RemoteStateStore
  let options: RemoteStateOptions

  init(_ inner: any RemoteStateStore, options: RemoteStateOptions) {
    self.inner = inner
    self.options = options
  }

  var label: String { inner.label }
  func fetch() async throws(StateFailure) -> RemoteObject? { try await inner.fetch() }
  func put(_ bytes: [UInt8], over current: RemoteObject?, lock: String) async throws(RemotePutFailure) {
    try await inner.put(bytes, over: current, lock: lock)
  }
  func acquire(_ info: LockInformation) async throws(StateFailure) { try await inner.acquire(info) }
  func takeOver(from holder: LockInformation, _ info: LockInformation) async throws(StateFailure) {
    try await inner.takeOver(from: holder, info)
  }
  func release(id: String) async throws(StateFailure) { try await inner.release(id: id) }
}

import Manifest
import Provisioning
import StateBackends
import Support
import Testing

struct LocalStateStoreTests {
  /// A state's place on the real disk.
  private struct PosixPlace: StatePlace {
    let directory: TemporaryDirectory
    func store() -> any StateStore { LocalStateStore(disk: PosixDisk(), path: directory.file("e/state.json")) }
    func bytes() throws -> [UInt8]? { directory.bytes("e/state.json") }
    func replace(_ bytes: [UInt8]) throws {
      try directory.makeDirectory("e")
      try directory.write(bytes, to: "e/state.json")
    }
  }

  /// A state's place in memory.
  private struct MemoryPlace: StatePlace {
    let disk = MemoryDisk()
    func store() -> any StateStore { LocalStateStore(disk: disk, path: "/e/state.json") }
    func bytes() throws -> [UInt8]? { disk["/e/state.json"] }
    func replace(_ bytes: [UInt8]) throws { disk["/e/state.json"] = bytes }
  }

  @Test(arguments: StateStoreContract.cases)
  func `the contract holds on the real disk`(promise: StateStoreContract.Case) async throws {
    try await promise.run(PosixPlace(directory: try TemporaryDirectory()))
  }

  @Test(arguments: StateStoreContract.cases)
  func `the contract holds in memory`(promise: StateStoreContract.Case) async throws {
    try await promise.run(MemoryPlace())
  }

  @Test func `the last five states are kept, and a damaged state names the newest whole one`() async throws {
    let place = MemoryPlace()
    let lock = try await place.store().lock(StateStoreContract.information("one"))
    for serial in 1...9 { try await lock.write(StateSamples.full(serial: serial)) }
    await lock.release()
    #expect(
      place.disk.paths == (4...8).map { "/e/state.json.backup-\($0)" }.reduce(into: ["/e/state.json"]) { $0.append($1) }
    )
    place.disk["/e/state.json"] = []
    await #expect(throws: damaged("the file is empty", backup: "/e/state.json.backup-8")) {
      try await place.store().read()
    }
    place.disk["/e/state.json.backup-8"]?.removeLast()
    await #expect(throws: damaged("the file is empty", backup: "/e/state.json.backup-7")) {
      try await place.store().read()
    }
    let backup = try #require(place.disk["/e/state.json.backup-7"])
    #expect(try StateCodec().decode(backup, label: "").serial == 7)
  }

  @Test func `the first encrypted write leaves no backup in plain text`() async throws {
    let disk = MemoryDisk()
    let codec = Sealers.codec(encrypts: true)
    func store(_ codec: StateCodec) -> LocalStateStore {
      LocalStateStore(disk: disk, path: "/e/state.json", codec: codec)
    }
    let plain = try await store(StateCodec()).lock(StateStoreContract.information("one"))
    for serial in 1...4 { try await plain.write(StateSamples.full(serial: serial)) }
    await plain.release()
    disk["/e/state.json.backup-1"] = Array("{".utf8)
    let lock = try await store(codec).lock(StateStoreContract.information("two"))
    try await lock.write(StateSamples.full(serial: 5))
    try await lock.write(StateSamples.full(serial: 6))
    await lock.release()
    for number in 2...5 {
      let bytes = try #require(disk["/e/state.json.backup-\(number)"])
      #expect(throws: StateFailure.self) { _ = try StateCodec().decode(bytes, label: "") }
      #expect(try codec.decode(bytes, label: "") == StateSamples.full(serial: number))
    }
    #expect(disk["/e/state.json.backup-1"] == Array("{".utf8), "what is no state is left alone")
  }

  @Test func `a state cut at any byte or with any bit flipped is damaged, never no state`() async throws {
    let place = MemoryPlace()
    let whole = StateCodec().encode(StateSamples.full(serial: 1))
    var generator = SeededGenerator(seed: 13)
    func expectDamage(_ bytes: [UInt8], _ what: String) async throws {
      try place.replace(bytes)
      guard case .damaged? = await failure({ _ = try await place.store().read() }) else {
        Issue.record("\(what) was read")
        return
      }
    }
    for length in 0..<whole.count { try await expectDamage(Array(whole.prefix(length)), "a state cut to \(length)") }
    for _ in 0..<1000 {
      var flipped = whole
      let index = Int.random(in: whole.indices, using: &generator)
      let bit = Int.random(in: 0..<8, using: &generator)
      flipped[index] ^= 1 << bit
      try await expectDamage(flipped, "a state with bit \(bit) of byte \(index) flipped")
    }
    Scorecard.count(13, ["cuts": whole.count, "flips": 1000])
  }

  @Test func `a state whose file is gone while backups are there is damaged, not missing`() async throws {
    let place = MemoryPlace()
    let lock = try await place.store().lock(StateStoreContract.information("one"))
    for serial in 1...2 { try await lock.write(StateSamples.full(serial: serial)) }
    await lock.release()
    place.disk["/e/state.json"] = nil
    await #expect(
      throws: damaged("the file is gone, but backups of it are there", backup: "/e/state.json.backup-1")
    ) { try await place.store().read() }
  }

  @Test func `reading takes no lock and makes no file or directory`() async throws {
    let directory = try TemporaryDirectory()
    let store = LocalStateStore(disk: PosixDisk(), path: directory.file("a/state.json"))
    #expect(try await store.read() == nil)
    #expect(try directory.names().isEmpty)
  }

  @Test(arguments: MemoryDisk.Fault.allCases)
  func `a write that fails at any call is reported and leaves a whole state, and the next try succeeds`(
    fault: MemoryDisk.Fault
  ) async throws {
    var call = 0
    var reported = 0
    while true {
      call += 1
      try #require(call < 100)
      let place = MemoryPlace()
      let lock = try await place.store().lock(StateStoreContract.information("one"))
      for serial in 1...7 { try await lock.write(StateSamples.full(serial: serial)) }
      place.disk.fail(at: call, fault)
      let failure = await failure { try await lock.write(StateSamples.empty(serial: 8)) }
      if place.disk.calls.count < call { break }
      place.disk.fail(at: 0, fault)
      let crashed = LocalStateStore(disk: place.disk.crash(), path: "/e/state.json")
      if let failure {
        reported += 1
        guard case .failed = failure else { throw failure }
        let states = [StateSamples.full(serial: 7), StateSamples.empty(serial: 8)]
        #expect(states.contains(try #require(try await place.store().read())), "call \(call)")
        #expect(states.contains(try #require(try await crashed.read())), "call \(call)")
        try await lock.write(StateSamples.empty(serial: 8))
      } else {
        #expect(try await crashed.read() == StateSamples.empty(serial: 8), "call \(call)")
      }
      #expect(try await place.store().read() == StateSamples.empty(serial: 8), "call \(call)")
      await lock.release()
    }
    #expect(reported >= 6)
  }

  @Test(arguments: MemoryDisk.Fault.allCases)
  func `a read that fails at any call is reported and is never no state`(fault: MemoryDisk.Fault) async throws {
    let place = MemoryPlace()
    let lock = try await place.store().lock(StateStoreContract.information("one"))
    for serial in 1...2 { try await lock.write(StateSamples.full(serial: serial)) }
    place.disk.fail(at: 1, fault)
    guard case .failed? = await failure({ _ = try await place.store().read() }) else {
      Issue.record("the read was not reported")
      return
    }
    place.disk["/e/state.json"] = nil
    place.disk.fail(at: 2, fault)
    guard case .failed? = await failure({ _ = try await place.store().read() }) else {
      Issue.record("the list was not reported")
      return
    }
  }

  @Test(arguments: MemoryDisk.Fault.allCases)
  func `a lock that fails at any call is reported and held by nobody`(fault: MemoryDisk.Fault) async throws {
    for call in 1...3 {
      let place = MemoryPlace()
      place.disk.fail(at: call, fault)
      guard
        case .failed? = await failure({ _ = try await place.store().lock(StateStoreContract.information("one")) })
      else {
        Issue.record("call \(call) was not reported")
        continue
      }
      let lock = try await place.store().lock(StateStoreContract.information("two"))
      await lock.release()
    }
  }

  @Test func `a write is durable when it returns`() async throws {
    let place = MemoryPlace()
    let lock = try await place.store().lock(StateStoreContract.information("one"))
    for serial in 1...8 {
      try await lock.write(StateSamples.full(serial: serial))
      let crashed = LocalStateStore(disk: place.disk.crash(), path: "/e/state.json")
      #expect(try await crashed.read() == StateSamples.full(serial: serial))
    }
  }

  @Test func `the temporary file of a crashed write is removed by the next lock`() async throws {
    let place = MemoryPlace()
    place.disk["/e/state.json.new"] = [1, 2, 3]
    let lock = try await place.store().lock(StateStoreContract.information("one"))
    #expect(place.disk.paths.isEmpty)
    try await lock.write(StateSamples.empty())
    await lock.release()
  }

  @Test func `files are 0600 and directories 0700`() async throws {
    let directory = try TemporaryDirectory()
    let store = LocalStateStore(disk: PosixDisk(), path: directory.file("a/b/state.json"))
    let lock = try await store.lock(StateStoreContract.information("one"))
    for serial in 1...2 { try await lock.write(StateSamples.full(serial: serial)) }
    try lock.journal?.begin(run: "r")
    await lock.release()
    #expect(try directory.mode("a") == 0o700)
    #expect(try directory.mode("a/b") == 0o700)
    let names = try directory.names("a/b")
    #expect(names == ["state.json", "state.json.backup-1", "state.json.journal", "state.json.lock"])
    for name in names { #expect(try directory.mode("a/b/\(name)") == 0o600, "\(name)") }
  }

  @Test(arguments: ["state.json", "state.json.new", "state.json.lock", "state.json.journal", "state.json.backup-1"])
  func `a link planted in a file's place is never written through`(name: String) async throws {
    let directory = try TemporaryDirectory()
    let victim = StateCodec().encode(StateSamples.empty(serial: 1))
    try directory.write(victim, to: "victim")
    try directory.makeDirectory("e")
    try directory.link("e/\(name)", to: directory.file("victim"))
    let store = LocalStateStore(disk: PosixDisk(), path: directory.file("e/state.json"))
    _ = await failure {
      let lock = try await store.lock(StateStoreContract.information("one"))
      try? lock.journal?.begin(run: "r")
      try? lock.journal?.append(.sent(operation: 1))
      let serial = try await lock.read()?.serial ?? 0
      try await lock.write(StateSamples.full(serial: serial + 1))
      try await lock.write(StateSamples.full(serial: serial + 2))
      await lock.release()
    }
    #expect(directory.bytes("victim") == victim)
    if name == "state.json" {
      guard case .failed? = await failure({ _ = try await store.read() }) else {
        Issue.record("a linked state was read")
        return
      }
    }
  }

  @Test(.timeLimit(.minutes(60))) func `a directory or a pipe in the state's place is an error and not a hang`()
    async throws
  {
    let directory = try TemporaryDirectory()
    try directory.makeDirectory("directory")
    try directory.makePipe("pipe")
    for name in ["directory", "pipe"] {
      let store = LocalStateStore(disk: PosixDisk(), path: directory.file(name))
      guard case .failed? = await failure({ _ = try await store.read() }) else {
        Issue.record("\(name) was read")
        continue
      }
    }
  }

  private func damaged(_ reason: String, backup: String?) -> StateFailure {
    .damaged(label: "/e/state.json", reason: reason, backup: backup)
  }

  private func failure(_ body: () async throws -> Void) async -> StateFailure? {
    do {
      try await body()
      return nil
    } catch {
      return error as? StateFailure
    }
  }
}

package import Provisioning

/// A place where a state lives, as the contract's cases see it.
package protocol StatePlace: Sendable {
  /// Opens the place as another process would.
  func store() -> any StateStore
  /// The bytes that the backend keeps, past every lock; nil where there are none.
  func bytes() async throws -> [UInt8]?
  func replace(_ bytes: [UInt8]) async throws
  /// Whether the message about a lock has all that its holder said; some servers hand back less.
  var showsWholeHolder: Bool { get }
}

extension StatePlace {
  package var showsWholeHolder: Bool { true }
}

/// What every `StateStore` keeps to; each backend's tests run all cases, each on a fresh place.
package enum StateStoreContract {
  /// One promise and how it is tested.
  package struct Case: Sendable, CustomStringConvertible {
    package let description: String
    package let run: @Sendable (any StatePlace) async throws -> Void
  }

  /// A promise that was broken.
  package struct Violation: Error, CustomStringConvertible {
    package let description: String
  }

  package static let cases: [Case] = [
    Case(description: "a place that was never written reads as no state") { place in
      try require(try await place.store().read() == nil, "read something")
      let lock = try await lock(place, "one")
      try require(try await lock.read() == nil, "read something under the lock")
      await lock.release()
    },
    Case(description: "what is written is what another process reads") { place in
      for serial in 1...3 {
        let lock = try await lock(place, "one")
        let state = StateSamples.full(serial: serial)
        try await lock.write(state)
        try require(try await lock.read() == state, "the lock reads another state")
        await lock.release()
        try require(try await place.store().read() == state, "the store reads another state")
      }
    },
    Case(description: "one lock may write many times") { place in
      let lock = try await lock(place, "one")
      for serial in 1...9 { try await lock.write(StateSamples.empty(serial: serial)) }
      await lock.release()
      try require(try await place.store().read()?.serial == 9, "the last write is lost")
    },
    Case(description: "a state that was prepared is written like any other, and any other in its place") { place in
      let lock = try await lock(place, "one")
      await lock.prepare(StateSamples.full(serial: 1))
      try require(try await place.store().read() == nil, "preparing wrote something")
      try await lock.write(StateSamples.full(serial: 1))
      try require(try await place.store().read() == StateSamples.full(serial: 1), "wrote another state")
      await lock.prepare(StateSamples.full(serial: 2))
      try await lock.write(StateSamples.empty(serial: 2))
      try require(try await place.store().read() == StateSamples.empty(serial: 2), "wrote the prepared state")
      await lock.release()
    },
    Case(description: "a second lock is refused with the holder, until the first is released") { place in
      let first = try await lock(place, "one")
      let failure = await failure { _ = try await lock(place, "two") }
      guard case .locked(let holder, _)? = failure else { throw Violation(description: "got \(failure, "a lock")") }
      try require(holder?.id == "one", "the holder is \(holder, "unknown")")
      try require(!place.showsWholeHolder || holder == information("one"), "the holder is \(holder, "unknown")")
      await first.release()
      let second = try await lock(place, "two")
      await second.release()
    },
    Case(description: "a lock released twice does not free the next one's") { place in
      let first = try await lock(place, "one")
      await first.release()
      let second = try await lock(place, "two")
      await first.release()
      let failure = await failure { _ = try await lock(place, "three") }
      guard case .locked? = failure else { throw Violation(description: "a third got \(failure, "the lock")") }
      await second.release()
    },
    Case(description: "a released lock writes nothing") { place in
      let lock = try await lock(place, "one")
      try await lock.write(StateSamples.empty(serial: 1))
      await lock.release()
      let failure = await failure { try await lock.write(StateSamples.empty(serial: 2)) }
      try require(failure != nil, "wrote")
      try require(try await place.store().read()?.serial == 1, "the state changed")
    },
    Case(description: "a serial that does not follow the last one is refused, and the state stays") { place in
      let lock = try await lock(place, "one")
      try await lock.write(StateSamples.full(serial: 1))
      for serial in [0, 1, 3, Int.max] {
        let failure = await failure { try await lock.write(StateSamples.empty(serial: serial)) }
        guard case .conflict? = failure else { throw Violation(description: "\(serial): \(failure, "written")") }
        try require(try await place.store().read() == StateSamples.full(serial: 1), "the state changed")
      }
      try await lock.write(StateSamples.empty(serial: 2))
      await lock.release()
    },
    Case(description: "a state that someone else wrote under the lock is not overwritten") { place in
      let lock = try await lock(place, "one")
      try await lock.write(StateSamples.empty(serial: 1))
      let foreign = StateCodec().encode(StateSamples.full(serial: 1))
      try await place.replace(foreign)
      let failure = await failure { try await lock.write(StateSamples.empty(serial: 2)) }
      guard case .conflict? = failure else { throw Violation(description: "got \(failure, "written")") }
      try require(try await place.bytes() == foreign, "the other's state is gone")
      await lock.release()
    },
    Case(description: "a cut state is damaged, never no state, and is not overwritten") { place in
      let lock = try await lock(place, "one")
      try await lock.write(StateSamples.full(serial: 1))
      await lock.release()
      guard let whole = try await place.bytes() else { throw Violation(description: "nothing is kept") }
      for length in stride(from: 0, to: whole.count, by: max(1, whole.count / 40)) {
        let cut = Array(whole.prefix(length))
        try await place.replace(cut)
        let failure = await failure { _ = try await place.store().read() }
        try require(isRefused(failure, cut), "\(length): \(failure, "read")")
        let next = try await StateStoreContract.lock(place, "two")
        let refusal = await StateStoreContract.failure { try await next.write(StateSamples.empty(serial: 1)) }
        await next.release()
        try require(isRefused(refusal, cut), "\(length): \(refusal, "written")")
        try require(try await place.bytes() == cut, "the damaged state was changed")
      }
    },
    Case(description: "a newer state is refused with its version") { place in
      let newer = #"{"version": 2, "lineage": "0", "serial": 1, "wonders": [], "sha256": "00"}"#
      try await place.replace(Array(newer.utf8))
      let failure = await failure { _ = try await place.store().read() }
      guard case .newer(_, version: 2)? = failure else { throw Violation(description: "got \(failure, "a state")") }
    },
    Case(description: "another tool's state is damaged, never no state") { place in
      for foreign in [
        #"{"version": 4, "terraform_version": "1.9.0", "serial": 3, "lineage": "0", "resources": []}"#,
        "{}", "[]", "null", "hello", " ",
      ] {
        try await place.replace(Array(foreign.utf8))
        let failure = await failure { _ = try await place.store().read() }
        try require(isRefused(failure, Array(foreign.utf8)), "\(foreign): \(failure, "read")")
      }
    },
    Case(description: "a state put in the place of a damaged one is read, and the next write follows it") { place in
      try await place.replace(Array("{".utf8))
      let lock = try await lock(place, "one")
      let refusal = await failure { _ = try await lock.read() }
      guard case .damaged? = refusal else { throw Violation(description: "got \(refusal, "a state")") }
      try require(try await lock.replace(with: StateSamples.full(serial: 5)).serial == 5, "it has another serial")
      try require(try await place.store().read() == StateSamples.full(serial: 5), "it is not there")
      try await lock.write(StateSamples.empty(serial: 6))
      await lock.release()
      try require(try await place.store().read() == StateSamples.empty(serial: 6), "the next write is not there")
    },
    Case(description: "a serial that a damaged state still shows is not used again") { place in
      try await place.replace(Array(#"{"version": 1, "lineage": "0", "serial": 9, "environment": "def"#.utf8))
      let lock = try await lock(place, "one")
      let put = try await lock.replace(with: StateSamples.full(serial: 5))
      await lock.release()
      try require(put == StateSamples.full(serial: 10), "its serial is \(put.serial)")
      try require(try await place.store().read() == put, "it is not there")
    },
    Case(description: "no lock is freed by the id of another one") { place in
      let first = try await lock(place, "one")
      let failure = await failure { _ = try await place.store().unlock(id: "two", as: information("three")) }
      guard case .locked(let holder, _)? = failure else { throw Violation(description: "got \(failure, "freed")") }
      try require(holder?.id == "one", "the holder is \(holder, "unknown")")
      try await first.write(StateSamples.empty(serial: 1))
      await first.release()
      try require(
        try await place.store().unlock(id: "one", as: information("three")) == .wasFree, "freed what nobody held")
      let second = try await lock(place, "two")
      await second.release()
    },
    Case(description: "no update is lost when many contend") { place in
      let workers = 8
      let rounds = 10
      try await withThrowingTaskGroup { group in
        for worker in 1...workers {
          group.addTask { for _ in 1...rounds { try await increment(place, "worker \(worker)") } }
        }
        try await group.waitForAll()
      }
      let serial = try await place.store().read()?.serial
      try require(serial == workers * rounds, "\(serial, "nothing") of \(workers * rounds) writes")
    },
  ]

  /// Adds one to the serial under the lock, as often tried as it takes, within a bound.
  private static func increment(_ place: any StatePlace, _ who: String) async throws {
    for _ in 1...1_000_000 {
      do throws(StateFailure) {
        let lock = try await lock(place, who)
        do throws(StateFailure) {
          try await lock.write(StateSamples.empty(serial: (try await lock.read()?.serial ?? 0) + 1))
        } catch {
          await lock.release()
          throw error
        }
        return await lock.release()
      } catch {
        guard case .locked = error else { throw error }
        await Task.yield()
      }
    }
    throw Violation(description: "\(who) never got the lock")
  }

  /// What people would read of a test's holder.
  package static func information(_ id: String) -> LockInformation {
    LockInformation(
      id: id, who: "tester <\(id)>", host: "host", processID: 1, since: "2026-01-01T00:00:00Z", command: "apply")
  }

  private static func lock(_ place: any StatePlace, _ id: String) async throws(StateFailure) -> any StateLock {
    try await place.store().lock(information(id))
  }

  private static func failure(_ body: () async throws -> Void) async -> StateFailure? {
    do {
      try await body()
      return nil
    } catch {
      return error as? StateFailure
    }
  }

  /// Whether such bytes are refused as they have to be: as damaged, or where there are none, as an answer that tells nothing.
  private static func isRefused(_ failure: StateFailure?, _ bytes: [UInt8]) -> Bool {
    switch failure {
    case .damaged?: true
    case .failed?: bytes.allSatisfy { $0 == UInt8(ascii: " ") }
    default: false
    }
  }

  private static func require(_ condition: Bool, _ message: String) throws {
    guard condition else { throw Violation(description: message) }
  }
}

extension String.StringInterpolation {
  /// An optional's value, or words for its absence.
  fileprivate mutating func appendInterpolation<Value>(_ value: Value?, _ absent: String) {
    if let value { appendLiteral(String(describing: value)) } else { appendLiteral(absent) }
  }
}

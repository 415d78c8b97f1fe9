import AsyncHTTPTransport
import Basics
import Documents
import Foundation
import Manifest
import Provisioning
import StateBackends
import Support
import Transport

/// One process of a contest: takes the lock, adds one to the state, gives the lock back, again and again.
struct Worker {
  private let backend: Backend
  private let place: String
  private let directory: String
  private let number: Int
  private let rounds: Int

  init(_ arguments: some Collection<String>) throws {
    let words = Array(arguments.drop { $0 == "--worker" })
    guard words.count == 5, let backend = Backend(rawValue: words[0]), let number = Int(words[3]),
      let rounds = Int(words[4])
    else {
      throw BinaryUnderTest.Problem(description: "a worker's arguments are backend, place, directory, number, rounds")
    }
    self.backend = backend
    place = words[1]
    directory = words[2]
    self.number = number
    self.rounds = rounds
  }

  private var inside: String { "\(directory)/inside" }

  /// Runs all rounds and prints updates, overlaps and refused writes.
  func run() async throws {
    let counts = try await AsyncHTTPTransport.withTransport { transport in
      let store = try store(transport)
      var counts = (updates: 0, overlaps: 0, refused: 0)
      for round in 1...rounds {
        let lock = try await lock(store, round)
        // A directory can be made once: who finds it there is not alone.
        let isAlone =
          (try? FileManager.default.createDirectory(atPath: inside, withIntermediateDirectories: false)) != nil
        if !isAlone { counts.overlaps += 1 }
        do throws(StateFailure) {
          let serial = try await lock.read()?.serial ?? 0
          try await lock.write(StateSamples.empty(serial: serial + 1))
          counts.updates += 1
        } catch {
          guard case .conflict = error else { throw error }
          counts.refused += 1
        }
        if isAlone { try FileManager.default.removeItem(atPath: inside) }
        await lock.release()
      }
      return counts
    }
    print(counts.updates, counts.overlaps, counts.refused)
  }

  /// The state's serial now.
  func serial() async throws -> Int {
    try await AsyncHTTPTransport.withTransport { transport in try await store(transport).read()?.serial ?? 0 }
  }

  /// Takes the lock, as often tried as it takes; a slow server has the more time in between.
  private func lock(_ store: any StateStore, _ round: Int) async throws -> any StateLock {
    let clock = ContinuousClock()
    while true {
      let start = clock.now
      do throws(StateFailure) {
        return try await store.lock(
          LockInformation(
            id: "\(number)-\(round)", who: "worker \(number)", host: "here", processID: number, since: "now",
            command: "round \(round)"))
      } catch {
        guard case .locked = error else { throw error }
      }
      let attempt = start.duration(to: clock.now)
      try await Task.sleep(for: .milliseconds(Int.random(in: 2...60)) + attempt * Double.random(in: 0...8))
    }
  }

  private func store(_ transport: AsyncHTTPTransport) throws -> any StateStore {
    let clock = ContinuousClock()
    let caller = Caller(
      transport: transport, limiter: RateLimiter(callsPerSecond: nil, clock: clock), budget: RetryBudget(),
      clock: clock, now: { Int(Date().timeIntervalSince1970) })
    switch backend {
    case .local: return LocalStateStore(disk: PosixDisk(), path: place)
    case .http:
      let address = try URLParts("http://127.0.0.1:\(place)/state/rounds")
      return HTTPStateStore(
        .init(address: address, lockAddress: try URLParts("http://127.0.0.1:\(place)/state/rounds/lock")),
        caller: caller)
    case .s3, .moto:
      return S3StateStore(
        .init(
          endpoint: try Origin(written: "http://127.0.0.1:\(place)"), bucket: "states", key: "rounds.json",
          pathStyle: true),
        signature: SignatureV4(
          credentials: AWSCredentials(accessKey: "AKID", secretKey: Secret("secret")), region: "us-east-1"),
        caller: caller, now: { Int(Date().timeIntervalSince1970) }, clock: clock)
    }
  }
}

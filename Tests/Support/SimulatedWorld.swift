import Synchronization

/// One thread and one clock for the code under test: the next job is picked by seed, and time passes when nothing can run.
///
/// The same seed gives the same interleaving, so that a failing trial repeats.
package final class SimulatedWorld: TaskExecutor {
  private let state: Mutex<State>

  private struct State {
    var random: SeededGenerator
    var jobs: [UnownedJob] = []
    var now: Duration = .zero
    var sleepers: [Sleeper] = []
    var nextSleeper = 0
    var steps = 0
    var trace: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Takes a choice into the trace, by FNV-1a in words of eight bytes.
    mutating func note(_ choice: Int) { trace = (trace ^ UInt64(truncatingIfNeeded: choice)) &* 0x100_0000_01B3 }
  }

  private struct Sleeper: Sendable {
    var id: Int
    var deadline: Duration
    var continuation: CheckedContinuation<Void, any Error>
  }

  /// While this holds, the process in the world is dead: it waits for nothing, and no time passes.
  private let isDead: @Sendable () -> Bool

  package init(seed: UInt64, isDead: @escaping @Sendable () -> Bool = { false }) {
    self.isDead = isDead
    state = Mutex(State(random: SeededGenerator(seed: seed)))
  }

  /// Virtual time; starts at zero.
  package var clock: SimulatedClock { SimulatedClock(world: self) }

  /// A hash of every job that was picked, from among how many, and of everyone who was woken, at which time.
  package var trace: UInt64 { state.withLock { $0.trace } }

  /// How much virtual time has passed.
  package var elapsed: Duration { state.withLock { $0.now } }

  /// Lets time pass without running anything.
  package func pass(_ duration: Duration) { state.withLock { $0.now += duration } }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.withLock { $0.jobs.append(job) }
  }

  /// Runs `body` to its end on the calling thread.
  ///
  /// - Returns: nil where everything waits and no time that could pass would help, or after `limit` jobs.
  package func run<Success: Sendable>(
    limit: Int = 1_000_000, _ body: @escaping @Sendable () async -> Success
  ) -> Success? {
    let box = Box<Success>()
    let task = Task(executorPreference: self) {
      let value = await body()
      box.value.withLock { $0 = value }
    }
    defer { task.cancel() }
    while true {
      if let value = box.value.withLock({ $0 }) { return value }
      while isDead(), wakeNext() {}
      let job = state.withLock { state -> UnownedJob? in
        state.steps += 1
        guard state.steps < limit, !state.jobs.isEmpty else { return nil }
        let index = Int.random(in: state.jobs.indices, using: &state.random)
        state.note(index)
        state.note(state.jobs.count)
        state.jobs.swapAt(index, state.jobs.count - 1)
        return state.jobs.removeLast()
      }
      if let job {
        unsafe job.runSynchronously(on: asUnownedTaskExecutor())
      } else if !wakeNext() {
        return box.value.withLock { $0 }
      }
    }
  }

  fileprivate func sleep(until deadline: Duration) async throws {
    if isDead() { throw CancellationError() }
    let id = state.withLock { state in
      state.nextSleeper += 1
      return state.nextSleeper
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isCancelled = Task.isCancelled
        let isOver = state.withLock { state in
          guard !isCancelled, deadline > state.now else { return true }
          state.sleepers.append(Sleeper(id: id, deadline: deadline, continuation: continuation))
          return false
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) } else if isOver { continuation.resume() }
      }
    } onCancel: {
      let sleeper = state.withLock { state in
        state.sleepers.firstIndex { $0.id == id }.map { state.sleepers.remove(at: $0) }
      }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }

  /// Lets time pass to the earliest sleeper's deadline; false where nobody sleeps.
  private func wakeNext() -> Bool {
    let isDead = isDead()
    let sleeper = state.withLock { state -> Sleeper? in
      let first = state.sleepers.indices.min {
        (state.sleepers[$0].deadline, state.sleepers[$0].id) < (state.sleepers[$1].deadline, state.sleepers[$1].id)
      }
      guard let first else { return nil }
      let sleeper = state.sleepers.remove(at: first)
      if !isDead { state.now = max(state.now, sleeper.deadline) }
      state.note(sleeper.id)
      state.note(Int(state.now / .nanoseconds(1)))
      return sleeper
    }
    sleeper?.continuation.resume()
    return sleeper != nil
  }

  private final class Box<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
  }
}

/// The clock of a `SimulatedWorld`.
package struct SimulatedClock: Clock {
  fileprivate let world: SimulatedWorld

  /// A point of virtual time.
  package struct Instant: InstantProtocol {
    fileprivate var offset: Duration

    package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    package func duration(to other: Instant) -> Duration { other.offset - offset }
    package static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  package var now: Instant { Instant(offset: world.elapsed) }
  package var minimumResolution: Duration { .nanoseconds(1) }

  package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    try await world.sleep(until: deadline.offset)
  }
}

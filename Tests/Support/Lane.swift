import Foundation
import Synchronization
package import Testing

/// Runs tests on threads of their own: those that wait, a few at a time, and those that compute for long.
///
/// Swift Testing begins all tests at once, on as many threads as the machine has cores, and each step of a test waits behind a
/// step of every other one. Where some compute for seconds, an answer is looked at after minutes, when its connection is closed
/// or its time is up. And where hundreds of tests start processes at once, each takes as long as all of them together.
package struct Lane: TestTrait, SuiteTrait, TestScoping {
  private let threads: Threads
  private let places: Places

  private init(_ threads: Threads, places: Int) {
    self.threads = threads
    self.places = Places(places)
  }

  fileprivate static let processes = Lane(.waiting, places: 4)
  fileprivate static let sockets = Lane(.waiting, places: 4)
  fileprivate static let computations = Lane(.computing, places: .max)

  package var isRecursive: Bool { true }

  package func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(threads) {
      await places.take()
      defer { places.give() }
      try await function()
    }
  }
}

extension Trait where Self == Lane {
  /// The test, or each test of the suite, starts processes.
  package static var startsProcesses: Self { .processes }
  /// The test, or each test of the suite, speaks over sockets or waits by the real clock.
  package static var usesSockets: Self { .sockets }
  /// The test, or each test of the suite, computes for a second or more.
  package static var computes: Self { .computations }
}

/// Threads beside those that run every other test.
private final class Threads: TaskExecutor {
  /// More than there are places: a test may hold a thread until a process ends.
  static let waiting = Threads(12)
  static let computing = Threads(ProcessInfo.processInfo.activeProcessorCount)

  private let jobs = Mutex<[UnownedJob]>([])
  private let count = DispatchSemaphore(value: 0)

  private init(_ number: Int) {
    for _ in 0..<number { Thread.detachNewThread { self.work() } }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
    count.signal()
  }

  private func work() -> Never {
    while true {
      count.wait()
      let job = jobs.withLock { $0.removeFirst() }
      unsafe job.runSynchronously(on: asUnownedTaskExecutor())
    }
  }
}

/// Counts the tests that go on.
private final class Places: Sendable {
  private struct State {
    var free: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state: Mutex<State>

  init(_ count: Int) { state = Mutex(State(free: count)) }

  func take() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if state.free == 0 {
          state.waiting.append(continuation)
          return false
        }
        state.free -= 1
        return true
      }
      if isFree { continuation.resume() }
    }
  }

  func give() {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      if state.waiting.isEmpty {
        state.free += 1
        return nil
      }
      return state.waiting.removeFirst()
    }
    next?.resume()
  }
}

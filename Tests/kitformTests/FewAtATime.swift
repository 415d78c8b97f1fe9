import Testing

/// Lets few of the tests that start processes go on at a time.
///
/// Swift Testing begins all tests at once. Where each of them starts processes on a machine of few cores, each would take as
/// long as all of them together, and what waits for an answer would wait in vain.
struct FewAtATime: TestTrait, SuiteTrait, TestScoping {
  private static let places = Places(4)

  var isRecursive: Bool { true }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    await Self.places.take()
    do {
      try await function()
      await Self.places.give()
    } catch {
      await Self.places.give()
      throw error
    }
  }
}

extension Trait where Self == FewAtATime {
  /// The test, or each test of the suite, starts processes.
  static var startsProcesses: Self { FewAtATime() }
}

/// Counts the tests that go on.
private actor Places {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ count: Int) { free = count }

  func take() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  func give() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}

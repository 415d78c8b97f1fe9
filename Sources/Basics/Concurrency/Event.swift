import Synchronization

/// Something that happens once, and that many may wait for.
package final class Event: Sendable {
  private struct State {
    var hasHappened = false
    var nextTicket = 0
    var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
  }

  private let state = Mutex(State())

  package init() {}

  package var hasHappened: Bool { state.withLock { $0.hasHappened } }

  /// Lets it happen; a second time changes nothing.
  package func happen() {
    let waiting = state.withLock { state in
      state.hasHappened = true
      defer { state.waiting = [:] }
      return state.waiting.values
    }
    for continuation in waiting { continuation.resume() }
  }

  /// Sleeps by `sleep` until that ends, the event happens or the task is cancelled.
  ///
  /// - Throws: `CancellationError` unless the sleep came to its own end.
  package func interrupting(_ sleep: @escaping @Sendable () async throws -> Void) async throws {
    let sleptWell = await withTaskGroup(of: Bool.self) { group in
      group.addTask { (try? await sleep()) != nil }
      group.addTask {
        await self.happens()
        return false
      }
      defer { group.cancelAll() }
      return await group.next() ?? false
    }
    guard sleptWell else { throw CancellationError() }
  }

  /// Waits until it has happened or the task is cancelled.
  package func happens() async {
    let ticket = state.withLock { state in
      state.nextTicket += 1
      return state.nextTicket
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          if state.hasHappened || Task.isCancelled { return true }
          state.waiting[ticket] = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
    }
  }
}

extension Event? {
  /// Sleeps by `sleep`, and no longer than until the event happens, where there is one.
  package func interrupting(_ sleep: @escaping @Sendable () async throws -> Void) async throws {
    if let self { try await self.interrupting(sleep) } else { try await sleep() }
  }
}

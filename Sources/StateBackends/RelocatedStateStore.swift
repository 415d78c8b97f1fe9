package import Provisioning

/// A state's place that may have followed another one: "no state" counts only where the former places have none either.
///
/// A changed `state.backend` must never begin with an empty state while the channels are known somewhere else.
package struct RelocatedStateStore: StateStore {
  private let current: any StateStore
  private let former: [any StateStore]
  private let whenWritten: @Sendable () -> Void

  /// - Parameters:
  ///   - former: places where the state may have been kept before.
  ///   - whenWritten: called once the state stands in its current place.
  package init(
    _ current: any StateStore, former: [any StateStore], whenWritten: @escaping @Sendable () -> Void = {}
  ) {
    self.current = current
    self.former = former
    self.whenWritten = whenWritten
  }

  package var label: String { current.label }

  package func read() async throws(StateFailure) -> State? {
    if let state = try await current.read() { return state }
    try await refuseForgottenState()
    return nil
  }

  package func lock(_ info: LockInformation) async throws(StateFailure) -> any StateLock {
    Lock(store: self, lock: try await current.lock(info))
  }

  package func journal(of run: String) throws(StateFailure) -> [JournalEntry]? { try current.journal(of: run) }

  package func unlock(id: String, as info: LockInformation) async throws(StateFailure) -> Unlocking {
    try await current.unlock(id: id, as: info)
  }

  private func refuseForgottenState() async throws(StateFailure) {
    for store in former {
      let found: String?
      do throws(StateFailure) {
        found = try await store.read().map { "holds one of serial \($0.serial)" }
      } catch {
        found = "cannot be read"
      }
      if let found {
        throw .failed(
          label: label,
          reason:
            "there is no state in it yet, but \(store.label), where the state was kept before, \(found); `kitform state migrate` moves it, or put the settings back"
        )
      }
    }
  }

  private struct Lock: StateLock {
    let store: RelocatedStateStore
    let lock: any StateLock

    func read() async throws(StateFailure) -> State? {
      if let state = try await lock.read() { return state }
      try await store.refuseForgottenState()
      return nil
    }

    func write(_ state: State) async throws(StateFailure) {
      try await lock.write(state)
      store.whenWritten()
    }

    func replace(with state: State) async throws(StateFailure) {
      try await lock.replace(with: state)
      store.whenWritten()
    }

    var journal: (any Journal)? { lock.journal }
    var wantsCheckpoints: Bool { lock.wantsCheckpoints }
    var wasTakenOver: Bool { lock.wasTakenOver }

    func release() async { await lock.release() }
  }
}

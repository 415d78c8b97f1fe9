package import Provisioning

/// A state's place that may have followed another one: what it holds counts only where no former place knows more.
///
/// A changed `state.backend` must never begin with an empty state, or go on with an old one, while the channels are known
/// somewhere else.
package struct RelocatedStateStore: StateStore {
  private let current: any StateStore
  private let former: [any StateStore]
  private let whenWriting: @Sendable () -> Void
  private let whenWritten: @Sendable () -> Void

  /// - Parameters:
  ///   - former: places where the state may have been kept before.
  ///   - whenWriting: called before each write of a state.
  ///   - whenWritten: called once the state is in its current location.
  package init(
    _ current: any StateStore, former: [any StateStore], whenWriting: @escaping @Sendable () -> Void = {},
    whenWritten: @escaping @Sendable () -> Void = {}
  ) {
    self.current = current
    self.former = former
    self.whenWriting = whenWriting
    self.whenWritten = whenWritten
  }

  package var label: String { current.label }

  package func read() async throws(StateFailure) -> State? {
    let state = try await current.read()
    try await refuseForgottenState(state)
    return state
  }

  package func lock(_ info: LockInformation) async throws(StateFailure) -> any StateLock {
    Lock(store: self, lock: try await current.lock(info))
  }

  package func journal(of run: String) throws(StateFailure) -> [JournalEntry]? { try current.journal(of: run) }

  package func unlock(id: String, as info: LockInformation) async throws(StateFailure) -> Unlocking {
    try await current.unlock(id: id, as: info)
  }

  private func refuseForgottenState(_ present: State?) async throws(StateFailure) {
    for store in former {
      let known: State?
      do throws(StateFailure) { known = try await store.read() } catch {
        // If this location has a state, a removed former location does not matter.
        guard present == nil else { continue }
        throw refusal("there is no state in it yet", store, "cannot be read")
      }
      guard let known else { continue }
      guard let present else {
        throw refusal("there is no state in it yet", store, "holds one of serial \(known.serial)")
      }
      if known.lineage == present.lineage, known.serial > present.serial {
        throw refusal(
          "its state is an old one, of serial \(present.serial)", store,
          "holds the one of serial \(known.serial)")
      }
    }
  }

  private func refusal(_ what: String, _ store: any StateStore, _ found: String) -> StateFailure {
    .failed(
      label: label,
      reason: "\(what), but \(store.label), where the state was kept before, \(found)",
      remedy: "move it with `kitform state migrate`, or restore the former settings")
  }

  private struct Lock: StateLock {
    let store: RelocatedStateStore
    let lock: any StateLock

    func read() async throws(StateFailure) -> State? {
      let state = try await lock.read()
      try await store.refuseForgottenState(state)
      return state
    }

    func write(_ state: State) async throws(StateFailure) {
      store.whenWriting()
      try await lock.write(state)
      store.whenWritten()
    }

    func prepare(_ state: State) async { await lock.prepare(state) }

    func replace(with state: State) async throws(StateFailure) -> State {
      store.whenWriting()
      let replaced = try await lock.replace(with: state)
      store.whenWritten()
      return replaced
    }

    var journal: (any Journal)? { lock.journal }
    var wantsCheckpoints: Bool { lock.wantsCheckpoints }
    var wasTakenOver: Bool { lock.wasTakenOver }

    var isStuck: Bool { lock.isStuck }

    func release() async { await lock.release() }
  }
}

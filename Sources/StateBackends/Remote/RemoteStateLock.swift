import Provisioning
import Synchronization

// Circle with RemoteStateStore.swift: a store hands out its lock, and the lock writes through its store.

/// The lock of a remote state, held.
///
/// Each write looks at what the server has first, so that a state that someone else wrote is not overwritten even where
/// the server has no condition for it; where it has one, the condition closes the gap in between.
final class RemoteStateLock: StateLock {
  private let store: any RemoteStateStore
  private let id: String
  private let known = Mutex(Known())
  private let bytes: StateBytes
  let journal: (any Journal)?
  /// The runner's disk may be gone after a crash, and another runner may take the lock over.
  let wantsCheckpoints = true
  let wasTakenOver: Bool

  /// What this holder knows to be on the server.
  private struct Known {
    var hasRead = false
    var isReleased = false
    var isStuck = false
    var serial: Int?
    var bytes: [UInt8]?
  }

  init(_ store: any RemoteStateStore, id: String, wasTakenOver: Bool = false) {
    self.store = store
    self.id = id
    self.wasTakenOver = wasTakenOver
    bytes = StateBytes(store.options.codec, label: store.label)
    journal = store.options.journal.flatMap { disk, path in
      // Without a journal recovery asks the account instead: a working directory that takes none is no reason to fail.
      (try? disk.makeDirectory(PosixDisk.parent(of: path))).map { FileJournal(disk: disk, path: path) }
    }
  }

  var isStuck: Bool { known.withLock { $0.isStuck } }

  func prepare(_ state: State) async { bytes.prepare(state) }

  func read() async throws(StateFailure) -> State? {
    let object = try await store.fetch()
    let state = try object.map { object throws(StateFailure) in
      try store.options.codec.decode(object.bytes, label: store.label)
    }
    known.withLock { known in
      known.hasRead = true
      known.serial = state?.serial
      known.bytes = object?.bytes
    }
    return state
  }

  /// Writes the state once unchanged, so that a former holder that continues finds a newer one than its own.
  ///
  /// One that cannot be read stays: the command that needs it reports it.
  func fenceOff() async throws(StateFailure) {
    do throws(StateFailure) {
      guard var state = try await read() else { return }
      state.serial += 1
      // A run that frees this lock before recovery has waited leaves the waiting to the next one.
      state.run?.isTakenOver = true
      try await write(state)
    } catch {
      switch error {
      case .damaged, .newer, .sealedByOtherKey: return
      case .locked, .failed, .conflict: throw error
      }
    }
  }

  func write(_ state: State) async throws(StateFailure) {
    if !known.withLock({ $0.hasRead || $0.isReleased }) { _ = try await read() }
    let known = known.withLock { $0 }
    guard !known.isReleased, state.serial == (known.serial ?? 0) + 1 else { throw .conflict(label: store.label) }
    let current = try await store.fetch()
    guard current?.bytes == known.bytes else { throw .conflict(label: store.label) }
    try await put(state, over: current)
  }

  func replace(with state: State) async throws(StateFailure) -> State {
    guard !known.withLock({ $0.isReleased }) else { throw .conflict(label: store.label) }
    let current = try await store.fetch()
    let state = state.behind(current?.bytes)
    do throws(StateFailure) { try await put(state, over: current) } catch {
      // No other run has written meanwhile if the server still has the same state: it refuses the serial, or the lock.
      guard case .conflict = error, try await store.fetch() == current else { throw error }
      throw .failed(
        label: store.label,
        reason:
          "the server refused a version of serial \(state.serial), although nobody else has written: either it has had that serial before, and only a copy of a later one can be put, or the lock was freed by hand"
      )
    }
    return state
  }

  func release() async {
    let wasReleased = known.withLock { known in
      defer { known.isReleased = true }
      return known.isReleased
    }
    guard !wasReleased else { return }
    do throws(StateFailure) {
      try await store.release(id: id)
    } catch {
      switch error {
      case .locked, .conflict:
        store.options.says("The lock on \(store.label) was lost before this run freed it.")
      case .failed(_, let reason, _), .damaged(_, let reason, _):
        known.withLock { $0.isStuck = true }
        store.options.says(
          "warning: the lock on \(store.label) could not be freed: \(reason). It blocks other runs. Free it with `\(LockInformation.unlockCommand(id))`."
        )
      case .newer, .sealedByOtherKey: break
      }
    }
  }

  /// Stores a state; if the answer is lost, or a refusal may be that of a repetition, checks whether the state was stored.
  private func put(_ state: State, over current: RemoteObject?) async throws(StateFailure) {
    let bytes = try bytes.of(state)
    do throws(RemotePutFailure) {
      try await store.put(bytes, over: current, lock: id)
    } catch {
      let stored = try? await store.fetch()
      if stored?.bytes != bytes {
        switch error {
        case .refused: throw .conflict(label: store.label)
        case .failed(let reason, let remedy):
          if let stored, stored.bytes != current?.bytes { throw .conflict(label: store.label) }
          throw .failed(label: store.label, reason: reason, remedy: remedy)
        }
      }
    }
    known.withLock { known in
      known.hasRead = true
      known.serial = state.serial
      known.bytes = bytes
    }
  }
}

package import Provisioning

/// A store on another machine: bytes that are read, replaced and locked over a network.
///
/// A backend says how its server does these five things; what a state may and may not become is the same for all of them.
package protocol RemoteStateStore: StateStore {
  var options: RemoteStateOptions { get }
  /// Reads what is kept; nil where there has never been anything.
  func fetch() async throws(StateFailure) -> RemoteObject?
  /// Replaces `current`, which was just fetched, or puts the first object where that is nil.
  func put(_ bytes: [UInt8], over current: RemoteObject?, lock: String) async throws(RemotePutFailure)
  /// Takes the lock, once the server is known to be one that can keep it.
  ///
  /// A lock that is held under `info.id` already is ours: the answer to an earlier try was lost.
  func acquire(_ info: LockInformation) async throws(StateFailure)
  /// Takes the lock away from `holder`.
  func takeOver(from holder: LockInformation, _ info: LockInformation) async throws(StateFailure)
  /// Gives the lock back if it is held under `id`.
  func release(id: String) async throws(StateFailure)
  /// Frees the lock for a person who knows that its holder is gone: the one of `id`, or one that no longer shows an id.
  func free(id: String) async throws(StateFailure)
}

/// What all remote stores are made with.
package struct RemoteStateOptions: Sendable {
  /// How states are written and read.
  package var codec: StateCodec
  /// The run's journal on this machine; nil for none.
  package var journal: (disk: any Disk, path: String)?
  /// The CI job's attempt that runs this; nil outside a pipeline.
  package var attempt: JobAttempt?
  /// Reports what happened to a lock.
  package var says: @Sendable (String) -> Void

  package init(
    codec: StateCodec = StateCodec(), journal: (disk: any Disk, path: String)? = nil, attempt: JobAttempt? = nil,
    says: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.codec = codec
    self.journal = journal
    self.attempt = attempt
    self.says = says
  }
}

extension RemoteStateStore {
  package func free(id: String) async throws(StateFailure) { try await release(id: id) }

  package func read() async throws(StateFailure) -> State? {
    guard let object = try await fetch() else { return nil }
    return try options.codec.decode(object.bytes, label: label)
  }

  package func journal(of run: String) throws(StateFailure) -> [JournalEntry]? {
    try options.journal.flatMap { disk, path throws(StateFailure) in
      try FileJournal(disk: disk, path: path).entries(run: run)
    }
  }

  package func lock(_ info: LockInformation) async throws(StateFailure) -> any StateLock {
    do throws(StateFailure) {
      try await acquire(info)
      return RemoteStateLock(self, id: info.id)
    } catch {
      guard case .locked(let holder?, _) = error, options.attempt?.follows(holder) == true else { throw error }
      try await takeOver(from: holder, info)
      options.says(
        "Took over the lock on \(label) that an earlier attempt of this job left behind (\(holder.who), since \(holder.since))."
      )
    }
    let lock = RemoteStateLock(self, id: info.id, wasTakenOver: true)
    do throws(StateFailure) {
      try await lock.fenceOff()
    } catch {
      await lock.release()
      throw error
    }
    return lock
  }

  package func unlock(id: String, as info: LockInformation) async throws(StateFailure) -> Unlocking {
    do throws(StateFailure) {
      try await acquire(info)
    } catch {
      // Where the server does not say who holds the lock, only the server knows whether the id is the holder's.
      guard case .locked(let holder, _) = error, holder == nil || holder?.id == id else { throw error }
      try await free(id: id)
      return .freed(holder)
    }
    try await release(id: info.id)
    return .wasFree
  }
}

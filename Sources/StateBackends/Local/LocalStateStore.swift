package import Provisioning
import Synchronization

/// Keeps a state in a file on the machine's own disk.
///
/// A write makes the new file, synchronizes it, keeps the old state as a backup, renames, and synchronizes the directory:
/// whenever it stops, the old state or the new one is there, whole.
package struct LocalStateStore: StateStore {
  private let files: StateFiles

  /// Keeps the state in the file `path`, whose directory is made when the lock is taken.
  package init(disk: any Disk, path: String, codec: StateCodec = StateCodec()) {
    files = StateFiles(disk: disk, codec: codec, path: path)
  }

  package var label: String { files.path }

  /// Whether a path is that of the state at `path`, or of a file that Kitform writes beside it.
  package static func owns(_ place: String, ofStateAt path: String) -> Bool {
    StateFiles.owns(place, ofStateAt: path)
  }

  package func read() async throws(StateFailure) -> State? { try files.load()?.state }

  package func lock(_ info: LockInformation) async throws(StateFailure) -> any StateLock {
    let attempt = try files.call { () throws(DiskFailure) in
      try files.disk.makeDirectory(files.directory)
      return try files.disk.lock(files.lockPath, note: info.bytes)
    }
    switch attempt {
    case .held(let note): throw .locked(holder: LockInformation(bytes: note), label: files.path)
    case .acquired(let lock):
      do throws(StateFailure) { try files.clean() } catch {
        lock.release()
        throw error
      }
      return LocalStateLock(files, lock)
    }
  }

  package func journal(of run: String) throws(StateFailure) -> [JournalEntry]? {
    try FileJournal(disk: files.disk, path: files.journalPath).entries(run: run)
  }

  /// Nothing is to be freed: the lock ends with its process.
  package func unlock(id: String, as info: LockInformation) async throws(StateFailure) -> Unlocking {
    let lock = try await lock(info)
    await lock.release()
    return .wasFree
  }

  /// Puts the state and its backups out of the way, under names that say so; for a state that lives elsewhere now.
  ///
  /// The caller holds the lock. Returns the state's new path.
  package func retire(serial: Int) throws(StateFailure) -> String { try files.retire(serial: serial) }
}

extension State {
  /// The same state with a serial behind the one that can be read of `bytes`, where its own is not.
  func behind(_ bytes: [UInt8]?) -> State {
    let present = bytes.flatMap(StateCodec.readableSerial) ?? 0
    return serial > present ? self : following(present)
  }
}

/// The lock of a local state, held.
final class LocalStateLock: StateLock {
  private let files: StateFiles
  private let lock: any DiskLock
  private let known = Mutex(Known())
  private let bytes: StateBytes
  let journal: (any Journal)?
  /// The state is on the same disk as the journal, so that checkpoints would add nothing.
  let wantsCheckpoints = false
  /// A local lock ends with its process.
  let wasTakenOver = false

  /// What this holder knows to be in the file.
  private struct Known {
    var hasRead = false
    var isReleased = false
    var serial: Int?
    var bytes: [UInt8]?
    /// Bytes that became the state without a word from the disk that they are durable.
    var unsettled: [UInt8]?
  }

  init(_ files: StateFiles, _ lock: any DiskLock) {
    self.files = files
    self.lock = lock
    bytes = StateBytes(files.codec, label: files.path)
    journal = FileJournal(disk: files.disk, path: files.journalPath)
  }

  func prepare(_ state: State) async { bytes.prepare(state) }

  func read() async throws(StateFailure) -> State? {
    try known.withLock { known throws(StateFailure) in try load(&known) }
  }

  func write(_ state: State) async throws(StateFailure) {
    try known.withLock { known throws(StateFailure) in
      guard !known.isReleased else { throw .conflict(label: files.path) }
      if !known.hasRead { _ = try load(&known) }
      guard state.serial == (known.serial ?? 0) + 1 else { throw .conflict(label: files.path) }
      let current = try files.call { () throws(DiskFailure) in try files.disk.read(files.path) }
      guard current == known.bytes || (known.unsettled != nil && current == known.unsettled) else {
        throw .conflict(label: files.path)
      }
      try put(state, over: known.bytes, &known)
    }
  }

  func replace(with state: State) async throws(StateFailure) -> State {
    try known.withLock { known throws(StateFailure) in
      guard !known.isReleased else { throw .conflict(label: files.path) }
      let current = try files.call { () throws(DiskFailure) in try files.disk.read(files.path) }
      let state = state.behind(current)
      try put(state, over: current, &known)
      known.hasRead = true
      return state
    }
  }

  /// Writes a state and keeps `previous` as a backup.
  private func put(_ state: State, over previous: [UInt8]?, _ known: inout Known) throws(StateFailure) {
    let bytes = try bytes.of(state)
    try files.prepare(bytes, keeping: previous)
    try files.commit()
    known.unsettled = bytes
    try files.settle()
    known.serial = state.serial
    known.bytes = bytes
    known.unsettled = nil
  }

  func release() async {
    known.withLock { $0.isReleased = true }
    lock.release()
  }

  private func load(_ known: inout Known) throws(StateFailure) -> State? {
    let snapshot = try files.load()
    known.hasRead = true
    known.serial = snapshot?.state.serial
    known.bytes = snapshot?.bytes
    known.unsettled = nil
    return snapshot?.state
  }
}

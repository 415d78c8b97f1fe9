import Provisioning

/// The files of one local state: the state, its backups, its lock and its journal, all beside each other.
struct StateFiles: Sendable {
  /// How many earlier states are kept.
  static let backupLimit = 5

  let disk: any Disk
  let codec: StateCodec
  let path: String

  var directory: String { PosixDisk.parent(of: path) }
  var lockPath: String { path + ".lock" }
  var journalPath: String { path + ".journal" }
  private var newPath: String { path + ".new" }
  private var backupPrefix: String { path + ".backup-" }

  /// The state as it was read, with its bytes.
  struct Snapshot: Sendable {
    var state: State
    var bytes: [UInt8]
  }

  /// Whether a path is a local state's own: the state at `path`, or a file that Kitform writes beside it.
  static func owns(_ place: String, ofStateAt path: String) -> Bool {
    guard place != path else { return true }
    guard place.hasPrefix(path + ".") else { return false }
    return place.dropFirst(path.count + 1).split(separator: ".", omittingEmptySubsequences: false).allSatisfy { word in
      if ["lock", "journal", "new"].contains(word) { return true }
      let parts = word.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
      return parts.count == 2 && ["backup", "migrated", "emergency"].contains(parts[0]) && Int(parts[1]) != nil
    }
  }

  /// Reads the state; nil where there has never been one, which no backup may contradict.
  func load() throws(StateFailure) -> Snapshot? {
    guard let bytes = try call({ () throws(DiskFailure) -> [UInt8]? in try disk.read(path) }) else {
      let backups = try call { () throws(DiskFailure) -> [Int] in try backupNumbers() }
      guard backups.isEmpty else {
        throw .damaged(
          label: path, reason: "the file is gone, but backups of it are there", backup: newestWhole(backups))
      }
      return nil
    }
    do throws(StateFailure) {
      return Snapshot(state: try codec.decode(bytes, label: path), bytes: bytes)
    } catch {
      guard case .damaged(_, let reason, _) = error else { throw error }
      throw .damaged(label: path, reason: reason, backup: newestWhole((try? backupNumbers()) ?? []))
    }
  }

  /// Removes what an interrupted write left behind; the caller holds the lock.
  func clean() throws(StateFailure) {
    try call { () throws(DiskFailure) in try disk.remove(newPath) }
  }

  /// Puts `bytes` into a file beside the state and keeps `previous` as a backup; the state is still the old one.
  ///
  /// Where `previous` is the last one in plain text, no backup stays in plain text either.
  func prepare(_ bytes: [UInt8], keeping previous: [UInt8]?) throws(StateFailure) {
    let sealed = try previous.flatMap { bytes throws(StateFailure) in try codec.sealing(bytes, label: path) }
    if sealed != nil { try sealBackups() }
    try call { () throws(DiskFailure) in
      try disk.remove(newPath)
      try disk.create(newPath, bytes)
      if let previous { try keep(previous, as: sealed ?? previous) }
    }
  }

  /// Makes a backup, unless the newest one is the same: a write that failed behind its backup is tried again.
  private func keep(_ previous: [UInt8], as bytes: [UInt8]) throws(DiskFailure) {
    let newest = try backupNumbers().last
    if let newest, let kept = try disk.read(backupPrefix + String(newest)),
      kept == previous || bytes != previous && isSame(kept, bytes)
    {
      return
    }
    let backup = backupPrefix + String((newest ?? 0) + 1)
    do throws(DiskFailure) { try disk.create(backup, bytes) } catch {
      try? disk.remove(backup)
      throw error
    }
  }

  /// Whether two encryptions are of one state.
  private func isSame(_ kept: [UInt8], _ bytes: [UInt8]) -> Bool {
    guard let state = try? codec.decode(bytes, label: path) else { return false }
    return (try? codec.decode(kept, label: path)) == state
  }

  /// Encrypts the backups that are in plain text, one after another; each is whole at any moment.
  private func sealBackups() throws(StateFailure) {
    for number in try call({ () throws(DiskFailure) in try backupNumbers() }) {
      let backup = backupPrefix + String(number)
      guard let bytes = try call({ () throws(DiskFailure) in try disk.read(backup) }),
        let sealed = try codec.sealing(bytes, label: backup)
      else { continue }
      try call { () throws(DiskFailure) in
        try disk.remove(newPath)
        try disk.create(newPath, sealed)
        try disk.rename(newPath, to: backup)
      }
    }
  }

  /// Makes the prepared file the state.
  func commit() throws(StateFailure) {
    try call { () throws(DiskFailure) in try disk.rename(newPath, to: path) }
  }

  /// Makes the new state durable, then removes backups beyond the limit.
  ///
  /// A backup that cannot be removed is no reason to fail: the state is safe, and the next write tries again.
  func settle() throws(StateFailure) {
    try call { () throws(DiskFailure) in try disk.synchronizeDirectory(directory) }
    for number in ((try? backupNumbers()) ?? []).dropLast(StateFiles.backupLimit) {
      try? disk.remove(backupPrefix + String(number))
    }
  }

  /// Renames the state and its backups, so that nothing takes them for the state any more.
  func retire(serial: Int) throws(StateFailure) -> String {
    let ending = ".migrated-\(serial)"
    try call { () throws(DiskFailure) in
      // Backups go first: without its state, a backup would suggest that a state was lost.
      for number in try backupNumbers() {
        try disk.rename(backupPrefix + String(number), to: backupPrefix + String(number) + ending)
      }
      try disk.rename(path, to: path + ending)
      try disk.synchronizeDirectory(directory)
    }
    return path + ending
  }

  /// Hands on a disk's refusal as the state's.
  func call<Result>(_ body: () throws(DiskFailure) -> Result) throws(StateFailure) -> Result {
    do throws(DiskFailure) { return try body() } catch { throw .failed(label: path, reason: error.words) }
  }

  /// The numbers of the backups, oldest first.
  private func backupNumbers() throws(DiskFailure) -> [Int] {
    let prefix = Array(backupPrefix.utf8.dropFirst(directory == "." ? 0 : directory.utf8.count))
    let name = String(decoding: prefix.drop { $0 == UInt8(ascii: "/") }, as: UTF8.self)
    return try disk.list(directory).compactMap { entry in
      entry.utf8.starts(with: name.utf8) ? Int(String(Substring(entry.utf8.dropFirst(name.utf8.count)))) : nil
    }.sorted()
  }

  /// The path of the newest backup that is whole.
  private func newestWhole(_ backups: [Int]) -> String? {
    for number in backups.reversed() {
      let path = backupPrefix + String(number)
      guard let bytes = try? disk.read(path) else { continue }
      if (try? codec.decode(bytes, label: path)) != nil { return path }
    }
    return nil
  }
}

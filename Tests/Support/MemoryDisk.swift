import Glibc
import Provisioning
package import StateBackends
import Synchronization

/// A disk in memory that can fail at the n-th call and can lose what was not synchronized.
///
/// A file's bytes survive `crash` as they were last synchronized, and a name survives as its directory was last
/// synchronized, as POSIX promises and no more. Directories are durable when they are made.
package final class MemoryDisk: Disk {
  private let contents: Mutex<Contents>

  fileprivate struct Contents: Sendable {
    var nodes: [Int: Node] = [:]
    var names: [String: Int] = [:]
    var durableNames: [String: Int] = [:]
    var directories: Set<String> = ["/"]
    var locks: [String: [UInt8]] = [:]
    var next = 0
    var calls: [String] = []
    var fault: (call: Int, fault: Fault)?
  }

  fileprivate struct Node: Sendable {
    var bytes: [UInt8]
    var durable: [UInt8]
  }

  /// How a call fails.
  package enum Fault: Sendable, CaseIterable {
    /// ENOSPC, before anything happens.
    case noSpace
    /// EIO, before anything happens.
    case inputOutput
    /// Half of the bytes are written, then ENOSPC; any other call fails as with `noSpace`.
    case shortWrite
  }

  package init() { contents = Mutex(Contents()) }

  private init(_ contents: Contents) { self.contents = Mutex(contents) }

  /// Lets the call of this number fail, counted from 1 and from now on.
  package func fail(at call: Int, _ fault: Fault) {
    contents.withLock {
      $0.calls = []
      $0.fault = (call, fault)
    }
  }

  /// The calls since the beginning or the last `fail`, as `operation path`.
  package var calls: [String] { contents.withLock { $0.calls } }

  /// The disk after the machine has lost its power: only what was synchronized is there, and no lock is held.
  package func crash() -> MemoryDisk {
    contents.withLock { contents in
      var after = Contents()
      after.directories = contents.directories
      after.next = contents.next
      after.names = contents.durableNames
      after.durableNames = contents.durableNames
      for (number, node) in contents.nodes where contents.durableNames.values.contains(number) {
        after.nodes[number] = Node(bytes: node.durable, durable: node.durable)
      }
      return MemoryDisk(after)
    }
  }

  /// The bytes of a file, past every fault; nil where there is none.
  package subscript(path: String) -> [UInt8]? {
    get { contents.withLock { contents in contents.names[path].flatMap { contents.nodes[$0]?.bytes } } }
    set {
      contents.withLock { contents in
        contents.names[path] = nil
        if let newValue { contents.add(path, newValue) }
        contents.durableNames[path] = contents.names[path]
        if let number = contents.names[path], let newValue { contents.nodes[number]?.durable = newValue }
      }
    }
  }

  /// The paths of all files, sorted.
  package var paths: [String] { contents.withLock { $0.names.keys.sorted() } }

  package func read(_ path: String) throws(DiskFailure) -> [UInt8]? {
    try call("read", path) { contents, _ throws(DiskFailure) in
      guard let number = contents.names[path] else { return nil }
      return contents.nodes[number]?.bytes
    }
  }

  package func create(_ path: String, _ bytes: [UInt8]) throws(DiskFailure) {
    try call("create", path) { contents, isShort throws(DiskFailure) in
      guard contents.names[path] == nil else { throw DiskFailure("create", path, code: EEXIST) }
      guard contents.directories.contains(MemoryDisk.parent(path)) else {
        throw DiskFailure("create", path, code: ENOENT)
      }
      contents.add(path, isShort ? Array(bytes.prefix(bytes.count / 2)) : bytes)
      guard !isShort else { throw DiskFailure("write", path, code: ENOSPC) }
      contents.synchronize(path)
    }
  }

  /// There is nothing here but files.
  package func checkReplaceable(_ path: String) {}

  package func rename(_ path: String, to new: String) throws(DiskFailure) {
    try call("rename", new) { contents, _ throws(DiskFailure) in
      guard let number = contents.names[path] else { throw DiskFailure("rename", path, code: ENOENT) }
      contents.names[path] = nil
      contents.names[new] = number
    }
  }

  package func remove(_ path: String) throws(DiskFailure) {
    try call("remove", path) { contents, _ throws(DiskFailure) in contents.names[path] = nil }
  }

  package func list(_ directory: String) throws(DiskFailure) -> [String] {
    try call("list", directory) { contents, _ throws(DiskFailure) in
      contents.names.keys.filter { MemoryDisk.parent($0) == directory }
        .map { String($0.dropFirst(directory == "/" ? 1 : directory.count + 1)) }.sorted()
    }
  }

  package func makeDirectory(_ path: String) throws(DiskFailure) {
    try call("makeDirectory", path) { contents, _ throws(DiskFailure) in
      var path = path
      while contents.directories.insert(path).inserted { path = MemoryDisk.parent(path) }
    }
  }

  package func synchronizeDirectory(_ path: String) throws(DiskFailure) {
    try call("synchronizeDirectory", path) { contents, _ throws(DiskFailure) in
      contents.durableNames = contents.durableNames.filter { MemoryDisk.parent($0.key) != path }
      for (name, number) in contents.names where MemoryDisk.parent(name) == path {
        contents.durableNames[name] = number
      }
    }
  }

  package func open(appendingTo path: String) throws(DiskFailure) -> any DiskFile {
    try call("open", path) { contents, _ throws(DiskFailure) in
      guard let number = contents.names[path] else { throw DiskFailure("open", path, code: ENOENT) }
      return MemoryFile(disk: self, path: path, number: number)
    }
  }

  package func lock(_ path: String, note: [UInt8]) throws(DiskFailure) -> LockAttempt {
    try call("lock", path) { contents, _ throws(DiskFailure) in
      if let holder = contents.locks[path] { return .held(note: holder) }
      contents.locks[path] = note
      return .acquired(MemoryLock(disk: self, path: path))
    }
  }

  private func call<Result: Sendable>(
    _ operation: String, _ path: String, _ body: (inout Contents, Bool) throws(DiskFailure) -> Result
  ) throws(DiskFailure) -> Result {
    try contents.withLock { contents throws(DiskFailure) in
      contents.calls.append("\(operation) \(path)")
      guard let (number, fault) = contents.fault, number == contents.calls.count else {
        return try body(&contents, false)
      }
      let writes = operation == "create" || operation == "append"
      switch fault {
      case .inputOutput: throw DiskFailure(operation, path, code: EIO)
      case .shortWrite where writes: return try body(&contents, true)
      case .noSpace, .shortWrite: throw DiskFailure(operation, path, code: ENOSPC)
      }
    }
  }

  private static func parent(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
    return String(path[..<slash])
  }

  private final class MemoryFile: DiskFile {
    private let disk: MemoryDisk
    private let path: String
    private let number: Int

    init(disk: MemoryDisk, path: String, number: Int) {
      self.disk = disk
      self.path = path
      self.number = number
    }

    func append(_ bytes: [UInt8]) throws(DiskFailure) {
      try disk.call("append", path) { contents, isShort throws(DiskFailure) in
        contents.nodes[number]?.bytes += isShort ? Array(bytes.prefix(bytes.count / 2)) : bytes
        if isShort { throw DiskFailure("write", path, code: ENOSPC) }
      }
    }

    func synchronize() throws(DiskFailure) {
      try disk.call("synchronize", path) { contents, _ throws(DiskFailure) in
        if let bytes = contents.nodes[number]?.bytes { contents.nodes[number]?.durable = bytes }
      }
    }
  }

  private final class MemoryLock: DiskLock {
    private let disk: MemoryDisk
    private let path: String
    private let isHeld = Mutex(true)

    init(disk: MemoryDisk, path: String) {
      self.disk = disk
      self.path = path
    }

    func release() {
      isHeld.withLock { isHeld in
        if isHeld { disk.contents.withLock { $0.locks[path] = nil } }
        isHeld = false
      }
    }
  }
}

extension MemoryDisk.Contents {
  fileprivate mutating func add(_ path: String, _ bytes: [UInt8]) {
    next += 1
    nodes[next] = .init(bytes: bytes, durable: [])
    names[path] = next
  }

  fileprivate mutating func synchronize(_ path: String) {
    guard let number = names[path], let bytes = nodes[number]?.bytes else { return }
    nodes[number]?.durable = bytes
  }
}

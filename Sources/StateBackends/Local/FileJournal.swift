import Basics
import Crypto
package import Provisioning
import Synchronization

/// A journal in a file: one line an entry, each behind its own checksum, the first naming the run.
///
/// A last line without its newline is the trace of a crash and counts for nothing. A damaged line before the end makes the
/// journal say nothing at all, since what it leaves out would be taken for not sent.
package final class FileJournal: Journal {
  private let disk: any Disk
  private let path: String
  private let open = Mutex(Open())

  private struct Open {
    var file: (any DiskFile)?
    /// The last append failed and may have left a part of its line.
    var isTorn = false
  }

  package init(disk: any Disk, path: String) {
    self.disk = disk
    self.path = path
  }

  package func begin(run: String) throws(StateFailure) {
    let new = path + ".new"
    try call { open throws(DiskFailure) in
      open = Open()
      try disk.remove(new)
      try disk.create(new, JournalLine.line("run \(JournalLine.escape(run))"))
      try disk.rename(new, to: path)
      try disk.synchronizeDirectory(PosixDisk.parent(of: path))
      open.file = try disk.open(appendingTo: path)
    }
  }

  package func append(_ entry: JournalEntry) throws(StateFailure) {
    try call { open throws(DiskFailure) in
      let file = try opened(&open)
      let line = (open.isTorn ? [UInt8(ascii: "\n")] : []) + JournalLine.line(JournalLine.text(entry))
      open.isTorn = true
      try file.append(line)
      open.isTorn = false
    }
  }

  package func sync() throws(StateFailure) {
    let file = try call { open throws(DiskFailure) in try opened(&open) }
    // Outside the lock: what is appended meanwhile need not wait for the disk.
    do throws(DiskFailure) { try file.synchronize() } catch { throw failure(error) }
  }

  package func entries(run: String) throws(StateFailure) -> [JournalEntry]? {
    let bytes = try call { open throws(DiskFailure) in try disk.read(path) }
    guard let bytes, var lines = JournalLine.whole(bytes), !lines.isEmpty,
      lines.removeFirst() == "run \(JournalLine.escape(run))"
    else { return nil }
    var entries: [JournalEntry] = []
    for line in lines {
      guard let entry = JournalLine.entry(line) else { return nil }
      entries.append(entry)
    }
    return entries
  }

  package func remove() throws(StateFailure) {
    try call { open throws(DiskFailure) in
      open = Open()
      try disk.remove(path)
    }
  }

  /// The open file; a journal that another process began is opened where it ends.
  private func opened(_ open: inout Open) throws(DiskFailure) -> any DiskFile {
    if let file = open.file { return file }
    let file = try disk.open(appendingTo: path)
    open = Open(file: file, isTorn: true)
    return file
  }

  private func call<Result>(_ body: (inout Open) throws(DiskFailure) -> Result) throws(StateFailure) -> Result {
    do throws(DiskFailure) {
      return try open.withLock { open throws(DiskFailure) in try body(&open) }
    } catch {
      throw failure(error)
    }
  }

  private func failure(_ failure: DiskFailure) -> StateFailure { .failed(label: path, reason: failure.words) }
}

/// The lines of a journal's file: 16 hexadecimal digits of checksum, a space, and the entry.
enum JournalLine {
  /// A line with its checksum and newline.
  static func line(_ text: String) -> [UInt8] { Array("\(checksum(text)) \(text)\n".utf8) }

  /// The texts of all whole lines; nil where one of them is damaged. There are empty lines where an append failed.
  static func whole(_ bytes: [UInt8]) -> [String]? {
    guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
    var texts: [String] = []
    for line in bytes[..<end].split(separator: UInt8(ascii: "\n")) {
      guard line.count > 17, let text = String(validating: line.dropFirst(17), as: UTF8.self),
        Array(self.line(text).dropLast()) == Array(line)
      else { return nil }
      texts.append(text)
    }
    return texts
  }

  static func text(_ entry: JournalEntry) -> String {
    switch entry {
    case .sent(let number): "sent \(number)"
    case .done(let number, let id, let uuid): "done \(number) \(id.map(String.init) ?? "~") \(uuid.map(escape) ?? "~")"
    case .refused(let number): "refused \(number)"
    case .unknown(let number): "unknown \(number)"
    }
  }

  /// Reads what `text` wrote; nil for anything else.
  static func entry(_ text: String) -> JournalEntry? {
    let parts = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false).map { Substring($0) }
    guard parts.count >= 2, let number = Int(parts[1]) else { return nil }
    switch (parts[0], parts.count) {
    case ("sent", 2): return .sent(operation: number)
    case ("refused", 2): return .refused(operation: number)
    case ("unknown", 2): return .unknown(operation: number)
    case ("done", 4):
      let id = Int(parts[2])
      let uuid = parts[3] == "~" ? nil : unescape(parts[3])
      guard id != nil || parts[2] == "~", uuid != nil || parts[3] == "~" else { return nil }
      return .done(operation: number, id: id, uuid: uuid)
    default: return nil
    }
  }

  /// Letters, digits, `-` and `_` as they are, every other byte as `%` and two digits.
  static func escape(_ text: String) -> String {
    var result: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        result.append(byte)
      default: result.append(contentsOf: "%\(Hexadecimal.text([byte]))".utf8)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func unescape(_ text: Substring) -> String? {
    var result: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        result.append(byte)
        continue
      }
      guard rest.count >= 2, let value = Hexadecimal.bytes(String(Substring(rest.prefix(2)))) else { return nil }
      result.append(contentsOf: value)
      rest = rest.dropFirst(2)
    }
    return String(validating: result, as: UTF8.self)
  }

  private static func checksum(_ text: String) -> String {
    Hexadecimal.text(Array(SHA256.hash(data: Array(text.utf8))).prefix(8))
  }
}

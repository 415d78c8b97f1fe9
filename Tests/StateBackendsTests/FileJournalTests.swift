import Provisioning
import StateBackends
import Support
import Testing

struct FileJournalTests {
  private let path = "/j"
  private let samples: [JournalEntry] = [
    .sent(operation: 1), .done(operation: 1, id: 42, uuid: "0f6c-\u{202E}\n% ~ é"), .sent(operation: 2),
    .done(operation: 2, id: nil, uuid: nil), .refused(operation: 3), .unknown(operation: 4),
    .done(operation: 5, id: -1, uuid: ""), .done(operation: 6, id: 1, uuid: "~"),
  ]

  private func written(_ disk: MemoryDisk) throws -> FileJournal {
    let journal = FileJournal(disk: disk, path: path)
    try journal.begin(run: "run 1\n")
    for entry in samples { try journal.append(entry) }
    return journal
  }

  @Test func `entries come back for their run and for no other`() throws {
    let disk = MemoryDisk()
    let journal = try written(disk)
    #expect(try journal.entries(run: "run 1\n") == samples)
    #expect(try FileJournal(disk: disk, path: path).entries(run: "run 1\n") == samples)
    #expect(try journal.entries(run: "run 2") == nil)
    try journal.begin(run: "run 2")
    #expect(try journal.entries(run: "run 2") == [])
    #expect(try journal.entries(run: "run 1\n") == nil)
    try journal.remove()
    #expect(try journal.entries(run: "run 2") == nil)
    #expect(disk.paths.isEmpty)
  }

  @Test func `a journal on the real disk does the same`() throws {
    let directory = try TemporaryDirectory()
    let journal = FileJournal(disk: PosixDisk(), path: directory.file("journal"))
    #expect(try journal.entries(run: "1") == nil)
    try journal.begin(run: "1")
    for entry in samples { try journal.append(entry) }
    try journal.sync()
    let other = FileJournal(disk: PosixDisk(), path: directory.file("journal"))
    #expect(try other.entries(run: "1") == samples)
    try other.append(.sent(operation: 9))
    #expect(try journal.entries(run: "1") == samples + [.sent(operation: 9)])
    try journal.remove()
    #expect(try directory.names().isEmpty)
  }

  @Test func `a journal cut at any byte gives the entries of its whole lines`() throws {
    let disk = MemoryDisk()
    let journal = try written(disk)
    let bytes = try #require(disk[path])
    for length in bytes.indices {
      disk[path] = Array(bytes.prefix(length))
      let lines = bytes.prefix(length).count { $0 == UInt8(ascii: "\n") }
      let expected = lines == 0 ? nil : Array(samples.prefix(lines - 1))
      #expect(try journal.entries(run: "run 1\n") == expected, "\(length)")
    }
  }

  @Test func `a journal with one bit flipped loses its last line or everything, and never invents an entry`() throws {
    let disk = MemoryDisk()
    let journal = try written(disk)
    let bytes = try #require(disk[path])
    for index in bytes.indices {
      for bit in 0..<8 {
        var flipped = bytes
        flipped[index] ^= 1 << bit
        disk[path] = flipped
        let entries = try journal.entries(run: "run 1\n")
        let isLastNewline = index == bytes.count - 1
        #expect(entries == (isLastNewline ? Array(samples.dropLast()) : nil), "byte \(index), bit \(bit)")
      }
    }
  }

  @Test func `a crash keeps what was synchronized`() throws {
    let disk = MemoryDisk()
    let journal = FileJournal(disk: disk, path: path)
    try journal.begin(run: "1")
    #expect(try FileJournal(disk: disk.crash(), path: path).entries(run: "1") == [])
    try journal.append(.sent(operation: 1))
    try journal.sync()
    try journal.append(.sent(operation: 2))
    #expect(try FileJournal(disk: disk.crash(), path: path).entries(run: "1") == [.sent(operation: 1)])
  }

  @Test(arguments: MemoryDisk.Fault.allCases)
  func `an append that fails is reported, and what follows it is kept or makes the journal say nothing`(
    fault: MemoryDisk.Fault
  ) throws {
    let disk = MemoryDisk()
    let journal = FileJournal(disk: disk, path: path)
    try journal.begin(run: "1")
    try journal.append(.sent(operation: 1))
    disk.fail(at: 1, fault)
    #expect(throws: StateFailure.self) { try journal.append(.sent(operation: 2)) }
    #expect(try journal.entries(run: "1") == [.sent(operation: 1)])
    try journal.append(.done(operation: 1, id: 1, uuid: nil))
    let entries = try journal.entries(run: "1")
    #expect(entries == (fault == .shortWrite ? nil : [.sent(operation: 1), .done(operation: 1, id: 1, uuid: nil)]))
  }

  @Test(arguments: MemoryDisk.Fault.allCases)
  func `a beginning that fails at any call is reported and leaves no journal of the new run`(
    fault: MemoryDisk.Fault
  ) throws {
    for call in 1...5 {
      let disk = MemoryDisk()
      let journal = try written(disk)
      disk.fail(at: call, fault)
      #expect(throws: StateFailure.self) { try journal.begin(run: "2") }
      disk.fail(at: 0, fault)
      let entries = try journal.entries(run: "2")
      #expect(entries == nil || entries == [], "call \(call)")
    }
  }
}

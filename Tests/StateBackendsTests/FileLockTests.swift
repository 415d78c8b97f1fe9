import Foundation
import Provisioning
import StateBackends
import Support
import Testing

struct FileLockTests {
  private let flock = "/usr/bin/flock"

  @Test func `a lock that another process holds is refused until that process dies`() async throws {
    try #require(FileManager.default.isExecutableFile(atPath: flock))
    let directory = try TemporaryDirectory()
    let store = LocalStateStore(disk: PosixDisk(), path: directory.file("state.json"))
    let holder = try Child(flock, "--no-fork", directory.file("state.json.lock"), "sh", "-c", "echo held; exec cat")
    #expect(try holder.read(5) == "held\n")
    await #expect(throws: StateFailure.locked(holder: nil, label: store.label)) {
      try await store.lock(StateStoreContract.information("one"))
    }
    holder.kill()
    let lock = try await store.lock(StateStoreContract.information("one"))
    await lock.release()
  }

  @Test func `another process cannot take a lock that is held here, and can once it is released`() async throws {
    try #require(FileManager.default.isExecutableFile(atPath: flock))
    let directory = try TemporaryDirectory()
    let store = LocalStateStore(disk: PosixDisk(), path: directory.file("state.json"))
    let lock = try await store.lock(StateStoreContract.information("one"))
    #expect(try tryLock(directory) == 1)
    await lock.release()
    #expect(try tryLock(directory) == 0)
  }

  @Test func `a child process does not inherit the lock`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("lock")
    guard case .acquired(let lock) = try PosixDisk().lock(path, note: []) else {
      Issue.record("the lock is not free")
      return
    }
    let child = try Child("/bin/sh", "-c", "ls -l /proc/self/fd; exec cat")
    child.close()
    #expect(try child.readToEnd().contains(path) == false)
    lock.release()
  }

  @Test func `a released lock is free at once, while children are being started`() async throws {
    let directory = try TemporaryDirectory()
    let store = LocalStateStore(disk: PosixDisk(), path: directory.file("state.json"))
    try await withThrowingTaskGroup { group in
      group.addTask { for _ in 1...20 { try Child("/bin/cat").kill() } }
      group.addTask {
        for round in 1...200 {
          let lock = try await store.lock(StateStoreContract.information("\(round)"))
          await lock.release()
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func `the information of a holder that died does not outlive it`() async throws {
    let directory = try TemporaryDirectory()
    let stale = StateStoreContract.information("stale, and much longer than the next holder's name")
    try directory.write(stale.bytes, to: "state.json.lock")
    let store = LocalStateStore(disk: PosixDisk(), path: directory.file("state.json"))
    let lock = try await store.lock(StateStoreContract.information("new"))
    await #expect(throws: StateFailure.locked(holder: StateStoreContract.information("new"), label: store.label)) {
      try await store.lock(StateStoreContract.information("other"))
    }
    await lock.release()
    #expect(directory.bytes("state.json.lock") == [])
  }

  private func tryLock(_ directory: TemporaryDirectory) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: flock)
    process.arguments = ["--nonblock", directory.file("state.json.lock"), "true"]
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// A process that lives no longer than its input, and so no longer than the test.
  private struct Child {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(_ program: String, _ arguments: String...) throws {
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = arguments
      process.standardInput = input
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      try process.run()
    }

    func read(_ count: Int) throws -> String {
      String(decoding: try output.fileHandleForReading.read(upToCount: count) ?? Data(), as: UTF8.self)
    }

    func readToEnd() throws -> String {
      String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    }

    /// Ends the child's input.
    func close() { input.fileHandleForWriting.closeFile() }

    func kill() {
      Foundation.kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
  }
}

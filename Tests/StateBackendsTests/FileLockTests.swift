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
    let holder = Process()
    holder.executableURL = URL(fileURLWithPath: flock)
    holder.arguments = [
      "--no-fork", directory.file("state.json.lock"), "sh", "-c", "echo held; exec sleep 600",
    ]
    let output = Pipe()
    holder.standardOutput = output
    try holder.run()
    #expect(try output.fileHandleForReading.read(upToCount: 5) == Data("held\n".utf8))
    await #expect(throws: StateFailure.locked(holder: nil, label: store.label)) {
      try await store.lock(StateStoreContract.information("one"))
    }
    kill(holder.processIdentifier, SIGKILL)
    holder.waitUntilExit()
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

  @Test func `a child process does not inherit the lock`() async throws {
    let directory = try TemporaryDirectory()
    let store = LocalStateStore(disk: PosixDisk(), path: directory.file("state.json"))
    let lock = try await store.lock(StateStoreContract.information("one"))
    let child = Process()
    child.executableURL = URL(fileURLWithPath: "/bin/sleep")
    child.arguments = ["600"]
    try child.run()
    await lock.release()
    let next = try await store.lock(StateStoreContract.information("two"))
    await next.release()
    kill(child.processIdentifier, SIGKILL)
    child.waitUntilExit()
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
}

package import KitSandbox
import Synchronization

/// Keeps the account of a sandbox saved: soon after changes, many changes in one write, and at the end.
package final class AccountSaver: Sendable {
  private let sandbox: Sandbox
  private let interval: Duration
  private let write: @Sendable ([UInt8]) async throws -> Void
  private let saved = Mutex(-1)

  /// Hands the whole file to `write`, which replaces the old one atomically, at most once an `interval`.
  package init(
    _ sandbox: Sandbox, every interval: Duration = .milliseconds(50),
    write: @escaping @Sendable ([UInt8]) async throws -> Void
  ) {
    self.sandbox = sandbox
    self.interval = interval
    self.write = write
  }

  /// Saves the account when it changed since the last time; a failed write counts as none.
  package func save() async throws {
    let (account, revision) = sandbox.snapshot
    guard saved.withLock({ $0 }) != revision else { return }
    try await write(AccountFile.bytes(of: account))
    saved.withLock { $0 = revision }
  }

  /// Saves after changes until the task is cancelled; after a long write it rests ten times as long.
  func run(onFailure: (String) -> Void) async {
    var pause = interval
    while !Task.isCancelled {
      do {
        try await Task.sleep(for: pause)
        let start = ContinuousClock.now
        try await save()
        pause = max(interval, (ContinuousClock.now - start) * 10)
      } catch is CancellationError {
        return
      } catch {
        onFailure("\(error)")
      }
    }
  }
}

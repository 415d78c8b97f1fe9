import Basics
import FoundationEssentials
import Glibc
import Manifest
import Provisioning
import Synchronization
import Wiring

/// In debug builds, dies at a named checkpoint as `KITFORM_CRASH=answered:3` says: the reliability tests' kill switch.
enum CrashPoints {
  /// - Throws: `UsageFailure` where the variable names no checkpoint: a test that dies nowhere proves nothing.
  static func fromEnvironment() throws -> CrashPoint {
    #if DEBUG
      if let text = ProcessInfo.processInfo.environment["KITFORM_CRASH"], !text.isEmpty {
        guard let plan = CrashPlan(text) else {
          throw UsageFailure(
            message: "KITFORM_CRASH is `\(SafeText.escape(text))`, which names no checkpoint",
            remedy:
              "write one of \(Words.list(Checkpoint.allCases.map(\.rawValue), joinedBy: "or")), with or without a number from 1 behind a colon, such as `answered:3`"
          )
        }
        let passings = CrashCounter()
        return { checkpoint in
          if checkpoint == plan.checkpoint, passings.next() == plan.passing { kill(getpid(), SIGKILL) }
        }
      }
    #endif
    return { _ in }
  }
}

/// Counts the passings of one checkpoint.
private final class CrashCounter: Sendable {
  private let count = Mutex(0)

  func next() -> Int {
    count.withLock {
      $0 += 1
      return $0
    }
  }
}

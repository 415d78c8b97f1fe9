import Foundation
import Glibc
import Provisioning
import Synchronization

/// In debug builds, dies at a named checkpoint as `KITFORM_CRASH=answered:3` says: the reliability tests' kill switch.
enum CrashPoints {
  static func fromEnvironment() -> CrashPoint {
    #if DEBUG
      if let text = ProcessInfo.processInfo.environment["KITFORM_CRASH"], let plan = CrashPlan(text) {
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

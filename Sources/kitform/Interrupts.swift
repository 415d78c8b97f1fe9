import Dispatch
import Glibc
import Provisioning
import Synchronization

/// Turns SIGINT and SIGTERM into the wish to stop: the first lets running calls finish, a second ends at once.
final class Interrupts {
  private var sources: [any DispatchSourceSignal] = []

  /// Watches both signals for as long as the value lives.
  init(_ stop: Stop, note: @escaping @Sendable (String) -> Void) {
    let count = SignalCount()
    for (number, reason) in [(SIGINT, Stop.Reason.interrupted), (SIGTERM, .terminated)] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        guard count.next() == 1 else { exit(reason == .interrupted ? 130 : 143) }
        stop.request(reason)
        note("Stopping: no new call starts; the ones under way finish. Press Ctrl-C again to end at once.")
      }
      source.resume()
      sources.append(source)
    }
  }
}

extension Interrupts {
  /// Lets a write to a closed pipe fail instead of ending the process: an apply outlives `| head`.
  static func ignoreClosedPipes() { signal(SIGPIPE, SIG_IGN) }
}

/// How many signals came.
private final class SignalCount: Sendable {
  private let count = Mutex(0)

  func next() -> Int {
    count.withLock { count in
      count += 1
      return count
    }
  }
}

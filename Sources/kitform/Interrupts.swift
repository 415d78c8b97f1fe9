import Dispatch
import Glibc
import Provisioning
import Synchronization

/// Turns SIGINT, SIGTERM and SIGHUP into the wish to stop: the first lets running calls finish, a second ends at once.
///
/// SIGHUP comes when the terminal is closed; whoever has it ignored (`nohup`) means the run to go on.
final class Interrupts {
  private var sources: [any DispatchSourceSignal] = []

  /// Watches the signals for as long as the value lives.
  init(_ stop: Stop, note: @escaping @Sendable (String) -> Void) {
    let count = SignalCount()
    for (number, reason) in [(SIGINT, Stop.Reason.interrupted), (SIGTERM, .terminated), (SIGHUP, .terminated)] {
      if number == SIGHUP, Interrupts.isIgnored(number) { continue }
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        guard count.next() == 1 else {
          Terminal.endLive()
          exit(reason == .interrupted ? 130 : 143)
        }
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

  /// Whether the process was started with a signal ignored.
  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard unsafe sigaction(number, nil, &action) == 0 else { return false }
    return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
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

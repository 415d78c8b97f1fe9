import Basics
import Dispatch
import Glibc
import Provisioning
import Synchronization

/// Turns SIGINT, SIGTERM and SIGHUP into the wish to stop, which lets running calls finish; a second SIGINT ends at once.
///
/// SIGTERM and SIGHUP ask once however often they come: a closed terminal sends SIGHUP by way of the kernel and of the
/// shell, and `timeout` sends its signal to the process and to its group. A user who ignores SIGHUP (`nohup`) wants the
/// run to go on.
final class Interrupts {
  private var sources: [(number: Int32, source: any DispatchSourceSignal)] = []

  /// Watches the signals for as long as the value lives.
  init(_ stop: Stop, note: @escaping @Sendable (String) -> Void) {
    let count = SignalCount()
    // A terminal that is held may not keep the next signal from being heard.
    let say = { @Sendable (text: String) in DispatchQueue.global().async { note(text) } }
    for (number, reason) in [(SIGINT, Stop.Reason.interrupted), (SIGTERM, .terminated), (SIGHUP, .terminated)] {
      if number == SIGHUP, Interrupts.isIgnored(number) { continue }
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        guard number == SIGINT else {
          let isFirst = stop.reason == nil
          stop.request(reason)
          if isFirst { say(Interrupts.stopping) }
          return
        }
        guard count.next() == 1 else {
          Terminal.endLive()
          exit(130)
        }
        stop.request(reason)
        say("\(Interrupts.stopping) Press Ctrl-C again to end at once.")
      }
      source.resume()
      sources.append((number, source))
    }
  }

  /// Leaves the signals to the system again.
  func end() {
    for (number, source) in sources {
      source.cancel()
      signal(number, SIG_DFL)
    }
  }
}

extension Interrupts {
  private static let stopping = "Stopping: no new change starts; changes in progress finish."

  /// Lets a write to a closed pipe fail instead of ending the process: an apply outlives `| head`.
  static func ignoreClosedPipes() { signal(SIGPIPE, SIG_IGN) }

  /// Keeps the process's memory, and with it every secret, out of core files.
  ///
  /// A limit of one byte does what zero does, and is also heeded where cores are handed to a program.
  static func refuseCoreFiles() {
    let resource = __rlimit_resource_t(RLIMIT_CORE.rawValue)
    var limit = rlimit()
    guard unsafe getrlimit(resource, &limit) == 0 else { return }
    limit.rlim_cur = min(1, limit.rlim_max)
    _ = unsafe setrlimit(resource, &limit)
  }

  /// Whether the process was started with a signal ignored.
  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard unsafe sigaction(number, nil, &action) == 0 else { return false }
    return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}

/// How often SIGINT came.
private final class SignalCount: Sendable {
  private let count = Mutex(0)

  func next() -> Int {
    count.withLock { count in
      count += 1
      return count
    }
  }
}

import Basics
import Dispatch
import KitformEngine
import Provisioning
import Reports
import Synchronization
import Transport
import Wiring

/// Says on standard error what a command waits for, once it has waited for a second; with `-v`, each call and each repetition.
///
/// Slow answers, locks and rests that a server asked for are mentioned everywhere: on a terminal a user waits, and in a
/// pipeline's log they explain how long a job took.
///
/// It writes on a queue of its own: a terminal may be held, and then no call waits for it.
final class WaitReporter: WaitObserver {
  private let terminal: Terminal
  private let isVerbose: Bool
  private let queue = DispatchQueue(label: "waits")
  private let state = Mutex(State())

  /// A wait is worth a line from here on.
  private static let patience = Duration.seconds(1)
  /// How long nothing more is said of other waits of the same kind.
  private static let silence = Duration.seconds(10)

  private struct State {
    /// Calls without an answer.
    var open: [Int: Open] = [:]
    /// When calls began to follow each other without a gap, and how many were answered since.
    var begin: ContinuousClock.Instant?
    var answered = 0
    var lastEnd: ContinuousClock.Instant?
    /// When a line of each kind was last written.
    var said: [Kind: ContinuousClock.Instant] = [:]

    mutating func may(_ kind: Kind, _ now: ContinuousClock.Instant) -> Bool {
      if let last = said[kind], last.duration(to: now) < WaitReporter.silence { return false }
      said[kind] = now
      return true
    }
  }

  private struct Open {
    var label: CallLabel
    var begin: ContinuousClock.Instant
  }

  private enum Kind { case answer, rest, many }

  init(_ terminal: Terminal, isVerbose: Bool) {
    self.terminal = terminal
    self.isVerbose = isVerbose
  }

  /// Takes an event of calls whose answer is waited for no longer than `limit`.
  func report(_ event: CallEvent, limit: Duration) {
    switch event {
    case .sent(let number, let label):
      let now = ContinuousClock.now
      state.withLock { state in
        if state.open.isEmpty, state.lastEnd.map({ $0.duration(to: now) > WaitReporter.patience }) ?? true {
          (state.begin, state.answered) = (now, 0)
        }
        state.open[number] = Open(label: label, begin: now)
      }
      queue.asyncAfter(deadline: .now() + .seconds(1)) { [self] in checkWait(at: number, limit) }
    case .ended(let number, let label, let outcome, let duration):
      state.withLock { state in
        state.open[number] = nil
        state.answered += 1
        state.lastEnd = .now
      }
      if isVerbose { say("\(WaitReporter.words(label)): \(outcome) (\(SecondsText.text(duration)) s)") }
    case .resting(let label, let outcome, let pause, let attempt):
      let isLong = pause >= WaitReporter.patience
      guard isVerbose || isLong && state.withLock({ $0.may(.rest, .now) }) else { return }
      say(
        "\(WaitReporter.words(label)): \(outcome); try \(attempt) of \(RetryTable.attempts) in \(SecondsText.text(pause)) s, at \(WaitReporter.time(in: pause))"
      )
    }
  }

  /// Says that a lock is waited for.
  func report(_ wait: LockWait) {
    let holder = wait.holder.map { "\($0.who) (\($0.command), since \($0.since)) holds it" } ?? "another run holds it"
    say(
      "Waiting for the lock on \(wait.label): \(holder). It is waited for until \(WaitReporter.time(in: wait.left)), \(SecondsText.text(wait.left)) s from now."
    )
  }

  /// Writes what is still to be written.
  func flush() { queue.sync {} }

  /// Looks at a call a second after it left.
  private func checkWait(at number: Int, _ limit: Duration) {
    let now = ContinuousClock.now
    let line = state.withLock { state -> String? in
      if let open = state.open[number] {
        guard state.may(.answer, now) else { return nil }
        let left = limit - open.begin.duration(to: now)
        return
          "Waiting for an answer to \(WaitReporter.words(open.label)), for \(SecondsText.text(open.begin.duration(to: now))) s so far, at most until \(WaitReporter.time(in: left))."
      }
      // Each call is quick, and there are many of them.
      guard let begin = state.begin, let open = state.open.values.max(by: { $0.begin < $1.begin }),
        begin.duration(to: now) >= WaitReporter.patience, open.label.part != nil, state.may(.many, now)
      else { return nil }
      let calls = state.answered == 1 ? "1 call is" : "\(state.answered) calls are"
      return
        "Reading from \(open.label.host) for \(SecondsText.text(begin.duration(to: now))) s: \(calls) answered, \(WaitReporter.words(open.label)) is next. It goes on until the last page."
    }
    if let line { terminal.note(SafeText.escape(line)) }
  }

  private func say(_ text: String) { queue.async { [terminal] in terminal.note(SafeText.escape(text)) } }

  private static func words(_ label: CallLabel) -> String {
    "\(label.method) \(label.host)\(label.path)" + (label.part.map { " (\($0))" } ?? "")
  }

  /// The time of day at the end of a wait, in UTC.
  private static func time(in duration: Duration) -> String {
    let (seconds, attoseconds) = max(.zero, duration).components
    let day = (Surroundings.seconds() + Int(seconds) + (attoseconds > 0 ? 1 : 0)) % 86_400
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(day / 3600)):\(two(day / 60 % 60)):\(two(day % 60)) UTC"
  }
}

import Basics
import Dispatch
import Manifest
import Provisioning
import Reports
import Synchronization

/// Shows an apply's progress on standard error: a line for each finished change, and on a terminal what runs now and since when.
///
/// Events are printed soon afterwards, on a thread of its own, so that a blocked terminal delays nothing else.
final class Progress: Sendable {
  private let terminal: Terminal
  private let isLive: Bool
  /// Events that are not printed yet, with their times.
  private let untold = Mutex<[(event: ApplyEvent, at: ContinuousClock.Instant)]>([])
  private let state = Mutex(State())

  /// The longest delay before an event is printed.
  private static let interval = DispatchTimeInterval.milliseconds(50)
  /// How often the times of what runs are drawn anew.
  private static let redrawing = Duration.milliseconds(200)
  /// How many changes are shown at once while they run.
  private static let shown = 12

  fileprivate struct State {
    var running: [(label: String, begin: ContinuousClock.Instant)] = []
    var begin = ContinuousClock.now
    var drawn = ContinuousClock.now
    var total = 0
    var finished = 0
  }

  init(_ terminal: Terminal) {
    self.terminal = terminal
    isLive = terminal.showsLive
  }

  /// Shows progress while `body` runs; prints every event, and removes the live lines, before it returns.
  func during<Value>(_ body: () async throws -> Value) async rethrows -> Value {
    let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "progress"))
    timer.schedule(deadline: .now() + Progress.interval, repeating: Progress.interval)
    timer.setEventHandler { [self] in tell() }
    timer.resume()
    defer {
      timer.cancel()
      tell(isLast: true)
    }
    return try await body()
  }

  /// Takes one event.
  func add(_ event: ApplyEvent) { untold.withLock { $0.append((event, .now)) } }

  /// Prints the waiting events, and shows the running calls.
  ///
  /// Both happen under one lock, so that nothing older is shown after something newer.
  private func tell(isLast: Bool = false) {
    state.withLock { state in
      let events = untold.withLock { untold in
        defer { untold = [] }
        return untold
      }
      let now = ContinuousClock.now
      guard isLast || !events.isEmpty || state.drawn.duration(to: now) >= Progress.redrawing else { return }
      state.drawn = now
      let messages = events.compactMap { state.record($0.event, at: $0.at) }
      let text = messages.isEmpty ? nil : messages.joined(separator: "\n")
      if isLast { state.running = [] }
      if isLive {
        terminal.live(Progress.lines(state, now: now), above: text)
      } else if let text {
        terminal.note(text)
      }
    }
  }

  /// A line for each change that runs, with how long it has, and one for the whole.
  private static func lines(_ state: State, now: ContinuousClock.Instant) -> [String] {
    guard !state.running.isEmpty else { return [] }
    var lines = state.running.prefix(shown).map { label, begin in
      "  \(label): \(SecondsText.text(begin.duration(to: now))) s"
    }
    if state.running.count > shown { lines.append("  and \(state.running.count - shown) more") }
    lines.append("\(state.finished) of \(state.total) finished, \(SecondsText.text(state.begin.duration(to: now))) s")
    return lines
  }
}

extension Progress.State {
  /// Records an event; returns its line.
  fileprivate mutating func record(_ event: ApplyEvent, at instant: ContinuousClock.Instant) -> String? {
    switch event {
    case .began(let changes):
      total = changes
      begin = instant
    case .started(let address, let action): running.append(("\(action.rawValue) \(address)", instant))
    case .finished(let result):
      running.removeAll { $0.label == "\(result.action.rawValue) \(result.address)" }
      finished += 1
      let time = result.calls == 0 ? "" : " (\(SecondsText.text(result.duration)) s)"
      let error = result.error.map { ": \(SafeText.escape($0.message))" } ?? ""
      return "\(result.action.rawValue) \(result.address): \(result.verdict.rawValue)\(time)\(error)"
    case .waiting(let address, _, let window):
      return "\(address): the answer is not known; looking again in \(window.components.seconds) s"
    case .halted(let reason): return SafeText.escape(reason)
    case .checkpointFailed: return "the results so far could not be saved in the state; they are in the journal"
    case .verifying: return "reading the changed channels again"
    case .checkpointed, .saved: break
    }
    return nil
  }
}

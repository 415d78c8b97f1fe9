import Documents
import Manifest
import Provisioning
import Reports
import Synchronization

/// Tells on standard error how an apply goes: a line for each finished change, and on a terminal what runs now and since when.
final class Progress: Sendable {
  private let terminal: Terminal
  private let state = Mutex(State())

  /// How often the times of what runs are drawn anew.
  private static let interval = Duration.milliseconds(200)
  /// How many changes are shown at once while they run.
  private static let shown = 12

  private struct State {
    var running: [(label: String, begin: ContinuousClock.Instant)] = []
    var begin = ContinuousClock.now
    var total = 0
    var finished = 0
  }

  init(_ terminal: Terminal) { self.terminal = terminal }

  /// Keeps the times that are shown up to date until `body` ends, and takes the live lines away then.
  func live<Value>(_ body: () async throws -> Value) async rethrows -> Value {
    guard terminal.isErrorTerminal else { return try await body() }
    let clock = Task {
      while !Task.isCancelled {
        try await Task.sleep(for: Progress.interval)
        draw()
      }
    }
    defer {
      clock.cancel()
      state.withLock { $0.running = [] }
      draw()
    }
    return try await body()
  }

  /// Takes one event.
  func note(_ event: ApplyEvent) {
    switch event {
    case .began(let changes):
      state.withLock { state in
        state.total = changes
        state.begin = .now
      }
    case .started(let address, let action):
      state.withLock { $0.running.append(("\(action.rawValue) \(address)", .now)) }
      draw()
    case .finished(let result):
      state.withLock { state in
        state.running.removeAll { $0.label == "\(result.action.rawValue) \(result.address)" }
        state.finished += 1
      }
      terminal.note(line(result))
      draw()
    case .waiting(let address, _, let window):
      terminal.note("\(address): the answer is not known; looking again in \(window.components.seconds) s")
    case .halted(let reason): terminal.note(SafeText.escape(reason))
    case .checkpointFailed: terminal.note("the outcomes so far could not be saved; they are in the journal")
    case .verifying: terminal.note("reading the changed channels again")
    case .checkpointed, .saved: break
    }
  }

  private func line(_ result: ChangeResult) -> String {
    let time = result.calls == 0 ? "" : " (\(SecondsText.text(result.duration)) s)"
    let error = result.error.map { ": \(SafeText.escape($0.message))" } ?? ""
    return "\(result.action.rawValue) \(result.address): \(result.verdict.rawValue)\(time)\(error)"
  }

  private func draw() {
    guard terminal.isErrorTerminal else { return }
    terminal.live(Progress.lines(state.withLock { $0 }, now: .now))
  }

  /// A line for each change that runs, with how long it has, and one for the whole.
  private static func lines(_ state: State, now: ContinuousClock.Instant) -> [String] {
    guard !state.running.isEmpty else { return [] }
    var lines = state.running.prefix(shown).map { label, begin in
      "  \(label): \(SecondsText.text(begin.duration(to: now))) s"
    }
    if state.running.count > shown { lines.append("  and \(state.running.count - shown) more") }
    lines.append("\(state.finished) of \(state.total) done, \(SecondsText.text(state.begin.duration(to: now))) s")
    return lines
  }
}

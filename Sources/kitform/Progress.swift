import Documents
import Manifest
import Provisioning
import Reports
import Synchronization

/// Tells on standard error how an apply goes: a line for each finished change, and on a terminal what runs now and since when.
final class Progress: Sendable {
  private let terminal: Terminal
  private let isLive: Bool
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

  init(_ terminal: Terminal) {
    self.terminal = terminal
    isLive = terminal.showsLive
  }

  /// Keeps the times that are shown up to date until `body` ends, and takes the live lines away then.
  func live<Value>(_ body: () async throws -> Value) async rethrows -> Value {
    guard isLive else { return try await body() }
    let clock = Task {
      while !Task.isCancelled {
        try await Task.sleep(for: Progress.interval)
        change { _ in }
      }
    }
    defer {
      clock.cancel()
      change { $0.running = [] }
    }
    return try await body()
  }

  /// Takes one event.
  func note(_ event: ApplyEvent) {
    switch event {
    case .began(let changes):
      change { state in
        state.total = changes
        state.begin = .now
      }
    case .started(let address, let action): change { $0.running.append(("\(action.rawValue) \(address)", .now)) }
    case .finished(let result):
      change(line(result)) { state in
        state.running.removeAll { $0.label == "\(result.action.rawValue) \(result.address)" }
        state.finished += 1
      }
    case .waiting(let address, _, let window):
      terminal.note("\(address): the answer is not known; looking again in \(window.components.seconds) s")
    case .halted(let reason): terminal.note(SafeText.escape(reason))
    case .checkpointFailed: terminal.note("the outcomes so far could not be saved; they are in the journal")
    case .verifying: terminal.note("reading the changed channels again")
    case .checkpointed, .saved: break
    }
  }

  /// Changes what is known of the run, and shows it as it is then, with a message above it.
  ///
  /// Both happen under one lock, so that nothing older is shown after something newer.
  private func change(_ message: String? = nil, _ body: (inout State) -> Void) {
    state.withLock { state in
      body(&state)
      if isLive {
        terminal.live(Progress.lines(state, now: .now), above: message)
      } else if let message {
        terminal.note(message)
      }
    }
  }

  private func line(_ result: ChangeResult) -> String {
    let time = result.calls == 0 ? "" : " (\(SecondsText.text(result.duration)) s)"
    let error = result.error.map { ": \(SafeText.escape($0.message))" } ?? ""
    return "\(result.action.rawValue) \(result.address): \(result.verdict.rawValue)\(time)\(error)"
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

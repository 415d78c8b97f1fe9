import Documents
import Manifest
import Provisioning
import Reports
import Synchronization

/// Tells on standard error how an apply goes: one line per finished change, and on a terminal what runs now.
final class Progress: Sendable {
  private let terminal: Terminal
  private let running = Mutex<[String]>([])

  init(_ terminal: Terminal) { self.terminal = terminal }

  /// Takes one event.
  func note(_ event: ApplyEvent) {
    switch event {
    case .started(let address, let action): change { $0.append("\(action.rawValue) \(address)") }
    case .finished(let result):
      change { $0.removeAll { $0 == "\(result.action.rawValue) \(result.address)" } }
      say(line(result))
    case .waiting(let address, _, let window):
      say("\(address): the answer is not known; looking again in \(window.components.seconds) s")
    case .halted(let reason): say(SafeText.escape(reason))
    case .checkpointFailed: say("the outcomes so far could not be saved; they are in the journal")
    case .verifying: say("reading the changed channels again")
    case .began, .checkpointed, .saved: break
    }
  }

  private func line(_ result: ChangeResult) -> String {
    let time = result.calls == 0 ? "" : " (\(SecondsText.text(result.duration)) s)"
    let error = result.error.map { ": \(SafeText.escape($0.message))" } ?? ""
    return "\(result.action.rawValue) \(result.address): \(result.verdict.rawValue)\(time)\(error)"
  }

  private func change(_ body: (inout [String]) -> Void) {
    let now = running.withLock { list in
      body(&list)
      return list
    }
    guard terminal.isErrorTerminal, !now.isEmpty else { return }
    terminal.live("… \(now.prefix(3).joined(separator: ", "))\(now.count > 3 ? " and \(now.count - 3) more" : "")")
  }

  private func say(_ line: String) {
    if terminal.isErrorTerminal { terminal.live("") }
    terminal.note(line)
  }
}

import Basics

extension Invocation {
  /// Runs `body` with the wish to stop that a signal makes: the process lives on, and gives back what it has locked.
  func stoppable<Value>(_ body: (Stop) async throws -> Value) async throws -> Value {
    let stop = Stop()
    let interrupts = Interrupts(stop) { [terminal] in terminal.note($0) }
    // A run that is ending continues to end; the code below takes no lock.
    defer { if stop.reason == nil { interrupts.end() } }
    return try await body(stop)
  }
}

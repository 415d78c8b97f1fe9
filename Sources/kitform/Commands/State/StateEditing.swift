import Basics
import KitformEngine
import Manifest
import Provisioning
import Wiring

/// Changes the state under its lock; nothing is written unless the change ends as done.
///
/// - Parameter ofAnyAccount: whether the state may belong to another account than the manifests'.
func edit(
  _ invocation: Invocation, isSandbox: Bool, connection: ConnectionOptions, options: LockOptions, command: String,
  ofAnyAccount: Bool = false,
  change: (inout State, Configuration) throws -> RunOutcome
) async throws -> RunOutcome {
  let session = Session(invocation, isSandbox: isSandbox)
  let configuration = try session.configuration()
  let store = try session.store(configuration, connection.settings)
  return try await withLock(on: store, invocation, options, command: command) { lock, stop in
    guard var state = try await lock.read() else {
      throw UsageFailure(message: "there is no state yet", remedy: "apply first")
    }
    try state.check(
      belongsTo: ofAnyAccount ? state.account : try session.binding(configuration),
      environment: configuration.environment, label: store.label)
    let outcome = try change(&state, configuration)
    if outcome == .done {
      state.serial += 1
      try stop.check()
      try await lock.write(state)
    }
    return outcome
  }
}

/// Runs `body` under a state's lock, and frees the lock whatever `body` does, also when a signal asks for the end.
func withLock<Value>(
  on store: any StateStore, _ invocation: Invocation, _ options: LockOptions, command: String,
  _ body: (any StateLock, Stop) async throws -> Value
) async throws -> Value {
  try await invocation.stoppable { stop in
    try await withLock(on: store, invocation, options, command: command, stop: stop) { lock in
      try await body(lock, stop)
    }
  }
}

/// The same under a second state's lock, with the wish to stop that the first one was taken with.
func withLock<Value>(
  on store: any StateStore, _ invocation: Invocation, _ options: LockOptions, command: String, stop: Stop,
  _ body: (any StateLock) async throws -> Value
) async throws -> Value {
  do {
    let lock = try await store.lock(
      invocation.surroundings.lockInformation(command), timeout: options.lockTimeout.duration, stop: stop,
      onWait: { [waits = invocation.waits] in waits.report($0) })
    defer { invocation.hasStuckLock = invocation.hasStuckLock || lock.isStuck }
    do {
      let value = try await body(lock)
      await lock.release()
      return value
    } catch {
      await lock.release()
      throw error
    }
  } catch let failure as StateFailure {
    throw EngineFailure.state(failure)
  }
}

extension State {
  /// Refuses a change by hand to what the record of an unfinished run names: recovery would undo it.
  ///
  /// - Parameter remedy: the way out that the command has beside the record's own.
  func checkAtRest(remedy: String? = nil) throws {
    guard let run else { return }
    throw UsageFailure(
      message: "\(SafeText.escape(run.words)) did not finish, and the outcome of \(run.open) is not known",
      remedy: remedy ?? run.remedy)
  }
}

package import Basics
import KitAPI
import KitProfile
import Manifest
package import Provisioning

extension Engine {
  /// What an apply needs of its surroundings.
  package struct RunContext: Sendable {
    /// The wall clock, UTC, ISO 8601.
    package var now: @Sendable () -> String
    package var stop: Stop
    package var fence: RunFence
    package var events: @Sendable (ApplyEvent) -> Void
    package var crashPoint: CrashPoint
    package var settleWindow: Duration

    package init(
      now: @escaping @Sendable () -> String, stop: Stop, fence: RunFence = RunFence(),
      events: @escaping @Sendable (ApplyEvent) -> Void,
      crashPoint: @escaping CrashPoint = { _ in }, settleWindow: Duration = .seconds(30)
    ) {
      self.now = now
      self.stop = stop
      self.fence = fence
      self.events = events
      self.crashPoint = crashPoint
      self.settleWindow = settleWindow
    }
  }

  /// Why an apply would be refused unless its command line accepts it; nil where it would not.
  package var refusal: EngineFailure? {
    remote.refusesWrites ? .unconfirmedProfile(name: remote.profile.name, host: binding.host) : nil
  }

  /// Takes the state's lock, trying again until `timeout` has passed.
  package func lock(
    _ info: LockInformation, timeout: Duration, stop: Stop, clock: some Clock<Duration> = ContinuousClock(),
    onWait: (LockWait) -> Void = { _ in }
  ) async throws(EngineFailure) -> any StateLock {
    do throws(StateFailure) {
      return try await store.lock(info, timeout: timeout, stop: stop, clock: clock, onWait: onWait)
    } catch {
      throw .state(error)
    }
  }

  /// Brings an unfinished run to its end before any new plan, and returns what there was to say about it.
  package func recover(
    _ lock: any StateLock, _ context: RunContext, clock: some Clock<Duration> = ContinuousClock()
  ) async throws(EngineFailure) -> [String] {
    do throws(RecoveryFailure) {
      let recovered = try await Recovery(comparison: comparison).run(
        lock: lock, remote: remote, clock: clock, settleWindow: context.settleWindow, now: context.now,
        stop: context.stop)
      return recovered?.recovered.words ?? []
    } catch {
      switch error {
      case .state(let failure): throw .state(failure)
      case .remote(let failure): throw .remote(failure)
      case .stopped(let reason): throw .stopped(reason)
      }
    }
  }

  /// Works out everything that the apply of a plan needs before its first write; nothing is written or sent.
  ///
  /// The plan was made under `lock` of `state`. Every secret that it sends must resolve; the others are not compared.
  package func prepare<RunClock: Clock<Duration>>(
    _ planned: Planned, to state: State, lock: any StateLock, options: ApplyOptions, context: RunContext,
    clock: RunClock = ContinuousClock()
  ) async throws(EngineFailure) -> PreparedApply<RunClock> {
    try planned.checkSecrets()
    let applier = Applier(
      remote: remote, lock: lock, comparison: comparison, clock: clock, now: context.now, stop: context.stop,
      fence: context.fence, events: context.events, crashPoint: context.crashPoint)
    do throws(ApplyFailure) {
      return try await applier.prepare(
        planned.plan, to: state, channels: planned.channels, secrets: planned.secrets, options: options,
        listed: planned.listed.duration(to: .now))
    } catch {
      throw .apply(error)
    }
  }

  /// Applies what was prepared.
  package func apply(_ prepared: PreparedApply<some Clock<Duration>>) async throws(EngineFailure) -> ApplyResult {
    do throws(ApplyFailure) {
      return try await prepared.execute()
    } catch {
      throw .apply(error)
    }
  }
}

extension Engine.Planned {
  /// Checks that every secret that an apply of the plan sends has a value; the others are not compared.
  package func checkSecrets() throws(EngineFailure) {
    guard !secrets.failures.isEmpty else { return }
    let sent = Set(plan.sentSecrets.map { ResolvedSecrets.SecretField($0.address, $0.field) })
    let missing = secrets.failures.filter { sent.contains($0.key) }
    guard missing.isEmpty else { throw .secrets(missing) }
  }
}

extension StateStore {
  /// Takes the state's lock, trying again until `timeout` has passed or the run is to stop.
  ///
  /// - Parameter onWait: called once, after a second of waiting.
  package func lock(
    _ info: LockInformation, timeout: Duration, stop: Stop, clock: some Clock<Duration> = ContinuousClock(),
    onWait: (LockWait) -> Void = { _ in }
  ) async throws(StateFailure) -> any StateLock {
    let start = clock.now
    var isSilent = true
    while true {
      do throws(StateFailure) {
        return try await lock(info)
      } catch {
        let waited = start.duration(to: clock.now)
        guard case .locked(let holder, let label) = error, waited < timeout, stop.reason == nil else { throw error }
        if isSilent, waited >= .seconds(1) {
          isSilent = false
          onWait(LockWait(holder: holder, label: label, left: timeout - waited))
        }
      }
      try? await clock.sleep(for: .milliseconds(250))
    }
  }
}

/// A lock that another run holds, and how long it will be waited for.
package struct LockWait: Sendable {
  /// Nil where the server does not say.
  package var holder: LockInformation?
  package var label: String
  package var left: Duration
}

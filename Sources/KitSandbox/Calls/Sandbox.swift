import Basics
import Documents
package import KitProfile
import Synchronization
package import Transport

/// A local Kit: an account that answers calls in the words of a profile.
///
/// It starts no task and never waits: what takes time is data in the `Exchange`, for the code that calls it (a
/// server, or `SandboxTransport`).
package final class Sandbox: Sendable {
  package let profile: APIProfile
  package let faults: Faults
  private let handler: RequestHandler
  private let state: Mutex<SandboxState>
  /// Milliseconds of a clock that only goes forward.
  private let clock: @Sendable () -> Int

  /// Makes a sandbox of an account.
  ///
  /// `tokenValues` are values of API tokens by id, where they are known: they sign test requests and events. `generator`
  /// makes UUIDs, salts and tokens; `clock` counts milliseconds for the rate limit, for late visibility, for the lives of
  /// sessions and for closing times; `epoch` is its start in seconds since 1970, for the times in tokens.
  package init(
    account: Account, profile: APIProfile, faults: Faults = Faults(), objects: ObjectHabits = ObjectHabits(),
    tokenValues: [Int: String] = [:],
    generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(), epoch: Int = 0,
    clock: @escaping @Sendable () -> Int = Sandbox.steadyMilliseconds()
  ) {
    self.profile = profile
    self.faults = faults
    self.clock = clock
    handler = RequestHandler(profile: profile, objects: objects)
    var state = SandboxState(account: account, generator: generator, faults: faults, epoch: epoch)
    state.makeSalts()
    state.tokenValues = tokenValues
    self.state = Mutex(state)
  }

  /// Milliseconds since the call that made the clock.
  package static func steadyMilliseconds() -> @Sendable () -> Int {
    let start = ContinuousClock.now
    return {
      let (seconds, attoseconds) = (ContinuousClock.now - start).components
      return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }
  }

  /// The account as it is now, with a number that grows with every change.
  package var snapshot: (account: Account, revision: Int) {
    state.withLock { ($0.account, $0.revision) }
  }

  /// Changes the account from outside, as a person does in Kit's interface: drift for tests and rehearsals.
  package func edit(_ change: (inout Account) -> Void) {
    state.withLock { state in
      change(&state.account)
      state.revision += 1
      state.answers = [:]
      state.conversations.channelsChanged()
    }
  }

  /// Runs `body` with the state at the time of the sandbox's clock, which `AgentDesk` moves.
  func withState<Value>(_ body: (inout SandboxState, _ now: Int) throws -> Value) rethrows -> Value {
    try state.withLock { state in try body(&state, clock() + state.offset) }
  }

  /// An answer in the profile's envelope for a call that the account is not to see.
  package func refusal(_ status: Int, _ message: String) -> HTTPResponse {
    Reply.failure(Reply.Failure(status, message)).response(profile)
  }

  /// Answers one call, or fails it as the faults want.
  package func exchange(_ request: HTTPRequest) -> Exchange {
    let operation = handler.operation(of: request)
    let isWrite = operation?.isWrite ?? false
    let isCreate = operation == .createChannel
    return withState { state, now in
      state.counts.add(isWrite: isWrite, isCreate: isCreate)
      var exchange = Exchange(
        number: state.counts.all, operation: operation, delivery: .silence, milliseconds: faults.latency)
      if var bucket = state.bucket {
        let isTaken = bucket.takeToken(now: now)
        state.bucket = bucket
        if !isTaken {
          exchange.delivery = .answer(Reply.failure(bucket.refusal).response(profile))
          return exchange
        }
      }
      let counts = state.counts
      let fault = faults.rules.first { counts.isMeant(by: $0.calls, isWrite: isWrite, isCreate: isCreate) }?.fault
      if let fault, !fault.commits {
        exchange.delivery = Exchange.Delivery(fault.effect, answer: nil, profile)
        return exchange
      }
      let (reply, test) = handler.reply(to: request, faults: faults, now: now, state: &state)
      let answer = reply.response(profile)
      exchange.test = test
      exchange.notes = state.notes
      state.notes = []
      exchange.delivery = fault.map { Exchange.Delivery($0.effect, answer: answer, profile) } ?? .answer(answer)
      return exchange
    }
  }
}

import Basics
import Documents
package import KitProfile
import Synchronization
package import Transport

/// A local Kit: an account that answers calls in the words of a profile.
///
/// It starts no task and never waits: what takes time is data in the `Exchange`, for whoever stands in front of it (a
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

  /// Changes the account from outside, as somebody at Kit's own pages would: drift for tests and rehearsals.
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
        let isTaken = bucket.take(now: now)
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

/// What a call comes to: what the caller sees, and what is to be done beside it.
package struct Exchange: Sendable {
  /// The call's number, from 1.
  package var number: Int
  /// What was asked for; nil for a path that the account does not have.
  package var operation: Operation?
  package var delivery: Delivery
  /// How long the delivery waits.
  package var milliseconds: Int
  /// A test request that a creation wants sent.
  package var test: TestRequest?
  /// What happened in conversations, for a log.
  package var notes: [SandboxEvent] = []

  /// How the caller learns of the answer.
  package enum Delivery: Sendable {
    case answer(HTTPResponse)
    /// The head with the full length, half of the body, and the end of the connection.
    case half(HTTPResponse)
    /// The head at once, then the body a byte at a time, more slowly than any client waits.
    case slow(HTTPResponse)
    /// The end of the connection.
    case close
    /// The end of the connection, by a reset.
    case reset
    /// Nothing.
    case silence

    fileprivate init(_ effect: Faults.Effect, answer: HTTPResponse?, _ profile: APIProfile) {
      switch effect {
      case .close: self = .close
      case .reset: self = .reset
      case .silence: self = .silence
      case .halfBody:
        self = .half(answer ?? Delivery.failure(profile))
      case .slowBody:
        self = .slow(answer ?? Delivery.failure(profile))
      case .status(let status, let retryAfter):
        let failure = Reply.Failure(status, "an error of the sandbox's making", retryAfter: retryAfter)
        self = .answer(Reply.failure(failure).response(profile))
      case .foreign(let status, let text):
        let type = text.hasPrefix("{") ? "application/json" : "text/html"
        self = .answer(HTTPResponse(status: status, headers: [("Content-Type", type)], body: Array(text.utf8)))
      case .denial: self = .answer(Delivery.denial(answer ?? Delivery.failure(profile), profile))
      }
    }

    /// An answer whose `success` is false, whatever else it says.
    private static func denial(_ answer: HTTPResponse, _ profile: APIProfile) -> HTTPResponse {
      let document = JSONComposer.compose(SourceFile(path: "the answer", bytes: answer.body), file: 0).document
      guard case .object(var members)? = document.roots.first.map({ document.json($0) }) else { return answer }
      JSONTree.set(false, at: profile.envelope.success.path, in: &members)
      return HTTPResponse(status: answer.status, headers: answer.headers, body: JSONWriter.bytes(.object(members)))
    }

    /// What is answered where the account did not carry the call out.
    private static func failure(_ profile: APIProfile) -> HTTPResponse {
      Reply.failure(.init(500, "an error of the sandbox's making")).response(profile)
    }
  }
}

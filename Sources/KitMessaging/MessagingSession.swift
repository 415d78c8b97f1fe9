import Synchronization

/// The tokens of one channel, renewed by one task at a time, however many ask.
final class MessagingSession: Sendable {
  private struct State {
    var tokens: SessionTokens?
    /// The renewal in progress; every caller that needs a token waits for it.
    var renewal: Task<Result<SessionTokens, MessagingError>, Never>?
    /// Why the last renewal failed, and until when callers get that failure.
    var failure: (error: MessagingError, until: Duration)?
  }

  /// The pause after a refused login: a loop of sends must not become a loop of logins.
  private static let pauseAfterRefusal = Duration.seconds(5)

  /// How a renewal is wanted.
  enum RenewalWish: Sendable {
    /// A refresh where it can be, else a login.
    case any
    /// A login, whatever tokens are there.
    case login
    /// A refresh and nothing else.
    case refresh
  }

  private let state = Mutex(State())
  private let wire: SessionWire
  /// Time since some moment, on a clock that continues while the machine sleeps.
  private let now: @Sendable () -> Duration

  init(wire: SessionWire, now: @escaping @Sendable () -> Duration) {
    self.wire = wire
    self.now = now
  }

  /// The session's ends, or nil before the first login.
  var expiry: SessionExpiry? { state.withLock { $0.tokens }?.expiry(at: now()) }

  /// A token to send with; `refused` is one that Kit no longer takes, whatever its lifetime says.
  func accessToken(insteadOf refused: String? = nil) async throws(MessagingError) -> String {
    let now = now()
    let tokens = state.withLock { $0.tokens }
    if let tokens, tokens.canSend(at: now), tokens.access != refused { return tokens.access }
    return try await renew(.any) { tokens in
      tokens.canSend(at: now) && tokens.access != refused
    }.access
  }

  /// Renews the tokens as wished and returns them.
  @discardableResult
  func renew(
    _ wish: RenewalWish, unless isGood: @Sendable (SessionTokens) -> Bool = { _ in false }
  ) async throws(MessagingError) -> SessionTokens {
    enum RenewalStep {
      case have(Result<SessionTokens, MessagingError>)
      case wait(Task<Result<SessionTokens, MessagingError>, Never>)
      /// Another renewal is in progress, and does not do what is needed.
      case waitFirst(Task<Result<SessionTokens, MessagingError>, Never>)
    }
    let step: RenewalStep = state.withLock { state in
      // Tokens that came while the caller was on its way here are as good as new ones.
      if let tokens = state.tokens, isGood(tokens) { return .have(.success(tokens)) }
      if let renewal = state.renewal { return wish == .any ? .wait(renewal) : .waitFirst(renewal) }
      if wish == .any, let failure = state.failure, now() < failure.until { return .have(.failure(failure.error)) }
      let old = state.tokens
      // The task has no parent: a cancelled waiter must not cancel it, because others still need the tokens.
      let task = Task { [self] in
        let result = await renewed(old, wish)
        finish(result)
        return result
      }
      state.renewal = task
      return .wait(task)
    }
    switch step {
    case .have(let result): return try result.get()
    case .wait(let task): return try await task.value.get()
    case .waitFirst(let task):
      _ = await task.value
      return try await renew(wish, unless: isGood)
    }
  }

  private func finish(_ result: Result<SessionTokens, MessagingError>) {
    let now = now()
    state.withLock { state in
      state.renewal = nil
      switch result {
      case .success(let tokens): (state.tokens, state.failure) = (tokens, nil)
      case .failure(let error):
        state.failure = error.isLasting ? (error, now + MessagingSession.pauseAfterRefusal) : nil
      }
    }
  }

  private func renewed(_ old: SessionTokens?, _ wish: RenewalWish) async -> Result<SessionTokens, MessagingError> {
    do throws(MessagingError) {
      if let old, wish != .login, wish == .refresh || old.canRefresh(at: now()) {
        do throws(MessagingError) {
          return .success(try await wire.refresh(old.refresh, at: now()))
        } catch {
          // A refresh token that Kit no longer takes, or whose answer got lost, is replaced by a login.
          guard wish == .any, error.isCuredByLogin else { throw error }
        }
      }
      return .success(try await wire.logIn(at: now()))
    } catch {
      return .failure(error)
    }
  }
}

extension MessagingError {
  /// Whether the same call would be refused again a moment later.
  fileprivate var isLasting: Bool {
    switch cause {
    case .credentials, .unknownChannel: true
    default: false
    }
  }

  /// Whether a login may work where a refresh failed in this way.
  fileprivate var isCuredByLogin: Bool {
    switch cause {
    case .credentials, .refusedEvent, .unknownChannel, .service, .network(mayHaveArrived: true): true
    case .configuration, .invalidEvent, .throttled, .network(mayHaveArrived: false), .cancelled: false
    }
  }
}

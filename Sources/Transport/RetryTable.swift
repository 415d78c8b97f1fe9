/// What a call does to the account, and so whether it may be repeated.
package enum MethodKind: Sendable, Equatable, CaseIterable {
  /// Changes nothing.
  case read
  /// Makes something new: a repetition could make it twice.
  case create
  /// States the full wanted value: a repetition changes nothing more.
  case update
  /// Removes something: a repetition finds it gone, and 404 is then success.
  case delete
  /// Sends an event or asks for new tokens: a repetition could do it twice, and a 429 means that it was not taken.
  case message
}

/// How one attempt ended, as far as repeating it is concerned.
package enum CallOutcome: Sendable, Equatable {
  /// An answer that settles the call, whatever it says.
  case answered
  /// 429, with the time that the answer asks for.
  ///
  /// A creation may have been carried out all the same: Kit may pass on the 429 of another service after its own commit.
  case throttled(retryAfter: Duration?)
  /// 503; with the time that the answer asks for.
  case unavailable(retryAfter: Duration?)
  /// The request certainly did not leave.
  case notSent
  /// The request did not leave and will not another time either: the server's certificate is not trusted, the proxy does not
  /// accept the password, or the request is not allowed to leave.
  case notSentForGood
  /// It is unknown whether the request took effect: reset, end of stream, timeout, 408, any other 5xx.
  case ambiguous
  /// The same, and another try would end alike: an answer that is too long; 501, 505 and 511, which a proxy may give after
  /// the commit.
  case ambiguousForGood
  /// The task was cancelled.
  case cancelled

  /// The wait that the answer asks for, however long.
  var stated: Duration? {
    switch self {
    case .throttled(let stated), .unavailable(let stated): stated
    default: nil
    }
  }

  /// The row of an attempt's result.
  ///
  /// `now` is in seconds since 1970, for an HTTP date in `Retry-After` when the answer has no `Date` of its own.
  package init(_ result: Result<HTTPResponse, TransportFailure>, now: Int) {
    switch result {
    case .success(let response):
      switch response.status {
      case 429: self = .throttled(retryAfter: RetryAfter.duration(in: response, now: now))
      case 503: self = .unavailable(retryAfter: RetryAfter.duration(in: response, now: now))
      case 501, 505, 511: self = .ambiguousForGood
      case 408, 500...: self = .ambiguous
      default: self = .answered
      }
    case .failure(.notSent(.certificate)), .failure(.notSent(.proxyCredentials)), .failure(.notSent(.unsendable)):
      self = .notSentForGood
    case .failure(.notSent): self = .notSent
    case .failure(.ambiguous(.tooLarge)): self = .ambiguousForGood
    case .failure(.ambiguous): self = .ambiguous
    case .failure(.cancelled): self = .cancelled
    }
  }
}

/// What follows an attempt.
package enum RetryDecision: Sendable, Equatable {
  case giveUp
  /// Repeat after a time from this range, drawn evenly: full jitter.
  case retry(after: ClosedRange<Duration>)
}

/// Which calls are repeated and when: a pure function of method kind, outcome and attempt.
///
/// | outcome | read | create | update | delete | message |
/// |---|---|---|---|---|---|
/// | not sent | again | again | again | again | again |
/// | not sent for good: certificate, proxy's password, not allowed | – | – | – | – | – |
/// | 429 | again | – | again | again | again |
/// | 503 | again | – | again | again | – |
/// | ambiguous | again | – | again | again | – |
/// | ambiguous for good | – | – | – | – | – |
/// | any other answer, cancelled | – | – | – | – | – |
///
/// A creation is repeated only where it was certainly not sent; its caller searches the account for it first.
///
/// A certificate that is not trusted now will not be in three seconds; every other broken TLS handshake can be a passing
/// one and counts as not sent. A stated `Retry-After` is waited for exactly, up to a minute.
package enum RetryTable {
  /// The greatest number of attempts, the first included.
  package static let attempts = 4
  /// The longest wait before the second attempt.
  package static let base: Duration = .milliseconds(500)
  /// The same after a 429 that states no time.
  package static let throttledBase: Duration = .seconds(1)
  /// What no unstated wait exceeds.
  package static let cap: Duration = .seconds(20)
  /// What no stated wait exceeds.
  package static let statedCap: Duration = .seconds(60)

  /// What follows the attempt of that number, counted from 1.
  package static func decision(_ kind: MethodKind, _ outcome: CallOutcome, attempt: Int) -> RetryDecision {
    guard attempt < attempts else { return .giveUp }
    switch outcome {
    case .answered, .ambiguousForGood, .notSentForGood, .cancelled:
      return .giveUp
    case .notSent:
      return .retry(after: backoff(base, attempt))
    case .throttled(let stated):
      return kind == .create ? .giveUp : .retry(after: stated.map(wait) ?? backoff(throttledBase, attempt))
    case .unavailable(let stated):
      return isRepeatable(kind) ? .retry(after: stated.map(wait) ?? backoff(base, attempt)) : .giveUp
    case .ambiguous:
      return isRepeatable(kind) ? .retry(after: backoff(base, attempt)) : .giveUp
    }
  }

  /// Whether an attempt that ended so may have changed the account though no answer says that it did.
  package static func mayHaveTakenEffect(_ kind: MethodKind, _ outcome: CallOutcome) -> Bool {
    guard kind != .read else { return false }
    switch outcome {
    case .ambiguous, .ambiguousForGood, .unavailable: return true
    case .throttled: return kind == .create
    case .answered, .notSent, .notSentForGood, .cancelled: return false
    }
  }

  /// Whether carrying a call out twice comes to the same as once.
  private static func isRepeatable(_ kind: MethodKind) -> Bool {
    switch kind {
    case .read, .update, .delete: true
    case .create, .message: false
    }
  }

  private static func wait(_ stated: Duration) -> ClosedRange<Duration> {
    let stated = min(stated, statedCap)
    return stated...stated
  }

  private static func backoff(_ base: Duration, _ attempt: Int) -> ClosedRange<Duration> {
    .zero...min(cap, base * (1 << min(attempt - 1, 16)))
  }
}

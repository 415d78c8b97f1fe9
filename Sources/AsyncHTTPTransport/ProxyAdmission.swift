import Basics
import Synchronization
import Transport

/// Shows a proxy the user name and password once, before several requests at a time rely on them.
///
/// Some proxies lock a user out whose password is refused again and again. Until the proxy has opened a tunnel, requests go
/// one by one, and once it has refused the password no other one goes.
final class ProxyAdmission: Sendable {
  private enum Verdict: Equatable {
    case unknown, accepted
    case refused(TransportFailure)
  }

  private let verdict = Mutex(Verdict.unknown)
  private let turnstile = Turnstile(places: 1)

  /// Runs an attempt when it is its turn.
  ///
  /// - Throws: `CancellationError` when the task is cancelled before that.
  func attempt(
    _ body: () async -> Result<HTTPResponse, TransportFailure>
  ) async throws -> Result<HTTPResponse, TransportFailure> {
    guard verdict.withLock({ $0 == .unknown }) else { return await decided(body) }
    return try await turnstile.pass {
      let result = await decided(body)
      learn(from: result)
      return result
    }
  }

  private func decided(
    _ body: () async -> Result<HTTPResponse, TransportFailure>
  ) async -> Result<HTTPResponse, TransportFailure> {
    if case .refused(let failure) = verdict.withLock({ $0 }) { return .failure(failure) }
    return await body()
  }

  private func learn(from result: Result<HTTPResponse, TransportFailure>) {
    switch result {
    case .failure(let failure):
      switch failure {
      case .notSent(.proxyCredentials): verdict.withLock { $0 = .refused(failure) }
      // Behind the tunnel anything may happen; before it, the proxy has not decided.
      case .ambiguous, .notSent(.certificate): verdict.withLock { $0 = .accepted }
      case .notSent, .cancelled: break
      }
    case .success: verdict.withLock { $0 = .accepted }
    }
  }
}

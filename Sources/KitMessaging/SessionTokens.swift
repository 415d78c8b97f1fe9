/// How long a session is good for, from now on.
public struct SessionExpiry: Sendable, Equatable {
  /// Until Kit takes no more events under the session's token: at first 15 minutes.
  public var accessToken: Duration
  /// Until the session can no longer be refreshed and a login is needed: at first 24 hours.
  public var refreshToken: Duration

  /// Times that are left.
  public init(accessToken: Duration, refreshToken: Duration) {
    self.accessToken = accessToken
    self.refreshToken = refreshToken
  }
}

/// The two tokens of a session, with the documented ends of their lives on the client's clock.
struct SessionTokens: Sendable {
  var access: String
  var refresh: String
  var accessEnds: Duration
  var refreshEnds: Duration

  /// The documented lifetimes, and how long before their ends tokens are no longer used.
  static let accessLifetime = Duration.seconds(15 * 60)
  static let refreshLifetime = Duration.seconds(24 * 60 * 60)
  static let margin = Duration.seconds(60)

  /// Tokens that were asked for at a time; the answer came later, so that they live a little longer than this.
  init(access: String, refresh: String, askedAt now: Duration) {
    self.access = access
    self.refresh = refresh
    accessEnds = now + SessionTokens.accessLifetime
    refreshEnds = now + SessionTokens.refreshLifetime
  }

  func canSend(at now: Duration) -> Bool { now < accessEnds - SessionTokens.margin }

  func canRefresh(at now: Duration) -> Bool { now < refreshEnds - SessionTokens.margin }

  func expiry(at now: Duration) -> SessionExpiry {
    SessionExpiry(accessToken: max(.zero, accessEnds - now), refreshToken: max(.zero, refreshEnds - now))
  }
}

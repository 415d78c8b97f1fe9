/// Where a custom channel is and who speaks for it.
public struct MessagingConfiguration: Sendable {
  /// Kit's messaging host, such as `kit-im-eu.voximplant.com`; for a local Kit `http://127.0.0.1:PORT`.
  public var host: String
  /// The account's name; the API calls it domain.
  public var account: String
  /// An API token of the account.
  public var apiToken: String
  /// The channel's UUID, as Kit's channel settings and `kitform output` show it.
  public var channelUUID: String
  /// How many requests are in progress at once.
  public var parallelism: Int
  /// Paths and names of the messaging API, as documented.
  public var endpoints: MessagingEndpoints

  /// A configuration; `host`, `account`, `apiToken` and `channelUUID` belong together.
  public init(
    host: String, account: String, apiToken: String, channelUUID: String, parallelism: Int = 16,
    endpoints: MessagingEndpoints = MessagingEndpoints()
  ) {
    self.host = host
    self.account = account
    self.apiToken = apiToken
    self.channelUUID = channelUUID
    self.parallelism = parallelism
    self.endpoints = endpoints
  }
}

extension MessagingConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The configuration without its token.
  public var description: String { "channel \(channelUUID) of \(account) at \(host)" }
  /// The configuration without its token.
  public var debugDescription: String { description }
  /// The configuration without its token.
  public var customMirror: Mirror { Mirror(self, children: ["channel": description]) }
}

/// The paths and names of the messaging API; they are documented, and can be replaced here.
public struct MessagingEndpoints: Sendable, Equatable {
  /// The path of the login.
  public var login = "/api/v3/botService/login"
  /// The path of a refresh.
  public var refresh = "/api/v3/botService/refreshToken"
  /// `{uuid}` stands for the channel's UUID.
  public var message = "/{uuid}"
  /// The parameter of the login that holds the account's name.
  public var accountName = "domain"
  /// Whether the account's name travels in the query of the login.
  public var accountInQuery = true
  /// The parameter of the login that holds the API token.
  public var apiToken = "access_token"
  /// Whether the API token travels in the query of the login, as documented, or in its body.
  public var apiTokenInQuery = true
  /// The form field of the login that holds the channel's UUID.
  public var channel = "channel_uuid"
  /// The member of an answer's result that holds the session's token.
  public var accessToken = "access_token"
  /// The member of an answer's result, and the form field of a refresh, that holds the token for a new session.
  public var refreshToken = "refresh_token"

  /// The documented paths and names.
  public init() {}
}

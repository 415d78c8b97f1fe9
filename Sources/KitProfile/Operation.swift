/// What Kitform asks of an account; a profile says under which path, or leaves an operation out.
package enum Operation: String, Sendable, Hashable, CaseIterable {
  case account
  case listQueues, listSkills, listTopicSets, listFunctions, listAPITokens
  case listChannels, createChannel, updateChannel, deleteChannel
  /// One channel by its id, read right before an update that writes an object whole.
  case readChannel
  /// The custom channel at run time, on the messaging host.
  case login, refresh, message

  /// What a failure calls the operation: "could not list the queues".
  package var words: String {
    switch self {
    case .account: "read the account"
    case .listQueues: "list the queues"
    case .listSkills: "list the skills"
    case .listTopicSets: "list the topic sets"
    case .listFunctions: "list the functions"
    case .listAPITokens: "list the API tokens"
    case .listChannels: "list the channels"
    case .createChannel: "create the channel"
    case .updateChannel: "update the channel"
    case .deleteChannel: "delete the channel"
    case .readChannel: "read the channel"
    case .login: "log in to the channel"
    case .refresh: "refresh the channel's session"
    case .message: "send the message"
    }
  }

  /// Whether the operation changes the account.
  package var isWrite: Bool {
    switch self {
    case .createChannel, .updateChannel, .deleteChannel: true
    default: false
    }
  }
}

/// Where a profile has an operation.
package struct APIMethod: Sendable, Hashable {
  /// The path with its leading slash; `{uuid}` stands for a channel's UUID in the path of messages.
  package var path: String
  /// Whether the token travels in the query, as Kit documents for `login` alone; elsewhere it is in the body.
  package var tokenInQuery: Bool
  /// The profile's line that says so, from 1, so that an error can name it.
  package var line: Int

  package init(path: String, tokenInQuery: Bool = false, line: Int) {
    self.path = path
    self.tokenInQuery = tokenInQuery
    self.line = line
  }
}

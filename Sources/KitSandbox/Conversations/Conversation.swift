package import Basics

/// A customer's conversation in one custom channel, as agents would see it; it lives as long as the sandbox runs.
package struct Conversation: Sendable, Equatable {
  package var id: Int
  /// The channel's id.
  package var channel: Int
  package var channelUUID: String
  package var clientID: String
  package var clientName: String?
  /// The last messages, the newest at the end.
  package private(set) var messages: [ConversationEntry] = []
  /// How many messages there were in all.
  package private(set) var count = 0
  /// When something last happened, in milliseconds of the sandbox's clock.
  package private(set) var lastActivity: Int
  /// Why the conversation was closed; nil while it is open.
  package var closeReason: ClosingReason?

  /// How many messages are kept.
  package static let kept = 100

  package init(id: Int, channel: SandboxChannel, clientID: String, at now: Int) {
    self.id = id
    self.channel = channel.id
    channelUUID = channel.uuid
    self.clientID = clientID
    lastActivity = now
  }

  /// One message.
  package struct ConversationEntry: Sendable, Equatable {
    package var author: Author
    package var text: String
    /// How many attachments it has.
    package var attachments: Int
  }

  /// Who writes.
  package enum Author: String, Sendable, CaseIterable { case client, agent, bot }

  /// Kit's four reasons.
  package enum ClosingReason: String, Sendable, CaseIterable {
    case byAgent = "CLOSED_BY_AGENT"
    case byBot = "CLOSED_BY_BOT"
    case byClientTimeout = "CLOSED_BY_CLIENT_TIMEOUT"
    case byUnknownReason = "CLOSED_BY_UNKNOWN_REASON"
  }

  package mutating func add(_ entry: ConversationEntry, at now: Int) {
    if messages.count == Conversation.kept { messages.removeFirst() }
    messages.append(entry)
    count += 1
    lastActivity = now
  }

  /// When the channel's own closing time elapses, in milliseconds; nil where it has none.
  ///
  /// After a message of a bot the customer has the closing time for bot conversations; otherwise the one for agent and
  /// unassigned conversations runs since the last message.
  func due(_ channel: SandboxChannel) -> Int? {
    let seconds = messages.last?.author == .bot ? channel.closingBot : channel.closingAgent
    return seconds.map { lastActivity + $0 * 1000 }
  }

  package var json: JSONValue {
    [
      "id": .integer(id), "channel": .integer(channel), "channelUUID": .string(channelUUID),
      "clientID": .string(clientID), "clientName": .text(clientName),
      "status": closeReason == nil ? "open" : "closed", "closeReason": .text(closeReason?.rawValue),
      "messageCount": .integer(count),
      "messages": .array(
        messages.map {
          ["from": .string($0.author.rawValue), "text": .string($0.text), "attachments": .integer($0.attachments)]
        }),
    ]
  }
}

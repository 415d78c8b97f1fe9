package import KitProfile

/// How the account takes nested objects of updates, and what it shows of a channel access token.
package struct ObjectHabits: Sendable, Equatable {
  /// Whether a nested object that is sent becomes the new value; nil for what the profile says.
  package var update: ChannelMembers.ObjectUpdate?
  package var accessTokens = TokenDisplay.hidden

  package init(update: ChannelMembers.ObjectUpdate? = nil, accessTokens: TokenDisplay = .hidden) {
    self.update = update
    self.accessTokens = accessTokens
  }

  /// How a channel's object has its access token, of which the account keeps a hash.
  package enum TokenDisplay: Sendable {
    /// Not at all: a client has to know the value to write the object that holds it.
    case hidden
    /// As a mask, which a careless client writes back.
    case masked
    /// As it is, where it was sent to this run of the sandbox.
    case shown
  }
}

package import Basics

/// A channel as the account keeps it.
package struct SandboxChannel: Sendable, Equatable {
  package var id: Int
  package var uuid: String
  /// The kind's name, `ok` or `custom`; for a kind that the sandbox does not know, its name on the wire (`telegram`).
  package var kind: String
  package var name: String
  package var route: Route?
  /// "Max. closing time for agent and unassigned conversations", in seconds.
  package var closingAgent: Int?
  /// "Max. closing time for bot conversations", in seconds.
  package var closingBot: Int?
  package var useTags = false
  /// The id of the topic set; it stays while the switch is off.
  package var topicSet: Int?
  package var useTopicSet = false
  /// The skills with their levels, in the order in which they were sent.
  package var skills: [Skill] = []
  package var callbackURL: String?
  /// The id of the API token that signs the channel's events.
  package var apiToken: Int?
  /// The hash of the channel access token; the value itself is never kept.
  package var accessToken: SaltedHash?
  /// The security salt, made at creation; empty for kinds that have none.
  package var salt = ""
  /// Members of the channel's object that the sandbox does not know, by their names on the wire; one that is in a
  /// nested object is in an object of that name here.
  package var unknown: [JSONValue.Member] = []

  package init(id: Int, uuid: String, kind: String, name: String) {
    self.id = id
    self.uuid = uuid
    self.kind = kind
    self.name = name
  }

  /// Where a channel's messages go.
  package enum Route: Sendable, Equatable {
    case queue(Int)
    case function(Int)
  }

  /// One skill and its level.
  package struct Skill: Sendable, Equatable {
    package var id: Int
    package var level: Int

    package init(id: Int, level: Int) {
      self.id = id
      self.level = level
    }
  }

  /// What Kit fills in where a creation says nothing about closing times: a day (assumed).
  package static let defaultClosing = 86_400
}

package import Basics
package import Documents
package import Manifest

/// What is assumed of an account's API, as data: paths, wire names, units, paging, and where the credentials go.
///
/// Client and sandbox share it, so that a renamed profile works with both. The names of a profile are in its YAML file
/// alone.
package struct APIProfile: Sendable {
  package enum ProfileStatus: String, Sendable, CaseIterable {
    /// It is not checked against an account: writes need a flag.
    case unconfirmed
    case confirmed
  }

  package var name: String
  package var status: ProfileStatus
  /// Polite calls a second.
  package var rate: Int
  package var credentials: Credentials
  /// Where each operation is; one that is missing is not available.
  package var methods: [Operation: APIMethod]
  package var envelope: EnvelopeMembers
  package var paging: Paging
  package var switches: Switches
  package var account: AccountMembers
  /// Members of the account objects, by kind; none for a kind that the profile leaves out.
  package var objects: [ReferenceKind: ObjectMembers]
  package var channel: ChannelMembers
  package var botService: BotServiceMembers
  /// What the file says; see `ProfileContent`.
  package let content: JSONValue
  /// The file as it was read.
  package let source: SourceFile

  /// Whether a write to a host needs acceptance on the command line, because the profile is not confirmed.
  ///
  /// Loopback is free, because it has no real account.
  package func refusesWrites(to host: String) -> Bool { status == .unconfirmed && !HostClass.isLoopback(host) }

  /// The profile's text, as `kitform profile show` prints it.
  package var rendered: String { String(decoding: source.bytes, as: UTF8.self) }

  /// Where an operation is, or nil where the profile leaves it out.
  package subscript(operation: Operation) -> APIMethod? { methods[operation] }

  /// The operation that lists a kind of account objects.
  package static func listing(of kind: ReferenceKind) -> Operation {
    switch kind {
    case .queue: .listQueues
    case .function: .listFunctions
    case .topicSet: .listTopicSets
    case .skill: .listSkills
    case .apiToken: .listAPITokens
    }
  }

  /// The names under which the account's name and token travel.
  package struct Credentials: Sendable, Hashable {
    package var account: String
    package var accountLocation: ParameterLocation
    /// Always in the body, but for a method with `tokenInQuery`.
    package var token: String
  }

  /// Paths of the parts that every answer has.
  package struct EnvelopeMembers: Sendable, Hashable {
    package var success: ReadMember
    package var result: ReadMember
    /// Kit's words for a failure.
    package var error: ReadMember
    /// Kit's number for a failure.
    package var code: ReadMember?
  }

  /// How a form field spells a boolean; JSON inside a form field has `true` and `false`.
  package struct Switches: Sendable, Hashable {
    package var on: String
    package var off: String
  }

  /// Members of the account's information.
  package struct AccountMembers: Sendable, Hashable {
    package var name: ReadMember
    package var contactCentre: ReadMember?
    package var functions: ReadMember?
  }

  /// Members of one kind of account objects.
  package struct ObjectMembers: Sendable, Hashable {
    package var id: ReadMember
    package var title: ReadMember
    /// The switch of an object that was deleted and is listed all the same.
    package var deleted: ReadMember?
    /// A queue's "Max. waiting time" for conversations.
    package var maxWaitingTime: ReadMember?
    package var unit: DurationUnit
  }

  /// Names of the custom channel's session.
  package struct BotServiceMembers: Sendable, Hashable {
    /// The form field of the login that holds the channel's UUID.
    package var channel: String
    /// The session's token in the answer's result.
    package var accessToken: String
    /// The token for a new session, in the answer's result and in the form of `refresh`.
    package var refreshToken: String
  }
}

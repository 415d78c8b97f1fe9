package import Documents
package import Manifest

/// An apply in progress, as the state keeps it before the first call: what recovery needs after a crash.
package struct RunRecord: Sendable, Equatable {
  package var id: String
  package var command: String
  package var digest: String
  /// UTC, ISO 8601.
  package var started: String
  /// The host and process, or the CI job's URL.
  package var who: String
  /// Every channel id that was listed, of a kind that Kitform knows, or stood in the state before the first call.
  package var known: [Int]
  package var operations: [Operation]

  package init(
    id: String, command: String, digest: String, started: String, who: String, known: [Int], operations: [Operation]
  ) {
    self.id = id
    self.command = command
    self.digest = digest
    self.started = started
    self.who = who
    self.known = known
    self.operations = operations
  }

  /// One call that the run wants to make.
  package struct Operation: Sendable, Equatable {
    /// The number within the run, from 1; the journal refers to it.
    package var number: Int
    package var address: Address
    package var action: Action
    /// The natural key, with the address's kind: the display name after the operation.
    package var name: String
    /// The channel's id; nil for a create.
    package var channelID: Int?
    package var uuid: String?
    /// Where the manifest has the channel.
    package var source: SourcePosition?
    package var isProtected: Bool
    /// The whole entry's fields as they will stand in the state once the operation is done; secrets as references with fingerprints.
    package var wanted: [State.AppliedField]

    package init(
      number: Int, address: Address, action: Action, name: String, channelID: Int?, uuid: String?,
      source: SourcePosition?, isProtected: Bool, wanted: [State.AppliedField]
    ) {
      self.number = number
      self.address = address
      self.action = action
      self.name = name
      self.channelID = channelID
      self.uuid = uuid
      self.source = source
      self.isProtected = isProtected
      self.wanted = wanted
    }
  }
}

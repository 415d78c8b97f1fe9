package import Documents
package import Manifest

// Circle with State.swift: a state holds the record of an unfinished run, and a record holds fields as a state does.

/// An apply in progress, as the state keeps it before the first call: what recovery needs after a crash.
package struct RunRecord: Sendable, Equatable {
  package var id: String
  package var command: String
  package var digest: String
  /// UTC, ISO 8601.
  package var started: String
  /// The host and process, or the CI job's URL.
  package var who: String
  /// Every channel id that was listed, of a kind that Kitform knows, or was in the state before the first call.
  package var known: [Int]
  package var operations: [RunOperation]
  /// For how many seconds a written state proves that the run holds its lock (`RunFence`); nil in records that do not say it.
  package var fence: Int?
  /// Whether another run took over the lock: calls of this run may be in progress until its fence has closed.
  package var isTakenOver: Bool

  package init(
    id: String, command: String, digest: String, started: String, who: String, known: [Int], operations: [RunOperation],
    fence: Int? = nil, isTakenOver: Bool = false
  ) {
    self.id = id
    self.command = command
    self.digest = digest
    self.started = started
    self.who = who
    self.known = known
    self.operations = operations
    self.fence = fence
    self.isTakenOver = isTakenOver
  }

  /// One call that the run wants to make.
  package struct RunOperation: Sendable, Equatable {
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
    /// The whole entry's fields as the state will have them once the operation is done; secrets as references with fingerprints.
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

extension RunRecord {
  /// Which run it is: "the apply of 2026-05-04 12:04 UTC by ci-7".
  package var words: String { "the \(command) of \(RunRecord.minute(of: started)) by \(who)" }

  /// What can be said of it without the lock, which the run may still hold.
  package var unfinished: String { "\(words) has not finished (it may still be running)" }

  /// The addresses whose outcome is open, the first few by name.
  package var open: String {
    let limit = 10
    let named = operations.prefix(limit).map { $0.address.description }
    guard operations.count > limit else { return Words.list(named) }
    return "\(named.map { "`\($0)`" }.joined(separator: ", ")) and \(operations.count - limit) more"
  }

  /// What becomes of it, as the end of a sentence: an apply finds out all but a creation that nothing shows.
  package var remedy: String {
    let apply = "run `kitform apply`, which finds out what was done"
    guard let creation = operations.first(where: { $0.action == .create }) else { return apply }
    return
      "\(apply); where it says that a creation is uncertain, `kitform state resolve \(creation.address) --uuid UUID` settles it"
  }

  /// `2026-05-04 12:04 UTC` of `2026-05-04T12:04:09Z`; another text as it is.
  private static func minute(of time: String) -> String {
    let parts = time.split(separator: "T")
    guard parts.count == 2, parts[1].utf8.count >= 5 else { return time }
    return "\(parts[0]) \(parts[1].prefix(5)) UTC"
  }
}

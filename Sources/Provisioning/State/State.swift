package import Basics
package import Documents
package import Manifest

/// What Kitform remembers of an environment: which channels it manages, and what it last applied to them.
package struct State: Sendable, Equatable {
  /// The version of this form; a newer one is refused, never guessed at.
  package static let version = 1

  /// Who this history belongs to, made once: 32 hexadecimal digits.
  package var lineage: String
  /// Grows by one with every write.
  package var serial: Int
  package var environment: String
  package var account: AccountBinding
  /// The digest of the API profile of the last apply; nil for the built-in one.
  ///
  /// It is beside the account's binding, not in it: another profile is shown in the plan and blocks no command.
  package var profile: String?
  /// Managed channels, sorted by address.
  package var channels: [Entry]
  /// The apply that has begun and not ended, or nil.
  package var run: RunRecord?
  /// The limits that the last apply ran under; loosening them is a change of its own.
  package var guards: GuardLimits?
  /// The profile under which an update of a kind was last verified, by the kind's name (`Remote.profileIdentity`).
  package var profiles: [String: String] = [:]
  /// Approvals that were used, newest last, at most 200.
  package var approvals: [SpentApproval]
  /// Past runs, newest last, at most 50.
  package var history: [PastRun]

  package init(
    lineage: String, serial: Int, environment: String, account: AccountBinding, channels: [Entry] = [],
    run: RunRecord? = nil, guards: GuardLimits? = nil, approvals: [SpentApproval] = [], history: [PastRun] = []
  ) {
    self.lineage = lineage
    self.serial = serial
    self.environment = environment
    self.account = account
    self.channels = channels
    self.run = run
    self.guards = guards
    self.approvals = approvals
    self.history = history
  }

  /// The entry of an address, or nil.
  package subscript(address: Address) -> Entry? {
    get {
      let index = index(of: address)
      return index < channels.endIndex && channels[index].address == address ? channels[index] : nil
    }
    set {
      let index = index(of: address)
      let exists = index < channels.endIndex && channels[index].address == address
      switch (newValue, exists) {
      case (let entry?, true): channels[index] = entry
      case (let entry?, false): channels.insert(entry, at: index)
      case (nil, true): channels.remove(at: index)
      case (nil, false): break
      }
    }
  }

  /// The index of an address among the sorted channels, or its insertion point.
  private func index(of address: Address) -> Int {
    var low = channels.startIndex
    var high = channels.endIndex
    while low < high {
      let middle = (low + high) / 2
      if channels[middle].address < address { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The account that a state belongs to; every command refuses it for another one.
  package struct AccountBinding: Sendable, Hashable {
    package var host: String
    package var name: String
    package var isSandbox: Bool

    package init(host: String, name: String, isSandbox: Bool) {
      self.host = host
      self.name = name
      self.isSandbox = isSandbox
    }
  }

  /// One managed channel.
  package struct Entry: Sendable, Equatable {
    package var address: Address
    package var id: Int
    package var uuid: String
    package var name: String
    /// Where the manifest had it at the last apply.
    package var source: SourcePosition?
    /// What was last applied, by field name in form order; a secret as its reference.
    package var applied: [AppliedField]
    package var isProtected: Bool

    package init(
      address: Address, id: Int, uuid: String, name: String, source: SourcePosition?, applied: [AppliedField],
      isProtected: Bool
    ) {
      self.address = address
      self.id = id
      self.uuid = uuid
      self.name = name
      self.source = source
      self.applied = applied
      self.isProtected = isProtected
    }

    /// The applied value of a field, or nil when the last apply did not manage it.
    package func applied(_ field: String) -> AppliedField? { applied.first { $0.name == field } }

    /// Forgets the secrets that an update of unknown outcome would have changed: neither value is known to be in Kit.
    mutating func forgetSecrets(changedBy wanted: [AppliedField]) {
      applied.removeAll { field in
        field.isSecret && wanted.contains { $0.name == field.name && $0 != field }
      }
    }
  }

  /// One field as it was last applied.
  package struct AppliedField: Sendable, Equatable {
    package var name: String
    package var value: JSONValue
    /// For a value from a secret reference: how to see that it has changed.
    package var fingerprint: SecretFingerprint?
    /// What the account showed after the apply that wrote the value, where that was another one.
    package var readBack: ReadBack?

    package init(name: String, value: JSONValue, fingerprint: SecretFingerprint? = nil) {
      self.name = name
      self.value = value
      self.fingerprint = fingerprint
    }

    /// The same field of a channel that goes from one address to another: its fingerprint is still that of the old one.
    package func moved(from old: Address, to new: Address) -> AppliedField {
      guard let origin = fingerprint.map({ $0.address ?? old }) else { return self }
      var field = self
      field.fingerprint?.address = origin == new ? nil : origin
      if case .fingerprint(var shown)? = readBack {
        let origin = shown.address ?? old
        shown.address = origin == new ? nil : origin
        field.readBack = .fingerprint(shown)
      }
      return field
    }
  }

  /// A value that an apply read back, where it is not the one that was written.
  package enum ReadBack: Sendable, Equatable {
    /// As `Value.json` writes it.
    case value(JSONValue)
    /// The fingerprint of a readable value whose field comes from a secret reference.
    case fingerprint(SecretFingerprint)
  }

  /// A spent approval.
  package struct SpentApproval: Sendable, Equatable {
    package var digest: String
    /// UTC, ISO 8601.
    package var at: String
    package var serial: Int

    package init(digest: String, at: String, serial: Int) {
      self.digest = digest
      self.at = at
      self.serial = serial
    }
  }

  /// One past run.
  package struct PastRun: Sendable, Equatable {
    package var id: String
    package var command: String
    package var digest: String
    /// UTC, ISO 8601.
    package var started: String
    package var ended: String
    package var who: String
    package var outcome: String
    package var commit: String?
    /// What the run changed, in the plan's order; empty in runs of before this was kept.
    package var changes: [PastChange]
    /// How many changes of the run are left out to keep the state small.
    package var omitted: Int

    package init(
      id: String, command: String, digest: String, started: String, ended: String, who: String, outcome: String,
      commit: String?, changes: [PastChange] = [], omitted: Int = 0
    ) {
      self.id = id
      self.command = command
      self.digest = digest
      self.started = started
      self.ended = ended
      self.who = who
      self.outcome = outcome
      self.commit = commit
      self.changes = changes
      self.omitted = omitted
    }
  }
}

extension State {
  /// Whether this state is a later one of the same history: it has a higher serial, and knows the last run of `earlier`.
  package func continues(_ earlier: State) -> Bool {
    lineage == earlier.lineage && serial > earlier.serial
      && earlier.history.last.map { last in history.contains { $0.id == last.id } } ?? true
  }

  /// The same state as the one that follows `serial`.
  package func following(_ serial: Int) -> State {
    var state = self
    state.serial = serial + 1
    return state
  }
}

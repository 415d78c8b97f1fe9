package import Documents
package import Manifest

/// What changed in Kit since the last apply: a complete value, from which every report of it is made.
///
/// A field drifted where the account has another value than the last apply left there, and the manifests do not want that
/// value already. A field that the manifests no longer write is left to Kit, so it does not drift.
package struct Drift: Sendable, Equatable {
  package var environment: String
  package var account: State.AccountBinding
  /// Whether there is a state at all; without one nothing was ever applied, and nothing can have drifted.
  package var hasState: Bool
  /// Channels that changed in Kit or are gone from it, sorted by address.
  package var channels: [DriftedChannel] = []
  /// Values that the last apply sent and nobody can read back, sorted by address, in form order.
  package var unreadable: [Unreadable] = []
  /// Managed channels that were compared.
  package var compared = 0
  /// Calls made to read the account.
  package var reads = 0
  /// Operations left open by an interrupted apply, in words.
  package var interrupted: [String] = []

  package init(environment: String, account: State.AccountBinding, hasState: Bool) {
    self.environment = environment
    self.account = account
    self.hasState = hasState
  }

  /// Whether nothing changed, as far as is known.
  package var isEmpty: Bool { channels.isEmpty }

  /// A value of which nobody can tell whether it changed in Kit.
  package struct Unreadable: Sendable, Equatable {
    package var address: Address
    package var field: String
    /// Why, as the end of a sentence that begins with "it".
    package var reason: String

    package init(address: Address, field: String, reason: String) {
      self.address = address
      self.field = field
      self.reason = reason
    }
  }
}

/// One managed channel that changed in Kit, or is gone from it.
package struct DriftedChannel: Sendable, Equatable {
  /// The address in the manifests, after the moves that they ask for.
  package var address: Address
  package var id: Int
  package var uuid: String
  /// The display name: the account's, or that of the last apply for a channel that is gone.
  package var name: String
  /// The account has no such channel any more.
  package var isMissing: Bool
  /// The channel's place in the manifests, now or at the last apply.
  package var source: Change.Source?
  /// In the order of the kind's form; empty for a channel that is gone.
  package var fields: [DriftedField]

  package init(
    address: Address, id: Int, uuid: String, name: String, isMissing: Bool, source: Change.Source?,
    fields: [DriftedField] = []
  ) {
    self.address = address
    self.id = id
    self.uuid = uuid
    self.name = name
    self.isMissing = isMissing
    self.source = source
    self.fields = fields
  }
}

/// One field of a channel, from its three sides.
package struct DriftedField: Sendable, Equatable {
  package var name: String
  /// What the last apply left.
  package var applied: FieldValue
  /// What Kit has now.
  package var account: FieldValue
  /// What the manifests want; absent for a channel that they no longer have.
  package var manifest: FieldValue
  /// Where the manifests say so.
  package var source: SourcePosition?
  /// What the values do not say: the host of a hidden URL.
  package var note: String?

  package init(
    name: String, applied: FieldValue, account: FieldValue, manifest: FieldValue, source: SourcePosition?,
    note: String? = nil
  ) {
    self.name = name
    self.applied = applied
    self.account = account
    self.manifest = manifest
    self.source = source
    self.note = note
  }

  /// Whether the values come from a secret reference, so that nothing of them is shown.
  package var isSecret: Bool { if case .secret = account { true } else { false } }
}

extension Drift {
  /// The drift as changes that Kit went through: what was applied before, what the account has after.
  ///
  /// A channel that is gone from the account is forgotten. Reports that draw plans draw these.
  package var changes: [Change] {
    channels.map { channel in
      Change(
        address: channel.address, action: channel.isMissing ? .forget : .update, id: channel.id, uuid: channel.uuid,
        name: channel.name, cause: .account, impact: channel.isMissing ? ["it is gone from Kit"] : [],
        isProtected: false, source: channel.source,
        fields: channel.fields.map { field in
          FieldChange(
            name: field.name, before: field.applied, after: field.account, secret: field.isSecret ? .changed : nil,
            cause: .account, source: field.source, note: field.note)
        })
    }
  }
}

/// What became of a drift that was to be written into the manifests.
package struct DriftOutcome: Sendable, Equatable {
  package var written: [Written]
  /// What is left to a person, sorted by address and field.
  package var left: [Left]

  package init(written: [Written] = [], left: [Left] = []) {
    self.written = written
    self.left = left
  }

  /// A value that the manifests say now.
  package struct Written: Sendable, Equatable {
    package var address: Address
    package var field: String
    /// The file, relative to the project.
    package var file: String

    package init(address: Address, field: String, file: String) {
      self.address = address
      self.field = field
      self.file = file
    }
  }

  /// A value, or a whole channel, that was left alone.
  package struct Left: Sendable, Equatable {
    package var address: Address
    /// Nil where it concerns the whole channel.
    package var field: String?
    /// Why, one sentence without a full stop.
    package var reason: String
    /// What to write into the channel by hand; nil where that would not help.
    package var yaml: String?
    /// The place of the present value.
    package var source: SourcePosition?

    package init(address: Address, field: String?, reason: String, yaml: String?, source: SourcePosition?) {
      self.address = address
      self.field = field
      self.reason = reason
      self.yaml = yaml
      self.source = source
    }
  }
}

package import Basics
package import Documents
package import Manifest

/// Why a field or channel differs, from the three-way comparison of manifest, last applied and account.
package enum Cause: String, Sendable {
  /// Changed here.
  case manifest
  /// Changed in Kit since the last apply (drift).
  case account
  /// Changed on both sides: a conflict.
  case both
}

/// One change of a plan: it has everything that a report needs, as text or value.
package struct Change: Sendable, Equatable {
  package var address: Address
  package var action: Action
  /// The account's id; nil for a create.
  package var id: Int?
  package var uuid: String?
  /// The display name, before a delete or after anything else.
  package var name: String
  package var movedFrom: Address?
  /// Why the channel changes as a whole: `account` for a create of a channel that is gone from the account.
  package var cause: Cause
  /// What the change does to people, one sentence each.
  package var impact: [String]
  package var isProtected: Bool
  package var source: Source?
  /// In the order of the kind's form.
  package var fields: [FieldChange]
  /// Named for the guards: in `removed` or by a flag; the words say where.
  package var named: String?
  /// What the state holds for the address once the change is done; empty for a delete or forget.
  package var wanted: [State.AppliedField]
  /// A fingerprint of the account's object as it was read; nil for a create.
  package var precondition: String?
  /// A fingerprint of the state's entry that the change was planned on; nil where the state had none.
  package var memory: String?
  /// Members that the update may lose because the account does not show them and `--accept-loss` names them, sorted.
  package var losses: [String] = []

  package init(
    address: Address, action: Action, id: Int?, uuid: String?, name: String, movedFrom: Address? = nil,
    cause: Cause = .manifest, impact: [String] = [], isProtected: Bool, source: Source?, fields: [FieldChange] = [],
    named: String? = nil, wanted: [State.AppliedField] = [], precondition: String? = nil, memory: String? = nil
  ) {
    self.address = address
    self.action = action
    self.id = id
    self.uuid = uuid
    self.name = name
    self.movedFrom = movedFrom
    self.cause = cause
    self.impact = impact
    self.isProtected = isProtected
    self.source = source
    self.fields = fields
    self.named = named
    self.wanted = wanted
    self.precondition = precondition
    self.memory = memory
  }

  /// Whether applying it calls the account.
  ///
  /// An update whose only field is `protect` changes the state alone, as adopt, move, forget and release do.
  package var isCall: Bool {
    switch action {
    case .create, .delete: true
    case .update: fields.contains { $0.isSent }
    case .adopt, .move, .forget, .release: false
    }
  }

  /// The display name that the account shows until the change is carried out.
  package var shownName: String {
    for field in fields where field.name == "name" {
      if case .value(let json) = field.before, case .text(let text)? = Value(json: json) { return text }
    }
    return name
  }

  /// Where a change comes from.
  package struct Source: Sendable, Equatable {
    package var position: SourcePosition
    /// The place is that of the channel at the last apply; it is gone from the manifests.
    package var isGone: Bool

    package init(_ position: SourcePosition, isGone: Bool = false) {
      self.position = position
      self.isGone = isGone
    }
  }
}

/// One field of a change.
package struct FieldChange: Sendable, Equatable {
  package var name: String
  package var before: FieldValue
  package var after: FieldValue
  /// What the last apply set, for a conflict or drift; nil otherwise.
  package var applied: FieldValue?
  package var secret: SecretState?
  package var cause: Cause
  package var source: SourcePosition?
  /// What the values do not say: why a secret is sent again, or which host a hidden URL has. Never part of a digest.
  package var note: String?

  package init(
    name: String, before: FieldValue, after: FieldValue, applied: FieldValue? = nil, secret: SecretState? = nil,
    cause: Cause, source: SourcePosition?, note: String? = nil
  ) {
    self.name = name
    self.before = before
    self.after = after
    self.applied = applied
    self.secret = secret
    self.cause = cause
    self.source = source
    self.note = note
  }

  /// The field that guards a channel against deletion: Kitform's own, kept in the state and never sent.
  package static let protection = "protect"

  /// Whether an update or a create sends the field; not so for what is released, kept in the state alone or not compared.
  package var isSent: Bool {
    after != .absent && secret != .same && secret != .notCompared && !isProtection
  }

  /// What is known of a secret's change.
  package enum SecretState: String, Sendable {
    case set, changed, same
    /// Sent although it is the same or not compared, because an object that holds it is written whole.
    case again
    case notCompared = "not-compared"
  }
}

/// A field's value on one side of a change.
package enum FieldValue: Sendable, Equatable {
  /// As `Value.json` writes it.
  case value(JSONValue)
  /// Not managed, or not there.
  case absent
  /// Never shown; after the change, the reference that it comes from.
  case secret(SecretReference?)
  /// The account does not show it.
  case unknown
}

/// Members of a channel.
package struct ChannelMembers: Sendable, Hashable {
  package var id: WirePath
  package var uuid: ReadMember
  /// The member that says the channel's kind.
  package var type: WirePath
  /// The salt that Kit makes; nil where the account does not show it.
  package var salt: ReadMember?
  /// The switch of a channel that was deleted and is listed all the same; nil where the account lists none.
  package var deleted: ReadMember?
  /// The unit of durations.
  package var unit: DurationUnit
  /// Members that hold secrets; a path of one name counts at any depth.
  package var secrets: [[String]]
  /// Members that change by themselves; a path of one name counts at any depth.
  package var volatile: [[String]]
  /// Members that say who changed a channel and when; a path of one name counts at any depth.
  package var authorship: [[String]]
  /// Members that are shown and never sent; a path of one name counts at any depth.
  package var readOnly: [[String]] = []
  /// What an update does with the members of a nested object that it leaves out.
  package var update = ObjectUpdate.replace
  /// Fields that all kinds share, in the file's order.
  package var fields: [NamedField]
  package var kinds: [KindMembers]

  /// One field with its name in manifests (`closing.agent`).
  package struct NamedField: Sendable, Hashable {
    package var name: String
    package var field: WireField
    /// The profile's line, from 1.
    package var line: Int
  }

  /// One kind with its name in manifests (`ok`).
  package struct KindMembers: Sendable, Hashable {
    package var name: String
    /// What the account calls the kind (`odnoklassniki`).
    package var type: String
    /// Fields of this kind alone; they win over shared ones.
    package var fields: [NamedField]
    /// The profile's line, from 1.
    package var line: Int
  }

  /// How an account takes a nested object of an update.
  package enum ObjectUpdate: String, Sendable, Hashable, CaseIterable {
    /// The object becomes the new value: an update writes it whole.
    case replace
    /// Members that are left out stay: an update sends the changed members alone.
    case merge
  }

  /// Members that a write may change although the plan does not; a path of one name counts at any depth.
  package var changesByItself: [[String]] { volatile + authorship }

  /// What the profile says of a kind, by its name in manifests.
  package subscript(kind name: String) -> KindMembers? { kinds.first { $0.name == name } }

  /// How a field of a kind travels, or nil where the profile does not say.
  package func field(_ name: String, of kind: String) -> WireField? {
    self[kind: kind]?.fields.first { $0.name == name }?.field ?? fields.first { $0.name == name }?.field
  }
}

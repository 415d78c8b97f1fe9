import Basics
import Crypto

extension RemoteChannel {
  /// A fingerprint of the account's object as it was read: SHA-256 in 64 hexadecimal digits.
  ///
  /// It covers every member but secrets, the salt and what changes by itself, whatever their order; a saved plan that
  /// finds another fingerprint is stale.
  package var precondition: String {
    Hexadecimal.text(SHA256.hash(data: CanonicalJSON.encode(raw.sortingMembers)))
  }
}

extension State.Entry {
  /// A fingerprint of what the entry says of its channel: SHA-256 in 64 hexadecimal digits.
  ///
  /// Neither its address counts, which a move changes, nor name, place and the titles of objects with an id, which an apply
  /// brings up to date in passing.
  package var fingerprint: String { fingerprint(withTitles: false) }

  /// Whether a saved plan was made on this entry; plans of earlier versions cover titles too.
  func isRemembered(as memory: String) -> Bool {
    memory == fingerprint || memory == fingerprint(withTitles: true)
  }

  private func fingerprint(withTitles: Bool) -> String {
    let fields = applied.members
    let members: [JSONValue.Member] =
      [.init("id", .integer(id)), .init("uuid", .string(uuid)), .init("protected", .bool(isProtected))]
      + (withTitles ? fields : fields.map { .init($0.key, $0.value.withoutTitles) })
    return Hexadecimal.text(SHA256.hash(data: CanonicalJSON.encode(.object(members))))
  }
}

extension JSONValue {
  /// The value without the titles of objects that have an id.
  ///
  /// It calls itself once a level; fields have at most four.
  fileprivate var withoutTitles: JSONValue {
    switch self {
    case .array(let items): .array(items.map(\.withoutTitles))
    case .object(let members):
      .object(
        members.filter { $0.key != "title" || self["id"] == nil }.map { Member($0.key, $0.value.withoutTitles) })
    default: self
    }
  }

  /// The value with the members of every object in the order of their keys' UTF-8 bytes.
  ///
  /// It calls itself once a level; what the account sends has at most 64.
  fileprivate var sortingMembers: JSONValue {
    switch self {
    case .array(let items): .array(items.map(\.sortingMembers))
    case .object(let members):
      .object(
        members.map { Member($0.key, $0.value.sortingMembers) }
          .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
    default: self
    }
  }
}

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
  /// Neither its address counts, which a move changes, nor name and place, which an apply brings up to date in passing.
  package var fingerprint: String {
    let members: [JSONValue.Member] =
      [.init("id", .integer(id)), .init("uuid", .string(uuid)), .init("protected", .bool(isProtected))]
      + applied.members
    return Hexadecimal.text(SHA256.hash(data: CanonicalJSON.encode(.object(members))))
  }
}

extension JSONValue {
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

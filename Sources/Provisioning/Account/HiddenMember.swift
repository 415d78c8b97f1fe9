/// A member that belongs to an object which an update writes whole, and whose value the account does not show.
package struct HiddenMember: Sendable, Hashable {
  /// The field's name in manifests (`accessToken`), `salt`, or for anything else the member's path in the account's object.
  package var name: String
  /// Whether there certainly is a value: the answer has a mask in its place, or the kind always has one. Else it may be unset.
  package var isCertain: Bool

  package init(_ name: String, isCertain: Bool) {
    self.name = name
    self.isCertain = isCertain
  }

  /// The name of the salt that Kit makes.
  package static let salt = "salt"
}

extension [HiddenMember] {
  /// The names of values that an update would lose: those that are certainly there, and neither sent nor given up.
  package func lost(sending fields: some Sequence<String>, accepting losses: Set<String>) -> [String] {
    let kept = losses.union(fields)
    return filter { $0.isCertain && !kept.contains($0.name) }.map(\.name)
  }
}

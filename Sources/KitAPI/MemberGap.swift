/// A member of an unconfirmed profile that the account's answers do not have, and that a plan can do without.
package struct MemberGap: Sendable, Hashable {
  /// What is missing and what follows from that; safe to print.
  package var message: String
  package var remedy: String
  /// The profile's line that names the member.
  package var line: Int
}

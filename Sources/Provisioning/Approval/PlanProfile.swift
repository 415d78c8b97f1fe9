package import Basics

/// The API profile that a plan was made under, where it is not the built-in one or not that of the last apply.
///
/// Profiles are digests of what they say; nil is the built-in one.
package struct PlanProfile: Sendable, Equatable {
  package var digest: String?
  /// The profile of the last apply, as the state remembers it.
  package var last: String?
  /// Whether the last apply used another one.
  package var isChanged: Bool

  /// Nil where the built-in profile is used, as it was in the last apply.
  ///
  /// - Parameter state: nil where there is none yet, and so no last apply.
  package init?(_ digest: String?, state: State?) {
    guard digest != nil || state?.profile != nil else { return nil }
    self.digest = digest
    last = state?.profile
    isChanged = state.map { $0.profile != digest } ?? false
  }

  /// What a plan's head says of it, one line without a full stop.
  package var words: String {
    let words = "API profile: \(digest ?? "the built-in one")"
    guard isChanged else { return words }
    return "\(words); since the last apply another one: that was made under \(last ?? "the built-in one")"
  }

  /// The profile as saved plans and JSON reports have it.
  package var json: JSONValue {
    ["digest": .text(digest), "last": .text(last), "changed": .bool(isChanged)]
  }

  init(_ reader: StateReader) throws(StateDamage) {
    digest = try reader.optionalText("digest")
    last = try reader.optionalText("last")
    isChanged = try reader.flag("changed")
  }

  /// Why an approval or a saved plan does not hold under another profile than its own; nil where both are one.
  package static func difference(_ old: String?, _ new: String?) -> String? {
    old == new
      ? nil
      : "it was made under another API profile (\(old ?? "the built-in one")) than the one in use (\(new ?? "the built-in one"))"
  }
}

/// What a plan does to one address.
package enum Action: String, Sendable, CaseIterable {
  case create, update, delete, adopt, move, forget, release

  /// Whether the action may call the account; the others change the state alone (see `Change.isCall`).
  package var isCall: Bool { self == .create || self == .update || self == .delete }
}

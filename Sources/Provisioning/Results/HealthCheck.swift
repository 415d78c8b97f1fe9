package import Manifest

/// One line of `doctor` or `channel verify`: what was looked at, how it is, and what to do about it.
package struct HealthCheck: Sendable, Equatable {
  /// What was looked at, stable (`state.lock`).
  package var id: String
  /// The channel concerned, or nil.
  package var address: Address?
  package var result: Result
  /// What was found; safe to print.
  package var message: String
  /// What to do next, or nil.
  package var remedy: String?

  package init(
    _ id: String, _ result: Result, _ message: String, remedy: String? = nil, address: Address? = nil
  ) {
    self.id = id
    self.result = result
    self.message = message
    self.remedy = remedy
    self.address = address
  }

  /// How it is.
  package enum Result: String, Sendable, CaseIterable {
    case ok, warning, failed, skipped
  }
}

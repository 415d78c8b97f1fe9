/// An edit that was not made, because the result would not be what was wanted and nothing else.
package struct EditFailure: Error, Sendable, Equatable {
  /// Why, one sentence without a full stop.
  package var reason: String
  /// What a person may paste, or remove, by hand; nil where that says nothing.
  package var yaml: String?

  package init(_ reason: String, yaml: String? = nil) {
    self.reason = reason
    self.yaml = yaml
  }
}

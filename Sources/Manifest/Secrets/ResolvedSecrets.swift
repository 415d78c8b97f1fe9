package import Documents

/// The values behind the secret references of one environment, as far as they resolve.
package struct ResolvedSecrets: Sendable {
  /// Which field of which channel; `account`, `state` and the like have no address.
  package struct SecretField: Sendable, Hashable {
    package var address: Address
    package var field: String

    package init(_ address: Address, _ field: String) {
      self.address = address
      self.field = field
    }
  }

  private var values: [SecretField: Secret] = [:]
  /// References that did not resolve, in the order of the channels.
  package private(set) var failures: [UnresolvedSecret] = []

  package init() {}

  /// The value of a channel's field, or nil where it did not resolve.
  package subscript(address: Address, field: String) -> Secret? {
    get { values[SecretField(address, field)] }
    set { values[SecretField(address, field)] = newValue }
  }

  /// Notes a reference that did not resolve.
  package mutating func fail(_ failure: UnresolvedSecret) { failures.append(failure) }

  /// A secret reference without a value.
  package struct UnresolvedSecret: Sendable {
    package var key: SecretField
    package var reference: SecretReference
    /// Why, in words, without the value: "OK_COMMUNITY_TOKEN is not set".
    package var reason: String
    /// See `SecretFailure.isMissing`.
    package var isMissing: Bool
    /// Where the manifests have it; nil for a reference of a saved plan.
    package var place: SourcePlace?

    package init(
      key: SecretField, reference: SecretReference, reason: String, isMissing: Bool = true, place: SourcePlace?
    ) {
      self.key = key
      self.reference = reference
      self.reason = reason
      self.isMissing = isMissing
      self.place = place
    }
  }
}

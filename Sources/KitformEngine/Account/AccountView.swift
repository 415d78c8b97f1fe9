package import Manifest
package import Provisioning

/// The account as one command reads it: its channels, and the objects that they and the manifests name.
package struct AccountView: Sendable {
  package var channels: [RemoteChannel]
  package var facts: AccountFacts

  package init(channels: [RemoteChannel], facts: AccountFacts) {
    self.channels = channels
    self.facts = facts
  }
}

extension Engine {
  /// Reads the account's channels, and the objects that they name or that `needs` asks for; writes nothing.
  package func view(also needs: [ReferenceKind] = []) async throws(EngineFailure) -> AccountView {
    async let information = accountInformation()
    async let listing = listing(nil)
    try check(await information)
    let channels = try await listing.getOrThrow()
    let kinds = channels.reduce(into: Set(needs)) { $0.formUnion($1.namedKinds) }
    return AccountView(channels: channels, facts: try await facts(kinds.sorted()).getOrThrow())
  }
}

extension RemoteChannel {
  /// The kinds of account objects that the channel's values name.
  fileprivate var namedKinds: Set<ReferenceKind> {
    guard let kind else { return [] }
    var kinds: Set<ReferenceKind> = []
    for (field, value) in zip(kind.fields, values) {
      switch (value, field.shape) {
      case (.reference, .reference(let kind)), (.credential, .credential(let kind)), (.levels, .levels(let kind, _)):
        kinds.insert(kind)
      case (.route(let kind, _), _): kinds.insert(kind)
      default: break
      }
    }
    return kinds
  }
}

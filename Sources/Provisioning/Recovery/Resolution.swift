package import Manifest

/// Binds an address whose creation is uncertain to the channel that a person names: `state resolve ADDRESS --uuid`.
package struct Resolution: Sendable {
  private let comparison: AccountComparison

  package init(comparison: AccountComparison) { self.comparison = comparison }

  /// The state with `address` bound to the channel of `uuid`; its serial is one higher, ready to be written.
  ///
  /// Only what the account shows as sent counts as applied: the next plan brings the rest, and every secret, up to date.
  package func resolve(
    _ address: Address, uuid: String, in state: State, channels: [RemoteChannel]
  ) throws(ResolutionFailure) -> State {
    let open = state.run?.operations.filter { $0.action == .create } ?? []
    guard let operation = open.first(where: { $0.address == address }) else {
      throw .notUncertain(address, open: open.map(\.address))
    }
    guard let channel = channels.first(where: { $0.uuid.lowercased() == uuid.lowercased() }) else {
      throw .notFound(uuid: uuid)
    }
    guard channel.kind?.name == address.kind else { throw .otherKind(address, label: channel.shortKind) }
    if let entry = state.channels.first(where: { $0.id == channel.id }) { throw .managed(by: entry.address) }
    let different = comparison.differences(of: channel, from: operation.wanted, at: address)
    var resolved = state
    resolved[address] = State.Entry(
      address: address, id: channel.id, uuid: channel.uuid, name: channel.name, source: operation.source,
      applied: operation.wanted.filter { !$0.isSecret && !different.contains($0.name) },
      isProtected: operation.isProtected)
    resolved.run?.operations.removeAll { $0.number == operation.number }
    if resolved.run?.operations.isEmpty == true { resolved.run = nil }
    resolved.serial += 1
    return resolved
  }
}

/// Why an uncertain creation could not be bound.
package enum ResolutionFailure: Error, Sendable, Equatable {
  /// No creation of the address is open; the ones that are.
  case notUncertain(Address, open: [Address])
  case notFound(uuid: String)
  case otherKind(Address, label: String)
  case managed(by: Address)

  /// What is wrong and what to do, in words.
  package var words: String {
    switch self {
    case .notUncertain(let address, let open) where open.isEmpty:
      "\(address) has no uncertain creation, and no other address has one: there is nothing to resolve"
    case .notUncertain(let address, let open):
      "\(address) has no uncertain creation; those that have one: "
        + open.map(\.description).joined(separator: ", ")
    case .notFound(let uuid): "the account has no channel with the UUID \(uuid): copy it from the channel's page in Kit"
    case .otherKind(let address, let label):
      "the channel is of the kind \(label), which \(address) cannot be: name another channel"
    case .managed(let address): "the channel is managed already, as \(address): name another channel"
    }
  }
}

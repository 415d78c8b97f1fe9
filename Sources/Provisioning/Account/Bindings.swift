package import Manifest

/// Which channels of the account have an address already: by the state, or by an entry of `adopt`.
package struct Bindings: Sendable {
  /// The address of each bound channel, by the channel's id.
  package private(set) var addresses: [Int: Address] = [:]
  /// Every address that is bound, or that an entry of `adopt` names.
  package private(set) var bound: Set<Address> = []

  /// Looks through one environment.
  ///
  /// - Parameter state: as it was read, or recovered; nil where there is none.
  package init(_ configuration: Configuration, state: State?, channels: [RemoteChannel]) {
    var index = AccountIndex(channels, facts: AccountFacts())
    let entries = state?.channels ?? []
    let managed = Set(entries.map(\.address))
    var moves: [Address: Address] = [:]
    for move in configuration.moves where !managed.contains(move.new) { moves[move.old] = move.new }
    for entry in entries {
      let address = moves[entry.address] ?? entry.address
      bound.insert(address)
      if let channel = index.channel(of: entry) { addresses[channel.id] = address }
    }
    for adoption in configuration.adoptions {
      bound.insert(adoption.address)
      for channel in index.channels(adoption.target, kind: adoption.address.kind)
      where addresses[channel.id] == nil && channel.kind?.name == adoption.address.kind {
        addresses[channel.id] = adoption.address
      }
    }
  }
}

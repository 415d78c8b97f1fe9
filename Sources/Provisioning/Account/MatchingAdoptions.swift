package import Manifest

/// Finds the channels of the account that manifests describe and that are not managed: it rebuilds a lost state.
package enum MatchingAdoptions {
  /// An adoption for each channel that the manifests would create while the account has exactly one of its kind and name
  /// that is not managed, and no other address that wants it.
  ///
  /// What is ambiguous is left out: the plan then reports it, with the UUIDs among which a person has to choose. Names
  /// compare after NFC, as everywhere.
  ///
  /// - Parameters:
  ///   - configuration: one environment; its own adoptions are kept.
  ///   - state: as it was read, or recovered; nil where it is lost.
  ///   - channels: all channels of the account.
  package static func find(
    _ configuration: Configuration, state: State?, channels: [RemoteChannel]
  ) -> [Adoption] {
    let bindings = Bindings(configuration, state: state, channels: channels)
    var index = AccountIndex(channels, facts: AccountFacts())
    var wanted: [Int: [(record: Record, channel: RemoteChannel)]] = [:]
    for record in configuration.records where !bindings.bound.contains(record.address) {
      let found = index.channels(named: record.name).filter {
        $0.kind?.name == record.kind.name && bindings.addresses[$0.id] == nil
      }
      guard let channel = found.first, found.count == 1 else { continue }
      wanted[channel.id, default: []].append((record, channel))
    }
    return wanted.values.compactMap { pairs in
      guard let (record, channel) = pairs.first, pairs.count == 1 else { return nil }
      return Adoption(
        address: record.address, target: .uuid(channel.uuid), place: record["name"]?.place ?? record.place)
    }.sorted { $0.address < $1.address }
  }
}

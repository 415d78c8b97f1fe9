import Basics
package import Manifest

/// A state that has no channel although the account has most of the channels that the manifests want.
///
/// It was lost, or `state` names the wrong place, or the channels were never managed: the way out is the same.
package struct LostState: Sendable {
  /// The records that the account already has by kind and name, by address.
  package let found: Set<Address>
  private let wanted: Int
  private let channels: [(address: Address, uuid: String)]

  /// So many channels count as a lost state also where some of the manifests' channels are not in the account.
  private static let fewest = 3

  /// Nil where the state has channels, or where the account has too few of those that the manifests want.
  ///
  /// - Parameters:
  ///   - records: the channels of the manifests that the state does not bind.
  ///   - wanted: how many channels the manifests have.
  ///   - channels: those of the account that are not managed.
  package init?(_ records: [Record], wanted: Int, state: State?, channels: [RemoteChannel]) {
    guard state?.channels.isEmpty ?? true else { return nil }
    var present: [NaturalKey: [RemoteChannel]] = [:]
    for channel in channels {
      if let kind = channel.kind {
        present[NaturalKey(kind: kind.name, name: channel.name), default: []].append(channel)
      }
    }
    let pairs = records.compactMap { record in
      present[NaturalKey(kind: record.kind.name, name: record.name)].map { (address: record.address, channels: $0) }
    }
    found = Set(pairs.map(\.address))
    self.wanted = wanted
    self.channels = pairs.map { ($0.address, $0.channels[0].uuid) }
    let isMost = found.count >= LostState.fewest && found.count * 2 > wanted
    let isEach = !found.isEmpty && found.count == wanted && pairs.allSatisfy { $0.channels.count == 1 }
    guard isMost || isEach else { return nil }
  }

  /// What is seen, one sentence without a full stop.
  package var message: String {
    "the state has no channel, but the account has \(found.count) of the \(wanted) channels of the manifests by kind and name: the state is lost, `state` names another place than before, or Kitform never managed them"
  }

  /// The ways out; of a few channels, each has the entry that binds it.
  package var remedy: String {
    let entries = channels.map { "\($0.address): {uuid: \(SafeText.escape($0.uuid))}" }.joined(separator: ", ")
    return LostState.search
      + (channels.count < LostState.fewest
        ? "without one, write `adopt: {\(entries)}`"
        : "without one, `kitform plan --adopt-matching` prints the entries of `adopt` that bind these channels")
  }

  private static let search =
    "look for the state: an earlier `state` setting, a file beside it whose name has `.backup-`, an older version in the bucket; `kitform state push FILE` puts one back; "
}

package import Manifest

/// A state that has no channel although the account has most of the channels that the manifests want.
///
/// It was lost, or `state` names the wrong place, or the channels were never managed: the way out is the same.
package struct LostState: Sendable {
  /// The records that the account already has by kind and name, by address.
  package let found: Set<Address>
  private let wanted: Int

  /// Fewer are reported one by one: each finding then shows the line to write.
  private static let fewest = 3

  /// Nil where the state has channels, or where the account has too few of those that the manifests want.
  ///
  /// - Parameters:
  ///   - records: the channels of the manifests that the state does not bind.
  ///   - wanted: how many channels the manifests have.
  ///   - channels: those of the account that are not managed.
  package init?(_ records: [Record], wanted: Int, state: State?, channels: [RemoteChannel]) {
    guard state?.channels.isEmpty ?? true else { return nil }
    let present = Set(
      channels.compactMap { channel in
        channel.kind.map { NaturalKey(kind: $0.name, name: channel.name) }
      })
    found = Set(
      records.filter { present.contains(NaturalKey(kind: $0.kind.name, name: $0.name)) }.map(\.address))
    self.wanted = wanted
    guard found.count >= LostState.fewest, found.count * 2 > wanted else { return nil }
  }

  /// What is seen, one sentence without a full stop.
  package var message: String {
    "the state has no channel, but the account has \(found.count) of the \(wanted) channels of the manifests by kind and name: the state is lost, or `state` names another place than before"
  }

  /// The ways out.
  package static let remedy =
    "look for the state: an earlier `state` setting, a file beside it whose name has `.backup-`, an older version in the bucket; `kitform state push FILE` puts one back; without one, `kitform plan --adopt-matching` prints the entries of `adopt` that bind these channels again"
}

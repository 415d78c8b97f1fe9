import Basics
import Documents

/// Ids and UUIDs of channels that exist already, which a creation therefore cannot have made.
struct TakenIdentities {
  private var ids: Set<Int> = []
  private var uuids: Set<String> = []

  /// The channels of a listing, of every kind.
  init(_ channels: [RemoteChannel]) {
    for channel in channels { insert(ChannelIdentity(id: channel.id, uuid: channel.uuid)) }
  }

  /// Adds a channel.
  mutating func insert(_ identity: ChannelIdentity) {
    ids.insert(identity.id)
    if let uuid = identity.uuid, !uuid.isEmpty { uuids.insert(uuid.lowercased()) }
  }

  /// Why the answer to a creation cannot be believed; nil where it names a new channel.
  func objection(to identity: ChannelIdentity) -> String? {
    if ids.contains(identity.id) {
      return "Kit answered that it was created, with the id \(identity.id), which another channel had before"
    }
    guard let uuid = identity.uuid, uuids.contains(uuid.lowercased()) else { return nil }
    return "Kit answered that it was created, with the UUID \(SafeText.escape(uuid)), which another channel had before"
  }
}

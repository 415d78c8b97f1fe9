/// The channels of a listing by identity: an id with another UUID is another channel.
struct ShownChannels {
  private let byID: [Int: RemoteChannel]

  init(_ channels: [RemoteChannel]) {
    byID = Dictionary(channels.map { ($0.id, $0) }) { first, _ in first }
  }

  /// The channel of an identity; nil where its id is gone or belongs to another channel.
  ///
  /// A UUID that one side does not know decides nothing.
  subscript(_ identity: ChannelIdentity) -> RemoteChannel? {
    guard let channel = byID[identity.id] else { return nil }
    return isOther(channel, than: identity) ? nil : channel
  }

  /// The UUID of another channel that has the id by now, or nil.
  func otherUUID(at identity: ChannelIdentity) -> String? {
    guard let channel = byID[identity.id], isOther(channel, than: identity) else { return nil }
    return channel.uuid
  }

  private func isOther(_ channel: RemoteChannel, than identity: ChannelIdentity) -> Bool {
    guard let uuid = identity.uuid, !uuid.isEmpty, !channel.uuid.isEmpty else { return false }
    return uuid.lowercased() != channel.uuid.lowercased()
  }
}

extension State.Entry {
  var identity: ChannelIdentity { ChannelIdentity(id: id, uuid: uuid) }
}

extension RunRecord.RunOperation {
  /// The channel that an update or a deletion is about; nil for a creation.
  var identity: ChannelIdentity? { channelID.map { ChannelIdentity(id: $0, uuid: uuid) } }
}

import Basics
import Manifest

/// The account's channels as one listing showed them, by id, with the time at which it was asked for.
struct ChannelListing<Instant: InstantProtocol>: Sendable where Instant.Duration == Duration {
  /// How old a listing may be for an update that sends back what it showed.
  static var validity: Duration { .seconds(60) }

  private let channels: [Int: RemoteChannel]
  /// Until when such updates may use it.
  let limit: Instant

  init(_ channels: [RemoteChannel], at instant: Instant) {
    self.channels = Dictionary(channels.map { ($0.id, $0) }) { first, _ in first }
    limit = instant.advanced(by: ChannelListing.validity)
  }

  subscript(id: Int) -> RemoteChannel? { channels[id] }
}

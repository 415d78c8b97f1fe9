import Basics
import Manifest

extension ApplyRun {
  /// Whether a call needs a listing that is not too old.
  private func needsListing(_ index: Int) -> Bool {
    guard case .update(_, let draft) = calls[index].request else { return false }
    return canary == index || applier.remote.needsRecentListing(draft)
  }

  /// The call as it may leave: an update with its channel as it was last listed, at most `ChannelListing.validity` ago.
  ///
  /// Nil where it does not leave: the run stops, or the account has no such channel, or another one under its id.
  mutating func current(_ index: Int) async -> (request: RunCall.Request, limit: RunClock.Instant?)? {
    let isBound = needsListing(index)
    if isBound, applier.clock.now >= listing.limit {
      switch await list() {
      case nil:
        queue.putBack(index)
        if let reason = applier.stop.reason { end(with: .stopped(reason)) }
        return nil
      case .failure(let failure)?:
        keep(index, failure)
        return nil
      case .success?: break
      }
    }
    let request = calls[index].request
    switch request {
    case .create: return (request, nil)
    case .delete(let identity):
      // The account may answer a listing without the UUID, as it may answer a creation.
      if let shown = listing[identity.id], let uuid = identity.uuid, !uuid.isEmpty, shown.uuid != uuid {
        keep(index, .replaced(identity.id))
        return nil
      }
      return (request, nil)
    case .update(let planned, let draft):
      guard let shown = listing[planned.id] else {
        keep(
          index, RemoteFailure("the account has no channel with the id \(planned.id) any more", remedy: "plan again"))
        return nil
      }
      guard shown.uuid == planned.uuid else {
        keep(index, .replaced(planned.id))
        return nil
      }
      return (.update(shown, draft), isBound ? listing.limit : nil)
    }
  }

  /// Lists the account anew; nil where the run is to stop.
  mutating func list() async -> Result<[RemoteChannel], RemoteFailure>? {
    let begin = applier.clock.now
    let result = await applier.settling.listing(after: begin, expecting: expectedChannels)
    listings += 1
    if case .success(let channels)? = result { listing = ChannelListing(channels, at: begin) }
    return result
  }

  /// Ends a change before its call leaves.
  private mutating func keep(_ index: Int, _ failure: RemoteFailure) {
    ledger.close(calls[index].operation.number)
    fail(index, .failed, failure)
  }
}

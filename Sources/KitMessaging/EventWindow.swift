import Synchronization

/// Remembers the ids of the last events, so that an event that Kit sends twice is handled once.
///
/// It keeps a fixed number of ids and forgets the oldest first; every call costs the same, however many it keeps.
public final class EventWindow: Sendable {
  private struct State {
    /// The place of each id in `order`.
    var places: [String: Int] = [:]
    /// The ids in a ring; nil where one was forgotten.
    var order: [String?] = []
    /// Where the next id goes once the ring is full.
    var next = 0
  }

  /// How many ids are remembered.
  public let capacity: Int
  private let state = Mutex(State())

  /// - Parameter capacity: how many ids are remembered, at least 1.
  public init(capacity: Int = 10_000) {
    self.capacity = max(1, capacity)
  }

  /// Remembers an id; false where it is remembered already.
  public func insert(_ id: String) -> Bool {
    state.withLock { state in
      guard state.places[id] == nil else { return false }
      if state.order.count < capacity {
        state.places[id] = state.order.count
        state.order.append(id)
      } else {
        if let oldest = state.order[state.next] { state.places[oldest] = nil }
        state.order[state.next] = id
        state.places[id] = state.next
        state.next = (state.next + 1) % capacity
      }
      return true
    }
  }

  /// Forgets an id, so that the event counts as new when it comes again: for one that could not be handled.
  public func remove(_ id: String) {
    state.withLock { state in
      guard let place = state.places.removeValue(forKey: id) else { return }
      state.order[place] = nil
    }
  }
}

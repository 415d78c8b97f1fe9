/// Finds the item of a list that equals another one.
///
/// A thing is its index in that list and a hash: eight bytes, and no copy of it, so that a table of ten thousand things
/// stays in the processor's cache.
struct IndexTable {
  private struct Slot {
    /// The index plus one; 0 where the slot is free.
    var index: UInt32 = 0
    var hash: UInt32 = 0
  }

  private var slots = [Slot](repeating: Slot(), count: 64)
  private var count = 0

  /// Notes the thing at `index` and returns the index of the one that is the same, if one is known.
  ///
  /// That one stays.
  mutating func insert(_ index: Int, hash: Int, isSame: (Int) -> Bool) -> Int? {
    let hash = UInt32(truncatingIfNeeded: hash)
    var slot = Int(hash) & (slots.count - 1)
    while slots[slot].index != 0 {
      if slots[slot].hash == hash, case let known = Int(slots[slot].index) - 1, isSame(known) {
        return known
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = Slot(index: UInt32(index + 1), hash: hash)
    count += 1
    if count * 4 > slots.count * 3 { grow() }
    return nil
  }

  private mutating func grow() {
    var larger = [Slot](repeating: Slot(), count: slots.count * 4)
    for thing in slots where thing.index != 0 {
      var slot = Int(thing.hash) & (larger.count - 1)
      while larger[slot].index != 0 { slot = (slot + 1) & (larger.count - 1) }
      larger[slot] = thing
    }
    slots = larger
  }
}

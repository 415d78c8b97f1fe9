import Documents

/// The addresses in `channels`, each with its first place.
struct AddressBook {
  private var table = IndexTable()
  /// For each address the index of its record, or below 0 its place in `unread`, counted from -1.
  private var entries: [Int32] = []
  /// Addresses without a record: channels that are not read, or do not exist in this environment.
  private var unread: [(address: Address, place: SourcePlace)] = []

  /// Notes an address whose record comes next after `records`; returns its first place, if it has one already.
  mutating func insert(_ address: Address, _ records: [Record]) -> SourcePlace? {
    var hasher = Hasher()
    address.hash(into: &hasher)
    let known = table.insert(entries.count, hash: hasher.finalize()) { entry in
      let index = Int(entries[entry])
      return (index < 0 ? unread[-1 - index].address : records[index].address) == address
    }
    if let known {
      let index = Int(entries[known])
      return index < 0 ? unread[-1 - index].place : records[index].place
    }
    entries.append(Int32(records.count))
    return nil
  }

  /// Takes back that the address noted last has a record.
  mutating func hasNoRecord(_ address: Address, at place: SourcePlace) {
    unread.append((address, place))
    entries[entries.count - 1] = Int32(-unread.count)
  }

  /// All addresses, those of `records` among them.
  func all(_ records: [Record]) -> [Address: SourcePlace] {
    var all: [Address: SourcePlace] = [:]
    for record in records { all[record.address] = record.place }
    for (address, place) in unread { all[address] = place }
    return all
  }
}

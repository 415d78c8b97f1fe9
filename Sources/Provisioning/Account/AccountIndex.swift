import Manifest

/// The account's channels and titles, ready to be asked for many entries.
struct AccountIndex {
  let channels: [RemoteChannel]
  private let byID: [Int: Int]
  private lazy var byUUID: [String: Int] = AccountIndex.index(channels) { $0.uuid.lowercased() }
  private lazy var byName: [String: [Int]] = Dictionary(grouping: channels.indices) { channels[$0].name }
  let titles: [ReferenceKind: [Int: String]]
  /// The ids of all objects of each kind that the account lists.
  let ids: [ReferenceKind: Set<Int>]

  init(_ channels: [RemoteChannel], facts: AccountFacts) {
    self.channels = channels
    byID = AccountIndex.index(channels) { $0.id }
    var titles: [ReferenceKind: [Int: String]] = [:]
    var ids: [ReferenceKind: Set<Int>] = [:]
    for kind in ReferenceKind.allCases {
      guard case .objects(let objects) = facts[kind] else { continue }
      ids[kind] = Set(objects.map(\.id))
      titles[kind] = Dictionary(objects.compactMap { object in object.title.map { (object.id, $0) } }) { first, _ in
        first
      }
    }
    self.titles = titles
    self.ids = ids
  }

  /// The channel of an id, or nil.
  func channel(id: Int) -> RemoteChannel? { byID[id].map { channels[$0] } }

  /// The channel of a UUID, or nil.
  mutating func channel(uuid: String) -> RemoteChannel? { byUUID[uuid.lowercased()].map { channels[$0] } }

  /// The channels of a display name, of whatever kind; texts compare after NFC.
  mutating func channels(named name: String) -> [RemoteChannel] { (byName[name] ?? []).map { channels[$0] } }

  /// The channel that an entry of the state is about, or nil when the account has it no more.
  ///
  /// An id that the account has given to another channel does not count; then the UUID decides.
  mutating func channel(of entry: State.Entry) -> RemoteChannel? {
    if let found = channel(id: entry.id), entry.uuid.isEmpty || found.uuid.isEmpty || found.uuid == entry.uuid {
      return found
    }
    return entry.uuid.isEmpty ? nil : channel(uuid: entry.uuid)
  }

  /// A value with the titles that the account has for its ids; no levels means cleared.
  func titled(_ value: Value) -> Value {
    switch value {
    case .route(let kind, let reference): .route(kind, titled(reference, kind))
    case .levels(let levels) where levels.isEmpty: .cleared
    default: value
    }
  }

  /// As `titled(_:)`, with the kind of account object that a field of `shape` names.
  func titled(_ value: Value, shape: Shape) -> Value {
    switch (value, shape) {
    case (.reference(let reference), .reference(let kind)), (.reference(let reference), .credential(let kind)):
      .reference(titled(reference, kind))
    case (.credential(let reference, _), .credential(let kind)): .reference(titled(reference, kind))
    case (.levels(let levels), .levels(let kind, _)) where !levels.isEmpty:
      .levels(levels.map { Value.Level(titled($0.reference, kind), level: $0.level) })
    default: titled(value)
    }
  }

  private func titled(_ reference: Reference, _ kind: ReferenceKind) -> Reference {
    guard let id = reference.id, let title = titles[kind]?[id] else { return reference }
    return Reference(id: id, title: title)
  }

  private static func index<Key: Hashable>(_ channels: [RemoteChannel], by key: (RemoteChannel) -> Key) -> [Key: Int] {
    var index: [Key: Int] = [:]
    index.reserveCapacity(channels.count)
    for (position, channel) in channels.enumerated() where index[key(channel)] == nil { index[key(channel)] = position }
    return index
  }
}

package import Manifest
package import Provisioning

/// Which channel leads to which queue or function, before and after a plan, or as the manifests say.
package struct RoutingMap: Sendable {
  /// What happens to a channel; in the order in which a map that is too large keeps them.
  package enum Status: Int, Sendable, Comparable, CaseIterable {
    case deleted, created, rerouted, forgotten, changed, unchanged

    package static func < (left: Status, right: Status) -> Bool { left.rawValue < right.rawValue }
  }

  /// One channel; `before` and `after` are places in `targets`, nil where it is not there or its route is not known.
  package struct Channel: Sendable {
    package var address: Address
    package var name: String
    package var status: Status
    package var before: Int?
    package var after: Int?
  }

  /// One queue or function.
  package struct MapTarget: Sendable, Equatable {
    package var kind: ReferenceKind
    /// The title where it is known, else the id.
    package var label: String
  }

  /// Sorted by target and address, so that the routes of a picture cross little.
  package private(set) var channels: [Channel] = []
  /// Queues first, each kind by its labels.
  package private(set) var targets: [MapTarget] = []
  /// Channels that the map leaves out: those that nothing is known of, and those beyond a limit.
  package private(set) var leftOut = 0

  /// The map of the manifests.
  package init(_ records: [Record]) {
    self.init([], records, unchanged: records.count, limit: 0, roomForOthers: records.count)
  }

  /// The map of changes, with the channels that stay as they are where there is room for them.
  ///
  /// - Parameters:
  ///   - changes: of a plan.
  ///   - records: the channels of the manifests, of which the changes leave some alone.
  ///   - unchanged: how many channels stay as they are.
  ///   - limit: the greatest number of channels that change; deletions come first.
  ///   - roomForOthers: the greatest number of channels in a map that has those which stay as they are.
  package init(_ changes: [Change], _ records: [Record], unchanged: Int, limit: Int, roomForOthers: Int) {
    var drafts = RoutingMap.drafts(changes)
    let changed = Set(drafts.map(\.address))
    let others = records.filter { !changed.contains($0.address) }
    if drafts.count + others.count <= roomForOthers {
      drafts += others.map { record in
        let route = record.slots.lazy.compactMap { slot -> Route? in
          if case .route(let kind, let reference)? = slot?.value { Route(kind, reference) } else { nil }
        }.first
        return Draft(record.address, record.name, .unchanged, before: route, after: route)
      }
      leftOut = max(0, unchanged - others.count)
    } else {
      drafts.sort { ($0.status, $0.address) < ($1.status, $1.address) }
      leftOut = unchanged + max(0, drafts.count - limit)
      drafts = Array(drafts.prefix(limit))
    }
    lay(drafts)
  }

  /// Turns routes into places in a sorted list of targets.
  private mutating func lay(_ drafts: [Draft]) {
    let names = Names(drafts.flatMap { [$0.before, $0.after].compactMap { $0 } })
    targets = names.targets
    channels = drafts.map { draft in
      Channel(
        address: draft.address, name: draft.name, status: draft.status, before: draft.before.map(names.place),
        after: draft.after.map(names.place))
    }
    func place(_ channel: Channel) -> Int { channel.after ?? channel.before ?? targets.count }
    channels.sort { (place($0), $0.address) < (place($1), $1.address) }
  }

  /// Returns what happens to each address, from its changes.
  private static func drafts(_ changes: [Change]) -> [Draft] {
    var drafts: [Draft] = []
    var places: [Address: Int] = [:]
    for change in changes {
      let draft = Draft(change)
      guard let place = places[change.address] else {
        places[change.address] = drafts.count
        drafts.append(draft)
        continue
      }
      drafts[place].merge(draft)
    }
    return drafts
  }

  /// A reference to a queue or function.
  private struct Route {
    var kind: ReferenceKind
    var reference: Reference

    init(_ kind: ReferenceKind, _ reference: Reference) {
      self.kind = kind
      self.reference = reference
    }

    /// The route that a value is, or nil.
    init?(_ value: FieldValue) {
      guard case .value(let json) = value, case .route(let kind, let reference)? = Value(json: json) else { return nil }
      self.init(kind, reference)
    }
  }

  /// A channel before its targets are known by their places.
  private struct Draft {
    var address: Address
    var name: String
    var status: Status
    var before: Route?
    var after: Route?

    init(_ address: Address, _ name: String, _ status: Status, before: Route?, after: Route?) {
      self.address = address
      self.name = name
      self.status = status
      self.before = before
      self.after = after
    }

    init(_ change: Change) {
      let field = change.fields.first { Route($0.before) != nil || Route($0.after) != nil }
      let kept = change.wanted.lazy.compactMap { Route(.value($0.value)) }.first
      after = field.flatMap { Route($0.after) } ?? kept
      before = field.map { Route($0.before) } ?? kept
      address = change.address
      name = change.name
      switch change.action {
      case .create: (status, before) = (.created, nil)
      case .delete: (status, after) = (.deleted, nil)
      case .forget: status = .forgotten
      case .update, .adopt, .move, .release: status = field == nil ? .changed : .rerouted
      }
    }

    /// Adds another change of the same channel.
    mutating func merge(_ other: Draft) {
      name = other.name
      if other.status < status {
        (status, before, after) = (other.status, other.before, other.after ?? after)
      } else {
        before = before ?? (status == .created ? nil : other.before)
        after = after ?? (status == .deleted ? nil : other.after)
      }
    }
  }

  /// Finds which references mean the same object, and its name.
  private struct Names {
    private var titles: [Key: String] = [:]
    private var ids: [Key: Int] = [:]
    private var places: [Key: Int] = [:]
    private(set) var targets: [MapTarget] = []

    private struct Key: Hashable {
      var kind: ReferenceKind
      var id: Int?
      var title: String?
    }

    init(_ routes: [Route]) {
      for route in routes {
        guard let id = route.reference.id, let title = route.reference.title else { continue }
        titles[Key(kind: route.kind, id: id)] = title
        ids[Key(kind: route.kind, title: title)] = id
      }
      var found: [(key: Key, target: MapTarget)] = []
      var seen: Set<Key> = []
      for route in routes where seen.insert(key(route)).inserted {
        let key = key(route)
        found.append((key, MapTarget(kind: route.kind, label: titles[key] ?? route.reference.label)))
      }
      found.sort {
        ($0.target.kind == .queue ? 0 : 1, $0.target.kind.rawValue, $0.target.label, $0.key.id ?? 0)
          < ($1.target.kind == .queue ? 0 : 1, $1.target.kind.rawValue, $1.target.label, $1.key.id ?? 0)
      }
      targets = found.map(\.target)
      for (place, one) in found.enumerated() { places[one.key] = place }
    }

    /// By id wherever that is known.
    private func key(_ route: Route) -> Key {
      if let id = route.reference.id { return Key(kind: route.kind, id: id) }
      let title = Key(kind: route.kind, title: route.reference.title ?? "")
      return ids[title].map { Key(kind: route.kind, id: $0) } ?? title
    }

    /// The index of a route's target in the list, which was made of all routes.
    func place(_ route: Route) -> Int { places[key(route)] ?? 0 }
  }
}

extension RoutingMap.Status {
  /// The mark beside a channel, which does not rely on colour.
  package var words: String {
    switch self {
    case .created: "new"
    case .deleted: "deleted"
    case .rerouted: "other route"
    case .forgotten: "forgotten"
    case .changed: "changed"
    case .unchanged: "as it is"
    }
  }

  /// A class name for colours.
  var name: String {
    switch self {
    case .created: "created"
    case .deleted: "deleted"
    case .rerouted: "rerouted"
    case .forgotten: "forgotten"
    case .changed: "changed"
    case .unchanged: "unchanged"
    }
  }
}

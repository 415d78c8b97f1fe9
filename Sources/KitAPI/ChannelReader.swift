import Documents
import KitProfile
import Manifest
import Provisioning

/// Reads one channel of a listing, for the price of one walk over its members.
///
/// Secrets and the salt are dropped on the way: neither values nor `raw` hold one. What the profile or Kitform does not
/// know stays in `raw` as it is. `whole` has everything, for the update that writes a nested object back.
struct ChannelReader: Sendable {
  private let profile: APIProfile
  private let kinds: [(type: [UInt8], kind: Kind, fields: [WireField?])]
  private let dropped: DroppedMembers

  init(profile: APIProfile, kinds: [Kind]) {
    self.profile = profile
    let channel = profile.channel
    self.kinds = kinds.compactMap { kind in
      channel[kind: kind.name].map { members in
        (Array(members.type.utf8), kind, kind.fields.map { channel.field($0.name, of: kind.name) })
      }
    }
    var paths = channel.secrets + channel.volatile + [channel.salt].compactMap(\.self)
    for (_, kind, fields) in self.kinds {
      for (index, field) in fields.enumerated() where kind.fields[index].isSecret {
        if case .member(let path) = field { paths += [path.read, path.write] }
      }
    }
    dropped = DroppedMembers(paths)
  }

  /// Reads the channel at `node`; id, UUID and type must be there, for a known kind the name too.
  func read(_ document: Document, _ node: Int) throws(KitFailure) -> RemoteChannel {
    let members = profile.channel
    let id = try id(document, node)
    guard let type = document.member(members.type.read, in: node), document.shape(type) == .scalar else {
      throw .undecodable("a channel has no `\(members.type.read.joined(separator: "."))`")
    }
    let known = kinds.first { document.equals(type, $0.type) }
    guard let uuid = uuid(document, node) ?? (known == nil ? "" : nil) else {
      throw .undecodable("a channel has no `\(members.uuid.joined(separator: "."))`")
    }
    var values: [Value?] = []
    if let known {
      values.reserveCapacity(known.fields.count)
      for (index, wire) in known.fields.enumerated() {
        values.append(wire.flatMap { value(document, node, known.kind.fields[index].shape, $0) })
      }
    }
    guard let name = try name(document, node, known?.kind, values) else {
      throw .undecodable("a channel has no name")
    }
    return RemoteChannel(
      id: id, uuid: uuid, kind: known?.kind, kindLabel: document.text(type), name: name, values: values,
      rawBytes: dropped.copy(document, node),
      whole: known.map { _ in
        WholeObject(document.source.bytes, Int(document.nodes[node].start)..<Int(document.nodes[node].end))
      })
  }

  /// The channel's id.
  func id(_ document: Document, _ node: Int) throws(KitFailure) -> Int {
    guard let id = document.member(profile.channel.id.read, in: node).flatMap({ document.wireID($0) }) else {
      throw .undecodable("a channel has no `\(profile.channel.id.read.joined(separator: "."))`")
    }
    return id
  }

  /// The channel's UUID; nil where it says none.
  func uuid(_ document: Document, _ node: Int) -> String? {
    document.member(profile.channel.uuid, in: node).flatMap { document.wireText($0) }
  }

  /// The name of a known kind's field; of an unknown kind what stands under the shared field, or nothing.
  private func name(
    _ document: Document, _ node: Int, _ kind: Kind?, _ values: [Value?]
  ) throws(KitFailure) -> String? {
    if let kind {
      guard let index = kind.index(of: "name"), case .text(let text)? = values[index] else { return nil }
      return text
    }
    guard case .member(let path)? = profile.channel.fields.first(where: { $0.name == "name" })?.field else { return "" }
    return document.member(path.read, in: node).flatMap { document.wireText($0) } ?? ""
  }

  /// The value of one field; nil for what the account does not show.
  private func value(_ document: Document, _ node: Int, _ shape: Shape, _ wire: WireField) -> Value? {
    switch wire {
    case .member(let path):
      guard shape != .secret, let member = document.member(path.read, in: node) else { return nil }
      return value(document, member, shape)
    case .switched(let by, let path):
      guard let isOn = document.member(by.read, in: node).flatMap({ flag(document, $0) }) else { return nil }
      guard isOn else { return .cleared }
      return document.member(path.read, in: node).flatMap { document.wireInteger($0) }.map {
        .reference(Reference(id: $0))
      }
    case .route(let method, let targets):
      guard let word = document.member(method.read, in: node), document.shape(word) == .scalar,
        let target = targets.first(where: { document.equals(word, $0.word) }),
        let id = document.member(target.id.read, in: node).flatMap({ document.wireInteger($0) }), id != target.unused
      else { return nil }
      return .route(target.kind, Reference(id: id))
    case .levels(let path, let id, let level, let title):
      guard let list = document.member(path.read, in: node), document.shape(list) == .sequence else { return nil }
      var levels: [Value.Level] = []
      for item in document.items(list) {
        guard let id = document.member(id, in: item).flatMap({ document.wireInteger($0) }),
          let level = document.member(level, in: item).flatMap({ document.wireInteger($0) })
        else { return nil }
        let title = title.flatMap { document.member($0, in: item) }.flatMap { document.wireText($0) }
        levels.append(Value.Level(Reference(id: id, title: title), level: level))
      }
      if levels.isEmpty { return .cleared }
      return .levels(levels.sorted { ($0.reference.id ?? 0, $0.level) < ($1.reference.id ?? 0, $1.level) })
    }
  }

  private func value(_ document: Document, _ member: Int, _ shape: Shape) -> Value? {
    switch shape {
    case .text, .callbackURL: document.wireText(member).map { .text($0) }
    case .flag: flag(document, member).map { .flag($0) }
    case .duration:
      document.wireInteger(member).flatMap { profile.channel.unit.seconds(number: $0) }.map { .seconds($0) }
    case .reference:
      document.isNull(member) ? .cleared : document.wireInteger(member).map { .reference(Reference(id: $0)) }
    case .credential: document.wireInteger(member).map { .credential(Reference(id: $0), value: nil) }
    case .secret, .route, .levels, .environments: nil
    }
  }

  private func flag(_ document: Document, _ node: Int) -> Bool? {
    document.wireFlag(node, on: profile.switches.on, off: profile.switches.off)
  }
}

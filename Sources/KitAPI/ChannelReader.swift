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
    var paths = channel.secrets + channel.volatile + channel.authorship + (channel.salt?.paths ?? [])
    for (_, kind, fields) in self.kinds {
      for (index, field) in fields.enumerated() where kind.fields[index].isSecret {
        if case .member(let path) = field { paths += path.reading.paths + [path.write] }
      }
    }
    dropped = DroppedMembers(paths)
  }

  /// Reads the channel at `node`; id, UUID and type must be there, for a known kind the name too.
  func read(_ document: Document, _ node: Int) throws(KitFailure) -> RemoteChannel {
    let members = profile.channel
    let id = try id(document, node)
    guard let type = document.read(members.type.reading, in: node, { document.isScalar($0) ? $0 : nil }) else {
      throw .undecodable(
        Misfit("a channel", lacks: members.type.reading, wanted: "a string", document: document, node: node))
    }
    let known = kinds.first { document.equals(type, $0.type) }
    guard let uuid = uuid(document, node) ?? (known == nil ? "" : nil) else {
      throw .undecodable(Misfit("a channel", lacks: members.uuid, wanted: "a string", document: document, node: node))
    }
    var values: [Value?] = []
    if let known {
      values.reserveCapacity(known.fields.count)
      for (index, wire) in known.fields.enumerated() {
        values.append(wire.flatMap { value(document, node: node, shape: known.kind.fields[index].shape, wire: $0) })
      }
    }
    let name = try name(document, node: node, kind: known?.kind, values: values)
    var channel = RemoteChannel(
      id: id, uuid: uuid, kind: known?.kind, kindLabel: document.text(type), name: name, values: values,
      rawBytes: dropped.copy(document, node),
      whole: known.map { _ in
        WholeObject(document.source.bytes, Int(document.nodes[node].start)..<Int(document.nodes[node].end))
      })
    if let known {
      for (index, wire) in known.fields.enumerated() where values[index] == nil && !known.kind.fields[index].isSecret {
        if let wire, isShown(wire, document, node) { channel.misread.append(index) }
      }
    }
    return channel
  }

  /// Whether the account has a value in the place of a field, in whatever form.
  private func isShown(_ wire: WireField, _ document: Document, _ node: Int) -> Bool {
    // A channel without a redirect has a method all the same.
    if case .route = wire { return false }
    return document.read(wire.reading, in: node) { document.isNull($0) ? nil : $0 } != nil
  }

  /// The channel's id.
  func id(_ document: Document, _ node: Int) throws(KitFailure) -> Int {
    let member = profile.channel.id.reading
    guard let id = document.read(member, in: node, { document.wireID($0) }) else {
      throw .undecodable(
        Misfit("a channel", lacks: member, wanted: "a whole number from 1", document: document, node: node))
    }
    return id
  }

  /// Whether the account lists the channel although it was deleted.
  func isDeleted(_ document: Document, _ node: Int) -> Bool { document.isDeleted(profile.channel.deleted, in: node) }

  /// The fields of a channel's kind whose members it does not have at all, by their slots; of a list also those of its items.
  ///
  /// Secrets do not count: no account shows them.
  func absent(_ channel: RemoteChannel, _ document: Document, _ node: Int) -> [Int: Misfit] {
    guard let kind = channel.kind else { return [:] }
    var absent: [Int: Misfit] = [:]
    for (index, value) in channel.values.enumerated() where value == nil && !kind.fields[index].isSecret {
      guard let wire = profile.channel.field(kind.fields[index].name, of: kind.name) else { continue }
      if !document.has(wire.reading, in: node) {
        absent[index] = Misfit("a channel", lacks: wire.reading, wanted: "a value", document: document, node: node)
      } else if let misfit = itemMisfit(wire, document, node) {
        absent[index] = misfit
      }
    }
    return absent
  }

  /// What the first item of a list lacks that has no id or no level; nil where every item has both.
  private func itemMisfit(_ wire: WireField, _ document: Document, _ node: Int) -> Misfit? {
    guard case .levels(let path, let id, let level, title: _) = wire,
      let list = document.read(path.reading, in: node, { document.shape($0) == .sequence ? $0 : nil })
    else { return nil }
    for item in document.items(list) {
      for member in [id, level] where document.read(member, in: item, { document.wireInteger($0) }) == nil {
        return Misfit(
          "an item of `\(path.read.joined(separator: "."))`", lacks: member, wanted: "a whole number",
          document: document, node: item)
      }
    }
    return nil
  }

  /// The channel's UUID; nil where it says none.
  func uuid(_ document: Document, _ node: Int) -> String? {
    document.read(profile.channel.uuid, in: node) { document.wireText($0) }
  }

  /// The name of a known kind's field; of an unknown kind the shared field, or nil.
  private func name(
    _ document: Document, node: Int, kind: Kind?, values: [Value?]
  ) throws(KitFailure) -> String {
    if let kind {
      if let index = kind.index(of: "name"), case .text(let text)? = values[index] { return text }
      let member = profile.channel.field("name", of: kind.name)?.reading ?? []
      throw .undecodable(Misfit("a channel", lacks: member, wanted: "a string", document: document, node: node))
    }
    guard case .member(let path)? = profile.channel.fields.first(where: { $0.name == "name" })?.field else { return "" }
    return document.read(path.reading, in: node) { document.wireText($0) } ?? ""
  }

  /// The value of one field; nil for what the account does not show.
  private func value(_ document: Document, node: Int, shape: Shape, wire: WireField) -> Value? {
    switch wire {
    case .member(let path):
      guard shape != .secret else { return nil }
      return document.read(path.reading, in: node) { value(document, $0, shape) }
    case .switched(let by, let path):
      guard let isOn = document.read(by.reading, in: node, { flag(document, $0) }) else { return nil }
      guard isOn else { return .cleared }
      return document.read(path.reading, in: node) { document.wireInteger($0) }.map { .reference(Reference(id: $0)) }
    case .route(let method, let targets):
      guard let word = document.read(method.reading, in: node, { document.isScalar($0) ? $0 : nil }),
        let target = targets.first(where: { document.equals(word, $0.word) }),
        let id = document.read(target.id.reading, in: node, { document.wireInteger($0) }), id != target.unused
      else { return nil }
      return .route(target.kind, Reference(id: id))
    case .levels(let path, let id, let level, let title):
      guard let list = document.read(path.reading, in: node, { document.shape($0) == .sequence ? $0 : nil }) else {
        return nil
      }
      var levels: [Value.Level] = []
      for item in document.items(list) {
        guard let id = document.read(id, in: item, { document.wireInteger($0) }),
          let level = document.read(level, in: item, { document.wireInteger($0) })
        else { return nil }
        let title = title.flatMap { document.read($0, in: item) { document.wireText($0) } }
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

extension WireField {
  /// The member that has the field's value; for an object with a boolean or a word in front, that boolean or word.
  fileprivate var reading: ReadMember {
    switch self {
    case .member(let path), .switched(by: let path, _), .route(method: let path, targets: _),
      .levels(let path, id: _, level: _, title: _):
      path.reading
    }
  }
}

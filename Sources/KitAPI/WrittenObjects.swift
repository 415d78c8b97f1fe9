import Basics
import KitProfile
import Manifest
import Provisioning

/// The nested objects that an update writes whole, as they go back to the account: as they were read, secrets included.
///
/// An account may take a written object as its new value, so each member that is left out may be lost. A value that is not
/// shown (a mask, or a secret that is null or empty) is never written back; `hidden` names it.
struct WrittenObjects: Sendable {
  /// The objects by the names under which they are written.
  private(set) var members: [JSONValue.Member] = []
  /// What goes back with the items of lists that are written whole, by the field's name and the id of the item's object.
  private(set) var items: [String: [Int: [JSONValue.Member]]] = [:]
  private(set) var hidden: [HiddenMember] = []
  /// Secrets in `members` and `items`, as texts.
  private(set) var secrets: [String] = []

  private let channel: ChannelMembers
  private let kind: Kind
  private let secretPaths: MemberPaths
  private let readOnly: MemberPaths
  /// Whether an object that is not there may be shown when the channel is read by itself.
  private let mayShowLater: Bool

  /// The names of the form fields that hold a nested object with one of the fields; none where objects are merged.
  static func roots(_ profile: APIProfile, _ kind: Kind, _ fields: [String]) -> [String] {
    guard profile.channel.update == .replace else { return [] }
    var roots: [String] = []
    for path in fields.compactMap({ profile.channel.field($0, of: kind.name) }).flatMap(\.paths)
    where path.write.count > 1 && !roots.contains(path.write[0]) {
      roots.append(path.write[0])
    }
    return roots
  }

  /// Whether an update of the fields writes an object or a list whole.
  static func areWritten(_ profile: APIProfile, _ kind: Kind, _ fields: [String]) -> Bool {
    let hasList = fields.contains { profile.channel.field($0, of: kind.name)?.isList ?? false }
    return hasList || !roots(profile, kind, fields).isEmpty
  }

  /// Takes the objects that an update of `fields` writes out of a channel.
  ///
  /// `isFresh` says that the channel was read right before the update: an object that it does not have then is hidden,
  /// whereas a listing may leave out what the operation `readChannel` will show.
  init(
    _ profile: APIProfile, of channel: RemoteChannel, _ kind: Kind, writing fields: [(name: String, value: Value)],
    isFresh: Bool = false
  ) {
    mayShowLater = !isFresh && profile[.readChannel] != nil
    self.channel = profile.channel
    self.kind = kind
    var secretPaths = profile.channel.secrets + (profile.channel.salt?.paths ?? [])
    for field in kind.fields where field.isSecret {
      for path in profile.channel.field(field.name, of: kind.name)?.paths ?? [] {
        secretPaths += path.reading.paths + [path.write]
      }
    }
    self.secretPaths = MemberPaths(secretPaths)
    readOnly = MemberPaths(profile.channel.readOnly)
    let roots = WrittenObjects.roots(profile, kind, fields.map(\.name))
    let lists = ownFields.compactMap { own in
      own.wire.isList ? fields.first { $0.name == own.field.name }.map { (own.wire, $0) } : nil
    }
    guard !roots.isEmpty || !lists.isEmpty else { return }
    let source = channel.whole?.json ?? channel.raw
    for root in roots { addRoot(root, from: source, of: channel) }
    for (wire, field) in lists { takeItems(field.name, wire, staying: field.value, from: source) }
  }

  /// What a form adopts the objects from.
  var json: JSONValue { .object(members) }

  private mutating func addRoot(_ root: String, from source: JSONValue, of channel: RemoteChannel) {
    let paths = ownFields.flatMap { $0.wire.paths }.filter { $0.write.count > 1 && $0.write[0] == root }
    // An object may be read under another name than it is written.
    var base = root
    if source[root] == nil,
      let other = paths.flatMap(\.reading.paths).first(where: { $0.count > 1 && source[$0[0]] != nil })
    {
      base = other[0]
    }
    let isThere = if case .object? = source[base] { true } else { false }
    // Text or a list in the object's place is a value that Kitform does not understand, and would replace.
    if !isThere, let other = source[base], other != .null { addHidden(root, isCertain: true) }
    // An object that is not shown may have members without a name here.
    let isUnseen = !isThere && (source[base] ?? .null) == .null
    if isUnseen, paths.contains(where: { $0.reading.paths.contains { $0.count > 1 } }) {
      addHidden(root, isCertain: !mayShowLater)
    }
    var tree = FormTree()
    if case .object(let object)? = source[base] { tree.set([root], .object(object)) }
    for path in paths {
      guard let read = path.reading.paths.first(where: { WrittenObjects.isShown(at: $0, in: source) }),
        read != path.write, let value = WrittenObjects.value(at: read, in: source)
      else { continue }
      // A member with one name for reading is the written one under another name; an alternative is a member of its own.
      if read[0] == base, path.reading.alternatives.isEmpty { tree.remove([root] + read.dropFirst()) }
      if !WrittenObjects.isShown(at: path.write, in: .object(tree.members)) { tree.set(path.write, value) }
    }
    var object: JSONValue = .object([])
    for member in tree.members where member.key == root {
      object = shown(member.value, at: [root], readAs: base, inSecret: false) ?? object
    }
    if isThere || !tree.members.isEmpty { members.append(JSONValue.Member(root, object)) }
    noteAbsent(
      from: .object([JSONValue.Member(root, object)]), root, readAs: base, of: channel,
      isUnseen: isUnseen && mayShowLater)
  }

  /// Takes the items that stay in a list, without the ids, levels and titles that were read; an alternative beside is a
  /// member of its own.
  private mutating func takeItems(_ name: String, _ wire: WireField, staying value: Value, from source: JSONValue) {
    guard case .levels(let path, let id, let level, let title) = wire, case .levels(let staying) = value else { return }
    let ids = Set(staying.compactMap(\.reference.id))
    let base = path.reading.paths.first { WrittenObjects.isShown(at: $0, in: source) } ?? path.read
    let items = LevelItems(path, id: id, level: level, in: source).byID.filter { ids.contains($0.key) }
    for (number, item) in items.sorted(by: { $0.key < $1.key }) {
      let members = item.members(without: [item.id] + (item.level.map { [$0] } ?? []) + (title?.paths ?? []))
      guard case .object(let kept)? = shown(.object(members), at: path.write, readAs: base[0], inSecret: false) else {
        continue
      }
      self.items[name, default: [:]][number] = kept
    }
  }

  /// The value without what is not shown and what is never sent; nil where nothing of it may go back.
  ///
  /// It calls itself once a level; answers have at most 64.
  private mutating func shown(
    _ value: JSONValue, at path: [String], readAs base: String, inSecret: Bool
  ) -> JSONValue? {
    let isSecret = inSecret || secretPaths.contains(path) || secretPaths.contains([base] + path.dropFirst())
    switch value {
    case .object(let inner):
      var kept: [JSONValue.Member] = []
      for member in inner {
        let place = path + [member.key]
        if readOnly.contains(place) || readOnly.contains([base] + place.dropFirst()) { continue }
        if let value = shown(member.value, at: place, readAs: base, inSecret: isSecret) {
          kept.append(.init(member.key, value))
        }
      }
      return .object(kept)
    case .array(let items):
      var kept: [JSONValue] = []
      for item in items { if let item = shown(item, at: path, readAs: base, inSecret: isSecret) { kept.append(item) } }
      return .array(kept)
    case .string(let text):
      let isMasked = HiddenText.matches(text, isSecret: isSecret)
      if isMasked || isSecret && text.isEmpty {
        addHidden(path, readAs: base, isMasked: isMasked)
        return nil
      }
      if isSecret { secrets.append(text) }
      return value
    case .null:
      guard isSecret else { return value }
      addHidden(path, readAs: base, isMasked: false)
      return nil
    case .integer(let number):
      if isSecret { secrets.append(String(number)) }
      return value
    case .number(let text):
      if isSecret { secrets.append(text) }
      return value
    case .bool: return value
    }
  }

  /// Notes a member that is there and not shown.
  private mutating func addHidden(_ path: [String], readAs base: String, isMasked: Bool) {
    let place = [base] + path.dropFirst()
    if let (_, field, _) = ownFields.first(where: {
      $0.wire.paths.contains { $0.write == path || $0.reading.paths.contains(place) }
    }) {
      addHidden(field.name, isCertain: isMasked || field.isSecret)
    } else if let salt = channel.salt, salt.paths.contains(place) || salt.paths.contains(path) {
      addHidden(HiddenMember.salt, isCertain: isMasked || hasSalt)
    } else {
      addHidden(path.joined(separator: "."), isCertain: isMasked)
    }
  }

  /// Notes what the object should have and the account does not show at all.
  private mutating func noteAbsent(
    from object: JSONValue, _ root: String, readAs base: String, of remote: RemoteChannel, isUnseen: Bool
  ) {
    for (slot, field, wire) in ownFields {
      let paths = wire.paths.filter { $0.write.count > 1 && $0.write[0] == root }
      guard !paths.isEmpty else { continue }
      if field.isSecret {
        if paths.contains(where: { WrittenObjects.value(at: $0.write, in: object) == nil }) {
          addHidden(field.name, isCertain: !isUnseen)
        }
      } else if slot < remote.values.count, remote.values[slot] == nil {
        addHidden(field.name, isCertain: false)
      }
    }
    let salts = channel.salt?.paths.filter { $0.count > 1 && ($0[0] == root || $0[0] == base) } ?? []
    let isShown = salts.contains { WrittenObjects.value(at: [root] + $0.dropFirst(), in: object) != nil }
    if hasSalt, !salts.isEmpty, !isShown { addHidden(HiddenMember.salt, isCertain: !isUnseen) }
  }

  private mutating func addHidden(_ name: String, isCertain: Bool) {
    if let index = hidden.firstIndex(where: { $0.name == name }) {
      if isCertain { hidden[index].isCertain = true }
    } else {
      hidden.append(HiddenMember(name, isCertain: isCertain))
    }
  }

  /// Whether Kit makes a salt for channels of the kind.
  private var hasSalt: Bool { kind.outputs.contains { $0.name == HiddenMember.salt } }

  /// The kind's fields that travel, with how they do.
  private var ownFields: [(slot: Int, field: Field, wire: WireField)] {
    kind.fields.enumerated().compactMap { slot, field in
      guard field.role == .managed, let wire = channel.field(field.name, of: kind.name) else { return nil }
      return (slot, field, wire)
    }
  }

  /// Whether a member is there with a value.
  private static func isShown(at path: [String], in value: JSONValue) -> Bool {
    WrittenObjects.value(at: path, in: value).map { $0 != .null } ?? false
  }

  private static func value(at path: [String], in value: JSONValue) -> JSONValue? {
    path.reduce(value as JSONValue?) { $0?[$1] }
  }
}

extension WireField {
  /// Whether the field is a list, which every update writes whole.
  fileprivate var isList: Bool {
    if case .levels = self { true } else { false }
  }
}

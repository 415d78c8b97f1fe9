import Basics
import KitProfile
import Manifest
import Provisioning

/// Finds what an update changed beside what it was to change, by comparing two readings of a channel's whole object.
struct UnplannedMembers {
  /// The paths that differ, with dots; never a value.
  private(set) var names: [String] = []
  private let planned: [[String]]
  private let passing: MemberPaths

  init(_ profile: APIProfile, from before: RemoteChannel, to after: RemoteChannel, by draft: ChannelDraft) {
    planned = draft.fields.compactMap { profile.channel.field($0.name, of: draft.kind.name) }.flatMap(\.paths)
      .flatMap { $0.reading.paths + [$0.write] }
    passing = MemberPaths(profile.channel.changesByItself)
    let (old, new) = (before.whole?.json ?? before.raw, after.whole?.json ?? after.raw)
    compare(old, new, [])
    for (name, _) in draft.fields {
      guard case .levels(let path, let id, let level, let title)? = profile.channel.field(name, of: draft.kind.name)
      else { continue }
      compareItems(
        LevelItems(path, id: id, level: level, in: old), LevelItems(path, id: id, level: level, in: new),
        planned: level.paths + (title?.paths ?? []), ids: Set(id.paths.map { $0[0] }), at: path.read)
    }
  }

  /// Compares the items of a planned list that both readings have, but for the level and what follows from the id.
  ///
  /// An item may have its id under another one of the names `ids` than before.
  private mutating func compareItems(
    _ old: LevelItems, _ new: LevelItems, planned: [[String]], ids: Set<String>, at path: [String]
  ) {
    for (id, item) in old.byID.sorted(by: { $0.key < $1.key }) {
      guard let other = new.byID[id] else { continue }
      let before = item.members(without: [item.id] + planned)
      let after = other.members(without: [other.id] + planned)
      let added = after.map(\.key).filter { key in !ids.contains(key) && !before.contains { $0.key == key } }
      for key in before.map(\.key) + added where !passing.contains([key]) && !passing.contains(path + [key]) {
        let name = (path + [key]).joined(separator: ".")
        let isSame =
          before.first { $0.key == key }.map { steady($0.value) }
          == after.first { $0.key == key }.map { steady($0.value) }
        if !isSame, !names.contains(name) { names.append(name) }
      }
    }
  }

  /// It calls itself once a level; answers have at most 64.
  private mutating func compare(_ before: JSONValue?, _ after: JSONValue?, _ path: [String]) {
    guard before != after, !planned.contains(where: { path.starts(with: $0) }) else { return }
    if passing.contains(path) {
      // What changes by itself may change; an update that makes it vanish has lost it.
      if (before ?? .null) != .null, (after ?? .null) == .null { names.append(path.joined(separator: ".")) }
      return
    }
    if let old = UnplannedMembers.members(before), let new = UnplannedMembers.members(after) {
      let keys = old.map(\.key) + new.map(\.key).filter { key in !old.contains { $0.key == key } }
      for key in keys { compare(before?[key], after?[key], path + [key]) }
    } else if before.map({ steady($0) }) != after.map({ steady($0) }) {
      names.append(path.joined(separator: "."))
    }
  }

  /// The members of an object; none of what is not there.
  private static func members(_ value: JSONValue?) -> [JSONValue.Member]? {
    switch value {
    case .object(let members)?: members
    case .null?, nil: []
    default: nil
    }
  }

  /// A list without what changes by itself in its objects.
  private func steady(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array(let items): .array(items.map { steady($0) })
    case .object(let members):
      .object(members.filter { !passing.contains([$0.key]) }.map { .init($0.key, steady($0.value)) })
    default: value
    }
  }
}

import Basics
import KitProfile

/// The items of a channel's list of skills, by the id of their object.
struct LevelItems: Sendable {
  private(set) var byID: [Int: LevelItem] = [:]

  /// One item, with the paths inside it at which its id and its level were read.
  struct LevelItem: Sendable {
    var members: [JSONValue.Member]
    var id: [String]
    var level: [String]?

    /// The members without the values at some paths; an object that is empty without them goes too.
    func members(without paths: [[String]]) -> [JSONValue.Member] {
      paths.reduce(members) { LevelItems.removing($1[...], from: $0) }
    }
  }

  /// Takes the items out of a channel's object.
  init(_ path: WirePath, id: ReadMember, level: ReadMember, in channel: JSONValue) {
    for place in path.reading.paths {
      guard case .array(let items)? = place.reduce(channel as JSONValue?, { $0?[$1] }) else { continue }
      for case .object(let members) in items {
        guard let (number, idPath) = LevelItems.number(id, members) else { continue }
        byID[number] = LevelItem(members: members, id: idPath, level: LevelItems.number(level, members)?.path)
      }
      return
    }
  }

  /// The whole number at the first of a member's paths that has one, and that path.
  private static func number(_ member: ReadMember, _ members: [JSONValue.Member]) -> (Int, path: [String])? {
    for path in member.paths {
      let text: String? =
        switch path.reduce(JSONValue.object(members) as JSONValue?, { $0?[$1] }) {
        case .integer(let number)?: String(number)
        case .string(let text)?, .number(let text)?: text
        default: nil
        }
      if let number = text.flatMap({ Int($0) }) { return (number, path) }
    }
    return nil
  }

  private static func removing(
    _ path: ArraySlice<String>, from members: [JSONValue.Member]
  ) -> [JSONValue.Member] {
    guard let name = path.first, let index = members.firstIndex(where: { $0.key == name }) else { return members }
    var members = members
    if path.count > 1 {
      guard case .object(let inner) = members[index].value else { return members }
      let kept = removing(path.dropFirst(), from: inner)
      members[index].value = .object(kept)
      guard kept.isEmpty, !inner.isEmpty else { return members }
    }
    members.remove(at: index)
    return members
  }
}

import Basics
import KitProfile

/// The items of a channel's list of skills, by the id of their object.
struct LevelItems: Sendable {
  private(set) var byID: [Int: [JSONValue.Member]] = [:]

  /// Takes the items out of a channel's object; `id` is the member with the id.
  init(_ path: WirePath, id: String, in channel: JSONValue) {
    for place in path.reading.paths {
      guard case .array(let items)? = place.reduce(channel as JSONValue?, { $0?[$1] }) else { continue }
      for case .object(let item) in items {
        let text: String? =
          switch item.first(where: { $0.key == id })?.value {
          case .integer(let number)?: String(number)
          case .string(let text)?, .number(let text)?: text
          default: nil
          }
        if let number = text.flatMap({ Int($0) }) { byID[number] = item }
      }
      return
    }
  }

  /// What goes back with an item: its members without those named, those that are never sent, and masks.
  func written(without names: [String?], _ channel: ChannelMembers) -> [Int: [JSONValue.Member]] {
    let readOnly = MemberPaths(channel.readOnly)
    return byID.mapValues { item in
      item.filter { member in
        if case .string(let text) = member.value, WrittenObjects.looksMasked(text) { return false }
        return !names.contains(member.key) && !readOnly.contains([member.key])
      }
    }
  }
}

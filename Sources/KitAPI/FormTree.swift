import Basics
import KitProfile

/// The members of a form in the order in which they were put, nested objects included.
struct FormTree: Sendable {
  private(set) var members: [JSONValue.Member] = []

  /// Takes the object that a path leads into from what the account has, unless it is there already.
  mutating func adopt(_ path: [String], from raw: JSONValue?) {
    guard path.count > 1, !members.contains(where: { $0.key == path[0] }), let raw,
      case .object(let object)? = raw[path[0]]
    else { return }
    members.append(JSONValue.Member(path[0], .object(object)))
  }

  /// Whether there is a value at the end of a path that leads into an object.
  func contains(_ path: [String]) -> Bool {
    path.count > 1 && path.reduce(JSONValue.object(members) as JSONValue?) { $0?[$1] } != nil
  }

  /// Puts a value at the end of a path.
  mutating func set(_ path: [String], _ value: JSONValue) {
    members = FormTree.setting(members, path[...], value)
  }

  /// The members, and those of another object where their names are free, in nested objects too.
  func filled(with others: [JSONValue.Member]) -> [JSONValue.Member] { FormTree.filling(members, others) }

  /// It calls itself once a level; answers have at most 64.
  private static func filling(_ members: [JSONValue.Member], _ others: [JSONValue.Member]) -> [JSONValue.Member] {
    var members = members
    for other in others {
      guard let index = members.firstIndex(where: { $0.key.utf8.elementsEqual(other.key.utf8) }) else {
        members.append(other)
        continue
      }
      guard case .object(let inner) = members[index].value, case .object(let more) = other.value else { continue }
      members[index].value = .object(filling(inner, more))
    }
    return members
  }

  /// Takes the value at the end of a path out, where there is one.
  mutating func remove(_ path: [String]) {
    members = FormTree.removing(members, path[...])
  }

  private static func removing(_ members: [JSONValue.Member], _ path: ArraySlice<String>) -> [JSONValue.Member] {
    guard let name = path.first, let index = members.firstIndex(where: { $0.key.utf8.elementsEqual(name.utf8) }) else {
      return members
    }
    var members = members
    if path.count == 1 {
      members.remove(at: index)
    } else if case .object(let inner) = members[index].value {
      members[index].value = .object(removing(inner, path.dropFirst()))
    }
    return members
  }

  private static func setting(
    _ members: [JSONValue.Member], _ path: ArraySlice<String>, _ value: JSONValue
  ) -> [JSONValue.Member] {
    guard let name = path.first else { return members }
    var members = members
    let index = members.firstIndex { $0.key.utf8.elementsEqual(name.utf8) }
    var inner = value
    if path.count > 1 {
      var object: [JSONValue.Member] = []
      if let index, case .object(let present) = members[index].value { object = present }
      inner = .object(setting(object, path.dropFirst(), value))
    }
    if let index {
      members[index].value = inner
    } else {
      members.append(JSONValue.Member(name, inner))
    }
    return members
  }

  /// The form fields: texts as they are, numbers and switches in words, everything else as JSON text.
  func fields(_ switches: APIProfile.Switches) -> [(name: String, value: String)] {
    members.map { member in
      let value =
        switch member.value {
        case .string(let text): text
        case .bool(let flag): flag ? switches.on : switches.off
        case .integer(let number): String(number)
        case .number(let text): text
        case .null: ""
        case .array, .object: String(decoding: CanonicalJSON.encode(member.value, pretty: false), as: UTF8.self)
        }
      return (member.key, value)
    }
  }
}

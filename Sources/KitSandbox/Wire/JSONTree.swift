import Basics

/// Reading and building nested JSON objects by paths of member names.
enum JSONTree {
  /// The value at a path, or nil.
  static func value(at path: some Collection<String>, in value: JSONValue) -> JSONValue? {
    var value = value
    for name in path {
      guard let member = value[name] else { return nil }
      value = member
    }
    return value
  }

  /// Puts a value at a path, making the objects on the way; an old value there is replaced.
  static func set(_ value: JSONValue, at path: some Collection<String>, in members: inout [JSONValue.Member]) {
    guard let name = path.first else { return }
    let rest = path.dropFirst()
    let index = members.firstIndex { $0.key == name }
    var member = index.map { members[$0] } ?? JSONValue.Member(name, .null)
    if rest.isEmpty {
      member.value = value
    } else {
      var inner: [JSONValue.Member] = []
      if case .object(let old) = member.value { inner = old }
      set(value, at: rest, in: &inner)
      member.value = .object(inner)
    }
    if let index { members[index] = member } else { members.append(member) }
  }

  /// Empty objects inside one another along a path.
  static func object(at path: some Collection<String>) -> [JSONValue.Member] {
    path.reversed().reduce([]) { [JSONValue.Member($1, .object($0))] }
  }

  /// Removes the value at a path, and objects that are empty without it.
  static func remove(_ path: some Collection<String>, from members: inout [JSONValue.Member]) {
    guard let name = path.first, let index = members.firstIndex(where: { $0.key == name }) else { return }
    let rest = path.dropFirst()
    if !rest.isEmpty {
      guard case .object(var inner) = members[index].value else { return }
      remove(rest, from: &inner)
      members[index].value = .object(inner)
      guard inner.isEmpty else { return }
    }
    members.remove(at: index)
  }

  /// Adds the members of another object where their names are free, in nested objects too.
  static func fill(_ members: inout [JSONValue.Member], with others: [JSONValue.Member]) {
    for other in others {
      guard let index = members.firstIndex(where: { $0.key == other.key }) else {
        members.append(other)
        continue
      }
      guard case .object(var inner) = members[index].value, case .object(let more) = other.value else { continue }
      fill(&inner, with: more)
      members[index].value = .object(inner)
    }
  }
}

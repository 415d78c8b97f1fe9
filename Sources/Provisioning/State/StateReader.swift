import Basics
import Documents
import Manifest

/// Reads the members of one JSON object of a state, each with its type; what does not fit names its path.
struct StateReader {
  let value: JSONValue
  let path: String
  let members: [JSONValue.Member]

  init(_ value: JSONValue, path: String = "") throws(StateDamage) {
    guard case .object(let members) = value else { throw .member(path) }
    self.value = value
    self.path = path
    self.members = members
  }

  /// The failure of one member.
  func damage(_ name: String) -> StateDamage { .member(path(name)) }

  func text(_ name: String) throws(StateDamage) -> String {
    guard case .string(let text)? = value[name] else { throw damage(name) }
    return text
  }

  func integer(_ name: String) throws(StateDamage) -> Int {
    guard case .integer(let number)? = value[name] else { throw damage(name) }
    return number
  }

  func flag(_ name: String) throws(StateDamage) -> Bool {
    guard case .bool(let flag)? = value[name] else { throw damage(name) }
    return flag
  }

  /// A string, or nil for null.
  func optionalText(_ name: String) throws(StateDamage) -> String? {
    value[name] == .null ? nil : try text(name)
  }

  /// A whole number, or nil for null.
  func optionalInteger(_ name: String) throws(StateDamage) -> Int? {
    value[name] == .null ? nil : try integer(name)
  }

  func object(_ name: String) throws(StateDamage) -> StateReader {
    guard let member = value[name] else { throw damage(name) }
    return try StateReader(member, path: path(name))
  }

  /// An object that may be left out.
  func optional(_ name: String) throws(StateDamage) -> StateReader? {
    try value[name].map { member throws(StateDamage) in try StateReader(member, path: path(name)) }
  }

  /// A list of objects.
  func array(_ name: String) throws(StateDamage) -> [StateReader] {
    guard case .array(let items)? = value[name] else { throw damage(name) }
    var readers: [StateReader] = []
    for (index, item) in items.enumerated() { readers.append(try StateReader(item, path: path("\(name)[\(index)]"))) }
    return readers
  }

  func integers(_ name: String) throws(StateDamage) -> [Int] {
    guard case .array(let items)? = value[name] else { throw damage(name) }
    var numbers: [Int] = []
    for item in items {
      guard case .integer(let number) = item else { throw damage(name) }
      numbers.append(number)
    }
    return numbers
  }

  /// A place in the manifests, or nil for null.
  func position(_ name: String) throws(StateDamage) -> SourcePosition? {
    if value[name] == .null { return nil }
    let place = try object(name)
    return SourcePosition(
      file: try place.text("file"), line: try place.integer("line"), column: try place.integer("column"))
  }

  /// The fields of `applied`, each with what `fingerprints` and `readBack` have of it.
  func applied() throws(StateDamage) -> [State.AppliedField] {
    let fingerprints = try object("fingerprints")
    let readBack = try optional("readBack")
    var fields: [State.AppliedField] = []
    for member in try object("applied").members {
      var field = State.AppliedField(name: member.key, value: member.value)
      field.fingerprint = try fingerprints.optional(member.key).map(StateReader.fingerprint)
      if let readBack, let shown = readBack.value[member.key] {
        field.readBack =
          field.isSecret ? .fingerprint(try StateReader.fingerprint(readBack.object(member.key))) : .value(shown)
      }
      fields.append(field)
    }
    return fields
  }

  private static func fingerprint(_ reader: StateReader) throws(StateDamage) -> SecretFingerprint {
    var fingerprint = SecretFingerprint(key: try reader.text("key"), digest: try reader.text("digest"))
    if reader.value["address"] != nil { fingerprint.address = try reader.address(reader.text("address"), "address") }
    return fingerprint
  }

  private func path(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}

extension [State.AppliedField] {
  /// The members `applied`, `fingerprints` and, where an apply read back something else, `readBack`.
  var members: [JSONValue.Member] {
    let readBack = compactMap { field in field.readBack.map { JSONValue.Member(field.name, $0.json) } }
    return [
      .init("applied", .object(map { .init($0.name, $0.value) })),
      .init(
        "fingerprints",
        .object(compactMap { field in field.fingerprint.map { .init(field.name, $0.json) } })),
    ] + (readBack.isEmpty ? [] : [.init("readBack", .object(readBack))])
  }
}

extension State.ReadBack {
  fileprivate var json: JSONValue {
    switch self {
    case .value(let json): json
    case .fingerprint(let fingerprint): fingerprint.json
    }
  }
}

extension SecretFingerprint {
  fileprivate var json: JSONValue {
    var members: [JSONValue.Member] = [.init("key", .string(key)), .init("digest", .string(digest))]
    if let address { members.append(.init("address", .string(address.description))) }
    return .object(members)
  }
}

extension SourcePosition? {
  /// File, line and column, or null.
  var json: JSONValue {
    switch self {
    case nil: .null
    case let position?:
      ["file": .string(position.file), "line": .integer(position.line), "column": .integer(position.column)]
    }
  }
}

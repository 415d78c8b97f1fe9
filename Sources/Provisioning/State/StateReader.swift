import Basics
import Documents
import Manifest

/// Reads the members of one JSON object of a state, each with its type; what does not fit names its path.
struct StateReader {
  let value: JSONValue
  let members: [JSONValue.Member]
  private let place: Place

  init(_ value: JSONValue) throws(StateDamage) { try self.init(value, at: .root) }

  private init(_ value: JSONValue, at place: Place) throws(StateDamage) {
    guard case .object(let members) = value else { throw .member(place.path) }
    self.value = value
    self.place = place
    self.members = members
  }

  /// The path of the object in the document, such as `channels.ok.a.source`.
  var path: String { place.path }

  /// Where an object is; its path is made for a message alone, because a state has ten thousands of objects.
  private indirect enum Place {
    case root
    case member(String, of: Place)
    case item(Int, of: Place)

    var path: String {
      switch self {
      case .root: ""
      case .member(let name, of: .root): name
      case .member(let name, of: let object): "\(object.path).\(name)"
      case .item(let index, of: let list): "\(list.path)[\(index)]"
      }
    }
  }

  /// The failure of one member.
  func damage(_ name: String) -> StateDamage { .member(Place.member(name, of: place).path) }

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
    return try StateReader(member, at: .member(name, of: place))
  }

  /// An object that may be left out.
  func optional(_ name: String) throws(StateDamage) -> StateReader? {
    try value[name].map { member throws(StateDamage) in try StateReader(member, at: .member(name, of: place)) }
  }

  /// The members of an object that are all objects, with their names.
  func objects(_ name: String) throws(StateDamage) -> [(name: String, reader: StateReader)] {
    let object = try object(name)
    var readers: [(name: String, reader: StateReader)] = []
    for member in object.members {
      readers.append((member.key, try StateReader(member.value, at: .member(member.key, of: object.place))))
    }
    return readers
  }

  /// A list of objects.
  func array(_ name: String) throws(StateDamage) -> [StateReader] {
    guard case .array(let items)? = value[name] else { throw damage(name) }
    var readers: [StateReader] = []
    let list = Place.member(name, of: place)
    for (index, item) in items.enumerated() { readers.append(try StateReader(item, at: .item(index, of: list))) }
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

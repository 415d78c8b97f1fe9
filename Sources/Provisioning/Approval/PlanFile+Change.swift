import Basics
import Manifest

extension Change {
  /// The change as a saved plan has it: all of it.
  var json: JSONValue {
    .object(
      [
        .init("address", .string(address.description)), .init("action", .string(action.rawValue)),
        .init("id", .count(id)), .init("uuid", .text(uuid)), .init("name", .string(name)),
        .init("movedFrom", .text(movedFrom?.description)), .init("cause", .string(cause.rawValue)),
        .init("impact", .array(impact.map { .string($0) })), .init("protected", .bool(isProtected)),
        .init("named", .text(named)), .init("source", (source?.position).json),
        .init("gone", .bool(source?.isGone ?? false)), .init("precondition", .text(precondition)),
        .init("memory", .text(memory)),
        .init("fields", .array(fields.map(\.json))),
      ] + (losses.isEmpty ? [] : [.init("losses", .array(losses.map { .string($0) }))]) + wanted.members)
  }

  init(_ reader: StateReader) throws(StateDamage) {
    guard let action = Action(rawValue: try reader.text("action")) else { throw reader.damage("action") }
    self.init(
      address: try reader.address(reader.text("address"), "address"), action: action,
      id: try reader.optionalInteger("id"), uuid: try reader.optionalText("uuid"), name: try reader.text("name"),
      cause: try reader.cause(), impact: try reader.texts("impact"), isProtected: try reader.flag("protected"),
      source: nil, named: try reader.optionalText("named"), wanted: try reader.applied(),
      precondition: try reader.optionalText("precondition"), memory: try reader.optionalText("memory"))
    if let old = try reader.optionalText("movedFrom") { movedFrom = try reader.address(old, "movedFrom") }
    let isGone = try reader.flag("gone")
    source = try reader.position("source").map { Source($0, isGone: isGone) }
    if reader.value["losses"] != nil { losses = try reader.texts("losses") }
    for field in try reader.array("fields") { fields.append(try FieldChange(field)) }
  }
}

extension FieldChange {
  /// The field as a saved plan has it.
  var json: JSONValue {
    [
      "name": .string(name), "cause": .string(cause.rawValue), "secret": .text(secret?.rawValue),
      "before": before.json, "after": after.json, "applied": applied?.json ?? .null, "source": source.json,
      "note": .text(note),
    ]
  }

  init(_ reader: StateReader) throws(StateDamage) {
    var secret: SecretState?
    if let text = try reader.optionalText("secret") {
      guard let state = SecretState(rawValue: text) else { throw reader.damage("secret") }
      secret = state
    }
    self.init(
      name: try reader.text("name"), before: try FieldValue(reader.object("before")),
      after: try FieldValue(reader.object("after")), secret: secret, cause: try reader.cause(),
      source: try reader.position("source"), note: try reader.optionalText("note"))
    if reader.value["applied"] != .null { applied = try FieldValue(reader.object("applied")) }
  }
}

extension FieldValue {
  /// `{"state": "value", "value": …}`, or the state alone; a secret has its reference.
  var json: JSONValue {
    switch self {
    case .value(let json): ["state": "value", "value": json]
    case .absent: ["state": "absent"]
    case .unknown: ["state": "unknown"]
    case .secret(let reference): ["state": "secret", "reference": reference?.json ?? .null]
    }
  }

  init(_ reader: StateReader) throws(StateDamage) {
    switch try reader.text("state") {
    case "absent": self = .absent
    case "unknown": self = .unknown
    case "value":
      guard let json = reader.value["value"], Value(json: json) != nil else { throw reader.damage("value") }
      self = .value(json)
    case "secret":
      guard let json = reader.value["reference"] else { throw reader.damage("reference") }
      let reference = SecretReference(json: json)
      guard json == .null || reference != nil else { throw reader.damage("reference") }
      self = .secret(reference)
    default: throw reader.damage("state")
    }
  }
}

extension StateReader {
  fileprivate func cause() throws(StateDamage) -> Cause {
    guard let cause = Cause(rawValue: try text("cause")) else { throw damage("cause") }
    return cause
  }

  /// Reads an address out of a member's text.
  func address(_ text: String, _ name: String) throws(StateDamage) -> Address {
    guard let address = Address(text) else { throw damage(name) }
    return address
  }

  /// A list of texts.
  func texts(_ name: String) throws(StateDamage) -> [String] {
    guard case .array(let items)? = value[name] else { throw damage(name) }
    var texts: [String] = []
    for item in items {
      guard case .string(let text) = item else { throw damage(name) }
      texts.append(text)
    }
    return texts
  }
}

import Basics
import Manifest

extension RunRecord {
  /// The record as a state writes it.
  var json: JSONValue {
    .object(
      [
        .init("id", .string(id)), .init("command", .string(command)), .init("digest", .string(digest)),
        .init("started", .string(started)), .init("who", .string(who)),
        .init("known", .array(known.map { .integer($0) })), .init("operations", .array(operations.map(\.json))),
      ] + (fence.map { [.init("fence", .integer($0))] } ?? [])
        + (isTakenOver ? [.init("takenOver", .bool(true))] : []))
  }

  /// Reads what `json` wrote.
  init(_ reader: StateReader) throws(StateDamage) {
    var operations: [RunOperation] = []
    for operation in try reader.array("operations") { operations.append(try RunOperation(operation)) }
    self.init(
      id: try reader.text("id"), command: try reader.text("command"), digest: try reader.text("digest"),
      started: try reader.text("started"), who: try reader.text("who"), known: try reader.integers("known"),
      operations: operations, fence: reader.value["fence"] == nil ? nil : try reader.integer("fence"),
      isTakenOver: reader.value["takenOver"] == nil ? false : try reader.flag("takenOver"))
  }
}

extension RunRecord.RunOperation {
  fileprivate var json: JSONValue {
    .object(
      [
        .init("number", .integer(number)), .init("address", .string(address.description)),
        .init("action", .string(action.rawValue)), .init("name", .string(name)), .init("id", .count(channelID)),
        .init("uuid", .text(uuid)), .init("source", source.json), .init("protected", .bool(isProtected)),
      ] + wanted.members)
  }

  fileprivate init(_ reader: StateReader) throws(StateDamage) {
    guard let address = Address(try reader.text("address")) else { throw reader.damage("address") }
    guard let action = Action(rawValue: try reader.text("action")) else { throw reader.damage("action") }
    self.init(
      number: try reader.integer("number"), address: address, action: action, name: try reader.text("name"),
      channelID: try reader.optionalInteger("id"), uuid: try reader.optionalText("uuid"),
      source: try reader.position("source"), isProtected: try reader.flag("protected"), wanted: try reader.applied())
  }
}

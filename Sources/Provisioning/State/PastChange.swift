import Basics
package import Manifest

extension State {
  /// One change that a past run made, with what is needed to take it back; it holds no secret, only references.
  package struct PastChange: Sendable, Equatable {
    package var address: Address
    package var action: Action
    /// `done`, or `uncertain` where it is unknown whether the account has made it.
    package var verdict: ChangeResult.ChangeEnding
    package var id: Int?
    package var uuid: String?
    package var movedFrom: Address?
    /// The fields that the change concerned, in the order of the form.
    ///
    /// None for a creation: nothing was there before it, and the entry of the channel, or the next change, has what it set.
    package var fields: [PastField]

    package init(
      address: Address, action: Action, verdict: ChangeResult.ChangeEnding, id: Int?, uuid: String?,
      movedFrom: Address? = nil, fields: [PastField] = []
    ) {
      self.address = address
      self.action = action
      self.verdict = verdict
      self.id = id
      self.uuid = uuid
      self.movedFrom = movedFrom
      self.fields = fields
    }
  }

  /// One field of a past change; before is what the account had, or after an interrupted run what the last apply had set.
  package struct PastField: Sendable, Equatable {
    package var name: String
    package var before: FieldValue
    package var after: FieldValue

    package init(name: String, before: FieldValue, after: FieldValue) {
      self.name = name
      self.before = before
      self.after = after
    }
  }

  /// How many past runs the state keeps.
  static let historyLimit = 50
  /// The most that the changes of all past runs may take, in bytes of compact JSON.
  static let pastChangesLimit = 512 << 10

  /// Adds a past run; the last 50 stay, and of their changes as many as there is room for, those of newer runs first.
  package mutating func remember(_ run: PastRun) {
    history = (history + [run]).suffix(State.historyLimit)
    var left = State.pastChangesLimit
    for index in history.indices.reversed() {
      let changes = history[index].changes
      var kept = 0
      while kept < changes.count {
        let size = CanonicalJSON.encode(changes[kept].json).count
        guard size <= left else { break }
        left -= size
        kept += 1
      }
      guard kept < changes.count else { continue }
      left = 0
      history[index].omitted += changes.count - kept
      history[index].changes = Array(changes.prefix(kept))
    }
  }
}

extension State.PastChange {
  /// What a change of a plan has become; nil where nothing came of it.
  init?(_ change: Change, _ result: ChangeResult, id: Int?) {
    switch result.verdict {
    case .done, .uncertain: break
    case .failed, .notAttempted: return nil
    }
    self.init(
      address: change.address, action: change.action, verdict: result.verdict, id: change.id ?? id,
      uuid: result.uuid ?? change.uuid, movedFrom: change.movedFrom,
      fields: change.action == .create
        ? []
        : change.fields.filter { $0.secret != .same && $0.secret != .notCompared }
          .map { State.PastField(name: $0.name, before: $0.before, after: $0.after) })
  }

  /// What an operation of an interrupted run has done to the entry that the state had before it.
  init(_ operation: RunRecord.RunOperation, former: State.Entry?, id: Int?, uuid: String?) {
    let before = former?.applied ?? []
    let after = operation.action == .delete ? [] : operation.wanted
    let names = after.map(\.name) + before.map(\.name).filter { name in !after.contains { $0.name == name } }
    func value(_ name: String, _ fields: [State.AppliedField]) -> FieldValue {
      guard let field = fields.first(where: { $0.name == name }) else { return .absent }
      return field.isSecret ? .secret(SecretReference(json: field.value)) : .value(field.value)
    }
    self.init(
      address: operation.address, action: operation.action, verdict: .done, id: operation.channelID ?? id,
      uuid: operation.uuid ?? uuid,
      fields: operation.action == .create
        ? []
        : names.map { State.PastField(name: $0, before: value($0, before), after: value($0, after)) }
          .filter { $0.before != $0.after || former == nil })
  }

  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("address", .string(address.description)), .init("action", .string(action.rawValue)),
      .init("result", .string(verdict.rawValue)), .init("id", .count(id)), .init("uuid", .text(uuid)),
    ]
    if let movedFrom { members.append(.init("movedFrom", .string(movedFrom.description))) }
    members.append(
      .init(
        "fields",
        .array(
          fields.map { ["name": .string($0.name), "before": $0.before.json, "after": $0.after.json] })))
    return .object(members)
  }

  init(_ reader: StateReader) throws(StateDamage) {
    guard let action = Action(rawValue: try reader.text("action")) else { throw reader.damage("action") }
    guard let verdict = ChangeResult.ChangeEnding(rawValue: try reader.text("result")) else {
      throw reader.damage("result")
    }
    self.init(
      address: try reader.address(reader.text("address"), "address"), action: action, verdict: verdict,
      id: try reader.optionalInteger("id"), uuid: try reader.optionalText("uuid"))
    if reader.value["movedFrom"] != nil { movedFrom = try reader.address(reader.text("movedFrom"), "movedFrom") }
    for field in try reader.array("fields") {
      fields.append(
        State.PastField(
          name: try field.text("name"), before: try FieldValue(field.object("before")),
          after: try FieldValue(field.object("after"))))
    }
  }
}

import Basics
import Documents
import Manifest

/// A plan as a file hands it to reviewers: a saved plan, a JSON report or a Markdown report.
package struct ReviewedPlan: Sendable {
  package var approval: Approval
  /// What is known of each change of the approval, in its order; a Markdown report has nothing but the hashes.
  package var details: [Detail?]

  /// What people read of one change.
  package struct Detail: Sendable, Equatable {
    /// The channel's display name; nil for loosened limits.
    package var name: String?
    package var fields: [FieldChange]
  }

  private init(_ approval: Approval, _ details: [Detail?]) {
    self.approval = approval
    self.details = details
  }

  /// A plan that was made, or came out of its file.
  package init(_ plan: Plan) {
    approval = Approval(plan: plan)
    details = plan.changes.map { Detail(name: $0.name, fields: $0.fields) }
    if let last = plan.loosenedGuards {
      let fields = plan.guards.differences(from: last).map {
        FieldChange(name: $0.name, before: .value($0.before), after: .value($0.after), cause: .manifest, source: nil)
      }
      details.append(Detail(name: nil, fields: fields))
    }
  }

  /// Reads any of the three; `label` is the file's path, for messages.
  package init(reading bytes: [UInt8], label: String) throws(ApprovalFailure) {
    if bytes.first(where: { !" \t\r\n".utf8.contains($0) }) == UInt8(ascii: "{") {
      try self.init(document: ReviewedPlan.parse(bytes, label), bytes, label)
    } else {
      let approval = try Approval(block: ReviewedPlan.parse(ReviewedPlan.block(bytes, label), label), label)
      self.init(approval, approval.changes.map { _ in nil })
    }
  }

  private init(document: JSONValue, _ bytes: [UInt8], _ label: String) throws(ApprovalFailure) {
    guard let block = document["approval"] else {
      guard document["sha256"] != nil else { throw .none(label: label) }
      do throws(PlanFileFailure) {
        self.init(try PlanFile(decoding: bytes, label: label).plan)
      } catch {
        throw .plan(error)
      }
      return
    }
    let approval = try Approval(block: block, label)
    let reported: [Reported]
    do throws(StateDamage) {
      reported = try ReviewedPlan.changes(StateReader(document))
    } catch {
      throw .damaged(label: label, reason: error.words)
    }
    guard reported.count == approval.changes.count else {
      throw .damaged(label: label, reason: "its changes are not those that it has hashes of")
    }
    if let digest = document["digest"], digest != .string(approval.digest) {
      throw .damaged(label: label, reason: "it shows another digest than the one that it approves: it was edited")
    }
    for (change, item) in zip(reported, approval.changes) where !change.fits(item) {
      throw .damaged(
        label: label,
        reason: "what it shows of \(SafeText.escape(item.address)) is not the change that it approves: it was edited")
    }
    self.init(approval, reported.map(\.detail))
  }

  /// The line of JSON in the hidden block of a Markdown report, which must be there once and whole.
  private static func block(_ bytes: [UInt8], _ label: String) throws(ApprovalFailure) -> [UInt8] {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
    func isLine(_ line: ArraySlice<UInt8>, _ text: String) -> Bool {
      (line.last == UInt8(ascii: "\r") ? line.dropLast() : line).elementsEqual(text.utf8)
    }
    var found: [UInt8]?
    while let start = lines.firstIndex(where: { isLine($0, ApprovalBlock.start) }) {
      guard found == nil else { throw .damaged(label: label, reason: "it holds more than one approval") }
      guard start + 2 < lines.endIndex, isLine(lines[start + 2], ApprovalBlock.end) else {
        throw .damaged(label: label, reason: "its hidden block is cut")
      }
      found = Array(lines[start + 1])
      lines = lines[(start + 3)...]
    }
    guard let found else { throw .none(label: label) }
    return found
  }

  private static func parse(_ bytes: [UInt8], _ label: String) throws(ApprovalFailure) -> JSONValue {
    let composed = JSONComposer.compose(
      SourceFile(path: label, bytes: bytes), file: 0,
      budget: DocumentBudget(bytes: PlanFile.byteLimit, scalarBytes: PlanFile.byteLimit, nodes: PlanFile.byteLimit / 8))
    guard composed.diagnostics.isEmpty, let root = composed.document.roots.first else {
      throw .damaged(label: label, reason: "it is cut, or it is not JSON")
    }
    return composed.document.json(root)
  }

  // MARK: The changes of a JSON report

  /// One change as the report shows it.
  private struct Reported {
    var address: String
    var action: Action
    var uuid: String?
    var losses: [String] = []
    var detail: Detail
    /// The hashes that the report shows, by the field's name.
    var hashes: [String: String] = [:]

    /// Whether it is the change that an approval has the hash of, as far as a report can show that.
    ///
    /// Reports mask what may be secret. Where they do, each field that is shown whole is compared with its own hash.
    func fits(_ item: Approval.ApprovedChange) -> Bool {
      guard address == item.address, action == item.action, uuid == item.uuid else { return false }
      let fields = PlanDigest.counted(detail.fields)
      guard fields.map(\.name) == item.fields else { return false }
      if address == GuardLimits.address {
        let limits = fields.compactMap { field -> (name: String, before: JSONValue, after: JSONValue)? in
          guard case .value(let before) = field.before, case .value(let after) = field.after else { return nil }
          return (field.name, before, after)
        }
        return PlanDigest.hash(limits: limits) == item.hash
      }
      guard fields.allSatisfy(\.isWhollyShown) else {
        return fields.allSatisfy { !$0.isWhollyShown || PlanDigest.hash(of: $0) == hashes[$0.name] }
      }
      return [false, true].contains {
        PlanDigest.hash(address, action, uuid: uuid, fields, isFirst: $0, losses: losses) == item.hash
      }
    }
  }

  private static func changes(_ report: StateReader) throws(StateDamage) -> [Reported] {
    var changes: [Reported] = []
    for change in try report.array("changes") {
      var fields: [FieldChange] = []
      var hashes: [String: String] = [:]
      for reader in try change.array("fields") {
        let field = try FieldChange(reported: reader)
        fields.append(field)
        if reader.value["hash"] != nil { hashes[field.name] = try reader.text("hash") }
      }
      guard let action = Action(rawValue: try change.text("action")) else { throw change.damage("action") }
      changes.append(
        Reported(
          address: try change.text("address"), action: action, uuid: try change.optionalText("uuid"),
          losses: change.value["losses"] == nil ? [] : try change.texts("losses"),
          detail: Detail(name: try change.text("name"), fields: fields), hashes: hashes))
    }
    if let loosened = report.value["loosenedGuards"], loosened != .null {
      let limits = try report.object("loosenedGuards")
      let before = try limits.object("before")
      let after = try limits.object("after")
      var fields: [FieldChange] = []
      for member in after.members.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
        guard let old = before.value[member.key] else { throw before.damage(member.key) }
        guard old != member.value, old != .null else { continue }
        fields.append(
          FieldChange(
            name: member.key, before: .value(old), after: .value(member.value), cause: .manifest, source: nil))
      }
      changes.append(
        Reported(address: GuardLimits.address, action: .update, detail: Detail(name: nil, fields: fields)))
    }
    return changes
  }
}

extension Approval {
  /// Reads the approval alone out of any of the three.
  package static func reading(_ bytes: [UInt8], label: String) throws(ApprovalFailure) -> Approval {
    try ReviewedPlan(reading: bytes, label: label).approval
  }
}

extension FieldChange {
  /// Whether a report shows all that counts of the field: no part of a string is masked, and each secret has its reference.
  fileprivate var isWhollyShown: Bool {
    func isShown(_ value: FieldValue) -> Bool {
      switch value {
      case .absent, .unknown: true
      case .secret(let reference): reference != nil
      case .value(let json): !CanonicalJSON.text(json).contains("•••")
      }
    }
    return isShown(after) && (secret != nil || isShown(before))
  }

  /// Reads a field of a JSON report, where a secret has its new reference alone and URLs hide a part.
  fileprivate init(reported reader: StateReader) throws(StateDamage) {
    guard let cause = Cause(rawValue: try reader.text("cause")) else { throw reader.damage("cause") }
    var secret: SecretState?
    if let text = try reader.optionalText("secret") {
      guard let state = SecretState(rawValue: text) else { throw reader.damage("secret") }
      secret = state
    }
    let states = try reader.object("state")
    let reference = reader.value["reference"] == nil ? nil : SecretReference(notation: try reader.text("reference"))
    func side(_ name: String) throws(StateDamage) -> FieldValue {
      switch try states.text(name) {
      case "absent": return .absent
      case "secret": return .secret(name == "after" ? reference : nil)
      case "unknown": return .unknown
      case "value":
        guard let json = reader.value[name], Value(json: json) != nil else { throw reader.damage(name) }
        return .value(json)
      default: throw states.damage(name)
      }
    }
    self.init(
      name: try reader.text("name"), before: try side("before"), after: try side("after"), secret: secret,
      cause: cause, source: try reader.position("source"))
  }
}

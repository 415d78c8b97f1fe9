import Basics
import Manifest

/// The digest of a plan, which a reviewer can approve (Plans.md, "The saved plan and the digest").
///
/// No serial, time, commit, position, wording or tool version counts, nor anything that is derived from a secret's value.
package enum PlanDigest {
  /// What every digest begins with; another rule would have another one.
  package static let prefix = "kf1-"

  /// Whether a string has a digest's form.
  package static func isDigest(_ text: String) -> Bool {
    text.hasPrefix(prefix) && Hexadecimal.bytes(String(text.dropFirst(prefix.count)))?.count == 20
  }

  /// `kf1-` and 40 hexadecimal digits over account, environment, targets and the changes.
  package static func digest(of plan: Plan) -> String {
    digest(
      plan.account, environment: plan.environment, targets: plan.targets, profile: plan.profile?.digest,
      hashes: hashes(of: plan))
  }

  /// The digest of what a plan comes to, its changes given by their hashes.
  ///
  /// - Parameter profile: what the API profile says, as a digest; nil for the built-in one, which adds nothing.
  static func digest(
    _ account: State.AccountBinding, environment: String, targets: [String], profile: String?, hashes: [String]
  ) -> String {
    var digest = FramedDigest()
    digest.add(account.name)
    digest.add(account.host)
    digest.add(environment)
    digest.add(account.isSandbox ? "sandbox" : "account")
    digest.add(targets.count)
    for target in targets { digest.add(target) }
    for hash in hashes.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) { digest.add(hash) }
    if let profile { digest.add("profile \(profile)") }
    return prefix + digest.finish().prefix(40)
  }

  /// The hash of every change in the plan's order, and then of the loosened limits, which are a change of their own.
  package static func hashes(of plan: Plan) -> [String] {
    var hashes = plan.changes.map { hash(of: $0, in: plan) }
    if let last = plan.loosenedGuards { hashes.append(hash(of: plan.guards, after: last)) }
    return hashes
  }

  /// The fields of a change that count, sorted by name: not those whose secret stays, or was not compared.
  package static func counted(_ fields: [FieldChange]) -> [FieldChange] {
    fields.filter { $0.secret != .same && $0.secret != .notCompared }
      .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// SHA-256, 64 hexadecimal digits, over address, action, UUID and the fields by name; a deletion that waits for nothing
  /// says so, and an update says what it may lose.
  package static func hash(of change: Change, in plan: Plan) -> String {
    hash(
      change.address.description, change.action, uuid: change.uuid, counted(change.fields),
      isFirst: plan.deleteFirst.contains(change.address), losses: change.losses)
  }

  /// The same of a change given by its parts; `fields` are those that count.
  static func hash(
    _ address: String, _ action: Action, uuid: String?, _ fields: [FieldChange], isFirst: Bool, losses: [String]
  ) -> String {
    var digest = FramedDigest()
    digest.add(address)
    digest.add(action.rawValue)
    digest.add(uuid ?? "")
    for field in fields {
      for text in texts(of: field) { digest.add(text) }
    }
    if isFirst { digest.add("first") }
    if !losses.isEmpty {
      digest.add("loses")
      for name in losses { digest.add(name) }
    }
    return digest.finish()
  }

  /// SHA-256, 64 hexadecimal digits, over what counts of one field.
  ///
  /// A JSON report has it beside the field. Where a part of a change is masked, so that its own hash cannot be made, the
  /// other fields are compared with theirs.
  package static func hash(of field: FieldChange) -> String {
    var digest = FramedDigest()
    for text in texts(of: field) { digest.add(text) }
    return digest.finish()
  }

  /// What counts of a field: name, cause, before and after; of a secret its reference, and whether it is set or changed.
  static func texts(of field: FieldChange) -> [String] {
    let sides =
      field.secret.map { ["", "\(text(of: field.after)) \($0.rawValue)"] }
      ?? [text(of: field.before), text(of: field.after)]
    return [field.name, field.cause.rawValue] + sides
  }

  /// What fields are wanted to be: 40 hexadecimal digits over names and values, in the order given.
  static func hash(after fields: [(name: String, value: FieldValue)]) -> String {
    var digest = FramedDigest()
    for field in fields {
      digest.add(field.name)
      digest.add(text(of: field.value))
    }
    return String(digest.finish().prefix(40))
  }

  /// The limits that change, as fields of a change at the address `guards`.
  static func hash(of limits: GuardLimits, after last: GuardLimits) -> String {
    hash(limits: limits.differences(from: last).map { ($0.name, $0.before, $0.after) })
  }

  /// The same of the limits that differ, sorted by name.
  static func hash(limits: [(name: String, before: JSONValue, after: JSONValue)]) -> String {
    var digest = FramedDigest()
    for text in [GuardLimits.address, Action.update.rawValue, ""] { digest.add(text) }
    for field in limits {
      for text in [field.name, Cause.manifest.rawValue, GuardLimits.text(field.before), GuardLimits.text(field.after)] {
        digest.add(text)
      }
    }
    return digest.finish()
  }

  /// One side of a field: its form, then its content; account objects by id, durations in seconds.
  private static func text(of value: FieldValue) -> String {
    switch value {
    case .absent: "absent"
    case .unknown: "unknown"
    case .secret(let reference): "secret " + (reference.map { text(of: $0) } ?? "")
    case .value(let json): text(of: json)
    }
  }

  private static func text(of reference: SecretReference) -> String {
    switch reference {
    case .environment(let name): "env \(name)"
    case .file(let path): "file \(path)"
    case .fileNamedBy(let name): "file-env \(name)"
    case .keep: "keep"
    }
  }

  private static func text(of json: JSONValue) -> String {
    guard let value = Value(json: json) else { return "unreadable" }
    return switch value {
    case .cleared: "cleared"
    case .text(let text): "text \(text)"
    case .flag(let flag): "flag \(flag)"
    case .seconds(let seconds): "seconds \(seconds)"
    case .reference(let reference), .credential(let reference, value: _): "object \(text(of: reference))"
    case .route(let kind, let reference): "\(kind.rawValue) \(text(of: reference))"
    case .levels(let levels):
      "levels "
        + levels.map { "\(text(of: $0.reference)) level \($0.level)" }
        .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { "\($0.utf8.count):\($0)" }.joined()
    case .secret(let reference): "secret \(text(of: reference))"
    case .names(let names): "names " + names.map { "\($0.utf8.count):\($0)" }.joined()
    }
  }

  private static func text(of reference: Reference) -> String {
    reference.id.map { "id \($0)" } ?? "title \(reference.title ?? "")"
  }
}

extension Plan {
  /// The plan's digest: see `PlanDigest`.
  package var digest: String { PlanDigest.digest(of: self) }

  /// The digest that the plan would have under another API profile; nil is the built-in one.
  package func digest(underProfile profile: String?) -> String {
    PlanDigest.digest(
      account, environment: environment, targets: targets, profile: profile, hashes: PlanDigest.hashes(of: self))
  }
}

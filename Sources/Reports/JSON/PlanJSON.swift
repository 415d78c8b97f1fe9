package import Basics
import Documents
import Manifest
package import Provisioning

/// A plan as members of a JSON document (Pipelines.md, "JSON documents").
package enum PlanJSON {
  package static func members(_ plan: Plan, digest: String? = nil) -> [JSONValue.Member] {
    let profile = plan.profile.map { [JSONValue.Member("profile", $0.json)] } ?? []
    return [
      .init(
        "summary",
        .object(
          Action.allCases.map { .init($0.rawValue, .integer(plan.count($0))) } + [
            .init("unchanged", .integer(plan.unchanged)), .init("unmanaged", .integer(plan.unmanaged)),
            .init("calls", .integer(plan.calls)), .init("reads", .integer(plan.reads)),
            .init(
              "partial",
              plan.scope.map { ["channels": .integer($0.channels), "of": .integer($0.total)] } ?? .null),
          ])),
      .init("digest", .string(digest ?? plan.digest)),
      .init("targets", .array(plan.targets.map { .string($0) })),
      .init("interrupted", .array(plan.interrupted.map { .string($0) })),
      .init("refusals", .array(plan.refusals.map(refusal))),
      .init("loosenedGuards", plan.loosenedGuards.map { loosened($0, plan.guards) } ?? .null),
      .init("changes", .array(plan.changes.map { change($0, in: plan) })),
    ]
      + (plan.canaries.isEmpty ? [] : [.init("firstWrites", .array(plan.canaries.map { .string($0.description) }))])
      + [.init("approval", Approval(plan: plan).json)]
      + profile
  }

  /// The limits of the last apply and those that hold once the plan is applied.
  private static func loosened(_ before: GuardLimits, _ after: GuardLimits) -> JSONValue {
    func limits(_ limits: GuardLimits) -> JSONValue {
      [
        "maxDeletes": .integer(limits.maxDeletes), "maxDeletePercent": .integer(limits.maxDeletePercent),
        "maxUpdates": .count(limits.maxUpdates), "drift": .string(limits.refusesDrift ? "refuse" : "overwrite"),
      ]
    }
    return ["before": limits(before), "after": limits(after)]
  }

  private static func refusal(_ refusal: Refusal) -> JSONValue {
    [
      "rule": .string(refusal.rule.id), "addresses": .array(refusal.addresses.map { .string($0.description) }),
      "message": .string(refusal.message), "remedy": .string(refusal.remedy),
      "paste": .array(refusal.paste.map { .string($0) }),
    ]
  }

  private static func change(_ change: Change, in plan: Plan) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("address", .string(change.address.description)), .init("action", .string(change.action.rawValue)),
      .init("uuid", .text(change.uuid)), .init("name", .string(change.name)),
      .init("movedFrom", .text(change.movedFrom?.description)), .init("cause", .string(change.cause.rawValue)),
      .init("impact", .array(change.impact.map { .string($0) })), .init("protected", .bool(change.isProtected)),
      .init("named", .text(change.named)),
      .init(
        "source",
        change.source.map { source in
          .object(position(source.position) + [.init("gone", .bool(source.isGone))])
        } ?? .null),
      .init("fields", .array(change.fields.map { field($0, isHashed: true) })),
      .init("hash", .string(PlanDigest.hash(of: change, in: plan))),
    ]
    if !change.losses.isEmpty { members.append(.init("losses", .array(change.losses.map { .string($0) }))) }
    return .object(members)
  }

  /// - Parameter isHashed: whether a field that counts for the digest has its hash beside it.
  static func field(_ field: FieldChange, isHashed: Bool = false) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("name", .string(field.name)), .init("before", value(field.before)), .init("after", value(field.after)),
    ]
    if let applied = field.applied { members.append(.init("applied", value(applied))) }
    members += [
      .init("state", ["before": .string(state(field.before)), "after": .string(state(field.after))]),
      .init("secret", .text(field.secret?.rawValue)), .init("cause", .string(field.cause.rawValue)),
      .init("note", .text(field.note)), .init("source", field.source.map { .object(position($0)) } ?? .null),
    ]
    if case .secret(let reference?) = field.after, let notation = reference.notation {
      members.append(.init("reference", .string(notation)))
    }
    if isHashed, !PlanDigest.counted([field]).isEmpty {
      members.append(.init("hash", .string(PlanDigest.hash(of: field))))
    }
    return .object(members)
  }

  static func position(_ position: SourcePosition) -> [JSONValue.Member] {
    [
      .init("file", .string(position.file)), .init("line", .integer(position.line)),
      .init("column", .integer(position.column)),
    ]
  }

  static func value(_ value: FieldValue) -> JSONValue {
    switch value {
    case .value(.string(let text)): .string(URLText.masked(text))
    case .value(let json): json
    case .absent, .secret, .unknown: .null
    }
  }

  static func state(_ value: FieldValue) -> String {
    switch value {
    case .value: "value"
    case .absent: "absent"
    case .secret: "secret"
    case .unknown: "unknown"
    }
  }
}

/// The results of an apply as members of a JSON document.
package enum ApplyJSON {
  package static func members(_ result: ApplyResult) -> [JSONValue.Member] {
    [
      .init("results", .array(result.changes.map(change))),
      .init(
        "unverified",
        .array(
          result.unverified.map { item in
            [
              "address": .string(item.address.description), "fields": .array(item.fields.map { .string($0) }),
              "message": .string(item.reason),
            ]
          })),
    ]
  }

  private static func change(_ result: ChangeResult) -> JSONValue {
    [
      "address": .string(result.address.description), "action": .string(result.action.rawValue),
      "result": .string(result.verdict.rawValue), "uuid": .text(result.uuid),
      "error": result.error.map { error in
        ["message": .string(error.message), "status": .count(error.status), "code": .count(error.code)]
      } ?? .null,
      "calls": .integer(result.calls), "seconds": .number(SecondsText.text(result.duration)),
    ]
  }
}

/// Durations of calls in seconds, to the millisecond.
package enum SecondsText {
  package static func text(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let milliseconds = Int(attoseconds / 1_000_000_000_000_000)
    let digits = String(milliseconds)
    return "\(seconds).\(String(repeating: "0", count: 3 - digits.count))\(digits)"
  }
}

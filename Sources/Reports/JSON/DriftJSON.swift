package import Basics
package import Documents
package import Manifest
package import Provisioning

/// What changed in Kit as members of a JSON document (Pipelines.md, "JSON documents").
package enum DriftJSON {
  /// The members; durations as whole seconds, a secret's values are null.
  ///
  /// - Parameter outcome: what was written into the manifests; nil where nothing was to be.
  package static func members(_ drift: Drift, outcome: DriftOutcome? = nil) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = [
      .init("compared", .integer(drift.compared)), .init("reads", .integer(drift.reads)),
      .init("interrupted", .array(drift.interrupted.map { .string($0) })),
      .init("channels", .array(drift.channels.map(channel))),
      .init(
        "unreadable",
        .array(
          drift.unreadable.map { item in
            [
              "address": .string(item.address.description), "field": .string(item.field),
              "reason": .string(item.reason),
            ]
          })),
    ]
    guard let outcome else { return members }
    members.append(
      .init(
        "written",
        .array(
          outcome.written.map { item in
            [
              "address": .string(item.address.description), "field": .string(item.field), "file": .string(item.file),
            ]
          })))
    members.append(
      .init(
        "left",
        .array(
          outcome.left.map { item in
            [
              "address": .string(item.address.description), "field": .text(item.field), "reason": .string(item.reason),
              "yaml": .text(item.yaml), "source": source(item.source),
            ]
          })))
    return members
  }

  private static func channel(_ channel: DriftedChannel) -> JSONValue {
    [
      "address": .string(channel.address.description), "missing": .bool(channel.isMissing),
      "name": .string(channel.name), "uuid": .string(channel.uuid), "source": source(channel.source?.position),
      "fields": .array(channel.fields.map(field)),
    ]
  }

  private static func field(_ field: DriftedField) -> JSONValue {
    [
      "name": .string(field.name), "applied": PlanJSON.value(field.applied), "account": PlanJSON.value(field.account),
      "manifest": PlanJSON.value(field.manifest),
      "state": [
        "applied": .string(PlanJSON.state(field.applied)), "account": .string(PlanJSON.state(field.account)),
        "manifest": .string(PlanJSON.state(field.manifest)),
      ],
      "note": .text(field.note), "source": source(field.source),
    ]
  }

  private static func source(_ position: SourcePosition?) -> JSONValue {
    position.map { .object(PlanJSON.position($0)) } ?? .null
  }
}

/// Drift as findings, for reports that know findings alone.
package enum DriftFindings {
  /// Each difference as a finding, without any part of a secret.
  ///
  /// - Parameter place: the place of a field, or of a channel, in the manifests.
  package static func list(_ drift: Drift, at place: (Address, String?) -> SourcePlace?) -> [Diagnostic] {
    drift.channels.flatMap { channel -> [Diagnostic] in
      if channel.isMissing {
        return [
          Diagnostic(
            .driftMissing, at: place(channel.address, nil), "\(channel.address) is gone from Kit",
            suggestion:
              "create it again with `kitform apply --recreate \(channel.address)`, or remove it from the manifests")
        ]
      }
      return channel.fields.map { field in
        Diagnostic(
          .driftChanged, at: place(channel.address, field.name),
          field.isSecret
            ? "\(field.name) of \(channel.address) was changed in Kit since the last apply"
            : "\(field.name) of \(channel.address) was changed in Kit since the last apply: \(FieldWords.text(field.applied)) → \(FieldWords.text(field.account))\(field.note.map { ", \($0)" } ?? "")",
          suggestion:
            "write Kit's value into the manifests with `kitform drift --write`, or restore the old one with `kitform apply`"
        )
      }
    }
  }
}

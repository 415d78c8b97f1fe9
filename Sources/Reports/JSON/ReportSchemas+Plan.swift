import Basics
import Provisioning

extension ReportSchemas {
  /// The members of `PlanJSON`.
  static var planMembers: [JSONValue.Member] {
    let count: JSONValue = ["$ref": "#/$defs/count"]
    let summary =
      Action.allCases.map { JSONValue.Member($0.rawValue, count) }
      + ["unchanged", "unmanaged", "calls", "reads"].map { JSONValue.Member($0, count) }
      + [.init("partial", ["anyOf": [["$ref": "#/$defs/scope"], ["type": "null"]]])]
    return [
      .init("summary", described(closed(summary), "Changes by action, and what they cost.")),
      .init("digest", ["$ref": "#/$defs/digest"]),
      .init("targets", texts("What `--target` names.")),
      .init("interrupted", texts("Operations that an interrupted apply left open.")),
      .init(
        "refusals",
        [
          "description": "Why the plan may not be applied.", "type": "array",
          "items": closed([
            .init("rule", text("The guard.")), .init("addresses", texts("The channels.")),
            .init("message", text("What is refused.")), .init("remedy", text("What to do about it.")),
            .init("paste", texts("Lines of a manifest that answer the refusal; empty where there are none.")),
          ]),
        ]),
      .init(
        "loosenedGuards",
        [
          "description": "Limits that this plan loosens; null where it loosens none.",
          "anyOf": [closed([.init("before", limits), .init("after", limits)]), ["type": "null"]],
        ]),
      .init(
        "changes", ["description": "Deletes first.", "type": "array", "items": ["$ref": "#/$defs/change"]]),
      .init("approval", ["$ref": "#/$defs/approval"]),
    ]
  }

  /// What a plan adds whose first updates go alone.
  static let firstWrites = JSONValue.Member(
    "firstWrites", texts("Channels whose update goes alone, because it is the first of its kind under the profile."))

  /// What a refused approval adds: the form of `PlanDiffJSON`.
  static var difference: JSONValue {
    let fields: JSONValue = ["type": ["array", "null"], "items": ["$ref": "#/$defs/field"]]
    let entry = closed([
      .init("address", ["type": "string"]), .init("action", action), .init("name", optionalText("The display name.")),
      .init("hash", ["type": "string"]), .init("fields", fields),
    ])
    let side: JSONValue = ["anyOf": [["$ref": "#/$defs/field"], ["type": "null"]]]
    return described(
      closed([
        .init("equal", ["type": "boolean"]), .init("oldDigest", ["$ref": "#/$defs/digest"]),
        .init("newDigest", ["$ref": "#/$defs/digest"]), .init("changesCompared", ["type": "boolean"]),
        .init(
          "places",
          [
            "type": "array",
            "items": closed([
              .init("name", text("account, host, sandbox, environment, targets or profile")),
              .init("old", ["type": "string"]), .init("new", ["type": "string"]),
            ]),
          ]), .init("added", ["type": "array", "items": entry]), .init("removed", ["type": "array", "items": entry]),
        .init(
          "changed",
          [
            "type": "array",
            "items": closed([
              .init("address", ["type": "string"]), .init("action", action), .init("oldHash", ["type": "string"]),
              .init("newHash", ["type": "string"]),
              .init(
                "fields",
                [
                  "type": "array",
                  "items": closed([.init("name", ["type": "string"]), .init("old", side), .init("new", side)]),
                ]),
            ]),
          ]),
      ]), "Of `apply`: how the plan of now differs from the one that was approved or saved.")
  }

  private static let limits = closed([
    .init("maxDeletes", ["$ref": "#/$defs/count"]), .init("maxDeletePercent", ["$ref": "#/$defs/count"]),
    .init("maxUpdates", ["anyOf": [["$ref": "#/$defs/count"], ["type": "null"]]]),
    .init("drift", ["enum": ["refuse", "overwrite"]]),
  ])

  /// The members of `ApplyJSON`.
  static var resultMembers: [JSONValue.Member] {
    [
      .init(
        "results",
        [
          "description": "Of `apply`: the outcome of each change.", "type": "array",
          "items": closed([
            .init("address", address), .init("action", action),
            .init("result", ["enum": ["done", "failed", "uncertain", "not-attempted"]]),
            .init("uuid", optionalText("The channel's UUID.")),
            .init(
              "error",
              [
                "anyOf": [
                  closed([
                    .init("message", text("The error.")), .init("status", ["type": ["integer", "null"]]),
                    .init("code", ["type": ["integer", "null"]]),
                  ]), ["type": "null"],
                ]
              ]), .init("calls", ["$ref": "#/$defs/count"]),
            .init("seconds", ["type": "number", "minimum": 0]),
          ]),
        ]),
      .init(
        "unverified",
        [
          "description": "Of `apply`: channels that read back differently.", "type": "array",
          "items": closed([
            .init("address", address), .init("fields", texts("The fields that differ.")),
            .init("message", text("How it differs.")),
          ]),
        ]),
    ]
  }

  static let address: JSONValue = [
    "description": "<kind>.<key>", "type": "string", "pattern": "^[a-z0-9]+\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$",
  ]
  private static let action: JSONValue = ["enum": .array(Action.allCases.map { .string($0.rawValue) })]
  private static let hash: JSONValue = ["type": "string", "pattern": "^[0-9a-f]{64}$"]
  private static let cause: JSONValue = ["enum": ["manifest", "account", "both"]]
  private static let secret: JSONValue = ["enum": ["set", "changed", "same", "again", "not-compared", .null]]
  /// A value as `Value.json` writes it: durations in whole seconds, secrets never.
  private static let value: JSONValue = ["type": ["string", "boolean", "integer", "object", "array", "null"]]

  static func position(_ more: [JSONValue.Member] = []) -> JSONValue {
    let number: JSONValue = ["type": "integer", "minimum": 1]
    return [
      "anyOf": [
        closed([.init("file", ["type": "string"]), .init("line", number), .init("column", number)] + more),
        ["type": "null"],
      ]
    ]
  }

  static var planDefinitions: [JSONValue.Member] {
    let state: JSONValue = ["enum": ["value", "absent", "secret", "unknown"]]
    return [
      .init("digest", ["type": "string", "pattern": "^kf1-[0-9a-f]{40}$"]),
      .init(
        "scope", closed([.init("channels", ["$ref": "#/$defs/count"]), .init("of", ["$ref": "#/$defs/count"])])),
      .init(
        "change",
        closed(
          [
            .init("address", address), .init("action", action), .init("uuid", optionalText("The channel's UUID.")),
            .init("name", text("The display name.")), .init("movedFrom", optionalText("The old address of a move.")),
            .init("cause", cause), .init("impact", texts("What the change means for customers and agents.")),
            .init("protected", ["type": "boolean"]), .init("named", optionalText("Where a deletion is named.")),
            .init("source", position([.init("gone", ["type": "boolean"])])),
            .init("fields", ["type": "array", "items": ["$ref": "#/$defs/field"]]),
            .init("hash", hash),
          ], optional: [.init("losses", texts("Members that the update may lose (`--accept-loss`)."))])),
      .init(
        "field",
        closed(
          [
            .init("name", text("The field, `closing.agent`.")), .init("before", value), .init("after", value),
            .init("state", closed([.init("before", state), .init("after", state)])), .init("secret", secret),
            .init("cause", cause), .init("note", optionalText("What the values do not say.")),
            .init("source", position()),
          ],
          optional: [
            .init("applied", value), .init("reference", text("Where a secret comes from, `env OK_COMMUNITY_TOKEN`.")),
            .init("hash", hash),
          ])),
      .init("profileDigest", ["type": "string", "pattern": "^kp1-[0-9a-f]{64}$"]),
      .init("approval", approval),
    ]
  }

  /// The form of `Approval`.
  private static var approval: JSONValue {
    described(
      closed(
        [
          .init("account", text("Kit's account name.")),
          .init(
            "changes",
            [
              "type": "array",
              "items": closed(
                [
                  .init("address", text("The channel's address, or `guards`.")), .init("action", action),
                  .init("hash", ["type": "string", "pattern": "^[0-9a-f]{64}$"]),
                  .init("fields", texts("What counts.")),
                  .init("after", ["type": "string", "pattern": "^[0-9a-f]{40}$"]),
                ], optional: [.init("uuid", ["type": "string"])]),
            ]), .init("digest", ["$ref": "#/$defs/digest"]), .init("environment", ["type": "string"]),
          .init("format", ["const": .string(Approval.format)]), .init("host", text("The host of the API.")),
          .init("sandbox", ["type": "boolean"]), .init("targets", texts("What `--target` names.")),
        ], optional: [.init("profile", ["$ref": "#/$defs/profileDigest"])]),
      "What `apply --approve FILE` reads: every change by its hash.")
  }

  /// The form of `PlanProfile`.
  static var profile: JSONValue.Member {
    let digest: JSONValue = ["anyOf": [["$ref": "#/$defs/profileDigest"], ["type": "null"]]]
    return .init(
      "profile",
      described(
        closed([.init("digest", digest), .init("last", digest), .init("changed", ["type": "boolean"])]),
        "The API profile by the digest of what it says, and that of the last apply; null is the built-in one. Absent where both are."
      ))
  }

  /// The form of `PlanFile`.
  static var savedPlan: JSONValue {
    let count: JSONValue = ["$ref": "#/$defs/count"]
    let guards = closed(
      [.init("maxDeletes", count), .init("maxDeletePercent", count), .init("refusesDrift", ["type": "boolean"])],
      optional: [.init("maxUpdates", count)])
    let side: JSONValue = [
      "type": "object", "properties": ["state": ["enum": ["value", "absent", "secret", "unknown"]]],
      "required": ["state"],
    ]
    let field = closed([
      .init("name", ["type": "string"]), .init("cause", cause), .init("secret", secret), .init("before", side),
      .init("after", side), .init("applied", ["anyOf": [side, ["type": "null"]]]), .init("source", position()),
      .init("note", ["type": ["string", "null"]]),
    ])
    let change: JSONValue = .object([
      .init("type", "object"),
      .init(
        "properties",
        [
          "address": address, "action": action, "id": ["type": ["integer", "null"]], "cause": cause,
          "fields": ["type": "array", "items": field],
          "losses": texts("Members that the update may lose (`--accept-loss`)."),
        ]), .init("required", ["address", "action", "cause", "fields"]),
    ])
    return closed(
      [
        .init("format", ["const": .string(PlanFile.format)]), .init("tool", text("The version that made it.")),
        .init("commit", optionalText("The commit of the manifests.")), .init("environment", ["type": "string"]),
        .init(
          "account",
          closed([
            .init("name", ["type": "string"]), .init("host", ["type": "string"]),
            .init("sandbox", ["type": "boolean"]),
          ])), .init("lineage", optionalText("The state that it was planned on.")),
        .init("serial", ["description": "The state's serial.", "type": ["integer", "null"], "minimum": 0]),
        .init("digest", ["$ref": "#/$defs/digest"]), .init("targets", texts("What `--target` names.")),
        .init("deleteFirst", texts("Channels that are deleted before anything else.")),
        .init(
          "counts",
          closed(["unchanged", "unmanaged", "managed", "calls", "reads"].map { JSONValue.Member($0, count) })),
        .init("guards", guards), .init("interrupted", texts("Operations that an interrupted apply left open.")),
        .init("changes", ["type": "array", "items": change]), .init("refreshed", ["type": "object"]),
        .init("sha256", ["type": "string", "pattern": "^[0-9a-f]{64}$"]),
      ],
      optional: [
        .init("partial", ["$ref": "#/$defs/scope"]), .init("loosenedGuards", guards), profile,
      ])
  }

  static func texts(_ words: String) -> JSONValue {
    ["description": .string(words), "type": "array", "items": ["type": "string"]]
  }

  private static func described(_ schema: JSONValue, _ words: String) -> JSONValue {
    guard case .object(let members) = schema else { return schema }
    return .object([.init("description", .string(words))] + members)
  }
}

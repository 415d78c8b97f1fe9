package import Basics
import Documents
import Provisioning

/// The JSON Schemas of the documents that other tools read (Pipelines.md, "JSON documents"); draft 2020-12.
package enum ReportSchemas {
  /// What every command's JSON document begins with, and its findings; `validate` adds the number of channels.
  package static var diagnostics: JSONValue {
    schema(
      "Kitform findings", "The members that every JSON document of Kitform has; commands add members of their own.",
      [
        .init("type", "object"),
        .init(
          "properties",
          .object(
            header + optionalHeader + [
              .init("channels", ["description": "Of `validate`: the number of channels.", "$ref": "#/$defs/count"])
            ])),
        .init("required", .array(header.map { .string($0.key) })),
        .init("$defs", .object(shared)),
      ])
  }

  /// What `plan` and `apply` print as JSON, and what `plan --out` saves.
  package static var plan: JSONValue {
    let report: JSONValue = .object([
      .init("description", "What `plan` and `apply` print; without the plan's members where no plan was made."),
      .init("type", "object"),
      .init(
        "properties",
        .object(
          header + optionalHeader + planMembers + resultMembers
            + [proposedAdoptions, firstWrites, profile, .init("difference", difference)])),
      .init("required", .array(header.map { .string($0.key) })),
      .init(
        "dependentRequired",
        ["digest": .array(planMembers.map { .string($0.key) }), "results": ["digest", "unverified"]]),
      .init("additionalProperties", false),
    ])
    return schema(
      "Kitform plan", "A plan as `plan` and `apply` print it, or as `plan --out` saves it.",
      [
        .init("oneOf", [report, ["$ref": "#/$defs/savedPlan"]]),
        .init("$defs", .object(shared + planDefinitions + [.init("savedPlan", savedPlan)])),
      ])
  }

  /// Of `plan --adopt-matching`: adoptions that the plan took in although no manifest asks for them.
  private static let proposedAdoptions = JSONValue.Member(
    "proposedAdoptions",
    [
      "description": "Adoptions that `plan --adopt-matching` took in although no manifest asks for them.",
      "type": "array",
      "items": closed([
        .init("address", text("The channel's address.")), .init("uuid", text("The UUID of the account's channel.")),
      ]),
    ])

  static func schema(_ title: String, _ description: String, _ members: [JSONValue.Member]) -> JSONValue {
    .object(
      [
        .init("$schema", "https://json-schema.org/draft/2020-12/schema"), .init("title", .string(title)),
        .init("description", .string(description)),
      ] + members)
  }

  static var header: [JSONValue.Member] {
    [
      .init(
        "format",
        [
          "description": "The command and the version of its document.", "type": "string",
          "pattern": "^kitform\\.[a-z-]+/v1$",
        ]),
      .init("tool", text("The version of Kitform.")),
      .init("project", text("The project's directory, as it was given.")),
      .init("environment", optionalText("The environment; null where none was chosen.")),
      .init("account", ["description": "The account; null before one is known.", "anyOf": [binding, null]]),
      .init(
        "exitCode",
        [
          "description": "The command's exit code.",
          "enum": unique(RunOutcome.allCases.map { .integer(Int($0.exitCode)) }),
        ]),
      .init(
        "outcome",
        [
          "description": "How the command ended.", "enum": unique(RunOutcome.allCases.map { .string($0.word) }),
        ]),
      .init(
        "diagnostics", ["description": "Findings.", "type": "array", "items": ["$ref": "#/$defs/diagnostic"]]),
    ]
  }

  /// The members after the header, in documents of commands that read the project.
  static let optionalHeader: [JSONValue.Member] = [
    .init(
      "relaxedRules",
      [
        "description": "Kitform's own rules that the project relaxes.", "type": "array",
        "items": closed([.init("id", text("The rule's id.")), .init("setting", ["enum": ["warning", "off"]])]),
      ])
  ]

  static let binding = closed([
    .init("name", text("Kit's account name.")), .init("host", text("The host of the API.")),
    .init("sandbox", ["description": "Whether the account is the local Kit.", "type": "boolean"]),
  ])

  private static let null: JSONValue = ["type": "null"]

  static var shared: [JSONValue.Member] {
    let number: JSONValue = ["type": ["integer", "null"], "minimum": 1]
    return [
      .init("count", ["type": "integer", "minimum": 0]),
      .init(
        "diagnostic",
        closed([
          .init("id", text("The rule's id, which never changes.")),
          .init("severity", ["enum": .array(Severity.allCases.map { .string($0.rawValue) })]),
          .init("file", optionalText("The file; null for a finding without a place.")), .init("line", number),
          .init("column", number), .init("endLine", number), .init("endColumn", number),
          .init("message", text("What is wrong.")), .init("why", optionalText("Why it is wrong.")),
          .init("suggestion", optionalText("What to write.")),
          .init(
            "notes",
            [
              "type": "array",
              "items": closed([
                .init("file", optionalText("The file.")), .init("line", number), .init("column", number),
                .init("message", text("What is at this place.")),
              ]),
            ]),
        ])),
    ]
  }

  /// A mapping with these members, all of them, and no other.
  static func closed(_ members: [JSONValue.Member], optional: [JSONValue.Member] = []) -> JSONValue {
    .object([
      .init("type", "object"), .init("properties", .object(members + optional)),
      .init("required", .array(members.map { .string($0.key) })), .init("additionalProperties", false),
    ])
  }

  static func text(_ words: String) -> JSONValue { ["description": .string(words), "type": "string"] }

  static func optionalText(_ words: String) -> JSONValue {
    ["description": .string(words), "type": ["string", "null"]]
  }

  private static func unique(_ values: [JSONValue]) -> JSONValue {
    var result: [JSONValue] = []
    for value in values where !result.contains(value) { result.append(value) }
    return .array(result)
  }
}

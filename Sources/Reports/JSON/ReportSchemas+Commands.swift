package import Basics
import Provisioning

/// The schemas of what single commands print as JSON, one a command.
extension ReportSchemas {
  /// What `drift` prints.
  package static var drift: JSONValue {
    let value: JSONValue = ["type": ["string", "boolean", "integer", "object", "array", "null"]]
    let state: JSONValue = ["enum": ["value", "absent", "secret", "unknown"]]
    let field = closed([
      .init("name", text("The field, `closing.agent`.")), .init("applied", value), .init("account", value),
      .init("manifest", value),
      .init("state", closed([.init("applied", state), .init("account", state), .init("manifest", state)])),
      .init("note", optionalText("What the values do not say.")), .init("source", position()),
    ])
    let channel = closed([
      .init("address", address), .init("missing", flag("Whether the channel is gone from Kit.")),
      .init("name", text("The display name.")), .init("uuid", text("The channel's UUID.")),
      .init("source", position()), .init("fields", list(of: field, "What differs; durations are whole seconds.")),
    ])
    return report(
      ["drift"], title: "Kitform drift", description: "What changed in Kit since the last apply, as `drift` prints it.",
      [
        .init("compared", count("The channels that were compared.")),
        .init("reads", count("The calls that were made.")),
        .init("interrupted", texts("Operations that an interrupted apply left open.")),
        .init("channels", list(of: channel, "The channels that changed.")),
        .init(
          "unreadable",
          list(
            of: closed([
              .init("address", address), .init("field", text("The field.")), .init("reason", text("Why not.")),
            ]), "What cannot be read back, and so is not compared.")),
      ],
      alternatives: [
        [
          .init(
            "written",
            list(
              of: closed([
                .init("address", address), .init("field", text("The field.")), .init("file", text("The manifest.")),
              ]), "Of `drift --write`: what was written into the manifests.")),
          .init(
            "left",
            list(
              of: closed([
                .init("address", address), .init("field", optionalText("The field; null for the whole channel.")),
                .init("reason", text("Why it was left alone.")), .init("yaml", optionalText("What to write.")),
                .init("source", position()),
              ]), "Of `drift --write`: what was left alone.")),
        ]
      ])
  }

  /// What `doctor` prints.
  package static var doctor: JSONValue {
    report(
      ["doctor"], title: "Kitform doctor",
      description: "Checks of everything that an apply needs, as `doctor` prints them.",
      [checks])
  }

  /// What `output` prints.
  package static var output: JSONValue {
    let made = closed(
      [
        .init("id", ["description": "The channel's number in Kit.", "type": "integer"]),
        .init("uuid", text("Its UUID.")),
      ],
      optional: [
        .init("messageURL", text("Of a custom channel: where the service posts customers' messages.")),
        .init("salt", text("Of a custom channel, with `--show-secrets`: the salt of its signatures.")),
      ])
    return report(
      ["output"], title: "Kitform output",
      description: "Values that Kit gave the managed channels, as `output` prints them.",
      [.init("channels", byAddress(made, "The channels by address."))])
  }

  /// What the commands of `state` print, and `show state`.
  package static var state: JSONValue {
    let entry = closed([
      .init("id", ["description": "The channel's number in Kit.", "type": "integer"]), .init("uuid", text("Its UUID.")),
      .init("name", text("The display name.")), .init("protected", flag("Whether it is protected against deletion.")),
      .init("applied", ["description": "The values of the last apply by field; secrets are null.", "type": "object"]),
    ])
    let history: JSONValue = [
      "description": "The last 50 runs, with what each changed: fields as before and after it, secrets as references.",
      "type": "array", "items": pastRun,
    ]
    let whole: JSONValue = .object([
      .init("description", "Of `state pull`: the state as it is kept, decrypted."), .init("type", "object"),
      .init(
        "properties",
        [
          "version": ["const": .integer(State.version)], "lineage": text("What all states of one project share."),
          "serial": count("One more with each write."), "environment": text("The environment."), "account": binding,
          "channels": byAddress(
            ["type": "object", "required": ["kind", "id", "uuid", "name", "source", "protected"]],
            "The channels by address."),
          "profile": text("The digest of the API profile of the last apply, where that was not the built-in one."),
          "run": ["description": "An apply that did not finish.", "type": "object"],
          "guards": ["description": "The limits of the last apply.", "type": "object"],
          "profiles": ["description": "Under which API profile an update was confirmed, by kind.", "type": "object"],
          "approvals": ["description": "The approvals that were used.", "type": "array"],
          "history": history,
          "sha256": ["description": "The checksum of the rest.", "type": "string", "pattern": "^[0-9a-f]{64}$"],
        ]),
      .init(
        "required",
        [
          "version", "lineage", "serial", "environment", "account", "channels", "approvals", "history", "sha256",
        ]), .init("additionalProperties", false),
    ])
    return report(
      ["state", "show"], title: "Kitform state", description: "What `state …` and `show state` print.", [],
      alternatives: [
        [
          .init(
            "channels",
            [
              "description": "Of `state list`: the addresses. Of `state show`: the channels by address.",
              "anyOf": [["type": "array", "items": address], byAddress(entry, "The channels by address.")],
            ])
        ],
        [
          .init("serial", ["description": "Null without a state.", "type": ["integer", "null"], "minimum": 0]),
          .init("lineage", optionalText("What all states of one project share; null without a state.")),
          .init("unfinishedRun", optionalText("When an apply began that did not finish.")),
          .init("history", history),
        ], [.init("state", whole)],
      ])
  }

  /// A past run of a state; runs of before Kitform kept their changes have none.
  private static var pastRun: JSONValue {
    let text: JSONValue = ["type": "string"]
    let optional: JSONValue = ["type": ["string", "null"]]
    let side: JSONValue = [
      "type": "object", "properties": ["state": ["enum": ["value", "absent", "secret", "unknown"]]],
      "required": ["state"],
    ]
    let change = closed(
      [
        .init("address", text), .init("action", ["enum": .array(Action.allCases.map { .string($0.rawValue) })]),
        .init("result", ["enum": ["done", "uncertain"]]), .init("id", ["type": ["integer", "null"]]),
        .init("uuid", optional),
        .init(
          "fields",
          ["type": "array", "items": closed([.init("name", text), .init("before", side), .init("after", side)])]),
      ], optional: [.init("movedFrom", text)])
    return closed(
      [
        .init("id", text), .init("command", text), .init("digest", text), .init("started", text), .init("ended", text),
        .init("who", text), .init("outcome", text), .init("commit", optional),
      ],
      optional: [
        .init("changes", ["type": "array", "items": change]),
        .init("omitted", ["description": "Changes that are left out to keep the state small.", "type": "integer"]),
      ])
  }

  /// What the commands of `channel` print: one document each, and a document a line for `channel listen`.
  package static var channel: JSONValue {
    let word = text("`test-request` or `event`.")
    let form: JSONValue = [
      "description": "How the signed string was written: without spaces, or with a space after each colon.",
      "enum": ["plain", "spaces"],
    ]
    let named: [JSONValue.Member] = [.init("address", address), .init("uuid", text("The channel's UUID."))]
    let document = report(
      ["channel"], title: "Kitform channel", description: "What `channel …` prints.", [],
      alternatives: [
        [checks],
        named + [
          .init("accessTokenExpires", text("Of `login`: until when the access token is good.")),
          .init("refreshTokenExpires", text("Of `login`: until when the session can be kept.")),
        ], [.init("accessToken", text("Of `login --show-token`: the token, which sends messages to the channel."))],
        named + [
          .init("eventID", text("Of `send`: the event.")), .init("messageID", text("Of `send`: the message in it.")),
          .init("clientID", text("Of `send`: the customer.")),
        ], [.init("signature", text("Of `sign`: the signature.")), .init("of", word), .init("form", form)],
        [.init("valid", flag("Of `check-signature`: whether the signature is right.")), .init("of", word)],
        [.init("form", form)],
      ])
    let status: JSONValue = ["description": "What was answered.", "type": "integer"]
    let received: JSONValue = .object([
      .init("type", "object"),
      .init(
        "properties",
        [
          "event": ["const": "received"], "path": text("The path of the request."), "status": status,
          "kind": ["enum": ["event", "duplicate", "test-request", "refused"]],
          "verified": flag("Whether the signature is right."), "reason": text("Why it was refused, or closed."),
          "id": text("The event's id."), "clientID": text("The customer."), "type": text("The event's type."),
          "text": optionalText("What an agent wrote."), "attachments": count("How many files."),
          "sender": optionalText("Who wrote it."), "senderType": optionalText("What kind of sender that is."),
        ]), .init("required", ["event", "path", "status", "kind", "verified"]), .init("additionalProperties", false),
    ])
    let listening = closed([.init("event", ["const": "listening"]), .init("url", text("Where it listens."))])
    return lines(document, others: [("listening", listening), ("received", received)])
  }

  private static let checks = JSONValue.Member(
    "checks",
    list(
      of: closed([
        .init("id", text("What was looked at; it never changes.")),
        .init("address", optionalText("The channel concerned.")),
        .init("result", ["enum": .array(HealthCheck.Result.allCases.map { .string($0.rawValue) })]),
        .init("message", text("What was found.")), .init("remedy", optionalText("What to do about it.")),
      ]), "The checks, in the order in which they were made."))

  /// The document of commands: what every document begins with, then members that come all or not at all.
  ///
  /// - Parameters:
  ///   - members: what a successful run prints.
  ///   - alternatives: what single commands or options print beside that, each group as a whole.
  private static func report(
    _ commands: [String], title: String, description: String, _ members: [JSONValue.Member],
    alternatives: [[JSONValue.Member]] = []
  ) -> JSONValue {
    let groups = ([members] + alternatives).filter { !$0.isEmpty }
    var own: [JSONValue.Member] = []
    for member in groups.flatMap(\.self) where !own.contains(where: { $0.key == member.key }) { own.append(member) }
    // A member that only one group has requires the rest of its group.
    let dependent = groups.flatMap { group in
      group.filter { member in groups.count { $0.contains { $0.key == member.key } } == 1 && group.count > 1 }
        .map { member in
          JSONValue.Member(member.key, .array(group.filter { $0.key != member.key }.map { .string($0.key) }))
        }
    }
    let formats = JSONValue.array(commands.map { .string("kitform.\($0)/v1") })
    let head = header.map { member in
      member.key == "format"
        ? .init("format", ["description": "The command and the version of its document.", "enum": formats]) : member
    }
    return schema(
      title, description,
      [
        .init("type", "object"), .init("properties", .object(head + optionalHeader + own)),
        .init("required", .array(head.map { .string($0.key) })), .init("dependentRequired", .object(dependent)),
        .init("additionalProperties", false), .init("$defs", .object(shared)),
      ])
  }

  /// A schema of a document that other documents, one a line, may come before.
  private static func lines(_ document: JSONValue, others: [(name: String, schema: JSONValue)]) -> JSONValue {
    guard case .object(let members) = document else { return document }
    let outer = ["$schema", "title", "description", "$defs"]
    let inner = JSONValue.object(members.filter { !outer.contains($0.key) })
    return .object(
      members.filter { ["$schema", "title", "description"].contains($0.key) } + [
        .init("oneOf", .array([inner] + others.map { ["$ref": .string("#/$defs/\($0.name)")] })),
        .init("$defs", .object(shared + others.map { .init($0.name, $0.schema) })),
      ])
  }

  private static func byAddress(_ schema: JSONValue, _ words: String) -> JSONValue {
    [
      "description": .string(words), "type": "object", "propertyNames": address, "additionalProperties": schema,
    ]
  }

  private static func list(of items: JSONValue, _ words: String) -> JSONValue {
    ["description": .string(words), "type": "array", "items": items]
  }

  private static func count(_ words: String) -> JSONValue {
    ["description": .string(words), "$ref": "#/$defs/count"]
  }

  private static func flag(_ words: String) -> JSONValue { ["description": .string(words), "type": "boolean"] }
}

import Basics

extension JSONSchema {
  /// What several places share.
  var definitions: [JSONValue.Member] {
    let text: JSONValue = [
      "type": ["string", "number", "boolean"], "pattern": .string(SchemaPattern.text),
    ]
    let variableName: JSONValue = [
      "type": ["string", "boolean"], "pattern": .string(SchemaPattern.environmentVariable),
    ]
    func secret(mayKeep: Bool) -> JSONValue {
      var forms: [JSONValue.Member] = [
        .init(
          "env",
          JSONSchema.described(
            variableName, "The environment variable that holds the value.", example: nil, standard: nil)),
        .init(
          "file",
          [
            "description": "A file in the project or under a directory for secrets, or the variable that names one.",
            "anyOf": [
              [
                "type": ["string", "number", "boolean"], "minLength": 1,
                "pattern": .string(SchemaPattern.withoutVariable),
              ],
              JSONSchema.object([.init("env", variableName)], required: ["env"]),
            ],
          ]),
      ]
      if mayKeep {
        forms.append(.init("keep", ["description": "Kit's value stays: nothing is sent or compared.", "const": true]))
      }
      return .object(
        JSONSchema.members(JSONSchema.object(forms)) + [.init("minProperties", 1), .init("maxProperties", 1)])
    }
    return [
      .init("text", text),
      .init(
        "line",
        .object(
          JSONSchema.members(text) + [
            .init("minLength", 1), .init("allOf", [["pattern": .string(SchemaPattern.clean)]]),
          ]
        )),
      .init("secret", secret(mayKeep: true)), .init("secretWithoutKeep", secret(mayKeep: false)),
      .init("address", ["type": "string", "pattern": .string(SchemaPattern.address(kinds.map(\.name)))]),
      .init(
        "titleKey",
        [
          "pattern": .string(SchemaPattern.title), "allOf": [["pattern": .string(SchemaPattern.withoutVariable)]],
        ]),
      .init(
        "title",
        [
          "description": "A number is Kit's id, any other value is a title.",
          "anyOf": [
            JSONSchema.integer(0...Int.max), ["type": "boolean"],
            [
              "type": "string", "pattern": .string(SchemaPattern.title),
              "allOf": [["pattern": .string(SchemaPattern.text)]],
            ],
          ],
        ]),
      .init("environment", environment),
    ] + kinds.map { .init("channel.\($0.name)", channel($0)) }
  }

  private var environment: JSONValue {
    JSONSchema.object(
      SectionGrammar.all.filter(\.isOverlaid).map { section in
        .init(section.name, ["$ref": .string("#/properties/\(section.name)")])
      })
  }

  /// A channel; what `defaults` can supply is not required of it.
  private func channel(_ kind: Kind) -> JSONValue {
    let required = kind.fields.filter { $0.isRequired && !JSONSchema.isDefaultable($0) }
    return .object(
      [.init("title", .string(kind.title)), .init("description", .string(kind.summary))]
        + JSONSchema.members(JSONSchema.object(properties(kind, kind.keys), required: required.map(\.name))))
  }

  /// Fields that all kinds share, and a kind's own under its name.
  var defaults: JSONValue {
    guard let first = kinds.first else { return false }
    let shared = first.keys.filter { key in JSONSchema.isDefaultable(key) && kinds.allSatisfy { $0.keys.contains(key) }
    }
    return JSONSchema.object(
      properties(first, shared)
        + kinds.map { kind in
          .init(
            kind.name,
            JSONSchema.described(
              JSONSchema.object(properties(kind, kind.keys.filter { JSONSchema.isDefaultable($0) })),
              "Values for channels of the kind \(kind.name).", example: nil, standard: nil))
        })
  }

  /// Each channel has a name of its own.
  static func isDefaultable(_ field: Field) -> Bool { isDefaultable(field.name) }
  private static func isDefaultable(_ key: String) -> Bool { key != "name" }

  private func properties(_ kind: Kind, _ keys: [String]) -> [JSONValue.Member] {
    keys.map { key in
      let members = kind.fields.filter { $0.group.map(String.init) == key }
      guard members.isEmpty else {
        let names = Words.list(members.map { String($0.key) })
        return .init(
          key,
          JSONSchema.described(
            .object(
              JSONSchema.members(JSONSchema.object(members.map { .init(String($0.key), described($0)) }))
                + [.init("minProperties", 1)]),
            "Holds \(names); `defaults` fill it in key by key.", example: nil, standard: nil))
      }
      guard let field = kind.fields.first(where: { $0.name == key }) else { return .init(key, true) }
      return .init(key, described(field))
    }
  }

  private func described(_ field: Field) -> JSONValue {
    JSONSchema.described(schema(field), field.documentation, example: field.example, standard: nil)
  }

  /// The schema of a field's value.
  private func schema(_ field: Field) -> JSONValue {
    switch field.shape {
    case .text: return JSONSchema.reference("text")
    case .flag: return JSONSchema.orVariable(["type": "boolean"])
    case .duration:
      for case .duration(let range, _) in field.checks { return JSONSchema.duration(range) }
      return JSONSchema.duration(nil)
    case .secret: return JSONSchema.reference("secret")
    case .reference: return JSONSchema.reference("title")
    case .callbackURL:
      return [
        "anyOf": [
          ["type": "string", "maxLength": .integer(URLParts.maximumLength), "pattern": .string(SchemaPattern.url)],
          JSONSchema.isVariable, JSONSchema.reference("secret"),
        ]
      ]
    case .route(let kinds):
      return .object(
        JSONSchema.members(
          JSONSchema.object(
            kinds.map { kind in
              .init(
                kind.rawValue,
                ["description": .string("A \(kind.words) by id or title."), "$ref": "#/$defs/title"])
            })) + [.init("oneOf", .array(kinds.map { ["required": [.string($0.rawValue)]] }))])
    case .credential(let kind):
      return .object(
        JSONSchema.members(
          JSONSchema.object([
            .init(
              "id",
              JSONSchema.described(
                JSONSchema.orVariable(JSONSchema.integer(0...Int.max)), "The id of the \(kind.words).", example: nil,
                standard: nil)),
            .init("name", ["description": .string("The name of the \(kind.words)."), "$ref": "#/$defs/title"]),
            .init(
              "value",
              [
                "description": "Where its text is, for `kitform channel` alone; never sent to Kit.",
                "$ref": "#/$defs/secretWithoutKeep",
              ]),
          ])) + [.init("oneOf", [["required": ["id"]], ["required": ["name"]]])])
    case .levels:
      return [
        "type": "object", "propertyNames": JSONSchema.reference("titleKey"),
        "additionalProperties": JSONSchema.orVariable(JSONSchema.integer(Int.min...Int.max)),
      ]
    case .environments:
      return [
        "type": "array", "minItems": 1,
        "items": ["type": ["string", "number", "boolean"], "pattern": .string(SchemaPattern.key)],
      ]
    }
  }
}

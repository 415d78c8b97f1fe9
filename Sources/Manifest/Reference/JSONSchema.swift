package import Basics
import Documents
import YAML

/// The JSON Schema of a project's files (draft 2020-12), made from the kinds and the grammar of the sections.
///
/// It judges one YAML document at a time, read by YAML 1.2's core schema. Whatever the decoders accept, it accepts; it refuses what
/// one document shows to be wrong. Rules that join files, environments, variables or the spelling of a scalar stay with
/// `kitform validate`. Rules of ours hold in the document that says `kitform: 1`, unless its `rules` relax them, because a
/// file that is included cannot show whether they are relaxed.
package struct JSONSchema: Sendable {
  let kinds: [Kind]

  package init(kinds: [Kind]) { self.kinds = kinds }

  /// The whole document.
  package var document: JSONValue {
    var properties: [JSONValue.Member] = [
      .init(
        "kitform",
        [
          "description": "The manifest version, 1; required in kitform.yaml.", "const": 1, "examples": [1],
        ]),
      .init(
        Project.requirementKey,
        [
          "description": "The oldest Kitform that reads the project. Allowed in kitform.yaml only.", "type": "string",
          "pattern": .string(SchemaPattern.requirement), "examples": [">= 0.1"],
        ]),
    ]
    properties += SectionGrammar.all.map { .init($0.name, described($0)) }
    return [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "Kitform project",
      "description":
        "Channels of a Voximplant Kit contact centre, and the project around them. Keys that begin with x- are yours.",
      "type": ["object", "null"],
      "properties": .object(properties),
      "patternProperties": ["^x-": true],
      "additionalProperties": false,
      "allOf": .array(houseRules),
      "$defs": .object(definitions),
    ]
  }

  private func described(_ section: SectionGrammar) -> JSONValue {
    let place = section.isGuarded ? " Allowed in kitform.yaml only." : ""
    return JSONSchema.described(
      schema(section.form), section.documentation + place, example: section.example, standard: nil)
  }

  /// A schema with the words that an editor shows.
  static func described(_ schema: JSONValue, _ words: String, example: String?, standard: String?) -> JSONValue {
    guard case .object(let members) = schema else { return schema }
    var head: [JSONValue.Member] = [.init("description", .string(words))]
    if let standard { head[0] = .init("description", .string("\(words) Default: \(standard).")) }
    if let example, example != "none" { head.append(.init("examples", [JSONSchema.value(ofExample: example)])) }
    return .object(head + members)
  }

  /// An example as JSON; the tables hold examples as YAML.
  static func value(ofExample text: String) -> JSONValue {
    let (document, _) = YAMLComposer.compose(SourceFile(path: "example", text: text), file: 0)
    return document.roots.first.map { document.json($0) } ?? .string(text)
  }

  /// The schema of a section or of a value in one.
  func schema(_ form: SectionForm) -> JSONValue {
    switch form {
    case .text: JSONSchema.reference("line")
    case .anyText: ["allOf": [JSONSchema.reference("text")], "minLength": 1]
    case .host:
      // `true` is a host name like any other; a number is none.
      [
        "type": ["string", "boolean"],
        "anyOf": [["type": "boolean"], ["pattern": .string(SchemaPattern.origin)], JSONSchema.isVariable],
      ]
    case .path: ["allOf": [JSONSchema.reference("line"), ["pattern": .string(SchemaPattern.path)]]]
    case .choice(let words):
      ["anyOf": [["enum": .array(words.map { .string($0) })], JSONSchema.isVariable]]
    case .secret(let mayKeep): JSONSchema.reference(mayKeep ? "secret" : "secretWithoutKeep")
    case .wholeNumber(let range): JSONSchema.orVariable(JSONSchema.integer(range))
    case .flag: JSONSchema.orVariable(["type": "boolean"])
    case .secretOrText: ["anyOf": [JSONSchema.reference("secretWithoutKeep"), JSONSchema.reference("line")]]
    case .duration: JSONSchema.duration(nil)
    case .scalar: ["type": ["string", "number", "boolean"], "pattern": .string(SchemaPattern.withoutVariable)]
    case .address: JSONSchema.reference("address")
    case .patterns:
      [
        "type": "array",
        "items": [
          "type": ["string", "number", "boolean"],
          "allOf": [
            ["pattern": .string(SchemaPattern.pattern)], ["pattern": .string(SchemaPattern.withoutVariable)],
          ],
        ],
      ]
    case .settings(let keys): settings(keys)
    case .one(let keys):
      .object(
        JSONSchema.members(settings(keys, required: [])) + [.init("minProperties", 1), .init("maxProperties", 1)])
    case .table(let key, let value): table(key, value)
    case .rules:
      JSONSchema.object(
        Rule.manifest.filter(\.isRelaxable).map { rule in
          .init(rule.id, ["description": .string(rule.summary), "enum": ["error", "warning", "off"]])
        })
    case .channels:
      JSONSchema.object(
        kinds.map { kind in
          .init(
            kind.name,
            [
              "description": .string(kind.summary), "type": "object",
              "patternProperties": .object([.init(SchemaPattern.key, JSONSchema.reference("channel.\(kind.name)"))]),
              "additionalProperties": false,
            ])
        })
    case .defaults: defaults
    case .environments:
      [
        "type": "object",
        "patternProperties": .object([.init(SchemaPattern.key, JSONSchema.reference("environment"))]),
        "additionalProperties": false,
      ]
    }
  }

  private func settings(_ keys: [SectionKey]) -> JSONValue {
    settings(keys, required: keys.filter { key in key.required == "always" && !isOverlaid(key) }.map(\.name))
  }

  private func settings(_ keys: [SectionKey], required: [String]) -> JSONValue {
    JSONSchema.object(
      keys.map { key in
        .init(
          key.name,
          JSONSchema.described(schema(key.form), key.documentation, example: key.example, standard: key.standard))
      }, required: required)
  }

  /// Whether another mapping may hold the key: those of `account` come from the project or from the environment.
  private func isOverlaid(_ key: SectionKey) -> Bool { SectionGrammar.account.keyNames.contains(key.name) }

  private func table(_ key: SectionForm.TableKey, _ value: SectionForm) -> JSONValue {
    switch (key, value) {
    case (.address, .address):
      // A channel keeps its kind.
      [
        "type": "object",
        "patternProperties": .object(
          kinds.map { kind in
            .init(
              SchemaPattern.address([kind.name]),
              ["type": "string", "pattern": .string(SchemaPattern.address([kind.name]))])
          }), "additionalProperties": false,
      ]
    case (.address, _):
      JSONSchema.table(SchemaPattern.address(kinds.map(\.name)), schema(value))
    case (.variable, _):
      JSONSchema.table(SchemaPattern.variableName, schema(value))
    case (.reference, _):
      [
        "type": "object", "propertyNames": JSONSchema.reference("titleKey"), "additionalProperties": schema(value),
      ]
    }
  }
}

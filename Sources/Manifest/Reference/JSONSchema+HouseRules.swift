import Basics
import Documents

extension JSONSchema {
  /// Limits that a project may relax: each holds in the document that says `kitform: 1` and does not relax it.
  var houseRules: [JSONValue] {
    var result: [JSONValue] = []
    for limit in Limit.all {
      var properties: [JSONValue.Member] = []
      let byKind = kinds.compactMap { kind -> (kind: Kind, value: JSONValue)? in
        let members = kind.fields.compactMap { field in limit.schema(field).map { JSONValue.Member(field.name, $0) } }
        return members.isEmpty ? nil : (kind, ["properties": .object(members)])
      }
      guard !byKind.isEmpty else { continue }
      properties.append(
        .init(
          "channels",
          ["properties": .object(byKind.map { .init($0.kind.name, ["additionalProperties": $0.value]) })]))
      let defaults = byKind.filter { limit.field($0.kind).map(JSONSchema.isDefaultable) ?? false }
      if !defaults.isEmpty {
        var members = defaults.map { JSONValue.Member($0.kind.name, $0.value) }
        if defaults.count == kinds.count, case .object(let shared)? = defaults.first?.value["properties"] {
          members += shared
        }
        let section = JSONValue.Member("defaults", ["properties": .object(members)])
        properties.append(section)
        properties.append(
          .init("environments", ["additionalProperties": ["properties": .object([section])]]))
      }
      let relaxed: [JSONValue] = limit.rules.map { rule in
        [
          "properties": [
            "rules": ["properties": .object([.init(rule, ["enum": ["warning", "off"]])]), "required": [.string(rule)]]
          ],
          "required": ["rules"],
        ]
      }
      result.append([
        "$comment": .string(limit.rules[0]),
        "if": ["required": ["kitform"], "not": ["anyOf": .array(relaxed)]],
        "then": ["properties": .object(properties)],
      ])
    }
    return result
  }

  /// One limit of ours, and the fields that it concerns.
  private struct Limit: Sendable {
    /// The rule itself, and those that come before it: where one of them is relaxed, the limit may not be checked.
    var rules: [String]
    var schema: @Sendable (Field) -> JSONValue?

    func field(_ kind: Kind) -> Field? { kind.fields.first { schema($0) != nil } }

    static let all = [
      Limit(rules: [Rule.nameLength.id, Rule.nameCharacters.id]) { field in
        for case .length(let range, Rule.nameLength.id) in field.checks {
          return [
            "anyOf": [
              ["not": ["type": "string"]],
              ["minLength": .integer(range.lowerBound), "maxLength": .integer(range.upperBound)],
              ["not": ["pattern": .string(SchemaPattern.withoutVariable)]],
            ]
          ]
        }
        return nil
      },
      Limit(rules: [Rule.nameCharacters.id]) { field in
        for case .length(_, Rule.nameLength.id) in field.checks { return ["pattern": .string(SchemaPattern.clean)] }
        return nil
      },
      Limit(rules: [Rule.callbackHTTPS.id]) { field in
        guard field.shape == .callbackURL else { return nil }
        return ["anyOf": [["pattern": .string(SchemaPattern.safeURL)], JSONSchema.isVariable]]
      },
      Limit(rules: [Rule.skillLevel.id]) { field in
        guard case .levels(_, let range) = field.shape else { return nil }
        return ["additionalProperties": JSONSchema.orVariable(JSONSchema.integer(range))]
      },
    ]
  }
}

extension JSONSchema {
  /// A reference to a shared definition.
  static func reference(_ name: String) -> JSONValue { ["$ref": .string("#/$defs/\(name)")] }

  /// A string with a variable in it: its value is unknown here.
  static let isVariable: JSONValue = ["type": "string", "pattern": .string(SchemaPattern.withVariable)]

  /// A value of a type, or one variable that has it.
  static func orVariable(_ schema: JSONValue) -> JSONValue {
    ["anyOf": [schema, ["type": "string", "pattern": .string(SchemaPattern.variable)]]]
  }

  static func integer(_ range: ClosedRange<Int>) -> JSONValue {
    ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
  }

  static func duration(_ range: ClosedRange<Int>?) -> JSONValue {
    [
      "type": "string",
      "anyOf": [
        ["pattern": .string(range.map { SchemaPattern.duration($0) } ?? SchemaPattern.duration)],
        ["pattern": .string(SchemaPattern.withVariable)],
      ],
    ]
  }

  /// A mapping with these keys and no other.
  static func object(_ properties: [JSONValue.Member], required: [String] = []) -> JSONValue {
    .object(
      [.init("type", "object"), .init("properties", .object(properties))]
        + (required.isEmpty ? [] : [.init("required", .array(required.map { .string($0) }))])
        + [.init("additionalProperties", false)])
  }

  /// A mapping whose keys have a form.
  static func table(_ key: String, _ value: JSONValue) -> JSONValue {
    ["type": "object", "patternProperties": .object([.init(key, value)]), "additionalProperties": false]
  }

  static func members(_ schema: JSONValue) -> [JSONValue.Member] {
    if case .object(let members) = schema { members } else { [] }
  }
}

package import Basics

extension APIProfile {
  /// The JSON Schema of profile files, for editors; made from the same grammar as the check.
  package static var jsonSchema: JSONValue {
    let members: [JSONValue.Member] = [
      .init("$schema", "https://json-schema.org/draft/2020-12/schema"),
      .init("title", "Kitform API profile"),
      .init("description", "What Kitform assumes of an account's API: paths, wire names, units and paging."),
    ]
    guard case .object(let schema) = ProfileShape.profile.jsonSchema else { return .object(members) }
    return .object(members + schema)
  }
}

extension ProfileShape {
  /// The schema of one value; the grammar is finite, so that this may call itself.
  fileprivate var jsonSchema: JSONValue {
    switch self {
    case .text: ["type": "string", "minLength": 1]
    case .urlPath: ["type": "string", "pattern": "^/[A-Za-z0-9._~{}-][A-Za-z0-9._~{}/-]*$"]
    case .members: ["type": "string", "pattern": "^[^\\s.]+(\\.[^\\s.]+)*$"]
    case .reading:
      [
        "anyOf": [
          ProfileShape.members.jsonSchema,
          [
            "type": "array", "items": ProfileShape.members.jsonSchema, "minItems": 1,
            "maxItems": .integer(ProfileShape.alternativesLimit), "uniqueItems": true,
          ],
        ]
      ]
    case .count(let range):
      ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
    case .choice(let words): ["enum": .array(words.map { .string($0) })]
    case .list(let item): ["type": "array", "items": item.jsonSchema]
    case .mapping(let entries): ProfileShape.object(entries, hasPath: false)
    case .table(let value): ["type": "object", "additionalProperties": value.jsonSchema]
    case .either(let scalar, let variants):
      ["anyOf": .array((scalar.map { [$0.jsonSchema] } ?? []) + ProfileShape.Variant.jsonSchemas(variants))]
    }
  }

  fileprivate static func object(_ entries: [ShapeKey], hasPath: Bool, also rules: [JSONValue.Member] = []) -> JSONValue
  {
    let properties = (entries + (hasPath ? pathEntries : [])).map { JSONValue.Member($0.key, $0.shape.jsonSchema) }
    let required = entries.filter(\.isRequired).map { JSONValue.string($0.key) }
    var members: [JSONValue.Member] = [
      .init("type", "object"), .init("properties", .object(properties)), .init("required", .array(required)),
      .init("additionalProperties", false),
    ]
    if hasPath {
      members.append(.init("oneOf", [["required": ["at"]], ["required": ["read", "write"]]]))
      members.append(
        .init("dependentSchemas", ["at": ["properties": ["read": false, "write": false]]]))
    }
    return .object(members + rules)
  }
}

extension ProfileShape.Variant {
  /// The schemas of the forms of a mapping; a form whose mark is a word excludes the ones behind it.
  fileprivate static func jsonSchemas(_ variants: [ProfileShape.Variant]) -> [JSONValue] {
    var excluded: [JSONValue] = []
    return variants.map { variant in
      var all = excluded.map { JSONValue.object([.init("not", $0)]) }
      if case .value(let word, let key) = variant.mark {
        let isMarked: JSONValue = .object([.init("properties", .object([.init(key, ["const": .string(word)])]))])
        all.append(isMarked)
        excluded.append(isMarked)
      }
      let rules: [JSONValue.Member] = all.isEmpty ? [] : [.init("allOf", .array(all))]
      return ProfileShape.object(variant.entries, hasPath: variant.hasPath, also: rules)
    }
  }
}

import Basics
import Documents
import KitProfile
import Support
import Testing
import YAML

@Suite struct ProfileSchemaTests {
  /// Holds a value against the words of JSON Schema that the profile's schema uses; what is wrong, by the way to it.
  private func problems(_ value: JSONValue?, _ schema: JSONValue, _ path: String) -> [String] {
    guard let value else { return [] }
    if case .bool(let allowed) = schema { return allowed ? [] : ["\(path): not allowed"] }
    var found: [String] = []
    if case .array(let choices)? = schema["anyOf"] {
      let tried = choices.map { problems(value, $0, path) }
      if !tried.contains([]) { found += tried.min { $0.count < $1.count } ?? [] }
    }
    if case .array(let choices)? = schema["oneOf"], choices.count(where: { problems(value, $0, path).isEmpty }) != 1 {
      found.append("\(path): not exactly one")
    }
    if case .array(let all)? = schema["allOf"] { found += all.flatMap { problems(value, $0, path) } }
    if case .array(let words)? = schema["enum"], !words.contains(value) { found.append("\(path): not in the list") }
    if let other = schema["not"], problems(value, other, path).isEmpty { found.append("\(path): excluded") }
    if let word = schema["const"], word != value { found.append("\(path): another word") }
    if case .string(let type)? = schema["type"] {
      let fits =
        switch (type, value) {
        case ("string", .string), ("integer", .integer), ("array", .array), ("object", .object): true
        default: false
        }
      if !fits { return found + ["\(path): not of type \(type)"] }
    }
    if case .integer(let number) = value {
      if case .integer(let least)? = schema["minimum"], number < least { found.append("\(path): too small") }
      if case .integer(let most)? = schema["maximum"], number > most { found.append("\(path): too large") }
    }
    if case .string(let text) = value, case .string(let pattern)? = schema["pattern"],
      (try? Regex(pattern).wholeMatch(in: text)) == nil
    {
      found.append("\(path): another form")
    }
    if case .array(let items) = value {
      if case .integer(let least)? = schema["minItems"], items.count < least { found.append("\(path): too short") }
      if case .integer(let most)? = schema["maxItems"], items.count > most { found.append("\(path): too long") }
    }
    if case .array(let items) = value, schema["uniqueItems"] == true,
      items.indices.contains(where: { items[..<$0].contains(items[$0]) })
    {
      found.append("\(path): repeated")
    }
    if case .array(let items) = value, let item = schema["items"] {
      found += items.flatMap { problems($0, item, path + "[]") }
    }
    guard case .object(let members) = value else { return found }
    if case .array(let required)? = schema["required"] {
      for case .string(let key) in required where value[key] == nil { found.append("\(path).\(key): missing") }
    }
    for member in members {
      if let property = schema["properties"]?[member.key] {
        found += problems(member.value, property, "\(path).\(member.key)")
      } else if let other = schema["additionalProperties"] {
        found += problems(member.value, other, "\(path).\(member.key)")
      }
      if let dependent = schema["dependentSchemas"]?[member.key] { found += problems(value, dependent, path) }
    }
    return found
  }

  private func problems(_ old: String = "", _ new: String = "") -> [String] {
    let text = old.isEmpty ? PlainProfile.text : PlainProfile.text.replacing(old, with: new)
    let document = YAMLComposer.compose(SourceFile(path: "p.yaml", text: text), file: 0).document
    return problems(document.roots.first.map { document.json($0) }, APIProfile.jsonSchema, "")
  }

  @Test func `alternatives of a skill's members fit the schema`() {
    #expect(
      problems("id: skill_id, level: level", "id: [skill_id, skill.id], level: [level, skill_level]") == [])
  }

  @Test func `the built-in profile fits its schema`() {
    #expect(problems() == [])
  }

  @Test(arguments: [
    ("rate: 5\n", "rate: 0\n", ".rate: too small"), ("rate: 5\n", "rate: \"5\"\n", ".rate: not of type integer"),
    ("status: unconfirmed", "status: maybe", ".status: not in the list"),
    ("  success: success\n", "", ".envelope.success: missing"),
    ("listSkills: /api", "listSkills: api", ".operations.listSkills: another form"),
    ("listSkills: /api", "searchSkills: /api", ".operations.searchSkills: not allowed"),
    ("{name: access_token}", "{name: access_token, in: query}", ".credentials.token.in: not allowed"),
    ("name: channel_name", "name: channel..name", ".channel.fields.name: another form"),
    ("volatile: [updated,", "volatile: [a b,", ".channel.volatile[]: another form"),
  ])
  func `what the check refuses the schema refuses`(_ old: String, _ new: String, _ wanted: String) {
    #expect(problems(old, new).contains(wanted), "\(problems(old, new))")
  }

  @Test(arguments: [
    ("{switch: use_topics, at: topic_set_id}", "{switch: use_topics}"),
    ("    closing.bot: bot_close_timeout_sec", "    closing.bot: [a, b]"), ("  uuid: channel_uuid", "  uuid: []"),
    ("  uuid: channel_uuid", "  uuid: [a, b, c, d, e, f, g, h, i]"), ("  uuid: channel_uuid", "  uuid: [a b]"),
    ("    closing.bot: bot_close_timeout_sec", "    closing.bot: {at: [a, b]}"),
    ("  uuid: channel_uuid", "  uuid: [a, b, a]"), ("id: skill_id, level", "id: [], level"),
    ("id: skill_id, level", "id: [a, a], level"), ("level: level, title", "level: {at: level}, title"),
    ("{switch: use_topics, at: topic_set_id}", "{switch: use_topics, at: a, read: b, write: c}"),
    ("  style: pages\n", "  style: cursor\n"), ("  page: page\n", "  seite: page\n"),
    ("{word: function, at: processing_function}", "{at: processing_function}"),
  ])
  func `what has a wrong form is refused`(_ old: String, _ new: String) {
    #expect(!problems(old, new).isEmpty)
  }
}

struct CommittedProfileSchemaTests {
  @Test func `the committed schema of profiles is up to date`() throws {
    try GeneratedFile.check(
      "schemas/api-profile.v1.schema.json", CanonicalJSON.text(APIProfile.jsonSchema, pretty: true))
  }
}

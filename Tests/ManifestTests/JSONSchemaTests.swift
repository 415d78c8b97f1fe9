import Basics
import Channels
import Documents
import Manifest
import Support
import Testing

struct JSONSchemaTests {
  @Test func `the committed schema of projects is up to date`() throws {
    let text = CanonicalJSON.text(JSONSchema(kinds: Kinds.all).document, pretty: true)
    try GeneratedFile.check("schemas/kitform.v1.schema.json", text)
  }

  @Test func `every field and section has its words in the schema`() throws {
    let schema = JSONSchema(kinds: Kinds.all).document
    for kind in Kinds.all {
      let channel = try #require(schema["$defs"]?["channel.\(kind.name)"])
      for field in kind.fields {
        var node = channel["properties"]
        if let group = field.group { node = node?[String(group)]?["properties"] }
        #expect(node?[String(field.key)]?["description"] == .string(field.documentation))
      }
    }
    for section in SectionGrammar.all {
      let node = try #require(schema["properties"]?[section.name])
      guard case .string(let words)? = node["description"] else {
        Issue.record("\(section.name) has no description")
        continue
      }
      #expect(words.hasPrefix(section.documentation))
      for key in section.settings { #expect(node["properties"]?[key.name]?["description"] != nil) }
    }
  }
}

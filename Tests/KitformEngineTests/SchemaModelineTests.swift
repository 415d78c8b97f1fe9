import KitformEngine
import Testing

@Suite struct SchemaModelineTests {
  @Test(arguments: [
    ("kitform.yaml", "schemas/kitform.v1.schema.json"), ("./kitform.yaml", "schemas/kitform.v1.schema.json"),
    ("channels/ok.yaml", "../schemas/kitform.v1.schema.json"),
    ("channels/eu/ok.yaml", "../../schemas/kitform.v1.schema.json"),
  ])
  func `the schema's path begins where the manifest stands`(manifest: String, schema: String) {
    #expect(SchemaModeline.line(for: manifest) == "# yaml-language-server: $schema=\(schema)\n")
  }
}

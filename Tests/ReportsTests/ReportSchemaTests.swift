import Basics
import Documents
import Manifest
import Provisioning
import Reports
import Support
import Testing

struct ReportSchemaTests {
  private static let schemas: [(name: String, schema: JSONValue)] = [
    ("diagnostics", ReportSchemas.diagnostics), ("plan", ReportSchemas.plan), ("drift", ReportSchemas.drift),
    ("doctor", ReportSchemas.doctor), ("output", ReportSchemas.output), ("state", ReportSchemas.state),
    ("channel", ReportSchemas.channel),
  ]

  @Test func `the committed schemas of reports are up to date`() throws {
    for (name, schema) in Self.schemas {
      try GeneratedFile.check("schemas/\(name).v1.schema.json", CanonicalJSON.text(schema, pretty: true))
    }
  }

  private static func header(_ format: String, _ outcome: RunOutcome = .done) -> ReportHeader {
    ReportHeader(
      format: format, tool: "1.0.0", project: ".", environment: "default", account: PlanScene.binding,
      outcome: outcome)
  }

  @Test(.enabled(if: SchemaVerdicts.isAvailable, "Python's `jsonschema` is not installed"))
  func `plans as they are printed and saved are what their schema says`() throws {
    let scene = PlanTextTests.example()
    let plans = [scene.plan(), scene.plan(PlanOptions(targets: [try #require(Target("ok.*"))]))]
    var documents = plans.map { plan in
      ReportSchemaTests.header("kitform.plan/v1").document(
        diagnostics: plan.diagnostics, sources: SourceMap(), members: PlanJSON.members(plan))
    }
    documents += plans.map { plan in
      let bytes = PlanFile(plan, tool: "1.0.0", commit: nil).encode()
      let composed = JSONComposer.compose(SourceFile(path: "plan", bytes: bytes), file: 0).document
      return composed.json(composed.roots[0])
    }
    documents.append(
      ReportSchemaTests.header("kitform.plan/v1", .invalid).document(
        diagnostics: [], sources: SourceMap(), members: []))
    #expect(try SchemaVerdicts.judge(documents, by: ReportSchemas.plan).allSatisfy { $0 == nil })
    let broken = documents.map { document -> JSONValue in
      guard case .object(let members) = document else { return document }
      return .object(members.filter { $0.key != "account" })
    }
    #expect(try SchemaVerdicts.judge(broken, by: ReportSchemas.plan).allSatisfy { $0 != nil })
  }

  @Test(.enabled(if: SchemaVerdicts.isAvailable, "Python's `jsonschema` is not installed"))
  func `findings are what their schema says`() throws {
    let project = ProjectFixture.project("kitform: 1\naccount: {name: a, region: eu, token: literal}\nchanels: {}\n")
    let findings =
      ProjectFixture.validate(project).findings + [Diagnostic(.sample("usage"), at: nil, "without a place")]
    #expect(findings.count > 2)
    let document = ReportSchemaTests.header("kitform.validate/v1", .invalid).document(
      diagnostics: findings, sources: project.sources, members: [.init("channels", 0)])
    #expect(try SchemaVerdicts.judge([document], by: ReportSchemas.diagnostics) == [nil])
  }
}

import Documents
import Manifest
import Support
import Testing

/// What no excerpt may show, beside the fields that hold secrets by name.
struct SecretPlacesTests {
  @Test(arguments: ["user:PASSWORD@kit.example", "https://user:PASSWORD@kit.example"])
  func `the user info of a host is not shown, with a scheme or without`(_ host: String) {
    let project = ProjectFixture.project(
      "kitform: 1\naccount: {name: a, token: {env: T}, region: eu, apiHost: \"\(host)\"}\n")
    let findings = ProjectFixture.validate(project).findings
    #expect(findings.map(\.id) == ["account.host"])
    let text = DiagnosticRenderer(
      sources: project.sources, secretPlaces: SecretPlaces(kinds: project.kinds).find(in: project.documents[0]),
      unparsed: [], color: false
    ).render(findings)
    #expect(!text.contains("PASSWORD"))
    #expect(text.contains("•••"))
  }
}

import Manifest
import Support
import Testing

/// `requires` of kitform.yaml: a project that a newer Kitform must read is refused before anything else of it is judged.
@Suite(.startsProcesses)
struct RequirementTests {
  @Test(arguments: ["validate", "plan --sandbox", "fmt", "environments", "profile show", "sandbox", "export --sandbox"])
  func `an older Kitform refuses the project with one finding, whatever else it does not know`(_ command: String)
    async throws
  {
    let project = try TestProject(
      """
      kitform: 2
      requires: ">= 99.1"
      weather: {unknown: true}
      include: ["nothing/*.yaml"]
      channels: [42]
      """, options: [])
    let json = try await project.json(3, command)
    let findings = json["diagnostics"].items
    #expect(findings.map { $0["id"].string } == ["project.requires"])
    #expect(
      findings.first?["message"].string
        == "this project requires Kitform 99.1.0 or newer, and this is \(ToolVersion.current)")
    #expect(findings.first?["line"].int == 2)
  }

  @Test func `a project that this Kitform is new enough for is read as any other`() async throws {
    let project = try TestProject(
      "kitform: 1\nrequires: \">= \(ToolVersion.current)\"\naccount: {name: acme, region: eu, token: {env: TOKEN}}\n",
      options: [])
    try await project.expect(0, "validate --strict")
  }

  @Test(
    arguments: [
      ("'>= 0.1'", nil), ("'>=0.1.0'", nil), ("'0.3'", "write `requires: \">= 0.3.0\"`"),
      ("0.3", "write `requires: \">= 0.3.0\"`"), ("'> 0.3'", "write `requires: \">= 0.3.0\"`"),
      ("'>= 1'", "write `requires: \">= 1.0.0\"`"), ("[1]", "write"), ("", "write"), ("{}", "write"),
    ] as [(String, String?)])
  func `a value in another form is a finding that shows the form`(_ value: String, _ suggestion: String?) async throws {
    let project = try TestProject(
      "kitform: 1\nrequires: \(value)\naccount: {name: acme, region: eu, token: {env: TOKEN}}\n", options: [])
    let findings = try await project.json(suggestion == nil ? 0 : 3, "validate")["diagnostics"].items
    #expect(findings.count == (suggestion == nil ? 0 : 1))
    if let suggestion { #expect(findings.first?["suggestion"].string?.hasPrefix(suggestion) == true, "\(findings)") }
  }

  @Test func `an included file cannot say it`() async throws {
    let project = try TestProject(
      "kitform: 1\naccount: {name: acme, region: eu, token: {env: TOKEN}}\n", options: [])
    try project.workspace.write("requires: \">= 0.1\"\nchannels: {custom: {}}\n", to: "channels/one.yaml")
    let findings = try await project.json(3, "validate")["diagnostics"].items
    #expect(findings.map { $0["id"].string } == ["project.placement"])
  }

  @Test(arguments: [("0.3", "0.3.0"), ("1.20.300", "1.20.300"), ("0.0", "0.0.0")])
  func `a version is two or three numbers`(_ text: String, _ written: String) {
    #expect(ToolVersion(text)?.description == written)
  }

  @Test(arguments: ["", "1", "1.", ".1", "1.2.3.4", "01.2", "1.-2", "1.2 ", "1.x", "1.1234567", "v1.2"])
  func `anything else is no version`(_ text: String) { #expect(ToolVersion(text) == nil) }

  @Test func `versions are ordered by their numbers`() throws {
    let ordered = try ["0.2", "0.10", "0.10.1", "1.0"].map { try #require(ToolVersion($0)) }
    #expect(ordered == ordered.reversed().sorted())
  }
}

import Documents
import Manifest
import Support
import Testing

/// What a small project could make large: each has a budget, and a finding at its cause.
@Suite struct BudgetTests {
  private func findings(_ text: String, variableBytes: Int = Findings.variableByteLimit) -> [String] {
    let project = ProjectFixture.project(ProjectFixture.header + text)
    var options = DecodingOptions()
    options.variableBytes = variableBytes
    return ProjectFixture.validate(project, options: options).findings.map { finding in
      let position = finding.place.map { project.sources.position(of: $0) }
      return "\(position?.line ?? 0):\(position?.column ?? 0) \(finding.id)"
    }
  }

  private func channels(_ count: Int, _ fields: (Int) -> String) -> String {
    "channels:\n  custom:\n" + (0..<count).map { "    c\($0): {\(fields($0))}\n" }.joined()
  }

  @Test func `a long variable that is used often is reported once, at the variable`() {
    let text = "variables: {long: \(String(repeating: "x", count: 100))}\n"
    func budget(_ text: String) -> [String] {
      findings(text, variableBytes: 2_000).filter { $0.hasSuffix("variable.budget") }
    }
    #expect(budget(text + channels(21) { _ in #"name: "${long}""# }) == ["3:19 variable.budget"])
    #expect(
      budget(text + channels(11) { _ in #"name: "a ${long}", callbackURL: "${long}""# }) == ["3:19 variable.budget"])
    #expect(budget(text + channels(1) { _ in #"name: ""# + String(repeating: "${long}", count: 21) + "\"" }).count == 1)
    #expect(budget(text + channels(20) { _ in #"name: "${long}""# }).isEmpty)
    #expect(
      budget(text + #"defaults: {custom: {callbackURL: ""# + String(repeating: "${long}", count: 21) + "\"}}\n").count
        == 1)
  }

  @Test func `the environments of a project share what variables may add`() {
    let environments = "environments:\n" + (0..<10).map { "  e\($0): {}\n" }.joined()
    let text = "variables: {long: \(String(repeating: "x", count: 100))}\n" + environments
    let found = findings(text + channels(10) { _ in #"name: "${long}""# }, variableBytes: 2_000)
    #expect(found.filter { $0.hasSuffix("variable.budget") } == ["3:19 variable.budget"])
  }

  @Test func `many environments of many values are reported, and the first ones are checked`() {
    let environments = "environments:\n" + (0..<4_000).map { "  e\($0): {}\n" }.joined()
    let found = findings(environments + channels(20) { "nome: \($0)" })
    #expect(found.first == "3:1 environment.budget")
    #expect(found.contains { $0.hasSuffix("field.unknown") })
    #expect(!findings("environments: {a: {}, b: {}}\n" + "channels: {}\n").contains { $0.contains("budget") })
  }

  @Test func `a long text that many aliases repeat is a finding at the alias that goes too far`() {
    let text = "x-a: &a \(String(repeating: "x", count: 60_000))\nx-b:\n" + String(repeating: "- *a\n", count: 200)
    #expect(findings(text).contains("144:3 yaml.alias-budget"))
    let inside = "x-a: &a [\(String(repeating: "x", count: 60_000))]\nx-b:\n" + String(repeating: "- *a\n", count: 200)
    #expect(findings(inside).contains("144:3 yaml.alias-budget"))
    #expect(findings("x-a: &a short\nx-b:\n" + String(repeating: "- *a\n", count: 200)).isEmpty)
  }

  @Test func `wrong names are compared with right ones only as long as somebody reads on`() {
    let environments = "environments:\n" + (0..<1_000).map { "  e\($0): {}\n" }.joined()
    let project = ProjectFixture.project(
      ProjectFixture.header + environments + channels(1_000) { "only: [f\($0)]" })
    let found = Validation(project, environments: ["e0"], options: DecodingOptions()).findings
      .filter { $0.id == "only.unknown" }
    #expect(found.count == 1_000)
    #expect(found.contains { $0.suggestion?.contains("did you mean") == true })
    #expect(found.last?.suggestion?.contains("and 960 more") == true)
    #expect(found.allSatisfy { ($0.suggestion?.utf8.count ?? 0) < 1_000 })
  }

  @Test(arguments: [
    ("*a*a*a*a*a*a*a*a*a*b", "a"), ("?????????*", "a"), ("**/**/**/**/**/**/**/b", "a/"), ("*/*/*/*/*/b", "a/"),
  ])
  func `no pattern takes more than its length times that of the path`(pattern: String, unit: String) throws {
    let include = try #require(IncludePattern(pattern))
    let path = String(repeating: unit, count: 2_000) + "c"
    let result = IncludedPaths([include], among: [path], stepLimit: 4_000_000)
    #expect(!result.isIncomplete)
    #expect(result.examples.map { $0 != nil } == [pattern == "?????????*"])
  }

  @Test(arguments: [
    ("channels/**/*.yaml", "channels/a.yaml", true), ("channels/**/*.yaml", "channels/x/y/a.yaml", true),
    ("channels/**", "channels/a.yaml", true), ("channels/**", "channels", false), ("**", "a", true),
    ("**/**", "a", true), ("**/a", "a", true), ("a/**/b/**/c", "a/b/c", true), ("a/**/b/**/c", "a/x/b/y/z/c", true),
    ("a/**/b/**/c", "a/x/c", false), ("*.yaml", "a/b.yaml", false), ("./a/*.y?ml", "a/b.yaml", true),
    ("a**b", "axxb", true), ("a**b", "a/b", false), ("a/*", "a/", false),
  ])
  func `a pattern matches what it says`(pattern: String, path: String, matches: Bool) throws {
    let include = try #require(IncludePattern(pattern))
    #expect(include.matches(path) == matches)
    #expect(IncludedPaths([include], among: [path]).examples.map { $0 != nil } == [matches])
  }
}

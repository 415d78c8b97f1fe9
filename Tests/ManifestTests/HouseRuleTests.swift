import Documents
import Manifest
import Support
import Testing

/// What `rules` may relax, and what becomes of a value whose rule is relaxed.
struct HouseRuleTests {
  /// One channel of each kind that breaks every rule of ours but those of names that are twice.
  private func project(_ rules: String) -> Project {
    ProjectFixture.project(
      ProjectFixture.header + """
        rules: {\(rules)}
        channels:
          ok:
            a: {name: " A", accessToken: {env: A}, redirect: {queue: 1}, skills: {russian: 9, billing: 2}}
            b: {name: "", accessToken: {env: B}, redirect: {queue: 1}}
          custom:
            c: {name: C, callbackURL: "http://c.example/", apiToken: {id: 1}, redirect: {queue: 1}}
            d: {name: C, callbackURL: "https://10.0.0.7/", apiToken: {id: 1}, redirect: {queue: 1}}
        """)
  }

  private static let ours = Rule.manifest.filter(\.isRelaxable).map(\.id)

  @Test(arguments: ours)
  func `each rule of ours can be switched off, weakened and raised`(_ id: String) {
    func severities(_ setting: String) -> [Severity] {
      ProjectFixture.validate(project("\(id): \(setting)")).findings.filter { $0.id == id }.map(\.severity)
    }
    #expect(severities("off").isEmpty)
    #expect(severities("warning") == [.warning])
    #expect(severities("error") == [.error])
    let others = Self.ours.filter { $0 != id }.sorted()
    #expect(ProjectFixture.validate(project("\(id): off")).findings.map(\.id).sorted() == others)
  }

  @Test(arguments: ["off", "warning"])
  func `a value whose rule is relaxed is taken as it is written`(_ setting: String) throws {
    let validation = ProjectFixture.validate(project(Self.ours.map { "\($0): \(setting)" }.joined(separator: ", ")))
    #expect(!validation.hasErrors)
    let records = try #require(validation.configurations.first).records
    #expect(records.map(\.name) == ["C", "C", " A", ""])
    guard case .levels(let levels)? = records[2]["skills"]?.value else {
      Issue.record("the skills were dropped")
      return
    }
    #expect(levels.map(\.level) == [9, 2])
  }

  @Test func `no rule that Kit documents and no rule of form can be relaxed`() {
    for rule in Rule.manifest + Rule.reading where !rule.isRelaxable {
      let findings = ProjectFixture.validate(
        ProjectFixture.project(ProjectFixture.header + "rules: {\(rule.id): off}\n")
      ).findings
      #expect(findings.map(\.id) == ["rules.documented"], "\(rule.id)")
    }
  }

  @Test func `a project names what it relaxes, and a rule set to error is not relaxed`() {
    let relaxed = project("name.length: off, name.characters: warning, skills.level: error").relaxed
    #expect(relaxed.map(\.id) == ["name.length", "name.characters", "skills.level"])
    #expect(relaxed.map(\.severity) == [nil, .warning, .error])
  }
}

import Support
import Testing

/// Every check reports the rules that `rules` relaxes, whatever its outcome.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct RelaxedRuleTests {
  private static let rules = "rules: {name.length: off, callbackURL.https: warning, skills.level: error}\n"
  private static let text = "Relaxed by `rules`: `name.length` and `callbackURL.https`.\n"

  @Test func `validate names what is relaxed, whether it finds errors or not`() async throws {
    let sound = try TestProject(Manifests.two + Self.rules, options: [])
    #expect(try await sound.expect(0, "validate").output.hasSuffix(Self.text))
    let broken = try TestProject(Manifests.two + Self.rules + "guards: {maxDeletes: many}\n", options: [])
    #expect(try await broken.expect(3, "validate").output.hasSuffix(Self.text))
    #expect(try await broken.json(3, "validate")["relaxedRules"].items.count == 2)
  }

  @Test func `every rule is explained by validate and by explain`() async throws {
    let project = try TestProject(Manifests.two, options: [])
    for id in ["yaml.duplicate-key", "profile.path", "account-file.key", "guards.maxDeletes", "approval.stale"] {
      for command in ["explain", "validate --explain"] {
        let output = try await project.expect(0, "\(command) \(id)").output
        #expect(output.hasPrefix("\(id)\n") && output.contains("example:") && output.contains("cannot be relaxed"))
      }
    }
  }
}

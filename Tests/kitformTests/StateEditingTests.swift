import Support
import Testing

/// What `state` commands may change, and whose state they may read.
@Suite(.startsProcesses, .timeLimit(.minutes(20)))
struct StateEditingTests {
  @Test func `a channel of an unfinished run is not forgotten by hand, and the way out keeps it in Kit`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project()
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.replace("name: Partner bot", with: "name: Partner robot", in: "kitform.yaml")
    project.environment["KITFORM_CRASH"] = "answered:1"
    #expect(try await project.run(["apply", "--auto-approve"]).exitCode == 9)
    project.environment["KITFORM_CRASH"] = nil
    let state = try project.workspace.read(".kitform/default/state.json")
    let refused = try await project.expect(64, "state rm custom.partner-bot")
    #expect(refused.errors.contains("an apply did not finish"))
    #expect(refused.errors.contains("`removed: {custom.partner-bot: {destroy: false}}`"))
    #expect(try project.workspace.read(".kitform/default/state.json") == state)
    let manifest = try project.workspace.read("kitform.yaml")
    let start = try #require(manifest.firstRange(of: "  custom:\n")?.lowerBound)
    try project.workspace.write(
      manifest[..<start] + "removed: {custom.partner-bot: {destroy: false}}\n", to: "kitform.yaml")
    try await project.expect(0, "apply --auto-approve")
    #expect(try await project.expect(0, "state list").output == "ok.community\n")
    #expect(try await kit.stop().contains("Partner robot"))
  }
}

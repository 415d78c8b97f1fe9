import Support
import Testing

/// What `state` commands may change, and whose state they may read.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct StateEditingTests {
  @Test func `a channel of an unfinished run is not forgotten by hand, and the way out keeps it in Kit`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project()
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.replace("name: Partner bot", with: "name: Partner robot", in: "kitform.yaml")
    project.environment["KITFORM_CRASH"] = "answered:1"
    #expect(try await project.run(["apply", "--auto-approve"]).exitCode == 9)
    project.environment["KITFORM_CRASH"] = nil
    let plan = try await project.expect(0, "plan")
    #expect(plan.output.contains("has not finished (it may still be running)"), "\(plan.output)")
    let state = try project.workspace.read(".kitform/default/state.json")
    let refused = try await project.expect(64, "state rm custom.partner-bot")
    #expect(refused.errors.contains("did not finish, and the outcome of `custom.partner-bot` is not known"))
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

  @Test func `the state of another account is shown and copied, and nothing else`() async throws {
    let project = try TestProject(ChannelCommandTests.manifest)
    try await project.expect(0, "apply --auto-approve")
    let state = try project.workspace.read(".kitform/sandbox/default/state.json")
    try project.workspace.replace("name: acme", with: "name: globex", in: "kitform.yaml")
    for command in [
      "state list", "state mv ok.community ok.other", "state rm ok.community", "output", "output --show-secrets",
      "channel verify custom.partner-bot", "channel login custom.partner-bot",
      "channel send custom.partner-bot --client 7 --text x", "channel sign --channel custom.partner-bot",
    ] {
      let refused = try await project.expect(4, command)
      #expect(refused.errors.contains("belongs to the account `acme`"), "\(command): \(refused.errors)")
      #expect(refused.output.isEmpty)
    }
    #expect(try await project.expect(0, "state show").output.contains("acme"))
    #expect(try await project.expect(0, "state pull").output == state)
    #expect(try project.workspace.read(".kitform/sandbox/default/state.json") == state)
  }

  @Test func `a copy that cannot be written is a failure`() async throws {
    let project = try TestProject(Manifests.bots([1]))
    try await project.expect(0, "apply --auto-approve")
    for command in ["state pull", "state list", "state show"] {
      let ended = try await BinaryUnderTest.bash("kitform \(command) --sandbox > /dev/full", in: project.workspace.path)
      #expect(ended.exitCode == 1, "\(command): \(ended.errors)")
      #expect(ended.errors.contains("could not be written"))
    }
    let removed = try await BinaryUnderTest.bash(
      "kitform state rm custom.bot-1 --sandbox > /dev/full", in: project.workspace.path)
    #expect(removed.exitCode == 0, "what was done stays done: \(removed.errors)")
  }
}

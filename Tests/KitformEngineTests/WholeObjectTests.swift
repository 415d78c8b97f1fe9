import Documents
import KitAPI
import KitProfile
import KitSandbox
import KitformEngine
import Manifest
import Provisioning
import Support
import Testing

/// Updates of nested objects through plan, client and an account that replaces them.
@Suite(.timeLimit(.minutes(60)))
struct WholeObjectTests {
  /// The built-in profile with a closing time in the object that holds the access token, as a custom channel's URL is
  /// beside its salt.
  private func profile() throws -> APIProfile {
    let text = APIProfile.builtIn.rendered.replacing(
      "closing.agent: agent_close_timeout_sec", with: "closing.agent: channel_settings.agent_close")
    return try #require(ProfileLoader.load(SourceFile(path: "p.yaml", text: text), file: 0).profile)
  }

  @Test func `changing a callback URL keeps the salt, and confirms the profile for the kind`() async throws {
    let scene = try EngineScene(EngineScene.manifest)
    _ = try await scene.apply()
    let salt = scene.channels.first { $0.kind == "custom" }?.salt
    #expect(salt?.isEmpty == false)
    try scene.workspace.replace(
      "https://bots.example.com/kit", with: "https://bots.example.com/new", in: "kitform.yaml")
    let plan = try await scene.plan()
    #expect(plan.canaries.map(\.description) == ["custom.partner-bot"])
    let result = try #require(try await scene.apply())
    #expect(result.outcome == .done)
    let custom = try #require(scene.channels.first { $0.kind == "custom" })
    #expect(custom.salt == salt && custom.callbackURL == "https://bots.example.com/new" && custom.apiToken == 42)
    #expect(try await scene.plan().isEmpty)
    #expect(result.state.profiles == ["custom": APIProfile.builtIn.digest])
    let stored = try scene.workspace.read(".kitform/default/state.json")
    #expect(!stored.contains(salt ?? "") && stored.contains(APIProfile.builtIn.digest))

    try scene.workspace.replace("https://bots.example.com/new", with: "https://bots.example.com/3", in: "kitform.yaml")
    #expect(try await scene.plan().canaries.isEmpty)
  }

  @Test(arguments: [ObjectHabits.TokenDisplay.hidden, .masked, .shown])
  func `an access token beside a changed field is still there afterwards`(
    _ display: ObjectHabits.TokenDisplay
  ) async throws {
    let scene = try EngineScene(
      EngineScene.manifest, profile: profile(), objects: ObjectHabits(accessTokens: display))
    _ = try await scene.apply()
    try scene.workspace.replace("agent: 12h", with: "agent: 24h", in: "kitform.yaml")
    let plan = try await scene.plan()
    let again = plan.changes.flatMap(\.fields).filter { $0.secret == .again }
    #expect(again.map(\.name) == (display == .shown ? [] : ["accessToken"]))
    #expect(try await scene.apply()?.outcome == .done)
    #expect(try await scene.plan().isEmpty)
    let community = try #require(scene.channels.first)
    #expect(community.closingAgent == 86_400)
    #expect(community.accessToken?.matches("tkn0123:abcDEF") == true)
  }

  @Test func `a kept access token that is not shown refuses the plan; accepted, it may go`() async throws {
    let scene = try EngineScene(EngineScene.manifest, profile: profile())
    _ = try await scene.apply()
    try scene.workspace.replace("{env: OK_COMMUNITY_TOKEN}", with: "{keep: true}", in: "kitform.yaml")
    try scene.workspace.replace("agent: 12h", with: "agent: 24h", in: "kitform.yaml")
    let refused = try await scene.plan()
    #expect(refused.refusals.map(\.rule.id) == ["update.loss"])
    var options = PlanOptions()
    options.acceptedLosses = [try #require(refused.refusals.first?.addresses.first): ["accessToken"]]
    let accepted = try await scene.plan(options)
    #expect(accepted.refusals.isEmpty && accepted.digest != refused.digest)
  }

  @Test func `a Kit that loses more than it says stops the run at one channel`() async throws {
    // The profile says that objects are merged, and the account replaces them.
    let text = PlainProfile.text.replacing("  update: replace\n", with: "  update: merge\n")
    let merge = try #require(ProfileLoader.load(SourceFile(path: "p.yaml", text: text), file: 0).profile)
    let second =
      EngineScene.manifest + """
            second-bot:
              name: Second bot
              callbackURL: https://bots.example.com/second
              apiToken: {id: 42}
              redirect: {function: 1207}

        """
    let scene = try EngineScene(second, profile: merge, objects: ObjectHabits(update: .replace))
    _ = try await scene.apply()
    try scene.workspace.replace(
      "https://bots.example.com/kit", with: "https://bots.example.com/new", in: "kitform.yaml")
    try scene.workspace.replace(
      "https://bots.example.com/second", with: "https://bots.example.com/2", in: "kitform.yaml")
    let result = try #require(try await scene.apply())
    #expect(result.outcome == .unverified)
    #expect(result.changes.map(\.verdict) == [.done, .notAttempted])
    let reason = try #require(result.unverified.first?.reason)
    #expect(reason.contains("channel_settings.security_salt") && reason.contains("channel_settings.token_id"))
    #expect(scene.channels.filter { $0.kind == "custom" && $0.salt.isEmpty }.count == 1)
  }
}

import Support
import Testing

/// Saved plans and digests: what was reviewed is what is applied, once.
@Suite(.timeLimit(.minutes(10)))
struct ApprovalTests {
  @Test func `a saved plan is applied once`() async throws {
    let project = try TestProject(Manifests.two)
    try await project.expect(0, "plan --out plan.json")
    try await project.expect(0, "apply plan.json")
    let kept = project.kept()
    let spent = try await project.json(5, "apply plan.json")
    #expect(spent["outcome"].string == "stale")
    #expect(spent["diagnostics"].items.contains { $0["message"].string?.contains("was applied on") == true })
    #expect(project.kept() == kept)
  }

  @Test func `a saved plan is refused once manifest or account differ`() async throws {
    let project = try TestProject(Manifests.two)
    try await project.expect(0, "plan --out plan.json")
    try project.workspace.replace("agent: 12h", with: "agent: 6h", in: "kitform.yaml")
    let stale = try await project.expect(5, "apply plan.json")
    #expect(stale.output.contains("6h"), "the new plan is shown\n\(stale.output)")
    #expect(!project.workspace.exists(".kitform/sandbox/default/state.json"))
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.replace("agent: 6h", with: "agent: 8h", in: "kitform.yaml")
    try await project.expect(0, "plan --out next.json")
    try project.workspace.replace(
      "\"bot\": 3600", with: "\"bot\": 60", in: ".kitform/sandbox/default/account.json")
    try await project.expect(5, "apply next.json")
  }

  @Test func `an edited plan file is no plan`() async throws {
    let project = try TestProject(Manifests.two)
    try await project.expect(0, "plan --out plan.json")
    try project.workspace.replace("Partner bot", with: "Partner bus", in: "plan.json")
    try await project.expect(1, "apply plan.json")
    try await project.expect(1, "show plan.json", plain: true)
    #expect(!project.workspace.exists(".kitform/sandbox/default/state.json"))
  }

  @Test func `a plan of the sandbox is not accepted for the account`() async throws {
    let kit = try await LocalKitProcess()
    var project = try TestProject(kit.manifest(), options: [])
    project.environment = LocalKitProcess.credentials
    try await project.expect(0, "plan --sandbox --out plan.json")
    try await project.expect(5, "apply plan.json")
    try await project.expect(0, "plan --out real.json")
    try await project.expect(5, "apply real.json --sandbox")
    try await kit.stop()
  }

  @Test func `a digest approves the plan that it stands for, once`() async throws {
    let project = try TestProject(Manifests.two)
    let digest = try #require(try await project.json(0, "plan")["digest"].string)
    #expect(digest.hasPrefix("kf1-") && digest.utf8.count == 44)
    let wrong = String(digest.dropLast()) + (digest.hasSuffix("0") ? "1" : "0")
    let refused = try await project.expect(5, "apply --approve \(wrong)")
    #expect(refused.output.contains(digest), "the plan is shown")
    #expect(!project.workspace.exists(".kitform/sandbox/default/state.json"))
    try await project.expect(0, "apply --approve \(digest)")
    let spent = try await project.expect(5, "apply --approve \(digest)")
    #expect(spent.errors.contains("was used on"), "\(spent.errors)")
    try await project.expect(0, "destroy --confirm-account acme")
    try await project.expect(5, "apply --approve \(digest)")
  }
}

import Support
import Testing

/// The sandbox's own files, when the manifests or the names of files change under them.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct SandboxAccountTests {
  @Test func `init, plan, another account's name, plan: the sandbox follows`() async throws {
    let project = try TestProject(Manifests.two)
    try project.workspace.remove("kitform.yaml")
    try await project.expect(0, "init", plain: true)
    let manifest = try project.workspace.read("kitform.yaml")
    #expect(manifest.contains("state:\n  key: {env: KITFORM_STATE_KEY}"))
    try await project.expect(0, "validate", plain: true)
    try await project.expect(0, "plan")
    try project.workspace.replace("name: my-account", with: "name: acme-support", in: "kitform.yaml")
    let plan = try await project.expect(0, "plan")
    #expect(plan.errors.contains("the name \"acme-support\", which was \"my-account\""), "\(plan.all)")
    #expect(try await !project.expect(0, "plan").errors.contains("which was"))
  }

  @Test func `a state of the sandbox under the former name names the folder to delete`() async throws {
    let project = try TestProject(Manifests.two)
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.replace("name: acme", with: "name: globex", in: "kitform.yaml")
    let refused = try await project.expect(4, "plan")
    #expect(refused.errors.contains("/.kitform/sandbox/default to start it afresh"), "\(refused.errors)")
    #expect(!refused.errors.contains("rebind"))
  }

  @Test func `an account file of another name is named`() async throws {
    let project = try TestProject(Manifests.two, options: ["--sandbox-file", "account.yaml"])
    try project.workspace.write(
      LocalKitProcess.account.replacing("name: acme", with: "name: other"), to: "account.yaml")
    let refused = try await project.expect(64, "plan")
    #expect(refused.errors.contains("is the account `other`, but `account.name` is `acme`"), "\(refused.errors)")
  }

  @Test(arguments: ["kitform.yml", "Kitform.yaml"])
  func `init writes no second project file beside one of nearly the right name`(_ name: String) async throws {
    let project = try TestProject(Manifests.two, options: [])
    try project.workspace.write(Manifests.two, to: name)
    try project.workspace.remove("kitform.yaml")
    let refused = try await project.expect(1, "init")
    #expect(refused.errors.contains("rename it to kitform.yaml"), "\(refused.errors)")
    #expect(!project.workspace.exists("kitform.yaml"))
    #expect(try await project.expect(3, "validate").all.contains("rename \(name) to kitform.yaml"))
  }

  @Test func `a web identity in the environment is named where an s3 state lacks keys`() async throws {
    var project = try TestProject(
      Manifests.header
        + "state: {backend: s3, bucket: acme-kitform, path: a.json, region: r, endpoint: \"http://127.0.0.1:9\"}\n",
      options: [])
    project.environment = ["AWS_WEB_IDENTITY_TOKEN_FILE": "/var/run/token-path", "HOME": project.workspace.path]
    let refused = try await project.expect(1, "state list")
    #expect(refused.errors.contains("AWS_WEB_IDENTITY_TOKEN_FILE is set"), "\(refused.errors)")
    #expect(refused.errors.contains("aws configure export-credentials") && !refused.errors.contains("token-path"))
  }
}

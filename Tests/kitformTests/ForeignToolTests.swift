import Support
import Testing
import Transport

/// Our state servers and clients against other people's.
@Suite(.startsProcesses)
struct ForeignToolTests {
  @Test(.enabled(if: BinaryUnderTest.tool("terraform") != nil), .timeLimit(.minutes(60)))
  func `Terraform's own http backend takes our server for one, and respects our lock`() async throws {
    let terraform = try #require(BinaryUnderTest.tool("terraform"))
    try await StateServer.with { server in
      let workspace = try Workspace([
        "main.tf": """
        terraform {
          backend "http" {
            address        = "\(server.address)"
            lock_address   = "\(server.address)/lock"
            unlock_address = "\(server.address)/lock"
            lock_method    = "POST"
            unlock_method  = "DELETE"
            retry_max      = 0
          }
        }
        resource "terraform_data" "x" { input = "one" }
        output "x" { value = terraform_data.x.output }
        """
      ])
      func run(_ arguments: [String]) async throws -> BinaryUnderTest.Ended {
        try await BinaryUnderTest.run(
          arguments, in: workspace.path,
          environment: ["CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_CLI_CONFIG_FILE": "/dev/null"],
          executable: terraform)
      }
      let initialized = try await run(["init", "-no-color", "-input=false"])
      #expect(initialized.exitCode == 0, "\(initialized.all)")
      let applied = try await run(["apply", "-no-color", "-input=false", "-auto-approve"])
      #expect(applied.exitCode == 0, "\(applied.all)")
      #expect(server.text.contains("terraform_version"))
      #expect(server.holder == nil)
      try workspace.replace("\"one\"", with: "\"two\"", in: "main.tf")
      let second = try await run(["apply", "-no-color", "-input=false", "-auto-approve"])
      #expect(second.exitCode == 0, "\(second.all)")
      #expect(server.model.log.filter { $0.method == "POST" && $0.path == StateServer.path }.count >= 2)

      // What our client locks, Terraform waits for; and what Terraform keeps, we do not take for ours.
      let lock =
        #"{"ID":"ours","Operation":"apply","Info":"","Who":"kitform","Version":"","Created":"2026-01-01T00:00:00Z","Path":""}"#
      _ = server.model.answer(
        HTTPRequest(method: "POST", host: "127.0.0.1", path: StateServer.path + "/lock", body: Array(lock.utf8)))
      let locked = try await run(["plan", "-no-color", "-input=false"])
      #expect(locked.exitCode == 1 && locked.all.contains("Error acquiring the state lock"), "\(locked.all)")
      let project = try TestProject(Manifests.header + server.section(), options: [])
      let foreign = try await project.expect(1, "state list")
      #expect(foreign.errors.contains("it is not a state of Kitform's"))
      #expect(server.text.contains("terraform_version"))
    }
  }

  @Test(.timeLimit(.minutes(60))) func `an apply keeps its state in moto's S3`() async throws {
    guard let python = await MotoServer.python() else { return }
    let kit = try await LocalKitProcess()
    try await MotoServer.with(python: python) { port in
      var project = try kit.project(
        state: "state: {backend: s3, bucket: states, key: kitform/one.json, endpoint: \"http://127.0.0.1:\(port)\"}\n")
      let none = try await project.expect(1, "state list")
      #expect(none.errors.contains("there are no keys for the state's store"))
      project.environment["AWS_ACCESS_KEY_ID"] = "AKIATEST"
      project.environment["AWS_SECRET_ACCESS_KEY"] = "planted-secret-key-1"
      try await project.expect(0, "apply --auto-approve")
      try await project.expect(0, "plan --detailed-exitcode")
      let listed = try await project.expect(0, "state list")
      #expect(listed.output == "custom.partner-bot\nok.community\n")
      try await project.expect(0, "state mv ok.community ok.other")
      // Keys from a file, as other tools find them.
      project.environment["AWS_ACCESS_KEY_ID"] = nil
      try project.workspace.write(
        "[ci]\naws_access_key_id = AKIATEST\naws_secret_access_key = planted-secret-key-1\n", to: ".aws/credentials")
      project.environment["AWS_PROFILE"] = "ci"
      let moved = try await project.expect(0, "state list")
      #expect(moved.output == "custom.partner-bot\nok.other\n")
      try project.workspace.replace("bucket: states", with: "bucket: nowhere", in: "kitform.yaml")
      let missing = try await project.expect(1, "state list")
      #expect(missing.errors.contains("there is no bucket `nowhere`"))
      #expect(!(listed.all + moved.all + missing.all).contains("planted-secret-key-1"))
    }
    try await kit.stop()
  }
}

import Foundation
import Support
import TestServers
import Testing

/// A profile of the repository's own makes calls only once somebody outside the repository has allowed them.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct ProfilePermissionTests {
  /// Commands that call the account, with what each needs to come so far.
  static let commands = [
    "plan", "apply --auto-approve --accept-unconfirmed-profile", "drift", "export", "doctor",
    "destroy --confirm-account acme",
    "import ok.found --id 1", "output --show-secrets", "state resolve ok.community --uuid u",
  ]

  /// Runs `body` with a project whose profile deletes where it is to list the skills, and a server that records all calls.
  private func hostile(
    _ environment: [String: String], _ body: (TestProject, RawServer) async throws -> Void
  ) async throws {
    try await RawServer.with({ _, _ in .write(RawServer.answer(body: "{\"success\": true, \"result\": []}")) }) {
      server in
      let host = "http://127.0.0.1:\(server.port)"
      var project = try TestProject(
        Manifests.two.calling(host)
          .replacing("apiToken: {id: 42}", with: "apiToken: {id: 42, value: {env: PARTNER_TOKEN}}"),
        options: [])
      let profile = try await project.takeProfile()
      try project.workspace.write(
        profile.replacing("/api/v3/skills/searchSkills", with: "/api/v3/channel/dropAllChannels"),
        to: "kit-profile.yaml")
      project.environment = LocalKitProcess.credentials.merging(["PARTNER_TOKEN": "partner-token-1"]) { $1 }
        .merging(environment) { $1 }
      try await body(project, server)
    }
  }

  @Test func `in a pipeline no command makes a call with a profile that the environment does not allow`() async throws {
    try await hostile(["CI": "true"]) { project, server in
      // The sandbox makes the state that commands at run time begin with; its account is no other.
      for command in Self.commands {
        let ended = try await project.run(command.split(separator: " ").map(String.init))
        #expect(ended.exitCode == 4, "\(command)\n\(ended.all)")
        #expect(ended.all.contains("KITFORM_ALLOW_PROFILES=kp1-"), "\(command)\n\(ended.all)")
        #expect(!ended.all.contains("profile allow"), "nobody is there to be asked:\n\(ended.all)")
      }
      #expect(server.log.requests.isEmpty && server.log.connections == 0)
      for command in ["validate", "fmt --check", "explain", "graph", "profile show", "environments", "plan --sandbox"] {
        let ended = try await project.run(command.split(separator: " ").map(String.init))
        #expect(ended.exitCode == 0, "\(command)\n\(ended.all)")
      }
      let doctor = try await project.json(4, "doctor")
      let checks = doctor["checks"].items
      #expect(checks.first { $0["id"].string == "profile" }?["result"].string == "failed")
      #expect(checks.first { $0["id"].string == "account" }?["result"].string == "skipped")
      #expect(checks.first { $0["id"].string == "state" }?["result"].string == "ok", "the offline lines still work")
      #expect(server.log.connections == 0)
    }
  }

  /// These need a channel in the state before they ask whether the profile may be used.
  @Test func `with a state of the built-in profile, no command makes a call with another one either`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project(
      Manifests.two.replacing("apiToken: {id: 42}", with: "apiToken: {id: 42, value: {env: PARTNER_TOKEN}}"))
    project.environment["PARTNER_TOKEN"] = "partner-token-1"
    try await project.expect(0, "apply --auto-approve --accept-unconfirmed-profile")
    let profile = try await project.takeProfile()
    try project.workspace.write(
      profile.replacing("/api/v3/skills/searchSkills", with: "/api/v3/channel/dropAllChannels"),
      to: "kit-profile.yaml")
    project.environment["CI"] = "true"
    let calls = try kit.events.count
    for command in Self.commands + ["channel verify custom.partner-bot", "channel login custom.partner-bot"] {
      let ended = try await project.run(command.split(separator: " ").map(String.init))
      #expect(ended.exitCode == 4, "\(command)\n\(ended.all)")
      #expect(ended.all.contains("KITFORM_ALLOW_PROFILES=kp1-"), "\(command)\n\(ended.all)")
    }
    #expect(try kit.events.count == calls)
    try await kit.stop()
  }

  @Test func `a file of the home directory counts on a desk alone, and none in the project anywhere`() async throws {
    let home = try Workspace()
    try await hostile(["XDG_CONFIG_HOME": home.path]) { project, server in
      var project = project
      let digest = try await digest(project)
      let list = """
        {"format": "kitform.profiles/v1", "allowed": [{"digest": "\(digest)", "project": "/x", "at": "t", "content": {}}]}
        """
      func write(_ mode: Int, in workspace: Workspace) throws {
        try workspace.write(list, to: "kitform/profiles")
        try FileManager.default.setAttributes(
          [.posixPermissions: mode], ofItemAtPath: "\(workspace.path)/kitform/profiles")
      }
      // Beyond this machine, where loopback is not what allows it.
      try project.workspace.write(
        try project.workspace.read("kitform.yaml").replacing(
          /apiHost: [^,]*, messagingHost: "[^"]*"/, with: "region: eu"),
        to: "kitform.yaml")
      project.environment["HTTPS_PROXY"] = "http://127.0.0.1:\(server.port)"
      let refused = try await project.expect(4, "plan")
      #expect(refused.errors.contains("kitform.yaml:2"), "\(refused.errors)")
      try write(0o600, in: home)
      try await project.expect(1, "plan --timeout 2s")
      let calls = server.log.connections
      #expect(calls > 0, "an allowed profile comes as far as the network")
      try write(0o666, in: home)
      #expect(try await project.expect(1, "plan").errors.contains("another user owns it or may write to it"))
      try write(0o600, in: home)
      project.environment["CI"] = "true"
      try await project.expect(4, "plan")
      project.environment["CI"] = nil
      project.environment["XDG_CONFIG_HOME"] = "\(project.workspace.path)/inside"
      try project.workspace.write(list, to: "inside/kitform/profiles")
      try await project.expect(4, "plan")
      // The rest of the repository is no place for it either: a pull request may change that as well.
      try FileManager.default.createDirectory(
        atPath: "\(project.workspace.path)/.git", withIntermediateDirectories: true)
      for file in ["kitform.yaml", "kit-profile.yaml"] {
        try project.workspace.write(try project.workspace.read(file), to: "kit/\(file)")
      }
      try write(0o600, in: project.workspace)
      project.environment["XDG_CONFIG_HOME"] = project.workspace.path
      try await project.expect(4, "plan -C kit")
      #expect(server.log.connections == calls)
    }
  }

  @Test func `the environment allows a digest, or names a file outside the repository`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project()
    let profile = try await project.takeProfile()
    try project.workspace.write(profile.replacing("pageSize: 50", with: "pageSize: 20"), to: "kit-profile.yaml")
    try await project.expect(0, "plan")
    project.environment["CI"] = "true"
    let digest = try await digest(project)
    try await project.expect(4, "plan")
    project.environment["KITFORM_ALLOW_PROFILES"] = "kp1-0, nonsense"
    #expect(try await project.expect(4, "plan").errors.contains("is not a profile's digest"))
    project.environment["KITFORM_ALLOW_PROFILES"] = "kp1-\(String(repeating: "0", count: 64)), \(digest)"
    try await project.expect(0, "plan")
    // A changed file is another profile.
    try project.workspace.write(profile.replacing("pageSize: 50", with: "pageSize: 10"), to: "kit-profile.yaml")
    try await project.expect(4, "plan")
    project.environment["KITFORM_ALLOW_PROFILES"] = nil
    // Names, rates and comments are no part of it.
    try project.workspace.write(
      profile.replacing("name: kit-v3", with: "name: mine").replacing("# DOC", with: "# SEEN"), to: "kit-profile.yaml")
    try await project.expect(0, "plan")
    try project.workspace.write("operations: {}\n", to: "kit-profile.yaml")

    let outside = try Workspace(["profile.yaml": profile.replacing("pageSize: 50", with: "pageSize: 20")])
    project.environment["KITFORM_PROFILE"] = "\(outside.path)/profile.yaml"
    try await project.expect(0, "plan")
    try project.workspace.write(profile, to: "inside.yaml")
    for path in ["inside.yaml", "./channels/../inside.yaml", "\(project.workspace.path)/inside.yaml"] {
      project.environment["KITFORM_PROFILE"] = path
      #expect(try await project.expect(4, "plan").errors.contains("lies in the repository"), "\(path)")
    }
    // A link outside that leads inside is inside, and so is the rest of the project's repository.
    try FileManager.default.createSymbolicLink(
      atPath: "\(outside.path)/link.yaml", withDestinationPath: "\(project.workspace.path)/inside.yaml")
    project.environment["KITFORM_PROFILE"] = "\(outside.path)/link.yaml"
    try await project.expect(4, "plan")
    try FileManager.default.createDirectory(
      atPath: "\(project.workspace.path)/.git", withIntermediateDirectories: true)
    try project.workspace.write(try project.workspace.read("kitform.yaml"), to: "kit/kitform.yaml")
    project.environment["KITFORM_PROFILE"] = "\(project.workspace.path)/inside.yaml"
    #expect(try await project.expect(4, "plan -C kit").errors.contains("lies in the repository"))
    try await kit.stop()
  }

  /// The digest that the refusal prints.
  private func digest(_ project: TestProject) async throws -> String {
    var project = project
    project.environment["CI"] = "true"
    let text = try await project.run(["plan"]).all
    let line = try #require(text.firstMatch(of: /KITFORM_ALLOW_PROFILES=(kp1-[0-9a-f]{64})/), "\(text)")
    return String(line.output.1)
  }

  @Test func `without a terminal nothing can be allowed`() async throws {
    let project = try TestProject(Manifests.two, options: [])
    let none = try await project.expect(0, "profile allow")
    #expect(none.output.contains("nothing has to be allowed"))
    let profile = try await project.takeProfile()
    try project.workspace.write(profile.replacing("pageSize: 50", with: "pageSize: 20"), to: "kit-profile.yaml")
    let asked = try await project.expect(64, "profile allow")
    #expect(asked.errors.contains("KITFORM_ALLOW_PROFILES=kp1-"))
  }

  @Test
  func `an approval and a saved plan of another profile are stale, and the next plan says what the last apply used`()
    async throws
  {
    let kit = try await LocalKitProcess()
    let project = try kit.project()
    let built = try await project.json(0, "plan --out built.json --report markdown=built.md")
    #expect(built["profile"]["digest"].string == nil)
    let profile = try await project.takeProfile()
    // The built-in profile under a path of the project's is the built-in one.
    #expect(try await project.json(0, "plan")["digest"].string == built["digest"].string)
    try project.workspace.write(profile.replacing("pageSize: 50", with: "pageSize: 20"), to: "kit-profile.yaml")
    let own = try await project.json(0, "plan --out own.json --report markdown=own.md")
    let digest = try #require(own["profile"]["digest"].string)
    #expect(own["digest"].string != built["digest"].string)
    #expect(own["approval"]["profile"].string == digest)
    #expect(try project.workspace.read("own.json").contains(digest))
    #expect(try project.workspace.read("own.md").contains(digest))
    for command in [
      "apply built.json", "apply --approve built.json", "apply --approve built.md",
      "apply --approve \(built["digest"].string ?? "")",
    ] {
      let ended = try await project.expect(5, command)
      #expect(ended.errors.contains("another API profile"), "\(command)\n\(ended.errors)")
    }
    try await project.expect(0, "apply own.json")
    #expect(try project.workspace.read(".kitform/default/state.json").contains("\"profile\": \"\(digest)\""))
    let same = try await project.expect(0, "plan")
    #expect(same.output.hasPrefix("API profile: \(digest)\n"), "\(same.output)")
    try project.workspace.write(profile, to: "kit-profile.yaml")
    let back = try await project.expect(0, "plan")
    #expect(
      back.output.hasPrefix(
        "API profile: the built-in one; since the last apply another one: that was made under \(digest)\n"),
      "\(back.output)")
    try project.workspace.replace("agent: 12h", with: "agent: 24h", in: "kitform.yaml")
    try await project.expect(5, "apply own.json")
    try await project.expect(0, "apply --auto-approve")
    #expect(try await !project.expect(0, "plan").output.contains("API profile"))
    try await kit.stop()
  }
}

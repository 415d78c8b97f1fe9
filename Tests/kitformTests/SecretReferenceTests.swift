import Foundation
import Support
import TestServers
import Testing

/// Which variables and files go to the account, and how plans name them.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct SecretReferenceTests {
  /// A project whose every host is a server that records what comes.
  private func recorded(
    _ manifest: String = Manifests.two, _ body: (TestProject, RawServer) async throws -> Void
  ) async throws {
    try await RawServer.with({ _, _ in .write(RawServer.answer(body: "{\"success\": true, \"result\": []}")) }) {
      server in
      let host = "http://127.0.0.1:\(server.port)"
      var project = try TestProject(manifest.calling(host), options: [])
      project.environment = LocalKitProcess.credentials
      try await body(project, server)
    }
  }

  /// What a hostile change writes in the place of a secret, and what it is refused for.
  static let places: [(old: String, new: String, words: String)] = [
    ("accessToken: {env: OK_COMMUNITY_TOKEN}", "accessToken: {env: AWS_SECRET_ACCESS_KEY}", "AWS_SECRET_ACCESS_KEY"),
    ("accessToken: {env: OK_COMMUNITY_TOKEN}", "accessToken: {file: {env: KUBECONFIG}}", "KUBECONFIG"),
    ("accessToken: {env: OK_COMMUNITY_TOKEN}", "accessToken: {file: .git/credentials}", ".git/credentials"),
    ("accessToken: {env: OK_COMMUNITY_TOKEN}", "accessToken: {env: KIT_API_TOKEN}", "account's own token"),
    ("accessToken: {env: OK_COMMUNITY_TOKEN}", "accessToken: {env: SAME_VALUE}", "account's own token"),
    ("accessToken: {env: OK_COMMUNITY_TOKEN}", "accessToken: {file: same.txt}", "account's own token"),
    ("token: {env: KIT_API_TOKEN}", "token: {env: GITHUB_TOKEN}", "GITHUB_TOKEN"),
    ("https://bots.example.com/kit/partner", "{env: CI_REPOSITORY_URL}", "CI_REPOSITORY_URL"),
    ("apiToken: {id: 42}", "apiToken: {id: 42, value: {env: NPM_TOKEN}}", "NPM_TOKEN"),
    ("channels:\n", "state: {key: {env: OK_COMMUNITY_TOKEN}}\nchannels:\n", "key of the state"),
    ("channels:\n", "state: {key: {env: SAME_AS_OK}}\nchannels:\n", "key of the state"),
    ("accessToken: {env: OK_COMMUNITY_TOKEN}", "accessToken: {env: KITFORM_FORMER_KEY}", "KITFORM_FORMER_KEY"),
    ("accessToken: {env: OK_COMMUNITY_TOKEN}", "accessToken: {env: SAME_AS_FORMER}", "key of the state"),
  ]

  @Test(arguments: places.indices)
  func `a secret of others is refused with its line before any connection`(_ index: Int) async throws {
    let place = Self.places[index]
    try await recorded { project, server in
      var project = project
      try project.workspace.replace(place.old, with: place.new, in: "kitform.yaml")
      try project.workspace.write("full-token-Zq7vK2-of-thirty-two-bytes\n", to: "same.txt")
      project.environment.merge([
        "AWS_SECRET_ACCESS_KEY": "aws-PLANTED", "KUBECONFIG": "/etc/hostname", "GITHUB_TOKEN": "gh-PLANTED",
        "CI_REPOSITORY_URL": "https://x:ci-PLANTED@example.com/", "NPM_TOKEN": "npm-PLANTED",
        "SAME_VALUE": "full-token-Zq7vK2-of-thirty-two-bytes",
        "SAME_AS_OK": LocalKitProcess.credentials["OK_COMMUNITY_TOKEN"] ?? "",
        "KITFORM_FORMER_KEY": "former-PLANTED-0123456789-0123456789",
        "SAME_AS_FORMER": "former-PLANTED-0123456789-0123456789",
      ]) { $1 }
      let checked = try await project.expect(4, "validate --secrets")
      #expect(checked.output.contains(place.words) && checked.output.contains("kitform.yaml:"), "\(checked.all)")
      #expect(!checked.all.contains("Valid") && !checked.all.contains("PLANTED") && !checked.all.contains("Zq7vK2"))
      try await project.expect(0, "validate")
      for command in ["plan", "apply --auto-approve --accept-unconfirmed-profile", "drift", "export", "doctor"] {
        let ended = try await project.run(command.split(separator: " ").map(String.init))
        #expect(ended.exitCode == 4, "\(command)\n\(ended.all)")
        #expect(ended.all.contains(place.words), "\(command)\n\(ended.all)")
        #expect(command == "doctor" || ended.errors.contains("kitform.yaml:"), "\(ended.errors)")
        #expect(!ended.all.contains("PLANTED") && !ended.all.contains("Zq7vK2"))
      }
      #expect(server.log.connections == 0)
      try await project.expect(0, "plan --sandbox")
    }
  }

  @Test func `the account's token may be the value of an API token, which the channel API never sees`() async throws {
    let kit = try await LocalKitProcess()
    let project = try kit.project()
    try project.workspace.replace(
      "apiToken: {id: 42}", with: "apiToken: {id: 42, value: {env: KIT_API_TOKEN}}", in: "kitform.yaml")
    try await project.expect(0, "apply --auto-approve")
    try await kit.stop()
  }

  @Test func `a state's password is a forge's token, and none of a cloud's`() async throws {
    try await recorded(
      Manifests.header
        + "state: {backend: http, address: \"http://127.0.0.1:1/state\", username: ci, password: {env: AWS_SESSION_TOKEN}}\n"
    ) { project, server in
      var project = project
      project.environment["AWS_SESSION_TOKEN"] = "aws-PLANTED"
      for command in ["plan", "state list", "show state"] {
        let ended = try await project.expect(4, command)
        #expect(ended.errors.contains("AWS_SESSION_TOKEN") && ended.errors.contains("kitform.yaml:3"))
      }
      try project.workspace.replace("AWS_SESSION_TOKEN", with: "CI_JOB_TOKEN", in: "kitform.yaml")
      project.environment["CI_JOB_TOKEN"] = "job-token"
      try await project.expect(1, "state list --timeout 5s")
      project.environment["KITFORM_SECRET_ENV"] = "KIT_* OK_*"
      #expect(try await project.expect(4, "state list").errors.contains("KITFORM_SECRET_ENV"))
      #expect(server.log.connections == 0)
    }
  }

  @Test(arguments: ["KIT_API_TOKEN", "SAME_AS_TOKEN", "OK_COMMUNITY_TOKEN", "SAME_AS_KEY"])
  func `a state's password is no secret of the account, of a channel, or of the state itself`(_ name: String)
    async throws
  {
    try await recorded(
      Manifests.two.replacing(
        "channels:\n",
        with:
          "state: {backend: http, address: \"http://127.0.0.1:1/state\", username: ci, password: {env: \(name)}, key: {env: KITFORM_STATE_KEY}}\nchannels:\n"
      )
    ) { project, server in
      var project = project
      project.environment["OK_COMMUNITY_TOKEN"] = "tkn-community-1"
      project.environment["KITFORM_STATE_KEY"] = "key-of-the-state-1"
      project.environment["SAME_AS_TOKEN"] = project.environment["KIT_API_TOKEN"]
      project.environment["SAME_AS_KEY"] = "key-of-the-state-1"
      for command in ["plan", "state list", "state pull", "output", "state unlock x"] {
        let ended = try await project.run(command.split(separator: " ").map(String.init))
        #expect(
          ended.exitCode == 4 && ended.all.contains("`state.password` comes from \(name)"), "\(command)\n\(ended.all)")
      }
      #expect(server.log.connections == 0)
    }
  }

  @Test func `the token of another environment's account goes to no channel`() async throws {
    try await recorded(
      Manifests.two.replacing(
        "channels:\n",
        with: "environments: {production: {account: {token: {env: PROD_TOKEN}}}, staging: {}}\nchannels:\n"
      ).replacing("{env: OK_COMMUNITY_TOKEN}", with: "{env: PROD_TOKEN}")
    ) { project, server in
      var project = project
      project.environment["PROD_TOKEN"] = "production-token-1"
      for command in ["plan --env staging", "apply --env staging --auto-approve"] {
        let ended = try await project.expect(4, command)
        #expect(ended.errors.contains("the account's own token"), "\(command)")
      }
      #expect(server.log.connections == 0)
    }
  }

  @Test func `the variable of a state's password is narrowed like one that the manifests name`() async throws {
    try await recorded(
      Manifests.header + "state: {backend: http, address: \"http://127.0.0.1:1/state\", username: ci}\n"
    ) { project, server in
      var project = project
      project.environment["TF_HTTP_PASSWORD"] = "state-PLANTED"
      project.environment["KITFORM_SECRET_ENV"] = "KIT_* OK_*"
      for command in ["plan", "state list", "show state", "validate --secrets"] {
        let ended = try await project.expect(4, command)
        #expect(ended.all.contains("`state.password` comes from TF_HTTP_PASSWORD"), "\(command)\n\(ended.all)")
      }
      // The recording server is no account, which is a failure beside the refusal.
      let doctor = try await project.json(1, "doctor")
      #expect(
        doctor["checks"].items.contains {
          $0["id"].string == "secrets.env"
            && $0["message"].string?.contains("KITFORM_SECRET_ENV='KIT_API_TOKEN TF_HTTP_PASSWORD'") == true
        })
      #expect(server.log.requests.allSatisfy { !$0.contains("PLANTED") })
      project.environment["KITFORM_SECRET_ENV"] = "KIT_* OK_* TF_HTTP_PASSWORD"
      try await project.expect(1, "state list --timeout 5s")
      try await project.expect(0, "validate --secrets")
      // A forge's job token works under its own name as well, once it is listed.
      try project.workspace.replace(
        "username: ci", with: "username: ci, password: {env: CI_JOB_TOKEN}", in: "kitform.yaml")
      project.environment["CI_JOB_TOKEN"] = "job-token"
      try await project.expect(4, "state list --timeout 5s")
      project.environment["KITFORM_SECRET_ENV"] = "KIT_* CI_JOB_TOKEN"
      try await project.expect(1, "state list --timeout 5s")
    }
  }

  @Test func `the environment narrows what is sent, and a pipeline without it is warned once`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project()
    project.environment["KITFORM_SECRET_ENV"] = "KIT_API_TOKEN"
    let refused = try await project.expect(4, "plan")
    #expect(refused.errors.contains("`ok.community.accessToken` comes from OK_COMMUNITY_TOKEN"), "\(refused.errors)")
    #expect(refused.errors.contains("add its name to KITFORM_SECRET_ENV"))
    project.environment["KITFORM_SECRET_ENV"] = "KIT_API_TOKEN OK_*"
    project.environment["CI"] = "true"
    #expect(try await !project.expect(0, "plan").errors.contains("secret.env.open"))
    project.environment["KITFORM_SECRET_ENV"] = nil
    let open = try await project.expect(0, "plan")
    #expect(open.errors.components(separatedBy: "secret.env.open").count == 2, "\(open.errors)")
    #expect(open.errors.contains("KITFORM_SECRET_ENV='KIT_API_TOKEN OK_COMMUNITY_TOKEN'"))
    #expect(try await !project.expect(0, "plan --sandbox").errors.contains("secret.env.open"))
    let doctor = try await project.json(0, "doctor")
    let check = doctor["checks"].items.first { $0["id"].string == "secrets.env" }
    #expect(check?["result"].string == "warning")
    #expect(check?["remedy"].string?.contains("KITFORM_SECRET_ENV='KIT_API_TOKEN OK_COMMUNITY_TOKEN'") == true)
    try await kit.stop()
  }

  @Test func `a saved plan sends no secret that may not be sent`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project()
    try await project.expect(0, "plan --out plan.json")
    project.environment["KITFORM_SECRET_ENV"] = "KIT_API_TOKEN"
    // The manifests no longer name it; the plan does.
    try project.workspace.replace(
      "accessToken: {env: OK_COMMUNITY_TOKEN}", with: "accessToken: {keep: true}", in: "kitform.yaml")
    let ended = try await project.expect(4, "apply plan.json")
    #expect(ended.errors.contains("OK_COMMUNITY_TOKEN"), "\(ended.errors)")
    #expect(try kit.events.allSatisfy { $0["path"].string?.contains("addChannel") != true })
    try await kit.stop()
  }

  @Test func `plans and reports name where each secret comes from`() async throws {
    let project = try TestProject(Manifests.two)
    let reports = ["markdown=r.md", "html=r.html", "json=r.json", "steps=r.steps"].map { "--report \($0)" }
    let text = try await project.expect(0, "plan \(reports.joined(separator: " ")) --out plan.json").output
    #expect(text.contains("accessToken    (secret {env: OK_COMMUNITY_TOKEN}) set"), "\(text)")
    for file in ["r.md", "r.html", "r.steps"] {
      #expect(try project.workspace.read(file).contains("{env: OK_COMMUNITY_TOKEN}"), "\(file)")
    }
    let json = try ParsedJSON(try project.workspace.read("r.json"))
    #expect(json["changes"].at("ok.community").field("accessToken")["reference"].string == "env OK_COMMUNITY_TOKEN")
    #expect(try await project.expect(0, "show plan.json").output.contains("(secret {env: OK_COMMUNITY_TOKEN}) set"))
    try project.workspace.replace("{env: OK_COMMUNITY_TOKEN}", with: "{file: {env: OK_FILE}}", in: "kitform.yaml")
    #expect(try await project.expect(0, "plan").output.contains("(secret {file: {env: OK_FILE}}) set"))
    try await project.expect(2, "plan --out other.json --detailed-exitcode")
    let diff = try await project.expect(2, "plan-diff plan.json other.json", plain: true).output
    #expect(diff.contains("{env: OK_COMMUNITY_TOKEN}") && diff.contains("{file: {env: OK_FILE}}"), "\(diff)")
    try await project.expect(2, "plan-diff r.json other.json", plain: true)
  }
}

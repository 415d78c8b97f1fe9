import Foundation
import Support
import Testing

/// Files and links of a project that would lead a read or a write to what is not the project's.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct HostileFilesTests {
  /// A project of the account's own region, which nothing here reaches.
  private func project(_ manifest: String = Manifests.two, state: String = "") throws -> TestProject {
    var project = try TestProject(manifest + state, options: [])
    project.environment = LocalKitProcess.credentials.merging([
      "CI": "true", "HTTPS_PROXY": "http://127.0.0.1:1", "STATE_PASSWORD": "x",
    ]) { $1 }
    return project
  }

  private func link(_ name: String, to target: String, in project: TestProject) throws {
    try FileManager.default.createSymbolicLink(
      atPath: "\(project.workspace.path)/\(name)", withDestinationPath: target)
  }

  private static func place(_ backend: String, _ settings: String, _ more: String = "") -> String {
    #"{"format": "kitform.place/v1", "backend": "\#(backend)", "settings": {\#(settings)}\#(more)}"#
  }

  // MARK: The place that the directory remembers

  @Test(arguments: [
    "../OUT/state.json", "/OUT/state.json", "a/../../OUT/state.json", ".git/index", "a/.GIT/index", "../\u{301}OUT/x",
    "",
  ])
  func `a remembered path obeys the rules of the manifests' path`(_ path: String) async throws {
    let outside = try Workspace(["state.json": "{}"])
    let name = outside.path.split(separator: "/").last.map(String.init) ?? ""
    let path = path.replacing("/OUT", with: path.hasPrefix("/") ? outside.path : "/\(name)")
    let project = try project(state: "state: {backend: local, path: st/new.json}\n")
    try project.workspace.write(Self.place("local", #""path": "\#(path)""#), to: ".kitform/default/backend.json")
    for command in ["plan", "state list", "state migrate", "apply --auto-approve", "state pull"] {
      let ended = try await project.expect(4, command)
      let words = ".kitform/default/backend.json names a former location of the state"
      #expect(ended.errors.contains(words), "\(ended.errors)")
    }
    #expect(outside.files().map(\.name) == ["state.json"])
    #expect(!project.workspace.exists("st"))
  }

  @Test func `a remembered path through a link is refused by the link's name`() async throws {
    let outside = try Workspace(["state.json": "{}"])
    let project = try project(state: "state: {backend: local, path: st/new.json}\n")
    try link("old", to: outside.path, in: project)
    try project.workspace.write(Self.place("local", #""path": "old/state.json""#), to: ".kitform/default/backend.json")
    for command in ["plan", "state migrate"] {
      let ended = try await project.expect(4, command)
      #expect(ended.errors.contains("old is a link that leads out of the project"), "\(ended.errors)")
    }
    #expect(outside.files().map(\.name) == ["state.json"])
  }

  @Test func `a remembered password obeys the policy of secrets, and other settings the rules of state`() async throws {
    let address = #""address": "https://kitapi-eu.voximplant.com/state""#
    for (place, words) in [
      (Self.place("http", address, #", "password": {"env": "AWS_SECRET_ACCESS_KEY"}"#), "AWS_SECRET_ACCESS_KEY"),
      (Self.place("http", address, #", "password": {"file": ".git/config"}"#), ".git/config"),
      (Self.place("http", address, #", "password": {"env": "MY_STATE_KEY"}"#), "it is the key of the state"),
      (Self.place("http", address + #", "username": "a:b""#), "its `username` holds a colon"),
      (Self.place("http", address + #", "updateMethod": "DELETE""#), "its `updateMethod`"),
      (Self.place("s3", #""bucket": "a/b", "path": "x""#), "its `bucket`"),
      (Self.place("s3", #""bucket": "acme-kitform", "path": "x", "region": "evil.example/""#), "its `region`"),
    ] {
      let project = try project(state: "state: {key: {env: MY_STATE_KEY}}\n")
      try project.workspace.write(place, to: ".kitform/default/backend.json")
      for command in ["state list", "state migrate"] {
        let ended = try await project.expect(4, command)
        #expect(ended.errors.contains(words), "\(ended.errors)")
      }
    }
  }

  @Test func `a state's path that a link leads into git's directory is refused`() async throws {
    let project = try project(state: "state: {backend: local, path: st/index}\n")
    try project.workspace.write("x", to: ".git/index")
    try link("st", to: ".git", in: project)
    for command in ["plan", "state list"] {
      let ended = try await project.expect(4, command)
      #expect(ended.errors.contains("st is a link"), "\(ended.errors)")
    }
    #expect(project.workspace.files(under: ".git").map(\.name) == ["index"])
  }

  // MARK: Outputs

  @Test(arguments: [
    "schema --write out", "schema --write out/deep", "plan --sandbox --out out/p.kfplan",
    "plan --sandbox --report json=out/x.json", "validate --report sarif=none/y --report json=out/x.json",
    "export --sandbox --out out", "plan --sandbox-file out/account.json", "sandbox --port 0 --file out/account.json",
  ])
  func `a relative output that a link leads out of the project is refused`(_ command: String) async throws {
    let outside = try Workspace(["kept.txt": "x"])
    let project = try project()
    try link("out", to: outside.path, in: project)
    let ended = try await project.expect(1, command)
    if !command.contains("none/") {
      #expect(ended.errors.contains("out is a link that leads out of the project"), "\(ended.errors)")
    }
    #expect(outside.files().map(\.name) == ["kept.txt"])
  }

  @Test func `an absolute output, one outside as it is written and a link inside are the user's choice`() async throws {
    let outside = try Workspace()
    let project = try project()
    try project.workspace.write("x", to: "inner/kept.txt")
    try link("out", to: outside.path, in: project)
    try link("in", to: "inner", in: project)
    let name = try #require(outside.path.split(separator: "/").last)
    try await project.expect(0, "validate --report json=\(project.workspace.path)/out/a.json")
    try await project.expect(0, "validate --report json=../\(name)/b.json")
    try await project.expect(0, "validate --report json=in/c.json")
    try await project.expect(0, "schema --write \(outside.path)/schemas")
    #expect(outside.exists("a.json") && outside.exists("b.json") && project.workspace.exists("inner/c.json"))
    #expect(outside.exists("schemas/kitform.v1.schema.json"))
  }

  @Test func `a schema's file that is a link is not followed, and init follows no link of its directory`() async throws
  {
    let outside = try Workspace(["kept.txt": "x"])
    let project = try project()
    try FileManager.default.createDirectory(
      atPath: "\(project.workspace.path)/schemas", withIntermediateDirectories: false)
    try link("schemas/plan.v1.schema.json", to: "\(outside.path)/kept.txt", in: project)
    let ended = try await project.expect(1, "schema --write schemas")
    #expect(ended.errors.contains("plan.v1.schema.json"), "\(ended.errors)")
    try project.workspace.remove("schemas")
    try project.workspace.remove("kitform.yaml")
    try link("schemas", to: outside.path, in: project)
    try await project.expect(1, "init")
    #expect(outside.files().map(\.name) == ["kept.txt"])
    #expect(try outside.read("kept.txt") == "x")
  }

  // MARK: Credentials of others

  /// What pipelines leave in a workspace.
  private static let credentials = [
    ".git/config":
      "[core]\n\tbare = false\n[http \"https://github.com/\"]\n\textraheader = AUTHORIZATION: basic PLANTED\n",
    ".npmrc": "//registry.npmjs.org/:_authToken=PLANTED\n",
    ".docker/config.json": #"{"auths": {"r": {"auth": "PLANTED"}}}"#,
    "gha-creds-1.json": #"{"type": "external_account", "x": "PLANTED"}"#, ".env.local": "TOKEN: PLANTED\n",
    "deploy.pem": "PLANTED\n", ".config/gh/hosts.yml": "github.com:\n  oauth_token: PLANTED\n",
    ".netrc": "machine a PLANTED\n",
  ]

  @Test(arguments: credentials.keys.sorted())
  func `a credential file of another tool is no profile, no include and no secret, also behind a link`(_ path: String)
    async throws
  {
    let text = try #require(Self.credentials[path])
    for target in [path, "innocent.yaml"] {
      func started(_ manifest: String) throws -> TestProject {
        let project = try project(manifest)
        try project.workspace.write(text, to: path)
        if target != path { try link(target, to: path, in: project) }
        return project
      }
      let profile = try started(Manifests.two.replacing("region: eu", with: "region: eu, profile: ./\(target)"))
      #expect(!(try await profile.expect(3, "plan")).all.contains("PLANTED"))
      #expect(!(try await profile.expect(3, "profile show")).all.contains("PLANTED"))
      let include = try started(Manifests.two + "include: [\"\(target)\"]\n")
      #expect(!(try await include.expect(3, "validate")).all.contains("PLANTED"))
      let secret = try started(Manifests.two.replacing("{env: OK_COMMUNITY_TOKEN}", with: "{file: \(target)}"))
      // The path that is written is refused by its name, and the one behind a link where it is read.
      let ended = try await target == path ? secret.expect(4, "plan") : secret.run(["validate", "--secrets"])
      #expect(ended.exitCode != 0 && !ended.all.contains("PLANTED"), "\(ended.all)")
    }
  }

  @Test(arguments: [
    "user:\n  token: PLANTED\n", "token PLANTED\n", "- PLANTED\n", "a: [PLANTED\n", "{\"auth\": \"PLANTED\"",
    "\"PLANTED",
  ])
  func `no line is shown of a file that is not in form a manifest or a profile`(_ text: String) async throws {
    let profile = try project(Manifests.two.replacing("region: eu", with: "region: eu, profile: ./other.yaml"))
    let include = try project(Manifests.two + "include: [\"other.yaml\"]\n")
    for (project, command) in [(profile, "plan"), (include, "validate")] {
      try project.workspace.write(text, to: "other.yaml")
      let ended = try await project.expect(3, command)
      #expect(!ended.all.contains("PLANTED") && ended.all.contains("other.yaml is not a"), "\(ended.all)")
    }
  }

  @Test func `a project file that is a link shows no line of what is no manifest`() async throws {
    let project = try project()
    try project.workspace.write("user: PLANTED\n", to: "other.yaml")
    try project.workspace.remove("kitform.yaml")
    try link("kitform.yaml", to: "other.yaml", in: project)
    for command in ["validate", "plan", "fmt"] {
      let ended = try await project.expect(3, command)
      #expect(!ended.all.contains("PLANTED") && ended.all.contains("kitform.yaml is not a manifest"), "\(ended.all)")
    }
  }

  @Test func `a mistake in what is meant as a manifest or a profile is shown with its line`() async throws {
    let include = try project(Manifests.two + "include: [\"other.yaml\"]\n")
    for (text, line) in [("chanels: {a: {}}\n", "| chanels: {a: {}}"), ("channels:\n  ok: [a\n", "|   ok: [")] {
      try include.workspace.write(text, to: "other.yaml")
      #expect(try await include.expect(3, "validate").all.contains(line))
    }
    let profile = try project(Manifests.two.replacing("region: eu", with: "region: eu, profile: ./other.yaml"))
    try profile.workspace.write("name: [SHOWN]\nstatus: confirmed\n", to: "other.yaml")
    #expect(try await profile.expect(3, "plan").all.contains("SHOWN"))
  }
}

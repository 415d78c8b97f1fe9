import Foundation
import Support
import Testing

/// Files that the manifests name and that `validate` checks, without a read of what is not the project's.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct OfflineFileTests {
  private func project(_ manifest: String) throws -> TestProject {
    var project = try TestProject(manifest, options: [])
    project.environment = LocalKitProcess.credentials
    return project
  }

  private func link(_ name: String, to target: String, in project: TestProject) throws {
    try FileManager.default.createSymbolicLink(
      atPath: "\(project.workspace.path)/\(name)", withDestinationPath: target)
  }

  @Test(arguments: [
    ("/etc/hostname", "it lies outside the project"), ("../PLANTED.yaml", "it lies outside the project"),
    ("profiles/../../x.yaml", "it lies outside the project"), ("link.yaml", "it lies outside the project"),
    ("below/PLANTED.yaml", "it lies outside the project"), ("large.yaml", "it is too large"),
    (".git/config", "it belongs to git, Kitform or another tool"),
    ("git.yaml", "it belongs to git, Kitform or another tool"),
    ("none.yaml", "it does not exist"), ("directory", "it is"),
  ])
  func `a profile that cannot be read is a finding at its line, and no file outside is read`(
    _ path: String, _ words: String
  ) async throws {
    let outside = try Workspace(["PLANTED.yaml": "name: PLANTED\nstatus: [PLANTED\n"])
    let project = try project(
      Manifests.two.replacing("region: eu", with: "region: eu, profile: \"\(path)\"")
        + "environments:\n  production: {}\n  staging: {}\n")
    try project.workspace.write("[core]\nurl = PLANTED\n", to: ".git/config")
    try project.workspace.write(String(repeating: "# long\n", count: 200_000), to: "large.yaml")
    try project.workspace.write("x", to: "directory/x")
    try link("link.yaml", to: "\(outside.path)/PLANTED.yaml", in: project)
    try link("below", to: outside.path, in: project)
    try link("git.yaml", to: ".git/config", in: project)
    let ended = try await project.expect(3, "validate")
    #expect(ended.output.contains("kitform.yaml:2:"), "\(ended.all)")
    #expect(ended.output.contains("the profile \(path) cannot be read: \(words)"), "\(ended.all)")
    #expect(ended.output.contains("1 error in 2 channels"), "\(ended.all)")
    #expect(!ended.output.replacing(path, with: "").contains("PLANTED"), "\(ended.all)")
    let plan = try await project.expect(3, "plan --env staging")
    #expect(plan.all.contains("the profile \(path) cannot be read: \(words)"), "\(plan.all)")
  }

  @Test func `a profile with mistakes is invalid at the line that names it, with the line of each mistake`()
    async throws
  {
    let project = try project(Manifests.two)
    let profile = try await project.takeProfile()
    try await project.expect(0, "validate")
    try project.workspace.write(profile + "surprise: 1\n", to: "kit-profile.yaml")
    let ended = try await project.expect(3, "validate")
    let line = profile.count { $0 == "\n" } + 1
    #expect(ended.output.contains("kitform.yaml:2:"), "\(ended.all)")
    #expect(ended.output.contains("./kit-profile.yaml, line \(line): "), "\(ended.all)")
    try project.workspace.write("user: PLANTED\n", to: "kit-profile.yaml")
    let foreign = try await project.expect(3, "validate")
    #expect(foreign.output.contains("./kit-profile.yaml is not an API profile"), "\(foreign.all)")
    #expect(!foreign.all.contains("PLANTED"), "\(foreign.all)")
  }

  @Test func `a state's path behind a link that leaves the project is refused at its line`() async throws {
    let outside = try Workspace([:])
    let project = try project(Manifests.two + "state: {backend: local, path: st/state.json}\n")
    try await project.expect(0, "validate")
    try link("st", to: outside.path, in: project)
    let ended = try await project.expect(4, "validate")
    #expect(ended.output.contains("st is a link that leads out of the project"), "\(ended.all)")
    #expect(ended.output.contains("| state: {backend: local, path: st/state.json}"), "\(ended.all)")
    let usual = try self.project(Manifests.two)
    try link(".kitform", to: outside.path, in: usual)
    #expect(try await usual.expect(4, "validate").output.contains(".kitform is a link that leads out of the project"))
    #expect(outside.files().isEmpty)
  }

  @Test(arguments: ["{file: .git/config}", "{file: innocent}", "{file: {env: NAMED}}", "{file: /etc/hostname}"])
  func `the secrets of a state are checked offline as a run checks them`(_ reference: String) async throws {
    for setting in ["key", "password"] {
      var project = try project(
        Manifests.two
          + "state: {backend: http, address: \"https://kitapi-eu.voximplant.com/s\", \(setting): \(reference)}\n")
      try project.workspace.write("token-PLANTED-0123456789", to: ".git/config")
      try link("innocent", to: ".git/config", in: project)
      project.environment["NAMED"] = ".git/config"
      project.environment["HTTPS_PROXY"] = "http://127.0.0.1:1"
      let ended = try await project.run(["validate", "--secrets"])
      #expect(ended.exitCode == 3 || ended.exitCode == 4, "\(setting) \(reference)\n\(ended.all)")
      #expect(ended.output.contains("`state.\(setting)`"), "\(ended.all)")
      #expect(ended.output.contains("kitform.yaml:19:"), "\(ended.all)")
      #expect(!ended.all.contains("PLANTED"), "\(ended.all)")
      let run = try await project.run(["plan", "--timeout", "5s"])
      #expect(run.exitCode != 0 && !run.all.contains("PLANTED"), "\(run.all)")
      #expect(setting == "key" || !run.all.contains("proxy"), "\(run.all)")
    }
  }
}

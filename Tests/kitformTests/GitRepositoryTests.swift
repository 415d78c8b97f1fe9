import Foundation
import Support
import Testing

/// What a plan says of the commit that was applied last, and what a hostile repository cannot do.
@Suite(
  .startsProcesses, .timeLimit(.minutes(60)),
  .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/git"), "there is no git"))
struct GitRepositoryTests {
  /// Runs git in a directory and returns what it prints.
  @discardableResult
  private func git(_ command: String, in directory: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/git")
    process.arguments =
      ["-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"]
      + command.split(separator: " ").map(String.init)
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    process.environment = ["PATH": "/usr/bin:/bin", "HOME": directory, "GIT_CONFIG_NOSYSTEM": "1"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "git \(command)")
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private func repository() throws -> TestProject {
    let project = try TestProject(Manifests.bots([1]))
    try project.workspace.write(".kitform/\n*.json\n.gitconfig\n", to: ".gitignore")
    for command in ["init -q", "add .", "commit -qm first"] { try git(command, in: project.workspace.path) }
    return project
  }

  private func commit(_ project: TestProject, _ name: String) throws -> String {
    try project.workspace.replace("name: Bot 1", with: "name: Bot 1\n      # \(name)", in: "kitform.yaml")
    try git("commit -qam \(name)", in: project.workspace.path)
    return try git("rev-parse HEAD", in: project.workspace.path)
  }

  @Test func `a branch without the commit that was applied is warned of`() async throws {
    let project = try repository()
    let first = try git("rev-parse HEAD", in: project.workspace.path)
    try git("checkout -qb feature", in: project.workspace.path)
    try git("checkout -q main", in: project.workspace.path)
    let second = try commit(project, "second")
    try await project.expect(0, "plan --out plan.json")
    #expect(try project.workspace.read("plan.json").contains("\"commit\": \"\(second)\""))
    try await project.expect(0, "apply plan.json")
    #expect(try project.workspace.read(".kitform/sandbox/default/state.json").contains(second))
    #expect(!(try await project.expect(0, "plan")).errors.contains("your branch lacks"))
    _ = try commit(project, "third")
    #expect(!(try await project.expect(0, "plan")).errors.contains("your branch lacks"))

    try git("checkout -q feature", in: project.workspace.path)
    let behind = try await project.json(0, "plan")
    let warning = behind["diagnostics"].items.first { $0["id"].string == "git.behind" }
    #expect(warning?["severity"].string == "warning")
    #expect(warning?["message"].string?.hasPrefix("your branch lacks \(second.prefix(12)), applied on 20") == true)
    // A saved plan of another commit is applied as it is, and says so.
    try await project.expect(0, "plan --out old.json")
    try project.workspace.replace("bots.example.com", with: "bots2.example.com", in: "kitform.yaml")
    try await project.expect(0, "plan --out new.json")
    #expect(try project.workspace.read("new.json").contains("\"commit\": \"\(first)\""))
    try git("checkout -qf main", in: project.workspace.path)
    let note = try await project.expect(0, "apply new.json")
    #expect(note.errors.contains("the plan was made of commit \(first.prefix(12))"), "\(note.errors)")
  }

  @Test func `a shallow clone cannot tell, and no repository says nothing`() async throws {
    let project = try repository()
    _ = try commit(project, "second")
    try await project.expect(0, "apply --auto-approve")
    let state = try project.workspace.read(".kitform/sandbox/default/state.json")
    let account = try project.workspace.read(".kitform/sandbox/default/account.json")
    for name in ["third", "fourth"] { _ = try commit(project, name) }
    try git("clone -q --depth 1 file://\(project.workspace.path) clone", in: project.workspace.path)
    var clone = project
    clone.options = ["--sandbox", "-C", "clone"]
    try project.workspace.write(state, to: "clone/.kitform/sandbox/default/state.json")
    try project.workspace.write(account, to: "clone/.kitform/sandbox/default/account.json")
    let shallow = try await clone.json(0, "plan")
    let reported = shallow["diagnostics"].items.first { $0["id"].string == "git.unknown" }
    #expect(reported?["message"].string?.contains("is unknown") == true)
    #expect(reported?["suggestion"].string?.contains("shallow") == true)

    try project.workspace.remove(".git")
    try project.workspace.remove("clone")
    let none = try await project.json(0, "plan")
    #expect(!none["diagnostics"].items.contains { $0["id"].string?.hasPrefix("git.") == true })
  }

  @Test func `an error of git is a finding, and not taken for no repository`() async throws {
    let project = try repository()
    try await project.expect(0, "apply --auto-approve")
    let config = try project.workspace.read(".git/config")
    func finding(_ command: String) async throws -> ParsedJSON? {
      try await project.json(0, command)["diagnostics"].items.first { $0["id"].string == "git.refused" }
    }
    #expect(try await finding("plan") == nil)

    try project.workspace.write("[broken", to: ".git/config")
    for command in ["plan", "plan --out plan.json", "apply --auto-approve"] {
      let found = try await finding(command)
      #expect(found?["severity"].string == "warning", "\(command)")
      #expect(found?["message"].string?.hasPrefix("git cannot read the repository: fatal: bad config") == true)
    }
    #expect(try project.workspace.read("plan.json").contains("\"commit\": null"))
    #expect(try await project.expect(0, "apply plan.json").errors.contains("git.refused"))
    let checks = try await project.json(0, "doctor")["checks"].items
    #expect(checks.first { $0["id"].string == "git" }?["result"].string == "warning")
    try project.workspace.write(config, to: ".git/config")
    #expect(try await finding("plan") == nil)

    // Only root can give files away.
    if geteuid() == 0 {
      let all = ["", "/.git"].map { project.workspace.path + $0 }
      for path in all { try FileManager.default.setAttributes([.ownerAccountID: 12_345], ofItemAtPath: path) }
      let refused = try await finding("plan")
      #expect(refused?["message"].string?.contains("another user owns it") == true)
      #expect(refused?["suggestion"].string?.contains("--add safe.directory '\(project.workspace.path)'") == true)
      var trusting = project
      trusting.environment = [
        "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "core.pager", "GIT_CONFIG_VALUE_0": "none",
        "GIT_CONFIG_KEY_1": "safe.directory", "GIT_CONFIG_VALUE_1": project.workspace.path,
      ]
      #expect(try await !trusting.expect(0, "plan").errors.contains("git.refused"))
      for path in all { try FileManager.default.setAttributes([.ownerAccountID: 0], ofItemAtPath: path) }
    }

    var bare = project
    try project.workspace.write("", to: "empty/none")
    let env = "\(project.workspace.path)/empty"
    try FileManager.default.createSymbolicLink(atPath: "\(env)/env", withDestinationPath: "/usr/bin/env")
    bare.environment = ["PATH": env]
    #expect(try await bare.expect(0, "plan").errors.contains("git is not installed"))

    // A worktree whose repository is gone.
    try project.workspace.remove(".git")
    try project.workspace.write("gitdir: /nowhere/kitform", to: ".git")
    #expect(try await finding("plan")?["message"].string?.contains("not a git repository") == true)
  }

  @Test func `a repository without a commit has nothing to report`() async throws {
    let project = try TestProject(Manifests.bots([1]))
    try git("init -q", in: project.workspace.path)
    let none = try await project.json(0, "plan")
    #expect(!none["diagnostics"].items.contains { $0["id"].string?.hasPrefix("git.") == true })
  }

  @Test func `a hostile repository runs nothing, and neither does a hostile state`() async throws {
    let project = try repository()
    let first = try git("rev-parse HEAD", in: project.workspace.path)
    try await project.expect(0, "apply --auto-approve")
    _ = try commit(project, "second")
    let script = "\(project.workspace.path)/evil.sh"
    try project.workspace.write("#!/bin/sh\ntouch '\(project.workspace.path)/owned'\n", to: "evil.sh")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
    for setting in [
      "core.fsmonitor \(script)", "core.pager \(script)", "core.sshCommand \(script)",
      "core.hooksPath \(project.workspace.path)",
      "alias.rev-parse !\(script)", "alias.merge-base !\(script)", "core.editor \(script)",
      "credential.helper !\(script)",
      "remote.origin.url ext::\(script)", "remote.origin.promisor true", "remote.origin.uploadpack \(script)",
      "protocol.ext.allow always",
    ] { try git("config \(setting)", in: project.workspace.path) }
    let state = ".kitform/sandbox/default/state.json"
    let kept = try project.workspace.read(state)
    #expect(kept.contains(first))
    try await project.expect(0, "plan --out plan.json")
    try await project.expect(0, "apply --auto-approve")
    #expect(!project.workspace.exists("owned"))
  }

  @Test func `a commit that cannot be read is a finding, and not taken for a repository without commits`() async throws
  {
    let project = try repository()
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.remove(".git/objects")
    try project.workspace.write("", to: ".git/objects/info/none")
    let broken = try await project.json(0, "plan")["diagnostics"].items
    let refused = broken.first { $0["id"].string == "git.refused" }
    #expect(refused?["message"].string?.hasPrefix("git cannot read the repository: ") == true, "\(broken)")
  }

  @Test func `a comparison of commits that git does not finish is reported with its cause`() async throws {
    var project = try repository()
    let first = try git("rev-parse HEAD", in: project.workspace.path)
    try await project.expect(0, "apply --auto-approve")
    _ = try commit(project, "second")
    let script = "#!/bin/sh\ncase \"$*\" in *merge-base*) $SLOW ;; esac\nexec /usr/bin/git \"$@\"\n"
    for (name, body, words) in [
      ("slow", "exec sleep 20", "git did not answer within 5 s"),
      (
        "failing", "echo 'fatal: unable to read tree' >&2; exit 128",
        "git ended with an error: fatal: unable to read tree"
      ),
    ] {
      try project.workspace.write(script.replacing("$SLOW", with: body), to: "\(name)/git")
      let path = "\(project.workspace.path)/\(name)"
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(path)/git")
      project.environment = ["PATH": "\(path):/usr/bin:/bin"]
      let reported = try await project.json(0, "plan")["diagnostics"].items.first { $0["id"].string == "git.unknown" }
      #expect(reported?["why"].string == words && reported?["message"].string?.contains(first.prefix(12)) == true)
    }
  }
}

import Foundation
import Support
import Testing

/// What a person at a terminal is asked, and what becomes of the answer.
@Suite(
  .startsProcesses, .timeLimit(.minutes(60)),
  .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"), "there is no /usr/bin/script"))
struct TerminalTests {
  /// Runs a command on a terminal of its own and types an answer with a key behind it; nil types nothing and ends the input.
  private func run(
    _ project: TestProject, _ command: String, answer: String?, key: String = "\n"
  ) async throws -> (code: Int32, text: String) {
    let binary = try BinaryUnderTest.path("kitform")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/script")
    process.arguments = [
      "-qec", "exec '\(binary)' \(([command] + project.options).joined(separator: " "))", "/dev/null",
    ]
    process.currentDirectoryURL = URL(fileURLWithPath: project.workspace.path)
    process.environment = [
      "PATH": "/usr/bin:/bin", "HOME": project.workspace.path, "SHELL": "/bin/sh", "NO_COLOR": "1",
      "TERM": "xterm",
    ].merging(project.environment) { $1 }
    let input = Pipe()
    let path = "\(project.workspace.path)/terminal.txt"
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    let output = try #require(FileHandle(forWritingAtPath: path))
    process.standardInput = input
    process.standardOutput = output
    process.standardError = output
    try process.run()
    if let answer {
      func text() -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
      for _ in 0..<6000 where process.isRunning && !text().contains(": ") {
        try await Task.sleep(for: .milliseconds(10))
      }
      for _ in 0..<6000
      where process.isRunning
        && !(text().contains("Only `yes` does") || text().contains("account's name to delete"))
      {
        try await Task.sleep(for: .milliseconds(10))
      }
      try input.fileHandleForWriting.write(contentsOf: Data("\(answer)\(key)".utf8))
    }
    for _ in 0..<100 where process.isRunning && answer != nil { try await Task.sleep(for: .milliseconds(10)) }
    try input.fileHandleForWriting.close()
    for _ in 0..<12_000 where process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
    if process.isRunning {
      process.terminate()
      throw BinaryUnderTest.Problem(description: "the terminal did not end")
    }
    return (process.terminationStatus, try String(contentsOfFile: path, encoding: .utf8))
  }

  private func channels(_ project: TestProject) throws -> Int {
    try ParsedJSON(try project.workspace.read(".kitform/sandbox/default/account.json"))["channels"].items.count
  }

  @Test func `a profile is allowed after its calls were shown, and the next question shows what differs`() async throws
  {
    let home = try Workspace()
    var project = try TestProject(Manifests.two, options: [])
    let profile = try await project.takeProfile()
    func write(_ skills: String) throws {
      try project.workspace.write(
        profile.replacing("/api/v3/skills/searchSkills", with: skills), to: "kit-profile.yaml")
    }
    try write("/api/v3/skills/findAll")
    project.environment = LocalKitProcess.credentials.merging([
      "XDG_CONFIG_HOME": home.path, "HTTPS_PROXY": "http://127.0.0.1:1",
    ]) { $1 }
    let refused = try await run(project, "plan", answer: nil)
    #expect(refused.code == 4 && refused.text.contains("run `kitform profile allow`"), "\(refused.text)")
    let declined = try await run(project, "profile allow", answer: "y")
    #expect(declined.code == 1 && !home.exists("kitform/profiles"), "\(declined.text)")
    let allowed = try await run(project, "profile allow", answer: "yes")
    #expect(allowed.code == 0, "\(allowed.text)")
    for words in [
      "POST /api/v3/skills/findAll", "writes  deleteChannel   POST /api/v3/channel/deleteChannel",
      "It differs from the built-in one in 1 setting",
      "operations.listSkills: /api/v3/skills/searchSkills → /api/v3/skills/findAll",
    ] {
      #expect(allowed.text.contains(words), "\(allowed.text)")
    }
    for (path, mode) in [("kitform", 0o700), ("kitform/profiles", 0o600)] {
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(home.path)/\(path)")
      #expect((attributes[.posixPermissions] as? Int) == mode, "\(path)")
    }
    #expect(try await run(project, "plan", answer: nil).code == 1, "it comes as far as the network")
    try write("/api/v3/skills/listAll")
    #expect(try await run(project, "plan", answer: nil).code == 4)
    let again = try await run(project, "profile allow", answer: "yes")
    #expect(again.text.contains("It differs from the one that was allowed on"), "\(again.text)")
    #expect(again.text.contains("operations.listSkills: /api/v3/skills/findAll → /api/v3/skills/listAll"))
    try write("/api/v3/skills/findAll")
    #expect(try await run(project, "plan", answer: nil).code == 1, "what was allowed stays allowed")
    project.environment["CI"] = "true"
    #expect(try await run(project, "profile allow", answer: nil).code == 64)
  }

  @Test func `apply shows the plan, asks, and does what yes says`() async throws {
    let project = try TestProject(Manifests.bots([1]))
    for answer in ["no", "y", "YES", ""] {
      let declined = try await run(project, "apply", answer: answer)
      #expect(declined.code == 1, "\(declined.text)")
      #expect(declined.text.contains("+ custom.bot-1"), "\(declined.text)")
      #expect(declined.text.contains("Nothing was changed."), "\(declined.text)")
    }
    #expect(try await run(project, "apply", answer: nil).code == 1)
    #expect(try channels(project) == 0)
    let applied = try await run(project, "apply", answer: "yes")
    #expect(applied.code == 0, "\(applied.text)")
    #expect(try channels(project) == 1)
    #expect(try await run(project, "apply", answer: nil).code == 0, "there is nothing to ask")
  }

  @Test func `a person's yes allows many updates of live channels, after a word of warning`() async throws {
    let project = try TestProject(Manifests.bots(Array(1...11)))
    try await project.expect(0, "apply --auto-approve")
    let changed = Manifests.bots(Array(1...11)).replacing("bots.example.com", with: "new.example.com")
    try project.workspace.write(changed, to: "kitform.yaml")
    let declined = try await run(project, "apply", answer: "no")
    #expect(declined.code == 1, "\(declined.text)")
    #expect(declined.text.contains("Careful: the plan changes `callbackURL` of 11 live channels"), "\(declined.text)")
    #expect(try await run(project, "apply", answer: "yes").code == 0)
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
  }

  @Test func `what runs is shown with its time`() async throws {
    let kit = try await LocalKitProcess(options: ["--latency", "400"])
    let project = try kit.project(Manifests.bots([1]))
    let applied = try await run(project, "apply", answer: "yes")
    try await kit.stop()
    #expect(applied.code == 0, "\(applied.text)")
    #expect(applied.text.contains("  create custom.bot-1: 0."), "\(applied.text)")
    #expect(applied.text.contains("0 of 1 finished, 0."), "\(applied.text)")
  }

  @Test func `destroy asks for the account's name`() async throws {
    let project = try TestProject(Manifests.bots([1]))
    try await project.expect(0, "apply --auto-approve")
    let wrong = try await run(project, "destroy", answer: "yes")
    #expect(wrong.code == 4, "\(wrong.text)")
    #expect(wrong.text.contains("the name is not that of the account"), "\(wrong.text)")
    #expect(try channels(project) == 1)
    let right = try await run(project, "destroy", answer: "acme")
    #expect(right.code == 0, "\(right.text)")
    #expect(try channels(project) == 0)
  }

  @Test(arguments: [("apply", ""), ("apply", "ye"), ("destroy", "")])
  func `Ctrl-C at a question changes nothing and leaves no lock behind`(_ command: String, _ typed: String) async throws
  {
    let kit = try await LocalKitProcess()
    try await StateServer.with { server in
      let project = try kit.project(state: server.section())
      if command == "destroy" { try await project.expect(0, "apply --auto-approve") }
      let before = server.bytes
      let ended = try await run(project, command, answer: typed, key: "\u{3}")
      #expect(ended.code == 130, "\(ended.text)")
      #expect(ended.text.contains("interrupted before anything was changed"), "\(ended.text)")
      #expect(server.holder == nil && server.bytes == before)
    }
    let account = try await kit.stop()
    #expect(account.contains("Partner bot") == (command == "destroy"))
  }

  @Test(arguments: ["dumb", "", "xterm"])
  func `a terminal that understands plain lines alone gets no others`(_ name: String) async throws {
    let kit = try await LocalKitProcess(options: ["--latency", "300"])
    var project = try kit.project(Manifests.bots([1]))
    project.environment.merge(["TERM": name, "NO_COLOR": ""]) { $1 }
    let applied = try await run(project, "apply", answer: "yes")
    try await kit.stop()
    #expect(applied.code == 0, "\(applied.text)")
    #expect(applied.text.contains("\u{1B}[") == (name == "xterm"), "\(applied.text.debugDescription)")
  }

  @Test func `no place is cut at the end of a line`() async throws {
    let long = "A partner's bot of a name that is longer than most"
    let project = try TestProject(Manifests.bots([1]).replacing("name: Bot 1", with: "name: \(long)"))
    let shown = try await run(project, "plan", answer: nil)
    for place in ["kitform.yaml:5", "kitform.yaml:6", "kitform.yaml:7"] {
      let line = try #require(
        shown.text.split(whereSeparator: \.isNewline).first(where: { $0.hasSuffix(place) }), "\(shown.text)")
      #expect(line.count <= 80, "\(line)")
    }
  }

  @Test func `JSON asks nothing, on a terminal either`() async throws {
    let project = try TestProject(Manifests.bots([1]))
    #expect(try await run(project, "apply --format json", answer: nil).code == 64)
  }
}

import Basics
import Documents
import Support
import TestServers
import Testing

/// Data that means harm, through every command to both streams: nothing drives a terminal, nothing commands a build's runner.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct HostileOutputTests {
  /// What no output may have; what is meant to be an annotation is not asked for here.
  private func expectHarmless(
    _ text: String, _ what: String, at location: SourceLocation = #_sourceLocation
  ) {
    #expect(
      text.unicodeScalars.allSatisfy { $0 == "\n" || !SafeText.isUnsafe($0) }, "\(what)\n\(text)",
      sourceLocation: location)
    for line in text.split(whereSeparator: \.isNewline) {
      let isCommand =
        line.drop(while: \.isWhitespace).hasPrefix("::")
        || ["##[", "##vso[", "##teamcity["].contains { line.contains($0) }
      #expect(!isCommand, "\(what): \(line)", sourceLocation: location)
    }
  }

  /// Runs a command as text and as JSON and looks at all that it writes.
  private func run(
    _ project: TestProject, _ arguments: [String], _ code: Int32, says word: String? = nil, isJSON: Bool = true,
    at location: SourceLocation = #_sourceLocation
  ) async throws {
    for arguments in isJSON ? [arguments, arguments + ["--format", "json"]] : [arguments] {
      let ended = try await project.run(arguments)
      let what = "kitform \(arguments.joined(separator: " "))"
      #expect(ended.exitCode == code, "\(what)\n\(ended.all)", sourceLocation: location)
      if let word { #expect(ended.all.contains(word), "\(what)\n\(ended.all)", sourceLocation: location) }
      expectHarmless(ended.output, what, at: location)
      expectHarmless(ended.errors, what, at: location)
      if arguments.last == "json" { _ = try ParsedJSON(ended.output) }
    }
  }

  private static let manifest =
    Manifests.header + """
      channels:
        ok:
          community:
            name: "##[group]n ::error::e ##vso[task.complete]"
            accessToken: {env: OK_COMMUNITY_TOKEN}
            redirect: {queue: "::stop-commands::q ##[error]"}
            closing: {agent: 12h}
            topicSet: "##[t]"
            skills: {"::notice::s ##[s]": 3}
        custom:
          partner-bot:
            name: "::warning::"
            callbackURL: "https://bots.example.com/::kit::"
            apiToken: {name: "##[token]"}
            redirect: {function: "##[function] ::debug::"}

      """

  @Test func `plans, applies, states and their documents are harmless`() async throws {
    var project = try TestProject(HostileOutputTests.manifest)
    try await run(project, ["plan", "-v"], 0, says: "n ::error::e")
    try await run(project, ["plan", "--out", "a.kitplan"], 0)
    project.options = []
    try await run(project, ["show", "a.kitplan"], 0, says: "##")
    project.options = ["--sandbox"]
    try await run(project, ["apply", "--auto-approve", "-v"], 0)
    try await run(project, ["show", "state"], 0, says: "n ::error::e")
    for command in ["list", "show"] { try await run(project, ["state", command], 0) }
    try await run(project, ["output"], 0)
    try await run(project, ["output", "--as", "env"], 0, isJSON: false)
    try project.workspace.replace("##[group]n", with: "##[endgroup]m", in: "kitform.yaml")
    try project.workspace.replace("12h", with: "24h", in: "kitform.yaml")
    try await run(project, ["plan"], 0, says: "endgroup")
    try await run(project, ["destroy", "--confirm-account", "acme"], 0)
  }

  @Test func `findings, and the lines that they quote, are harmless`() async throws {
    let project = try TestProject(
      HostileOutputTests.manifest + """
            "##[field]": "::error::"
            closing: {agent: "##[8d] \\u202E"}
        rules: {"::error::": off}

        """, options: [])
    try project.workspace.write(
      "channels:\n  ok:\n    \"##[key]\": {name: \"\\u200B::\", redirect: {queue: [\"##[a\"]}}\n",
      to: "channels/##[a.yaml")
    try project.workspace.write("::error::: \"\\x1B[2J\"\n\u{9B}2J: {\n", to: "channels/::error::x.yaml")
    try await run(project, ["validate"], 3, says: "field.unknown")
    try await run(project, ["validate", "--color", "never"], 3)
    try await run(project, ["plan"], 3)
  }

  @Test func `a difference of formats is harmless`() async throws {
    let text = """
      x-note: |
          ::error file=a::b
          ##[group]c
          ##teamcity[x]
      """
    let project = try TestProject(Manifests.header + text + "\n", options: [])
    try await run(project, ["fmt", "--check"], 3, says: "::error file=a", isJSON: false)
    try await run(project, ["fmt"], 0)
    #expect(try project.workspace.read("kitform.yaml").contains("  ##[group]c\n"))
  }

  @Test(arguments: [
    ["plan", "--target", "##[x]"], ["plan", "--env", "::x"], ["plan", "--var", "##[x]=1"], ["explain", "##[x]"],
    ["validate", "--explain", "##[x]\u{1B}[2J"], ["output", "::x"], ["state", "rm", "##[x]"],
    ["plan", "\u{1B}]0;x\u{7}##[x]"], ["::x\n::y"], ["plan", "--color", "##[x]\u{9B}"], ["plan", "--::x\n::y"],
    ["sandbox", "--fault", "##[x]"], ["plan", "--report", "##[x]=y"],
  ])
  func `arguments that are quoted in an error are harmless`(_ arguments: [String]) async throws {
    try await run(try TestProject(Manifests.two, options: []), arguments, 64)
  }

  @Test func `a directory's and a file's name are harmless`() async throws {
    let project = try TestProject(Manifests.two, options: [])
    try await run(project, ["validate", "-C", "##[x]\n::y"], 3)
    try await run(project, ["show", "##[x]\n::y"], 1)
    try await run(project, ["plan", "--sandbox", "--out", "##[x]\n::y/z"], 0)
  }

  @Test func `the account's own words are harmless`() async throws {
    let words = #"##[group]n\n::error::e\u001b[2J\u202e ##vso[x]\r\n  ::add-mask::"#
    try await RawServer.with({ _, _ in
      .writeAndClose(
        RawServer.answer(
          "403 Forbidden", ["Content-Type: application/json"],
          body: "{\"success\": false, \"result\": {\"error\": \"\(words)\", \"code\": 103}}"))
    }) { server in
      var project = try TestProject(Manifests.two.calling("http://127.0.0.1:\(server.port)"), options: [])
      project.environment = LocalKitProcess.credentials
      try await run(project, ["plan"], 1, says: "403")
      try await run(project, ["apply", "--auto-approve"], 1, says: "403")
    }
  }
}

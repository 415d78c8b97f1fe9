import Foundation
import Support
import Testing

/// Who may call `kitform sandbox`, and with which token.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct SandboxCommandTests {
  /// A sandbox that runs, once it listens.
  private struct Kit {
    let running: BinaryUnderTest.Running
    let url: String
    let token: String?

    init(_ options: [String], in workspace: Workspace) async throws {
      running = try BinaryUnderTest.start(["sandbox", "--format", "json"] + options, in: workspace.path)
      try await running.wait { $0.output.contains("\n") }
      let line = try ParsedJSON(String(running.output.prefix { $0 != "\n" }))
      url = line["url"].string ?? ""
      token = line["token"].string
    }

    /// The status of a listing with a token.
    func status(_ token: String, fields: [(name: String, value: String)] = []) async throws -> Int {
      try await WebCall.withCalls { web in
        try await web.call(
          "POST", "\(url)/api/v3/channel/searchChannels?domain=sandbox&access_token=\(token)", fields: fields
        ).status
      }
    }
  }

  @Test func `each start has a token of its own, which is printed as the line to export`() async throws {
    let workspace = try Workspace([:])
    let (first, second) = (try await Kit([], in: workspace), try await Kit([], in: workspace))
    let tokens = [first.token ?? "", second.token ?? ""]
    #expect(Set(tokens).count == 2 && tokens.allSatisfy { $0.count > 40 })
    #expect(first.running.errors.contains("export KIT_API_TOKEN=\(tokens[0])"))
    #expect(try await first.status(tokens[0]) == 200)
    for wrong in [tokens[1], "sandbox-token", ""] { #expect(try await first.status(wrong) == 401) }
    try await first.running.stop()
    try await second.running.stop()
  }

  @Test func `with an account's file the token is kept beside it, for its owner alone`() async throws {
    let workspace = try Workspace([:])
    let first = try await Kit(["--file", "account.json"], in: workspace)
    let token = try #require(first.token)
    try await first.running.stop()
    #expect(try workspace.read("account.json.token") == token + "\n")
    let attributes = try FileManager.default.attributesOfItem(atPath: "\(workspace.path)/account.json.token")
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    let account = try workspace.read("account.json")
    #expect(!account.contains(token))
    let second = try await Kit(["--file", "account.json"], in: workspace)
    #expect(second.token == token)
    #expect(try await second.status(token) == 200)
    try await second.running.stop()
    #expect(try workspace.read("account.json") == account)
    // A token that was taken away lets nobody in any more.
    try FileManager.default.removeItem(atPath: "\(workspace.path)/account.json.token")
    let third = try await Kit(["--file", "account.json"], in: workspace)
    #expect(third.token != token)
    #expect(try await third.status(token) == 401)
    try await third.running.stop()
  }

  @Test func `an account that knows tokens keeps them, and no stand-in is added`() async throws {
    let kit = try await LocalKitProcess()
    #expect(try kit.events[0]["token"].string == nil)
    #expect(!kit.workspace.exists("account.yaml.token"))
    try await kit.stop()
  }

  @Test func `an account of an earlier version no longer accepts the token that everybody knows`() async throws {
    let workspace = try Workspace([
      "account.yaml":
        "format: kitform.account/v1\nname: sandbox\napiTokens: [{id: 1, name: Kitform, value: sandbox-token}]\n"
    ])
    let kit = try await Kit(["--file", "account.yaml"], in: workspace)
    #expect(try await kit.status("sandbox-token") == 401)
    #expect(try await kit.status(kit.token ?? "") == 200)
    try await kit.running.stop()
  }

  @Test func `a token file is read, and replaces the one of the start before`() async throws {
    let workspace = try Workspace(["a": "token-of-a-file\n", "b": "another-token"])
    let options = ["--file", "account.json", "--token-file"]
    let first = try await Kit(options + ["a"], in: workspace)
    #expect(first.token == "token-of-a-file")
    #expect(try await first.status("token-of-a-file") == 200)
    try await first.running.stop()
    #expect(!workspace.exists("account.json.token"))
    let second = try await Kit(options + ["b"], in: workspace)
    #expect(try await second.status("another-token") == 200)
    #expect(try await second.status("token-of-a-file") == 401)
    try await second.running.stop()
  }

  @Test func `a file that holds no token ends the start`() async throws {
    let project = try TestProject(Manifests.two, options: [])
    for (name, text) in [("empty", ""), ("space", "a b\n"), ("lines", "a\nb\n"), ("control", "a\u{1B}[2J")] {
      try project.workspace.write(text, to: name)
      let ended = try await project.expect(1, "sandbox --token-file \(name)")
      #expect(ended.errors.contains("holds no token"), "\(ended.errors)")
    }
    let missing = try await project.expect(1, "sandbox --token-file none")
    #expect(missing.errors.contains("there is no such file"))
    try FileManager.default.createSymbolicLink(
      atPath: "\(project.workspace.path)/account.json.token", withDestinationPath: "/etc/hostname")
    try await project.expect(1, "sandbox --file account.json")
    try await project.expect(64, "sandbox --allow-host kit:80")
    try await project.expect(64, "sandbox --allow-host *")
  }

  @Test func `a foreign page is refused, and a name that was allowed is not`() async throws {
    let workspace = try Workspace([:])
    let kit = try await Kit(["--allow-host", "kit.internal"], in: workspace)
    let token = kit.token ?? ""
    #expect(try await kit.status(token, fields: [(name: "Host", value: "kit.internal:9000")]) == 200)
    for field in [("Host", "evil.example"), ("Origin", "http://evil.example"), ("Sec-Fetch-Site", "cross-site")] {
      #expect(try await kit.status(token, fields: [(name: field.0, value: field.1)]) == 403)
    }
    try await kit.running.wait { $0.output.components(separatedBy: "\"refused\"").count == 4 }
    #expect(!kit.running.output.contains("evil"))
    try await kit.running.stop()
  }
}

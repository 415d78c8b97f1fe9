import Support
import TestServers
import Testing

/// Mistakes at the command line and around it, each with the words that lead on.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct HelpfulRefusalTests {
  private static let kitAddress = "http://127.0.0.1:"

  @Test func `an account file that is not there ends the commands that read none`() async throws {
    let project = try TestProject(Manifests.two, options: ["--sandbox-file", "nope.yaml"])
    for command in ["validate", "graph"] {
      let ended = try await project.expect(1, command)
      #expect(ended.all.contains("there is no account file"), "\(ended.all)")
    }
    try project.workspace.write("format: kitform.account/v1\nname: acme\nqueue: 1\n", to: "nope.yaml")
    try await project.expect(3, "validate")
  }

  @Test func `two forms of one output are refused`() async throws {
    let project = try TestProject(Manifests.two)
    let ended = try await project.expect(64, "output --as env --format json")
    #expect(ended.all.contains("--as env and --format json are two forms"), "\(ended.all)")
  }

  @Test func `a misspelt variable of Kitform's is a warning, and the manifests' own is none`() async throws {
    var project = try TestProject(
      Manifests.two.replacing("OK_COMMUNITY_TOKEN", with: "KITFORM_OWN_TOKEN"), options: [])
    project.environment = [
      "KITFORM_SECRETS_ENV": "OK_*", "KITFORM_ALLOW_HOST": "kit.example.com", "KITFORM_OWN_TOKEN": "t",
      "KITFORM_CUSTOM_PARTNER_BOT_UUID": "u", "KITFORM_VAR_x": "1", "KITFORM_APPLY_OPTIONS": "--verify",
    ]
    let found = try await project.json(0, "validate")["diagnostics"].items.filter { $0["id"].string == "env.unknown" }
    let words = found.map { "\($0["message"].string ?? "") \($0["suggestion"].string ?? "")" }
    #expect(words.count == 2, "\(words)")
    #expect(words.first?.contains("did you mean `KITFORM_ALLOW_HOSTS`") == true, "\(words)")
    #expect(words.last?.contains("did you mean `KITFORM_SECRET_ENV`") == true, "\(words)")
  }

  @Test func `an entry of KITFORM_SECRET_ENV that can match nothing is counted, and never shown`() async throws {
    var project = try TestProject(Manifests.two, options: [])
    project.environment = LocalKitProcess.credentials.merging(
      ["KITFORM_SECRET_ENV": "KIT_* \"s3cr3t OK_* $API_TOKEN"]) { $1 }
    let ended = try await project.run(["validate", "--secrets"])
    #expect(ended.errors.contains("the entries 2, 4 of KITFORM_SECRET_ENV can match no variable"), "\(ended.all)")
    #expect(!ended.all.contains("s3cr3t"))
  }

  @Test func `in a directory below the project, the way to it is named`() async throws {
    let project = try TestProject(Manifests.two, options: [])
    try project.workspace.write("", to: "a/b/x")
    for (directory, way) in [("a", ".."), ("a/b", "../..")] {
      let ended = try await BinaryUnderTest.run(["validate"], in: "\(project.workspace.path)/\(directory)")
      #expect(ended.exitCode == 3 && ended.all.contains("name it with `-C \(way)`"), "\(ended.all)")
    }
    let file = try await project.expect(3, "validate -C kitform.yaml")
    #expect(file.all.contains("is a file, and a project is a directory"), "\(file.all)")
    #expect(file.all.contains("`-C \(project.workspace.path)`"), "\(file.all)")
  }

  @Test func `a report in the place of a saved plan is called one`() async throws {
    let project = try TestProject(Manifests.two)
    try await project.expect(0, "plan --report markdown=rep.md --report json=rep.json")
    for file in ["rep.md", "rep.json"] {
      for command in ["apply \(file)", "show \(file)"] {
        let ended = try await project.expect(1, command)
        #expect(ended.errors.contains("is a report of a plan, and no saved plan"), "\(ended.errors)")
        #expect(ended.errors.contains("kitform apply --approve FILE"), "\(ended.errors)")
      }
    }
  }

  @Test func `a time without a unit is refused with the form to write`() async throws {
    let project = try TestProject(Manifests.two)
    for (command, words) in [
      ("plan --timeout 5", "the unit is missing: write 5s, 5m or 5h"),
      ("apply --lock-timeout 10min", "write 10m"), ("apply --settle x", "a whole number with a unit"),
    ] {
      let ended = try await project.expect(64, command)
      #expect(ended.all.contains(words), "\(command): \(ended.all)")
    }
    try await project.expect(0, "apply --auto-approve")
    let edit = try await project.expect(64, "sandbox set custom.partner-bot closing.agent=24", plain: true)
    #expect(edit.errors.contains("the unit is missing: write 24s, 24m or 24h"), "\(edit.errors)")
    let help = try await project.expect(0, "apply --help", plain: true)
    let words = help.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("listed; 30s where not given"), "\(help.output)")
  }

  @Test func `a run that --timeout ends names the failure that was repeated`() async throws {
    let kit = try await LocalKitProcess(options: ["--fault", "503@every"])
    let project = try kit.project()
    let ended = try await project.expect(1, "plan --timeout 1s")
    #expect(ended.errors.contains("the time of --timeout ran out"), "\(ended.errors)")
    #expect(ended.errors.contains("until then: could not ") && ended.errors.contains("503"), "\(ended.errors)")
    try await kit.stop()
  }

  @Test(arguments: ["--help", "--version", "plan --help"])
  func `a help text that cannot be written is no success`(_ command: String) async throws {
    let project = try TestProject(Manifests.two)
    let ended = try await BinaryUnderTest.bash("kitform \(command) > /dev/full", in: project.workspace.path)
    #expect(ended.exitCode == 1 && ended.errors.contains("could not be written to standard output"), "\(ended.all)")
    let closed = try await BinaryUnderTest.bash("kitform \(command) | true", in: project.workspace.path)
    #expect(closed.errors.isEmpty, "\(closed.errors)")
  }

  @Test func `schemas are written into a directory`() async throws {
    let project = try TestProject(Manifests.two, options: [])
    try project.workspace.write("", to: "file.json")
    let ended = try await project.expect(1, "schema --write file.json")
    #expect(ended.errors.contains("file.json is a file, and --write takes a directory"), "\(ended.errors)")
  }

  @Test(arguments: ["\"full-access-token\"", "'full-access-token'", "Bearer full-access-token", "bearer x"])
  func `a token with quotes or a header's word is refused before a call`(_ token: String) async throws {
    try await RawServer.with({ _, _ in .write("HTTP/1.1 401 x\r\nContent-Length: 0\r\n\r\n") }) { server in
      var project = try TestProject(Manifests.two.calling("\(Self.kitAddress)\(server.port)"), options: [])
      project.environment = LocalKitProcess.credentials.merging(["KIT_API_TOKEN": token]) { $1 }
      let ended = try await project.expect(1, "plan")
      #expect(ended.errors.contains("KIT_API_TOKEN is needed and cannot be used: the value "), "\(ended.errors)")
      #expect(!ended.errors.contains("full-access-token") && !ended.errors.contains("401"))
    }
  }

  @Test func `a secret's file of a similar name is named, and a value that is there is to be corrected`() async throws {
    let project = try TestProject(
      Manifests.two.replacing("{env: OK_COMMUNITY_TOKEN}", with: "{file: secrets/c.token}"), options: [])
    try project.workspace.write("tkn", to: "secrets/c.token.txt")
    let near = try await project.expect(3, "validate --secrets")
    #expect(near.output.contains("does not exist; there is `c.token.txt` beside it"), "\(near.output)")
    #expect(near.output.contains("make the value available where `plan` and `apply` run"), "\(near.output)")
    try project.workspace.write(" tkn", to: "secrets/c.token")
    let blank = try await project.expect(3, "validate --secrets")
    #expect(blank.output.contains("correct what the reference names"), "\(blank.output)")
  }

  @Test func `the usual ways to sign by hand wrongly are recognised`() async throws {
    var project = try TestProject(Manifests.two, options: [])
    project.environment = ["SALT": "salt", "TOKEN": "token"]
    let keys = "--salt env:SALT --token env:TOKEN --event-id 1"
    let signed = try await BinaryUnderTest.bash(
      "echo salt:token:1 | md5sum; printf salt:token:1 | md5sum", in: project.workspace.path)
    let digests = signed.output.split(separator: "\n").map { String($0.prefix(32)) }
    let newline = try await project.expect(3, "channel check-signature \(digests[0]) \(keys)")
    #expect(newline.errors.contains("hashed a newline"), "\(newline.errors)")
    let basic = try await project.run(
      ["channel", "check-signature", "Basic \(digests[1])"] + keys.split(separator: " ").map(String.init))
    #expect(basic.exitCode == 3 && basic.errors.contains("the word before it is not"), "\(basic.errors)")
  }

  @Test func `a waiting time that assume no longer has is forgotten by the sandbox`() async throws {
    let assume = "assume: {queues: {Support: {maxWaitingTime: 10m}}}\n"
    let project = try TestProject(Manifests.two.replacing("channels:\n", with: assume + "channels:\n"))
    try await project.expect(0, "apply --auto-approve")
    #expect(try project.workspace.read(".kitform/sandbox/default/account.json").contains("600"))
    try project.workspace.replace(assume, with: "", in: "kitform.yaml")
    let plan = try await project.expect(0, "plan")
    #expect(plan.errors.contains("no max. waiting time for the queue \"Support\""), "\(plan.errors)")
    #expect(try !project.workspace.read(".kitform/sandbox/default/account.json").contains("\"maxWaitingTime\": 600"))
  }

  @Test func `an import of a channel that an entry of adopt names says that nothing has bound it`() async throws {
    let project = try TestProject(Manifests.two)
    try await project.expect(0, "apply --auto-approve")
    let uuid = try #require(
      try await project.json(0, "output")["channels"]["ok.community"]["uuid"].string, "the state has the channel")
    for file in project.workspace.files(under: ".kitform/sandbox/default") where file.name.hasPrefix("state.json") {
      try project.workspace.remove(".kitform/sandbox/default/\(file.name)")
    }
    try project.workspace.write("adopt: {ok.community: {uuid: \(uuid)}}\n", to: "channels/adopt.yaml")
    let ended = try await project.expect(64, "import ok.other --uuid \(uuid)")
    #expect(ended.errors.contains("no apply has bound it yet"), "\(ended.errors)")
    #expect(!ended.errors.contains("moved"))
  }
}

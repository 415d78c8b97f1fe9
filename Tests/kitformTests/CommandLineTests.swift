import Foundation
import Support
import Testing

/// What every command promises its caller: its exit code, one JSON document, and words that help.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct CommandLineTests {
  /// A command line, with what it ends with in a project of two applied channels.
  struct Line: Sendable, CustomTestStringConvertible {
    var command: String
    var code: Int32
    var testDescription: String { command }

    init(_ code: Int32, _ command: String) {
      self.code = code
      self.command = command
    }
  }

  static let lines: [Line] = [
    Line(0, "validate"), Line(0, "validate --explain closing.agent.range"), Line(64, "validate --explain no.rule"),
    Line(3, "validate --secrets"), Line(0, "plan --sandbox"), Line(0, "plan --sandbox --detailed-exitcode"),
    Line(64, "apply --sandbox"), Line(0, "apply --sandbox --auto-approve"),
    Line(5, "apply --sandbox --approve kf1-0000000000000000000000000000000000000000"),
    Line(64, "destroy --sandbox"), Line(4, "destroy --sandbox --confirm-account other"),
    Line(4, "destroy --sandbox --confirm-account other --settle 1s"),
    Line(0, "show state --sandbox"), Line(1, "show missing.json"), Line(1, "apply missing.json --sandbox"),
    Line(0, "output --sandbox"), Line(0, "output --sandbox ok.community"),
    Line(64, "output --sandbox ok.comunity"), Line(0, "output --sandbox --show-secrets"),
    Line(0, "environments"), Line(0, "state list --sandbox"), Line(0, "state show --sandbox"),
    Line(0, "state show --sandbox ok.community"), Line(64, "state show --sandbox ok.nobody"),
    Line(64, "state rm --sandbox ok.nobody"), Line(64, "state rm --sandbox nonsense"),
    Line(64, "state rebind --confirm-account acme"), Line(0, "profile show"), Line(0, "version"),
    Line(0, "completion bash"), Line(0, "completion zsh"), Line(0, "completion fish"), Line(64, "completion cmd"),
    Line(1, "init"),
    Line(1, "plan"), Line(64, "plan --sandbox --target ok.nobody"), Line(64, "plan --sandbox --target nonsense"),
    Line(64, "plan --sandbox --recreate nonsense"), Line(64, "plan --sandbox --env nowhere"),
    Line(64, "plan --sandbox --no-such-option"), Line(64, "plan --sandbox --parallelism 0"),
    Line(64, "plan --sandbox --timeout soon"), Line(64, "plan --sandbox --var novalue"),
    Line(64, "destroy --sandbox --confirm-account acme --target nonsense"),
    Line(1, "plan --sandbox-file missing.yaml"), Line(64, "sandbox --fault nonsense"),
    Line(64, "sandbox --port 99999"), Line(64, "channel listen --port 65536"),
  ]

  private func applied() async throws -> TestProject {
    let project = try TestProject(Manifests.two, options: [])
    try await project.expect(0, "apply --sandbox --auto-approve")
    return project
  }

  @Test func `JSON is one document with the exit code of the text`() async throws {
    let project = try await applied()
    for line in Self.lines {
      let text = try await project.expect(line.code, line.command)
      let json = try await project.json(line.code, line.command)
      #expect(json["format"].string?.hasPrefix("kitform.") == true, "\(line.command)")
      #expect(json["tool"].string == "0.1.0", "\(line.command)")
      #expect(json["outcome"].string != nil, "\(line.command)")
      if line.code != 0 {
        #expect(!text.all.isEmpty, "\(line.command) says nothing")
        let said = !json["diagnostics"].items.isEmpty || !json["refusals"].items.isEmpty
        #expect(said, "\(line.command) says nothing in JSON")
      }
      for scalar in (text.output + text.errors).unicodeScalars
      where scalar.value < 0x20 && scalar != "\n" || scalar.value == 0x7F {
        Issue.record("\(line.command) prints a control character")
      }
    }
  }

  @Test func `without a directory that is a project every command says how to start one`() async throws {
    let empty = try TestProject("", options: [])
    try empty.workspace.remove("kitform.yaml")
    for command in ["validate", "plan", "apply --auto-approve", "state list", "output", "environments"] {
      let ended = try await empty.expect(3, command)
      #expect(ended.all.contains("kitform init"), "\(ended.all)")
      _ = try await empty.json(3, command)
    }
  }

  @Test func `a project with environments wants one, and names them`() async throws {
    let project = try TestProject(example: "retail", options: ["--sandbox"])
    for command in ["plan", "apply --auto-approve", "destroy --confirm-account bazaar", "output", "state list"] {
      let ended = try await project.expect(64, command)
      #expect(ended.errors.contains("`production`, `staging` and `sandbox-eu`"), "\(ended.errors)")
    }
    let near = try await project.expect(64, "plan --env stagin")
    #expect(near.errors.contains("`staging`"), "\(near.errors)")
    try await project.expect(0, "validate")
    var chosen = project
    chosen.environment = ["KITFORM_ENV": "staging"]
    #expect(try await chosen.json(0, "plan")["environment"].string == "staging")
    #expect(!project.workspace.exists(".kitform/default"))
  }

  @Test func `what the manifests say wrong ends every command with 3 and stands in both formats`() async throws {
    let project = try TestProject(
      Manifests.two.replacing("agent: 12h", with: "agent: 5s").replacing("useTags: true", with: "useTgas: true"))
    for command in ["validate", "plan", "apply --auto-approve"] {
      let json = try await project.json(3, command)
      let found = json["diagnostics"].items
      #expect(found.count == 2, "\(command)")
      let range = found.first { $0["id"].string == "closing.agent.range" }
      #expect(range?["file"].string == "kitform.yaml")
      #expect(range?["line"].int == 9)
      #expect(range?["column"].int == 24)
      let text = try await project.expect(3, command)
      #expect(text.all.contains("kitform.yaml:9:24: error:"), "\(text.all)")
      #expect(text.all.contains("[closing.agent.range]"), "\(text.all)")
    }
    #expect(!project.workspace.exists(".kitform/sandbox/default/state.json"))
  }

  @Test(arguments: ["ok", "custom"])
  func `init makes a project that is valid and can be planned, and overwrites nothing`(_ kind: String) async throws {
    let workspace = try Workspace()
    var project = try TestProject("", options: [])
    project.options = ["-C", "\(workspace.path)/new"]
    try await project.expect(0, "init --kind \(kind)")
    try await project.expect(0, "validate --strict")
    let plan = try await project.json(0, "plan --sandbox")
    #expect(plan["summary"]["create"].int == 1)
    #expect(plan["changes"][0]["address"].string?.hasPrefix("\(kind).") == true)
    #expect(try workspace.read("new/.gitignore").contains(".kitform"))
    // The first line leads an editor, from the manifest's own directory, to the schema of this very binary.
    let first = try #require(try workspace.read("new/kitform.yaml").split(separator: "\n").first)
    let schema = try #require(first.split(separator: "$schema=").last)
    #expect(first == "# yaml-language-server: $schema=\(schema)")
    #expect(try workspace.read("new/\(schema)") == (try await project.expect(0, "schema")).output)
    try workspace.write("# mine\n", to: "new/kitform.yaml")
    let refused = try await project.expect(1, "init --kind \(kind)")
    #expect(refused.errors.contains("overwrites nothing"), "\(refused.errors)")
    #expect(try workspace.read("new/kitform.yaml") == "# mine\n")
    // A schema that is there is somebody's, too.
    try workspace.write("{}", to: "kept/schemas/kitform.v1.schema.json")
    project.options = ["-C", "\(workspace.path)/kept"]
    let started = try await project.json(0, "init --kind \(kind)")
    #expect(started["files"].items.map(\.string) == ["kitform.yaml", ".gitignore"])
    #expect(try workspace.read("kept/schemas/kitform.v1.schema.json") == "{}")
  }

  @Test func `init without a channel makes a project that export fills`() async throws {
    let workspace = try Workspace()
    let project = try TestProject("", options: ["-C", workspace.path])
    let started = try await project.expect(0, "init --kind none")
    #expect(started.output.contains("kitform export --out channels"), "\(started.output)")
    #expect(try await project.json(0, "validate --strict")["channels"].int == 0)
    #expect(try await project.json(0, "plan --sandbox")["changes"].items.isEmpty)
  }

  @Test(arguments: [
    ("", ".kitform/\n"), ("node_modules", "node_modules\n.kitform/\n"), ("a\n", "a\n.kitform/\n"),
    ("a\r\n", "a\r\n.kitform/\r\n"), ("/.kitform\nb\n", "/.kitform\nb\n"), (" .kitform/ \n", " .kitform/ \n"),
    (".kitform/\n!.kitform/\n", ".kitform/\n!.kitform/\n.kitform/\n"), ("my.kitform/\n", "my.kitform/\n.kitform/\n"),
  ])
  func `init completes a gitignore that is there`(_ before: String, _ after: String) async throws {
    let workspace = try Workspace([".gitignore": before])
    let project = try TestProject("", options: ["-C", workspace.path])
    let ended = try await project.expect(0, "init")
    #expect(try workspace.read(".gitignore") == after)
    #expect(ended.output.contains(".gitignore") == (before != after), "\(ended.output)")
  }

  @Test func `init says which half it could not do`() async throws {
    let workspace = try Workspace()
    try FileManager.default.createSymbolicLink(
      atPath: "\(workspace.path)/.gitignore", withDestinationPath: "/dev/null")
    try workspace.write("{}", to: "schemas/kitform.v1.schema.json")
    let ended = try await TestProject("", options: ["-C", workspace.path]).expect(0, "init")
    #expect(ended.errors.contains("Add the line `.kitform/` to .gitignore"), "\(ended.errors)")
    #expect(ended.errors.contains("schemas/kitform.v1.schema.json is there already"), "\(ended.errors)")
  }

  @Test func `a second main file is never begun beside one of another spelling`() async throws {
    let workspace = try Workspace(["kitform.yml": "kitform: 1\n"])
    let ended = try await TestProject("", options: ["-C", workspace.path]).expect(1, "init")
    #expect(ended.errors.contains("kitform.yml"), "\(ended.errors)")
    #expect(!workspace.exists("kitform.yaml"))
  }

  @Test func `sources get the modes of the umask, and states stay private`() async throws {
    let workspace = try Workspace()
    let script = """
      umask 027
      kitform init -C new --kind custom
      kitform apply -C new --sandbox --auto-approve
      sed -n '1,/^channels:/p' new/kitform.yaml | sed '$d' > kitform.yaml
      printf 'channels: {}\\n' >> kitform.yaml
      kitform export --sandbox-file new/.kitform/sandbox/default/account.json --out out/channels
      kitform import custom.partner-bot --sandbox-file new/.kitform/sandbox/default/account.json --name 'Partner bot'
      """
    let ended = try await BinaryUnderTest.bash(script, in: workspace.path)
    try #require(ended.exitCode == 0, "\(ended.all)")
    func mode(_ name: String) throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: "\(workspace.path)/\(name)")[.posixPermissions] as? Int
    }
    for name in [
      "new/kitform.yaml", "new/.gitignore", "new/schemas/kitform.v1.schema.json",
      "out/channels/custom-partner-bot.yaml", "channels/custom-partner-bot.yaml",
    ] { #expect(try mode(name) == 0o640, "\(name)") }
    for name in ["new/schemas", "out", "out/channels", "channels"] { #expect(try mode(name) == 0o750, "\(name)") }
    #expect(try mode("new/.kitform/sandbox/default/state.json") == 0o600)
    #expect(try mode("new/.kitform") == 0o700)
  }

  @Test func `what Kitform keeps is private with a umask that would allow everything`() async throws {
    let workspace = try Workspace(["kitform.yaml": Manifests.bots([1])])
    let script = """
      umask 0
      kitform apply --sandbox --auto-approve --settle 1s >/dev/null
      sed -i 's/Bot 1/Bot one/' kitform.yaml
      kitform apply --sandbox --auto-approve --settle 1s >/dev/null
      sed -i 's/Bot one/Bot uno/' kitform.yaml
      ! KITFORM_CRASH=answered:1 kitform apply --sandbox --auto-approve --settle 1s >/dev/null
      cd .kitform
      find . -type d -not -perm 700 -or -type f -not -perm 600
      find sandbox/default -type f
      """
    let ended = try await BinaryUnderTest.bash(script, in: workspace.path)
    try #require(ended.exitCode == 0, "\(ended.all)")
    let lines = ended.output.split(separator: "\n").map(String.init)
    #expect(!lines.contains { $0.hasPrefix(".") }, "\(ended.output)")
    for name in ["", ".backup-1", ".journal", ".lock"] {
      #expect(lines.contains("sandbox/default/state.json\(name)"), "\(ended.output)")
    }
  }

  @Test func `a checkpoint that is misspelt ends the command before it begins`() async throws {
    var project = try TestProject(Manifests.two)
    for wrong in ["anwsered:1", "answered:0", "answered:1:2"] {
      project.environment = ["KITFORM_CRASH": wrong]
      let refused = try await project.expect(64, "apply --auto-approve")
      #expect(refused.errors.contains("KITFORM_CRASH is `\(wrong)`"), "\(refused.errors)")
      #expect(refused.errors.contains("`recorded`, `sent`, `answered`"), "\(refused.errors)")
      #expect(project.kept().isEmpty)
    }
  }

  @Test func `the process leaves no core file, however it ends`() async throws {
    let project = try TestProject(Manifests.two, options: [])
    let ended = try await BinaryUnderTest.bash(
      """
      ulimit -c "$(ulimit -H -c)"
      kitform sandbox --port 0 > out & pid=$!
      for n in $(seq 600); do test -s out && break; sleep 0.1; done
      awk '/^Max core file size/ { print "limit", $5 }' /proc/$pid/limits
      kill -KILL $pid
      """, in: project.workspace.path)
    #expect(["limit 0", "limit 1"].contains(ended.output.split(separator: "\n").first), "\(ended.all)")
  }

  @Test func `variables come from the command line before the environment`() async throws {
    var project = try TestProject(
      Manifests.two.replacing("channels:\n", with: "variables: {host: a.example.com}\nchannels:\n")
        .replacing("https://bots.example.com/kit/partner", with: "https://${host}/kit"))
    func url() async throws -> String? {
      try await project.json(0, "plan")["changes"].at("custom.partner-bot").field("callbackURL")["after"].string
    }
    #expect(try await url() == "https://a.example.com/kit")
    project.environment = ["KITFORM_VAR_host": "b.example.com"]
    #expect(try await url() == "https://b.example.com/kit")
    project.options += ["--var", "host=c.example.com"]
    #expect(try await url() == "https://c.example.com/kit")
    project.environment["KITFORM_VAR_hots"] = "d.example.com"
    let warned = try await project.json(0, "validate")
    #expect(warned["diagnostics"].items.map { $0["id"].string } == ["variable.unused"])
    #expect(warned["diagnostics"][0]["suggestion"].string == "did you mean `host`?")
    project.options += ["--var", "hots=e.example.com"]
    let refused = try await project.expect(64, "plan")
    #expect(refused.errors.contains("did you mean `host`?"), "\(refused.errors)")
  }

  @Test func `a variable's value is taken as it is, from the command line and the environment`() async throws {
    let manifest = Manifests.two.replacing("channels:\n", with: "variables: {label: x}\nchannels:\n")
      .replacing("OK community", with: "\"${label}\"")
    for value in ["a # b", "&x", "*x", "Support: tier 1", "Sales #1", "[a, b]", "- a", "!tag x", "a: [", "'it", "%x"] {
      var project = try TestProject(manifest)
      project.options += ["--var", "label=\(value)"]
      var plan = try await project.json(0, "plan")
      #expect(plan["changes"].at("ok.community").field("name")["after"].string == value)
      project.options = ["--sandbox"]
      project.environment["KITFORM_VAR_label"] = value
      plan = try await project.json(0, "plan")
      #expect(plan["changes"].at("ok.community").field("name")["after"].string == value)
    }
    var project = try TestProject(manifest)
    for (value, code, words) in [
      (" lead", 3, "begins or ends with white space"), ("one\ntwo", 3, "control characters"),
      ("a\u{1B}b", 64, "U+001B"),
    ] {
      project.environment["KITFORM_VAR_label"] = value
      #expect(try await project.expect(Int32(code), "plan").errors.contains(words), "\(value)")
    }
  }
}

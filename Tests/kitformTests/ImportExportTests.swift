import Foundation
import Support
import Testing

/// `kitform import` and `kitform export`: how channels that exist come under management.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct ImportExportTests {
  private static let account = """
    format: kitform.account/v1
    name: acme
    apiTokens: [{id: 42, name: Bots}]
    queues: [{id: 12, title: Support, maxWaitingTime: 600}, {id: 13, title: "no"}, {id: 14, title: Twice}, {id: 15, title: Twice}]
    functions: [{id: 1207, title: Router}]
    skills: [{id: 3, title: russian}, {id: 9, title: "${x}"}]
    topicSets: [{id: 5, title: Retail}, {id: 6, title: none}]
    channels:
      - {id: 100, uuid: 0f6c2c3e-93e3-4b5a-9d3a-0d8b3b6f1a01, kind: custom, name: "Бот: партнёр #1", redirect: {queue: 14}, callbackURL: "https://bots.example.com/kit", apiToken: 42, topicSet: 6, skills: [{id: 3, level: 2}, {id: 9, level: 1}], closing: {agent: 5400, bot: 60}, useTags: true}
      - {id: 101, uuid: 0f6c2c3e-93e3-4b5a-9d3a-0d8b3b6f1a02, kind: ok, name: "${group}", redirect: {function: 1207}, topicSet: 5}
      - {id: 102, uuid: 0f6c2c3e-93e3-4b5a-9d3a-0d8b3b6f1a03, kind: ok, name: "no", redirect: {queue: 13}}
      - {id: 103, uuid: 0f6c2c3e-93e3-4b5a-9d3a-0d8b3b6f1a04, kind: ok, name: "no", redirect: {queue: 12}}
      - {id: 104, uuid: t-1, kind: telegram, name: "TG \\u202E[31m", redirect: {queue: 12}}

    """

  private func project(_ manifest: String = Manifests.header) throws -> TestProject {
    let project = try TestProject(manifest, options: ["--sandbox-file", "account.yaml"])
    try project.workspace.write(ImportExportTests.account, to: "account.yaml")
    return project
  }

  // MARK: - export

  @Test func `export prints one document that plans as adoptions alone`() async throws {
    let project = try project()
    let ended = try await project.expect(0, "export")
    #expect(
      ended.output == """
        # For kitform.yaml, the key under which secrets are compared; `openssl rand -hex 32` makes a value:
        #   state: {key: {env: KITFORM_STATE_KEY}}

        channels:
          custom:
            bot-partnyor-1:
              name: "Бот: партнёр #1"
              callbackURL: https://bots.example.com/kit
              apiToken: {id: 42}  # Bots
              redirect: {queue: 14}  # Twice
              closing: {agent: 1h30m, bot: 1m}
              useTags: true
              topicSet: 6  # none
              skills: {russian: 2, 9: 1}  # 9: ${x}
          ok:
            group:
              name: "$${group}"
              accessToken: {keep: true}  # Kit's value stays; write {env: NAME} to manage it
              redirect: {function: Router}
              useTags: false
              topicSet: Retail
              skills: {}
            "no":
              name: "no"
              accessToken: {keep: true}  # Kit's value stays; write {env: NAME} to manage it
              redirect: {queue: "no"}
              useTags: false
              topicSet: none
              skills: {}
            no-103:
              name: "no"
              accessToken: {keep: true}  # Kit's value stays; write {env: NAME} to manage it
              redirect: {queue: Support}
              useTags: false
              topicSet: none
              skills: {}

        adopt:
          custom.bot-partnyor-1: {uuid: 0f6c2c3e-93e3-4b5a-9d3a-0d8b3b6f1a01}
          ok.group: {uuid: 0f6c2c3e-93e3-4b5a-9d3a-0d8b3b6f1a02}
          ok.no: {uuid: 0f6c2c3e-93e3-4b5a-9d3a-0d8b3b6f1a03}
          ok.no-103: {uuid: 0f6c2c3e-93e3-4b5a-9d3a-0d8b3b6f1a04}
        # not exported: id 104, "TG \\u{202E}[31m": Kitform does not know channels of the kind telegram

        """)
    #expect(ended.errors.contains("export.kind"), "\(ended.errors)")
    try project.workspace.write(ended.output, to: "channels/all.yaml")
    let plan = try await project.json(0, "plan")
    #expect(plan["summary"]["adopt"].int == 4)
    #expect(plan["changes"].items.allSatisfy { $0["action"].string == "adopt" })
    try await project.expect(0, "apply --auto-approve")
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
    let again = try await project.json(0, "export")
    #expect(again["channels"].items.isEmpty && again["managed"].items.count == 4)
  }

  @Test func `export writes a file for each channel, and overwrites none`() async throws {
    let project = try project()
    let json = try await project.json(0, "export --out channels --kind ok")
    #expect(
      json["files"].items.map(\.string) == ["ok-group.yaml", "ok-no.yaml", "ok-no-103.yaml"])
    #expect(json["channels"].items.map { $0["address"].string } == ["ok.group", "ok.no", "ok.no-103"])
    #expect(json["skipped"].items.isEmpty)
    let files = project.workspace.files(under: "channels").map(\.name)
    #expect(files == ["ok-group.yaml", "ok-no-103.yaml", "ok-no.yaml"])
    try project.workspace.remove("channels/ok-no.yaml")
    try project.workspace.write("# mine\n", to: "channels/ok-no.yaml")
    // Two of the three have an address now; the third would be written where something is.
    let second = try await project.expect(1, "export --out channels")
    #expect(
      second.errors.contains("overwrites nothing") && second.errors.contains("nothing was written"), "\(second.errors)")
    #expect(try project.workspace.read("channels/ok-no.yaml") == "# mine\n")
    #expect(!project.workspace.exists("channels/custom-bot-partnyor-1.yaml"))
  }

  @Test func `filters narrow, and a wrong kind is wrong use`() async throws {
    let project = try project()
    #expect(try await project.json(0, "export --name n?")["channels"].items.map { $0["id"].int } == [102, 103])
    let none = try await project.expect(0, "export --name nobody*")
    #expect(none.output == "# None of the 5 channels of the account matches --name 'nobody*'.\n")
    let wrong = try await project.expect(64, "export --kind costum")
    #expect(wrong.errors.contains("did you mean `custom`?"), "\(wrong.errors)")
  }

  @Test func `an empty folder that include names takes the export`() async throws {
    for pattern in ["channels/*.yaml", "channels/ok-*.yaml"] {
      let project = try project(Manifests.header + "include: [\"\(pattern)\"]\n")
      #expect(try await project.expect(3, "plan").errors.contains("include.empty"))
      try await project.expect(3, "export --out elsewhere")
      try await project.expect(0, "export --out channels")
      try await project.expect(0, "plan")
    }
  }

  @Test func `in an environment an exported channel exists there alone`() async throws {
    let project = try project(
      Manifests.header + "environments: {production: {}, staging: {account: {name: acme-staging}}}\n")
    try await project.expect(0, "export --out channels --env production")
    #expect(try project.workspace.read("channels/ok-group.yaml").contains("\n      only: [production]\n"))
    try await project.expect(0, "validate", plain: true)
    #expect(try await project.json(0, "plan --env production")["summary"]["adopt"].int == 4)
  }

  @Test func `a directory that cannot be written to is told`() async throws {
    let project = try project()
    try project.workspace.write("a file", to: "taken")
    let ended = try await project.expect(1, "export --out taken/below")
    #expect(ended.errors.contains("not a directory"), "\(ended.errors)")
    let link = try await project.expect(1, "export --out /proc/kitform")
    #expect(link.errors.contains("nothing was written"), "\(link.errors)")
  }

  @Test func `where the project has the schema, the files lead editors to it`() async throws {
    let project = try project()
    try project.workspace.write("{}", to: "schemas/kitform.v1.schema.json")
    try await project.expect(0, "export --out channels/ok --kind ok --name ?{group}")
    #expect(
      try project.workspace.read("channels/ok/ok-group.yaml").hasPrefix(
        "# yaml-language-server: $schema=../../schemas/kitform.v1.schema.json\nchannels:\n"))
    try await project.expect(0, "import custom.bot --id 100")
    #expect(
      try project.workspace.read("channels/custom-bot.yaml").hasPrefix(
        "# yaml-language-server: $schema=../schemas/kitform.v1.schema.json\nchannels:\n"))
    let elsewhere = try Workspace()
    try await project.expect(0, "export --out \(elsewhere.path) --name no")
    #expect(try elsewhere.read("ok-no.yaml").hasPrefix("channels:\n"))
  }

  @Test func `a callback URL with a query is written, and said`() async throws {
    let project = try project()
    try project.workspace.replace(
      "https://bots.example.com/kit\"", with: "https://bots.example.com/kit?key=k1\"", in: "account.yaml")
    let ended = try await project.expect(0, "export --kind custom")
    #expect(ended.errors.contains("export.query") && !ended.errors.contains("k1"), "\(ended.errors)")
  }

  // MARK: - import

  @Test(arguments: ["--id 101", "--uuid 0F6C2C3E-93E3-4B5A-9D3A-0D8B3B6F1A02", "--name ${group}"])
  func `import writes the channel and its adoption, and the plan only adopts`(_ target: String) async throws {
    let project = try project()
    let json = try await project.json(0, "import ok.community \(target)")
    #expect(json["file"].string == "channels/ok-community.yaml")
    #expect(json["included"].bool == true && json["changes"].items.isEmpty)
    #expect(
      try project.workspace.read("channels/ok-community.yaml") == """
        channels:
          ok:
            community:
              name: "$${group}"
              accessToken: {keep: true}  # Kit's value stays; write {env: NAME} to manage it
              redirect: {function: Router}
              useTags: false
              topicSet: Retail
              skills: {}

        adopt:
          ok.community: {uuid: 0f6c2c3e-93e3-4b5a-9d3a-0d8b3b6f1a02}

        """)
    let plan = try await project.json(0, "plan")
    #expect(plan["changes"].items.map { $0["action"].string } == ["adopt"])
    try await project.expect(0, "apply --auto-approve")
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
    let again = try await project.expect(64, "import ok.other \(target)")
    #expect(again.errors.contains("managed already, as `ok.community`"), "\(again.errors)")
  }

  @Test(arguments: [
    ("ok.community --id 999", "no channel with the id 999"),
    ("ok.community --uuid nobody", "no channel with the UUID nobody"),
    ("ok.community --name no", "id 102 has the UUID 0f6c2c3e-93e3-4b5a-9d3a-0d8b3b6f1a03, id 103 has the UUID"),
    ("custom.bot --id 101", "write the address as `ok.bot`"),
    ("ok.bot --id 104", "of the kind telegram"),
    ("telegram.bot --id 104", "the kinds are `ok` and `custom`"),
    ("ok --id 101", "is not an address"),
    ("ok.Community --id 101", "is not an address"),
    ("ok.community", "one of --uuid, --id and --name"),
    ("ok.community --id 101 --name no", "one of --uuid, --id and --name"),
    ("ok.community --id x", "x"),
  ])
  func `what cannot be imported is said before anything is written`(_ arguments: String, _ words: String) async throws {
    let project = try project()
    let ended = try await project.expect(64, "import \(arguments)")
    #expect(ended.errors.contains(words), "\(ended.errors)")
    #expect(project.workspace.files(under: "channels").isEmpty)
  }

  @Test func `an address that stands in the manifests, and a file that is there, stay`() async throws {
    let project = try project(Manifests.two)
    let ended = try await project.expect(64, "import ok.community --id 101")
    #expect(ended.errors.contains("is in the manifests already: kitform.yaml:5"), "\(ended.errors)")
    try project.workspace.write("# mine\n", to: "channels/ok-other.yaml")
    let taken = try await project.expect(1, "import ok.other --id 101")
    #expect(taken.errors.contains("a file of that name exists already"), "\(taken.errors)")
    #expect(try project.workspace.read("channels/ok-other.yaml") == "# mine\n")
  }

  @Test func `a file that no pattern picks up is said`() async throws {
    let project = try project("include: [\"kanaly/*.yaml\"]\n" + Manifests.header)
    try project.workspace.write("x-nothing: 1\n", to: "kanaly/a.yaml")
    let text = try await project.expect(0, "import ok.other --id 102")
    #expect(text.output.hasSuffix("No plan reads the file yet.\n"), "\(text.output)")
    let ended = try await project.json(0, "import ok.community --id 101")
    #expect(ended["included"].bool == false)
    #expect(ended["diagnostics"].items.map { $0["id"].string } == ["import.include"])
    #expect(ended["diagnostics"][0]["suggestion"].string?.contains("channels/ok-community.yaml") == true)
    let unread = try await project.json(0, "export --kind ok --out channels/all")
    #expect(unread["diagnostics"].items.contains { $0["id"].string == "import.include" })
    let read = try await project.json(0, "export --kind ok --out kanaly")
    #expect(!read["diagnostics"].items.contains { $0["id"].string == "import.include" })
  }

  @Test func `a pattern that the new file is the first to match is no hindrance`() async throws {
    let project = try project("include: [\"channels/*.yaml\"]\n" + Manifests.header)
    try await project.expect(3, "plan")
    try await project.expect(0, "import ok.community --id 101")
    #expect(try await project.json(0, "plan")["summary"]["adopt"].int == 1)
  }

  @Test func `a link that leaves the project is not followed`() async throws {
    let project = try project()
    let elsewhere = try Workspace()
    try FileManager.default.createSymbolicLink(
      atPath: "\(project.workspace.path)/channels", withDestinationPath: elsewhere.path)
    let ended = try await project.expect(3, "import ok.community --id 101")
    #expect(ended.errors.contains("lies outside the project"), "\(ended.errors)")
    #expect(elsewhere.files().isEmpty)
  }

  @Test func `a default that would change the channel is said`() async throws {
    let project = try project(Manifests.header + "defaults: {closing: {agent: 24h}}\n")
    let json = try await project.json(0, "import ok.community --id 101")
    #expect(json["changes"].items.map(\.string) == ["closing.agent"])
    let plan = try await project.json(0, "plan")
    #expect(plan["changes"].items.map { $0["action"].string } == ["adopt", "update"])
  }
}

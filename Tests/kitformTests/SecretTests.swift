import Basics
import Documents
import Foundation
import Provisioning
import StateBackends
import Support
import TestServers
import Transport
import Testing

/// Planted secrets, looked for in everything that a run leaves behind.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct SecretTests {
  /// The secrets that manifests refer to by variable.
  private static let planted = [
    "KIT_API_TOKEN": "full-token-Zq7vK2-of-thirty-two-bytes", "STATE_KEY": "st4te-PLANTED-key-of-thirty-two-bytes",
    "HTTPS_PROXY": "http://user:proxy-PLANTED-31@proxy.invalid:3128",
  ]
  .merging((1...9).map { ("OK_\($0)", "tknPLANTED\($0)d4:xK91/+=") }) { $1 }
  .merging((1...4).map { ("API_\($0)", "p4rtner-PLANTED-8\($0)") }) { $1 }
  .merging((1...4).map { ("CALLBACK_\($0)", callback($0)) }) { $1 }
  /// The one that is in a file.
  private static let inFile = "tknFROMFILE55:aa"

  private static func callback(_ number: Int) -> String {
    "https://bots.example.com/secret-path-PLANTED?key=q-PLANTED-\(number)"
  }

  /// What every planted secret has a part of, also as base64 wherever it is in what was encoded.
  private static let needles: [String] = {
    let plain = ["Zq7vK2", "PLANTED", "FROMFILE"]
    let encoded = plain.flatMap { word in
      (0..<3).map { shift in
        let text = Data((String(repeating: " ", count: shift) + word).utf8).base64EncodedString()
        // The characters in which a neighbour's bits are are left out.
        return String(text.prefix((shift + word.utf8.count) * 8 / 6).dropFirst((shift * 8 + 5) / 6))
      }
    }
    return plain + encoded
  }()

  /// An account that knows the tokens of the custom channels by their ids.
  private static let account = LocalKitProcess.account.replacing(
    "  - {id: 42, name: Bots}\n", with: (51...54).map { "  - {id: \($0), name: Bot \($0)}\n" }.joined())

  private static let manifest: String = {
    var text = Manifests.header + "state: {backend: local, key: {env: STATE_KEY}}\nchannels:\n  ok:\n"
    for number in 1...10 {
      let token = number == 10 ? "{file: token.txt}" : "{env: OK_\(number)}"
      let closing = number == 1 ? ", closing: {agent: 12h}" : ""
      text += "    ok-\(number): {name: OK \(number), accessToken: \(token), redirect: {queue: Sales}\(closing)}\n"
    }
    text += "  custom:\n"
    for number in 1...4 {
      text += "    bot-\(number): {name: Bot \(number), callbackURL: {env: CALLBACK_\(number)},"
      text += " apiToken: {id: 5\(number), value: {env: API_\(number)}}, redirect: {queue: Support}}\n"
    }
    return text
  }()

  private func project(_ kit: LocalKitProcess) throws -> TestProject {
    var project = try kit.project(Self.manifest)
    try project.workspace.write(Self.inFile + "\n", to: "token.txt")
    project.environment = Self.planted
    return project
  }

  private func expectNone(_ texts: [(name: String, text: String)], at location: SourceLocation = #_sourceLocation) {
    var leaks = 0
    for (name, text) in texts {
      for needle in Self.needles where text.contains(needle) {
        leaks += 1
        Issue.record("\(name) tells \(needle):\n\(text)", sourceLocation: location)
      }
    }
    Scorecard.count(22, ["texts": texts.count, "leaks": leaks])
  }

  /// Runs a command and looks through both of its streams; nil expects no exit code.
  @discardableResult
  private func search(
    _ project: TestProject, _ code: Int32?, _ command: String, at location: SourceLocation = #_sourceLocation
  ) async throws -> BinaryUnderTest.Ended {
    let ended = try await project.run(command.split(separator: " ").map(String.init))
    if let code {
      #expect(ended.exitCode == code, "kitform \(command)\n\(ended.all)", sourceLocation: location)
    }
    expectNone([("\(command): stdout", ended.output), ("\(command): stderr", ended.errors)], at: location)
    return ended
  }

  private func left(_ project: TestProject) -> [(name: String, text: String)] {
    project.workspace.files().filter { $0.name != "token.txt" }.map {
      ($0.name, String(decoding: $0.bytes, as: UTF8.self))
    }
  }

  @Test func `what is looked for is found in base64 too, wherever it stands`() {
    for before in ["", "a", "ab", "abc"] {
      for secret in Array(Self.planted.values) + [Self.inFile] {
        let text = Data("\(before)\(secret) and more".utf8).base64EncodedString()
        #expect(Self.needles.contains { text.contains($0) }, "\(text)")
      }
    }
  }

  private static let reports =
    "--report markdown=r.md --report html=r.html --report json=r.json --report sarif=r.sarif --report junit=r.xml"
    + " --report codequality=r.cq --report dotenv=r.env --report steps=r.txt --report github"

  @Test func `no secret is in any output or file of runs that go well`() async throws {
    let kit = try await LocalKitProcess(account: Self.account)
    let project = try project(kit)
    Scorecard.count(22, ["secrets": Self.planted.count + 1])
    for command in [
      "validate --secrets", "plan -v \(Self.reports)", "plan --format json --out plan.json", "show plan.json",
      "show plan.json --format json", "apply plan.json -v", "plan", "output", "output --as env", "show state",
      "state show --format json", "state list", "state pull", "drift", "graph", "export", "doctor", "fmt",
      "apply --auto-approve --format json",
    ] {
      try await search(project, 0, command)
    }
    expectNone(left(project))
    let url = try await project.json(0, "show state")
    #expect(url["channels"].names.count == 14)
    // A changed secret is seen, and still not printed.
    var changed = project
    changed.environment["OK_1"] = "tknPLANTEDnew:1"
    let plan = try await changed.json(0, "plan --out next.json")
    #expect(plan["changes"].at("ok.ok-1").field("accessToken")["secret"].string == "changed")
    #expect(plan["changes"].at("ok.ok-1").field("accessToken")["after"].isNull)
    try await search(changed, 0, "apply next.json \(Self.reports)")
    #expect(try await changed.json(0, "plan")["outcome"].string == "no-changes")
    expectNone(left(project))
    // The account knows the callback URLs, which Kit shows to its users, and no other value.
    let account = try await kit.stop()
    expectNone([
      ("the account", (1...4).reduce(account) { $0.replacing(Self.callback($1), with: "") })
    ])
  }

  /// A way in which runs fail: faults of the account, or the process's own end in the middle.
  struct Failure: Sendable, CustomTestStringConvertible {
    var faults: [String] = []
    var crash: String?
    var testDescription: String { faults.joined(separator: ", ") + (crash ?? "") }
  }

  static let failures =
    [
      "500-before@create:1", "500-after@create:1", "html@create:1", "drop-after@create:2", "half-body@write:1",
      "html@read:2", "reset@every", "503@every", "500-before@every", "reset@create:1", "drop-before@write:2",
      "429:1@read:1", "half-body@read:1", "slow-body@create:2",
    ].map { Failure(faults: [$0]) } + [Failure(crash: "answered:2"), Failure(crash: "recorded:1")]

  @Test(arguments: failures)
  func `no secret is in any output or file of runs that fail`(_ failure: Failure) async throws {
    let kit = try await LocalKitProcess(options: failure.faults.flatMap { ["--fault", $0] }, account: Self.account)
    var project = try project(kit)
    project.environment["KITFORM_CRASH"] = failure.crash
    for command in [
      "plan -v --timeout 10s", "apply --auto-approve -v --settle 1s --timeout 15s \(Self.reports)",
      "apply --auto-approve --format json --settle 1s --timeout 15s", "show state",
    ] {
      try await search(project, nil, command)
      // Read between the runs as well: a journal and a run record last as long as a run is not finished.
      expectNone(left(project))
    }
    Scorecard.count(22, ["failures": 1])
    try await kit.stop()
  }

  /// All that a hostile answer may quote: the secrets, and of the callbacks also path and query alone.
  private static let quoted =
    planted.sorted { $0.key < $1.key }.map(\.value) + [inFile, "/secret-path-PLANTED"]
    + (1...4).map { "key=q-PLANTED-\($0)" }

  /// Applies the project to the Kit, and has it speak to another one from then on, as its account's new host.
  private func move(_ project: TestProject, from kit: LocalKitProcess, to url: String) async throws {
    try project.workspace.replace(kit.url, with: url, in: "kitform.yaml")
    try await project.expect(0, "state rebind --confirm-account acme")
  }

  private static let quotedCommands = [
    "plan -v \(reports)", "plan --format json", "apply --auto-approve \(reports)",
    "apply --auto-approve --verify --format json", "drift \(reports)", "drift --format json", "doctor",
    "doctor --format json", "import ok.found --id 1", "output --show-secrets", "channel verify custom.bot-1",
    "channel verify custom.bot-2 --format json", "channel login custom.bot-1 --show-token", "show state",
  ]

  @Test func `Kit may quote every secret of the project in a refusal, and none is echoed`() async throws {
    let kit = try await LocalKitProcess(account: Self.account)
    let project = try project(kit)
    try await search(project, 0, "apply --auto-approve")
    let quoted = Self.quoted
    try await QuotingKit.with(kit.url, token: "", refusesReads: true, quotes: { QuotingKit.spelt(quoted, $0) }) { url in
      try await move(project, from: kit, to: url)
      // A read is refused in one spelling, and so each command runs once for each of them.
      for _ in 0..<5 { try await search(project, 1, "plan") }
      for command in Self.quotedCommands {
        let ended = try await search(project, nil, command)
        #expect(command == "show state" || ended.all.contains("•••"), "\(ended.all)")
      }
      expectNone(left(project))
    }
    try await kit.stop()
  }

  @Test func `a write that Kit refuses tells no secret of the same channel or of another`() async throws {
    let kit = try await LocalKitProcess(account: Self.account)
    let project = try project(kit)
    try await search(project, 0, "apply --auto-approve")
    let quoted = Self.quoted
    try await QuotingKit.with(
      kit.url, token: "full-token-Zq7vK2-of-thirty-two-bytes", quotes: { QuotingKit.spelt(quoted, $0) }
    ) { url in
      try await move(project, from: kit, to: url)
      for number in 1...5 {
        try project.workspace.replace("name: OK \(number),", with: "name: Other \(number),", in: "kitform.yaml")
      }
      for command in ["apply --auto-approve \(Self.reports)", "apply --auto-approve --format json"] {
        let ended = try await search(project, 1, command)
        #expect(ended.all.contains("•••"), "\(ended.all)")
      }
      expectNone(left(project))
    }
    try await kit.stop()
  }

  /// What an account may call its things, each with a secret in it.
  static let names = [
    [("\"OK 2\"", "\"full-token-Zq7vK2-of-thirty-two-bytes\""), ("\"OK 3\"", "\"with tknPLANTED4d4:xK91/+= in it\"")],
    [("\"Sales\"", "\"tknPLANTED5d4:xK91/+=\"")], [("\"Bot 51\"", "\"p4rtner-PLANTED-82\"")],
    [("\"acme\"", "\"full-token-Zq7vK2-of-thirty-two-bytes\"")],
  ]

  @Test(arguments: names.indices)
  func `a name of the account may hold a secret, and is shown without it`(_ index: Int) async throws {
    let kit = try await LocalKitProcess(account: Self.account)
    let project = try project(kit)
    try await search(project, 0, "apply --auto-approve")
    try await QuotingKit.with(
      kit.url, token: "full-token-Zq7vK2-of-thirty-two-bytes",
      edit: { answer in Self.names[index].reduce(answer) { $0.replacing($1.0, with: $1.1) } }, quotes: { _ in "no" }
    ) { url in
      try await move(project, from: kit, to: url)
      for command in Self.quotedCommands { try await search(project, nil, command) }
      // A state keeps a title as the account has it; what is shown of one does not.
      expectNone(left(project).filter { $0.name.hasPrefix("r.") })
    }
    try await kit.stop()
  }

  @Test func `the server of a state may repeat its password, and nobody hears of it`() async throws {
    let kit = try await LocalKitProcess(account: Self.account)
    let password = "state-PLANTED-pässword"
    let header = "Basic " + Data("u:\(password)".utf8).base64EncodedString()
    let job = ["CI_SERVER_HOST": "ci.invalid", "CI_PROJECT_ID": "1", "CI_PIPELINE_ID": "2", "CI_JOB_NAME": "j"]
    let earlier = try #require(JobAttempt(environment: job.merging(["CI_JOB_ID": "1"]) { $1 }))
    for id in ["7", earlier.lockID("x")] {
      let echoed: JSONValue = ["ID": .string(id), "Who": .string(header), "Created": .string(password)]
      try await StateServer.with(disturb: { request in
        guard request.path.hasSuffix("/lock"), request.method == "POST" else { return nil }
        return HTTPResponse(status: 423, headers: [], body: CanonicalJSON.encode(echoed))
      }) { server in
        var project = try kit.project(state: server.section(", username: u"), Self.manifest)
        try project.workspace.write(Self.inFile + "\n", to: "token.txt")
        project.environment = Self.planted.merging(["TF_HTTP_PASSWORD": password, "CI_JOB_ID": "2"]) { $1 }
          .merging(job) { $1 }
        for command in [
          "apply --auto-approve", "apply --auto-approve --format json \(Self.reports)", "doctor",
          "state rm ok.ok-1", "state unlock \(id)", "state unlock \(id) --format json",
        ] {
          let ended = try await search(project, nil, command)
          #expect(ended.exitCode != 0 || command.contains("unlock"), "\(ended.all)")
        }
        expectNone(left(project))
      }
    }
    try await kit.stop()
  }

  @Test func `a store may repeat the keys of a state, and nobody hears of them`() async throws {
    for echoed in ["session-PLANTED-token", "key-PLANTED-of-the-store", String(repeating: "long-PLANTED-", count: 20)] {
      try await RawServer.with({ _, _ in
        .write(RawServer.answer("403 Forbidden", body: "<Error><Code>\(echoed)</Code></Error>"))
      }) { server in
        var project = try TestProject(
          Manifests.two.replacing(
            Manifests.header,
            with: Manifests.header
              + "state: {backend: s3, bucket: acme-kitform, path: a.json, region: r, endpoint: \"http://127.0.0.1:\(server.port)\"}\n"
          ),
          options: [])
        project.environment = Self.planted.merging([
          "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "key-PLANTED-of-the-store",
          "AWS_SESSION_TOKEN": echoed.hasPrefix("key") ? "session-PLANTED-token" : echoed,
        ]) { $1 }
        for command in ["state list", "state list --format json", "state unlock 7"] {
          try await search(project, 1, command)
        }
      }
    }
  }

  /// References whose names are secrets that somebody wrote down, and the account's token beside them.
  static let misplaced = [
    ("{env: tknPLANTED7d4xK91}", "{env: KIT_API_TOKEN}"), ("{file: \"tknPLANTED7d4:xK91\"}", "{env: KIT_API_TOKEN}"),
    ("{file: {env: tknPLANTED7d4xK91}}", "{env: KIT_API_TOKEN}"), ("{env: OK_1}", "{env: fullTokenZq7vK2}"),
    ("{env: OK_1}", "{file: \"full-token-Zq7vK2-of-thirty-two-bytes\"}"),
  ]

  @Test(arguments: misplaced)
  func `a secret that stands where a reference has its name is not shown`(_ secret: String, _ token: String)
    async throws
  {
    let kit = try await LocalKitProcess(account: Self.account)
    var project = try kit.project(
      Manifests.two.replacing("{env: OK_COMMUNITY_TOKEN}", with: secret).replacing("{env: KIT_API_TOKEN}", with: token))
    project.environment = Self.planted
    for command in [
      "validate", "validate --secrets", "validate --secrets --format json \(Self.reports)", "plan -v \(Self.reports)",
      "plan --format json", "apply --auto-approve \(Self.reports)", "apply --auto-approve --format json", "doctor",
      "drift", "plan --sandbox", "apply --auto-approve --sandbox",
    ] {
      try await search(project, nil, command)
    }
    expectNone(left(project).filter { $0.name.hasPrefix("r.") })
    Scorecard.count(22, ["literals": 1])
    try await kit.stop()
  }

  @Test func `what was asked for by name is not masked`() async throws {
    let kit = try await LocalKitProcess(account: Self.account)
    let project = try project(kit)
    try await project.expect(0, "apply --auto-approve")
    try await QuotingKit.with(
      kit.url, token: "full-token-Zq7vK2-of-thirty-two-bytes",
      edit: { $0.replacing("\"OK 2\"", with: "\"tknPLANTED4d4:xK91/+=\"") },
      quotes: { _ in "no" }
    ) { url in
      try await move(project, from: kit, to: url)
      let salts = try await project.json(0, "output custom.bot-1 --show-secrets")
      #expect(salts["channels"]["custom.bot-1"]["salt"].string?.contains("•") == false)
      // A plan is saved, and applied later, as it was made.
      let plan = try await project.json(0, "plan --out plan.json")
      #expect(plan["changes"].at("ok.ok-2").field("name")["before"].string == "•••")
      let saved = try project.workspace.read("plan.json")
      #expect(saved.contains("tknPLANTED4d4:xK91/+="))
      #expect(saved.contains(try #require(plan["digest"].string)))
      #expect(try await project.json(0, "show plan.json")["digest"].string == plan["digest"].string)
    }
    try await kit.stop()
  }

  /// Manifests in which a secret was written down, in every style, alone and beside an unrelated error.
  static let literals: [String] = {
    let one = Manifests.header + "channels:\n  ok:\n    a:\n      name: A\n      redirect: {queue: 1}\n"
    let tokens = [
      "      accessToken: tknPLANTED7d4:xK91\n", "      accessToken: \"tknPLANTED7d4:xK91\"\n",
      "      accessToken: |\n        tknPLANTED7d4:xK91\n", "      accessToken: >-\n        tknPLANTED7d4:xK91\n",
      "      accessToken: [tknPLANTED7d4:xK91]\n", "      accessToken: {env: A, value: tknPLANTED7d4:xK91}\n",
      "      accessToken:\n        - tknPLANTED7d4:xK91\n", "      accessToken: &a tknPLANTED7d4:xK91\n",
    ]
    return tokens.flatMap { [one + $0, one + $0 + "      closing: {agent: 1s}\n"] }
      + [one.replacing("{env: KIT_API_TOKEN}", with: "full-token-Zq7vK2-of-thirty-two-bytes") + tokens[0]]
      + [
        Manifests.two.replacing("{env: KIT_API_TOKEN}", with: "full-token-Zq7vK2-of-thirty-two-bytes")
          .replacing("{env: OK_COMMUNITY_TOKEN}", with: "\"tknPLANTED7d4:xK91\"")
          .replacing("agent: 12h", with: "agent: 1s")
      ]
  }()

  @Test(arguments: literals)
  func `a secret that stands in a manifest is refused by findings that do not show it`(
    _ manifest: String
  ) async throws {
    let project = try TestProject(manifest, options: [])
    for command in ["validate", "validate --format json", "plan --sandbox", "apply --sandbox --auto-approve"] {
      let ended = try await search(project, 3, command)
      #expect(ended.all.contains("account.token") || ended.all.contains("ccessToken"), "\(ended.all)")
    }
    Scorecard.count(22, ["literals": 1])
  }

  @Test func `the sandbox reads no secret, even one that is set`() async throws {
    var project = try TestProject(Manifests.two)
    project.environment = [
      "OK_COMMUNITY_TOKEN": "tknPLANTED7d4:xK91", "KIT_API_TOKEN": "full-token-Zq7vK2-of-thirty-two-bytes",
    ]
    try await project.expect(0, "apply --auto-approve")
    project.environment = [:]
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
    expectNone(left(project))
  }
}

import Foundation
import Support
import Testing

/// Planted secrets, looked for in everything that a run leaves behind.
@Suite(.startsProcesses, .timeLimit(.minutes(20)))
struct SecretTests {
  /// The secrets that manifests refer to by variable.
  private static let planted = [
    "KIT_API_TOKEN": "full-token-Zq7vK2", "STATE_KEY": "st4te-PLANTED-key-of-thirty-two-bytes",
    "HTTPS_PROXY": "http://user:proxy-PLANTED-31@proxy.invalid:3128",
  ]
  .merging((1...9).map { ("OK_\($0)", "tknPLANTED\($0)d4:xK91/+=") }) { $1 }
  .merging((1...4).map { ("API_\($0)", "p4rtner-PLANTED-8\($0)") }) { $1 }
  .merging((1...4).map { ("CALLBACK_\($0)", callback($0)) }) { $1 }
  /// The one that stands in a file.
  private static let inFile = "tknFROMFILE55:aa"

  private static func callback(_ number: Int) -> String {
    "https://bots.example.com/secret-path-PLANTED?key=q-PLANTED-\(number)"
  }

  /// What every planted secret has a part of, also as base64 wherever it stands in what was encoded.
  private static let needles: [String] = {
    let plain = ["Zq7vK2", "PLANTED", "FROMFILE"]
    let encoded = plain.flatMap { word in
      (0..<3).map { shift in
        let text = Data((String(repeating: " ", count: shift) + word).utf8).base64EncodedString()
        // The characters in which a neighbour's bits stand are left out.
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
    // A changed secret is seen, and still told to nobody.
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
      + [one.replacing("{env: KIT_API_TOKEN}", with: "full-token-Zq7vK2") + tokens[0]]
      + [
        Manifests.two.replacing("{env: KIT_API_TOKEN}", with: "full-token-Zq7vK2")
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
    project.environment = ["OK_COMMUNITY_TOKEN": "tknPLANTED7d4:xK91", "KIT_API_TOKEN": "full-token-Zq7vK2"]
    try await project.expect(0, "apply --auto-approve")
    project.environment = [:]
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
    expectNone(left(project))
  }
}

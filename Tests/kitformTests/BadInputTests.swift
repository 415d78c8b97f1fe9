import Foundation
import NIOSSL
import Support
import TestServers
import Testing

/// Everything that can be wrong between a project and its account: one clear sentence, the right exit code, and a state
/// that keeps every byte.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct BadInputTests {
  /// Runs plan and apply, expects code and words of both, and that nothing of the state was touched.
  private func refuse(
    _ project: TestProject, _ code: Int32, _ words: [String], commands: [String] = ["plan", "apply --auto-approve"],
    at location: SourceLocation = #_sourceLocation
  ) async throws {
    let kept = project.kept()
    for command in commands {
      let text = try await project.expect(code, command, at: location)
      for word in words {
        #expect(
          text.errors.contains(word), "\(command) does not say “\(word)”:\n\(text.errors)", sourceLocation: location)
      }
      for secret in LocalKitProcess.credentials.values {
        #expect(!text.all.contains(secret), "\(command) tells a secret", sourceLocation: location)
      }
      let json = try await project.json(code, command, at: location)
      let messages = json["diagnostics"].items.filter { $0["severity"].string == "error" }
      #expect(!messages.isEmpty, sourceLocation: location)
    }
    let state = project.kept().filter { !$0.key.hasSuffix(".lock") }
    #expect(state == kept.filter { !$0.key.hasSuffix(".lock") }, "the state changed", sourceLocation: location)
  }

  /// A project with an applied state whose account now lies behind another address.
  private func applied(_ kit: LocalKitProcess) async throws -> TestProject {
    let project = try kit.project()
    try await project.expect(0, "apply --auto-approve")
    return project
  }

  @Test func `no credentials: the variable, and the line that asks for it`() async throws {
    let kit = try await LocalKitProcess()
    var project = try await applied(kit)
    project.environment = [:]
    try await refuse(project, 1, ["KIT_API_TOKEN is not set", "kitform.yaml:2:"])
    try await kit.stop()
  }

  @Test func `secrets that a write needs are asked for before it, all at once`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project()
    project.environment["OK_COMMUNITY_TOKEN"] = nil
    let plan = try await project.expect(0, "plan")
    #expect(plan.all.contains("OK_COMMUNITY_TOKEN is not set"), "\(plan.all)")
    try await project.expect(3, "plan --require-secrets")
    try await refuse(
      project, 1, ["ok.community.accessToken", "OK_COMMUNITY_TOKEN is not set", "kitform.yaml:7:"],
      commands: ["apply --auto-approve"])
    #expect(!project.workspace.exists(".kitform/default/state.json"))
    #expect(try !(await kit.stop()).contains("OK community"))
  }

  @Test func `nobody listens there`() async throws {
    let kit = try await LocalKitProcess()
    let project = try await applied(kit)
    try await kit.stop()
    try await refuse(project, 1, ["127.0.0.1:", "no server listens at this address"])
  }

  @Test func `no such host`() async throws {
    var project = try TestProject(
      Manifests.two.replacing(
        "region: eu", with: "apiHost: kitapi.kitform.invalid, messagingHost: im.kitform.invalid"), options: [])
    project.environment = LocalKitProcess.credentials
    project.environment["KITFORM_ALLOW_HOSTS"] = "*.kitform.invalid"
    try await refuse(project, 1, ["kitapi.kitform.invalid"], commands: ["plan --timeout 20s"])
  }

  @Test func `a host that nothing allows is refused before any connection`() async throws {
    try await RawServer.with({ _, _ in .reset }) { server in
      // The name leads to this machine on every resolver, but a name that is not listed is not even looked up.
      let manifest = Manifests.two.replacing(
        "region: eu",
        with: "apiHost: kit.localhost.example.com, messagingHost: \"http://127.0.0.1:\(server.port)\"")
      var project = try TestProject(manifest, options: [])
      project.environment = LocalKitProcess.credentials
      try await refuse(
        project, 4, ["kit.localhost.example.com", "KITFORM_ALLOW_HOSTS", "KIT_API_TOKEN", "kitform.yaml:2:"])
      #expect(server.log.connections == 0)
    }
  }

  @Test func `of two hosts that nothing allows both are named`() async throws {
    var project = try TestProject(
      Manifests.two.replacing("region: eu", with: "apiHost: api.example.com, messagingHost: im.example.com"),
      options: [])
    project.environment = LocalKitProcess.credentials
    try await refuse(project, 4, ["`account.apiHost` is api.example.com", "`account.messagingHost` is im.example.com"])
  }

  @Test func `an unconfirmed profile writes nothing beyond this machine, and asks before it dials`() async throws {
    var project = try TestProject(
      Manifests.two.replacing(
        "region: eu", with: "apiHost: kitapi.kitform.invalid, messagingHost: im.kitform.invalid"), options: [])
    project.environment = LocalKitProcess.credentials
    project.environment["KITFORM_ALLOW_HOSTS"] = "kitapi.kitform.invalid im.kitform.invalid"
    try await refuse(
      project, 4, ["kit-v3", "is not confirmed", "kitapi.kitform.invalid", "--accept-unconfirmed-profile"],
      commands: ["apply --auto-approve", "destroy --confirm-account acme"])
    let accepted = try await project.expect(1, "apply --auto-approve --accept-unconfirmed-profile --timeout 20s")
    #expect(!accepted.errors.contains("is not confirmed"), "\(accepted.errors)")
  }

  /// An answer of a server that is not as it should be, and what is said of it.
  struct Answer: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var status: String
    var body: String
    var words: [String]
    var type = "application/json"
  }

  static let answers = [
    Answer(
      testDescription: "401", status: "401 Unauthorized",
      body: #"{"success": false, "result": {"error": "Invalid token", "code": 101}}"#,
      words: ["the API token is not accepted (401)", "“Invalid token”", "account.token"]),
    Answer(
      testDescription: "402", status: "402 Payment Required",
      body: #"{"success": false, "result": {"error": "No money", "code": 102}}"#, words: ["balance", "(402)"]),
    Answer(
      testDescription: "403", status: "403 Forbidden",
      body: #"{"success": false, "result": {"error": "Role may not", "code": 103}}"#,
      words: ["the API token may not do this (403)", "“Role may not”"]),
    Answer(
      testDescription: "500", status: "500 Internal Server Error", body: #"{"success": false}"#,
      words: ["Kit failed (500)"]),
    Answer(
      testDescription: "HTML", status: "200 OK", body: "<!DOCTYPE html><html><body>Sign in</body></html>",
      words: ["the answer is a web page, not JSON", "account.apiHost"], type: "text/html"),
    Answer(testDescription: "half of JSON", status: "200 OK", body: #"{"success": tr"#, words: ["not valid JSON"]),
    Answer(
      testDescription: "success is false", status: "200 OK",
      body: #"{"success": false, "result": {"error": "Feature is off", "code": 7}}"#, words: ["“Feature is off”"]),
    Answer(
      testDescription: "redirect", status: "302 Found\r\nLocation: https://elsewhere.example/", body: "",
      words: ["redirect (302)"]),
  ]

  @Test(arguments: answers)
  func `an answer that is not as it should be names operation and host`(_ answer: Answer) async throws {
    let kit = try await LocalKitProcess()
    let project = try await applied(kit)
    try await kit.stop()
    let port = Int(kit.url.split(separator: ":").last ?? "") ?? 0
    try await RawServer.with({ _, _ in
      .writeAndClose(RawServer.answer(answer.status, ["Content-Type: \(answer.type)"], body: answer.body))
    }) { server in
      // The state belongs to the old address: the project moves with its state.
      try project.workspace.replace(":\(port)", with: ":\(server.port)", in: "kitform.yaml")
      try await project.expect(0, "state rebind --confirm-account acme")
      try await refuse(
        project, 1, answer.words + ["could not ", " at 127.0.0.1:\(server.port):"], commands: ["plan --rate 1000"])
      try await refuse(project, 1, answer.words, commands: ["apply --auto-approve"])
      #expect(
        server.log.requests.allSatisfy { !$0.prefix { $0 != "\r\n" }.contains("full-token-Zq7vK2-of-thirty-two-bytes") }
      )
    }
  }

  @Test func `a role that may only read plans, and cannot apply`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project()
    project.environment["KIT_API_TOKEN"] = "reading-token-8Lm3"
    try await project.expect(0, "plan")
    let ended = try await project.expect(1, "apply --auto-approve")
    #expect(ended.output.contains("(403)"), "\(ended.output)")
    #expect(ended.output.contains("ok.community") && ended.output.contains("custom.partner-bot"))
    #expect(try await project.json(0, "plan")["summary"]["create"].int == 2)
    try await kit.stop()
  }

  @Test func `a wrong token is told by Kit's own words`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project()
    project.environment["KIT_API_TOKEN"] = "some-other-token"
    try await refuse(project, 1, ["(401)", "127.0.0.1:"])
    try await kit.stop()
  }

  @Test func `a path of the profile that is not there names the profile's line`() async throws {
    let kit = try await LocalKitProcess()
    let project = try kit.project()
    let profile = try await project.expect(0, "profile show").output
    try project.workspace.write(
      profile.replacing("/api/v3/channel/searchChannels", with: "/api/v3/channel/findThem"), to: "kit-profile.yaml")
    try project.workspace.replace(
      "token: {env: KIT_API_TOKEN}", with: "token: {env: KIT_API_TOKEN}, profile: ./kit-profile.yaml",
      in: "kitform.yaml")
    let line =
      1
      + (profile.split(separator: "\n", omittingEmptySubsequences: false)
        .firstIndex { $0.contains("listChannels:") } ?? -2)
    try await refuse(project, 1, ["/api/v3/channel/findThem is not there (404)", "line \(line)"])
    try await kit.stop()
  }

  @Test func `what Kit refuses is said in Kit's words, and the rest is applied`() async throws {
    let kit = try await LocalKitProcess()
    let project = try kit.project(Manifests.two.replacing("agent: 12h", with: "agent: 5m"))
    // The project's profile shows no waiting times: the plan cannot know the rule that Kit refuses by.
    let profile = try await project.expect(0, "profile show").output
    let shown = "    maxWaitingTime: im_max_waiting_time # SEEN July 2026\n"
    try #require(profile.contains(shown))
    try project.workspace.write(profile.replacing(shown, with: ""), to: "kit-profile.yaml")
    try project.workspace.replace(
      "token: {env: KIT_API_TOKEN}", with: "token: {env: KIT_API_TOKEN}, profile: ./kit-profile.yaml",
      in: "kitform.yaml")
    let ended = try await project.json(6, "apply --auto-approve")
    #expect(ended["outcome"].string == "partial")
    #expect(ended["results"].at("custom.partner-bot")["result"].string == "done")
    let failed = ended["results"].at("ok.community")
    #expect(failed["result"].string == "failed")
    #expect(failed["error"]["status"].int == 422)
    let message = failed["error"]["message"].string ?? ""
    #expect(
      message.hasPrefix("could not create the channel at 127.0.0.1:") && message.contains("(422): “"), "\(message)")
    #expect(message.contains("must be greater than the queue's maximum waiting time of 600 seconds"), "\(message)")
    #expect(try await project.json(0, "state list")["channels"].items.compactMap(\.string) == ["custom.partner-bot"])
    try await kit.stop()
  }

  @Test func `an id that the account does not have is an error of the plan`() async throws {
    let kit = try await LocalKitProcess()
    let project = try kit.project(Manifests.two.replacing("{function: 1207}", with: "{function: 4711}"))
    try await refuse(project, 3, ["4711", "kitform.yaml:18:"])
    try await kit.stop()
  }

  @Test func `titles that the account does not have stand at their lines with the nearest ones`() async throws {
    let kit = try await LocalKitProcess()
    let project = try kit.project(
      Manifests.two.replacing("queue: Support", with: "queue: Suport").replacing("russian: 3", with: "rusian: 3")
        .replacing("topicSet: Retail", with: "topicSet: Retial"))
    try await refuse(
      project, 3,
      [
        "kitform.yaml:8:", "`Support`", "kitform.yaml:11:", "`Retail`", "kitform.yaml:12:", "`russian`",
      ])
    let json = try await project.json(3, "plan")
    #expect(json["diagnostics"].items.count { $0["severity"].string == "error" } == 3)
    try await kit.stop()
  }

  @Test func `the state of another account is refused until it is bound anew`() async throws {
    let kit = try await LocalKitProcess()
    let project = try await applied(kit)
    let other = try await LocalKitProcess(account: LocalKitProcess.account.replacing("name: acme", with: "name: umbra"))
    try project.workspace.write(
      other.manifest().replacing("name: acme", with: "name: umbra"), to: "kitform.yaml")
    try await refuse(project, 4, ["`acme`", "`umbra`", "kitform state rebind"])
    #expect(try other.events.count == 1, "the other account was not called")
    try await project.expect(64, "state rebind --confirm-account acme")
    try await project.expect(0, "state rebind --confirm-account umbra")
    try await project.expect(4, "plan")
    try await kit.stop()
    try await other.stop()
  }

  @Test func `a token of another account is refused`() async throws {
    let kit = try await LocalKitProcess()
    let project = try kit.project(Manifests.two.replacing("name: acme", with: "name: umbra"))
    let ended = try await project.run(["plan"])
    #expect(ended.exitCode == 1 || ended.exitCode == 4, "\(ended.errors)")
    #expect(ended.errors.contains("umbra") || ended.errors.contains("(401)"), "\(ended.errors)")
    try await kit.stop()
  }

  @Test func `a certificate of nobody is refused, and accepted by a file of one's own`() async throws {
    let certificates = try TestCertificates.all()
    for (name, words) in [("self", "certificate"), ("expired", "expired"), ("elsewhere", "other.example")] {
      try await RawServer.with(tls: certificates.server(name), { _, _ in .reset }) { server in
        let project = try secure(server)
        try await refuse(
          project, 1, ["localhost:\(server.port)", words],
          commands: ["plan" + (name == "self" ? "" : " --ca-file \(certificates.authority)")])
        #expect(server.log.requests.isEmpty)
      }
    }
    try await RawServer.with(
      tls: certificates.server("good"),
      { _, _ in
        .writeAndClose(
          RawServer.answer("401 Unauthorized", body: #"{"success": false, "result": {"error": "Hello", "code": 1}}"#))
      }
    ) { server in
      let ended = try await secure(server).expect(1, "plan --ca-file \(certificates.authority)")
      #expect(ended.errors.contains("“Hello”"), "\(ended.errors)")
      try await refuse(try secure(server), 1, ["not a trusted authority", "--ca-file"], commands: ["plan"])
    }
  }

  @Test func `a plan is written over nothing but a file, which is told before the account is asked`() async throws {
    let kit = try await LocalKitProcess()
    let project = try kit.project()
    try await kit.stop()
    try FileManager.default.createSymbolicLink(
      atPath: project.workspace.path + "/link", withDestinationPath: "kitform.yaml")
    for (path, words) in [
      ("/dev/null", "it is not a regular file"), ("link", "it is a symbolic link"), (".", "it is a directory"),
    ] {
      let refused = try await project.expect(1, "plan --out \(path)")
      #expect(refused.errors.contains("the plan could not be written: could not replace"), "\(refused.errors)")
      #expect(refused.errors.contains(words) && refused.errors.contains("choose another file for --out"))
    }
    #expect(try project.workspace.read("kitform.yaml").contains("channels:"))
  }

  @Test func `authorities of the environment are read where there is TLS, and a file of one's own always`() async throws
  {
    let kit = try await LocalKitProcess()
    var project = try kit.project()
    project.environment["SSL_CERT_FILE"] = "/nope/authorities.pem"
    try await project.expect(0, "plan")
    let own = try await project.expect(1, "plan --ca-file /nope/own.pem")
    #expect(own.errors.contains("--ca-file: /nope/own.pem cannot be read"), "\(own.errors)")
    try project.workspace.replace("http://127.0.0.1", with: "https://127.0.0.1", in: "kitform.yaml")
    let encrypted = try await project.expect(1, "plan")
    #expect(encrypted.errors.contains("SSL_CERT_FILE: /nope/authorities.pem cannot be read"), "\(encrypted.errors)")
    try await kit.stop()
  }

  private func secure(_ server: RawServer) throws -> TestProject {
    let host = "https://localhost:\(server.port)"
    var project = try TestProject(Manifests.two.calling(host), options: [])
    project.environment = LocalKitProcess.credentials
    return project
  }
}

import Support
import TestServers
import Testing

/// `doctor`: one line for each thing that an apply relies on, and what to do about it.
@Suite(.startsProcesses, .timeLimit(.minutes(20)))
struct DoctorTests {
  /// The check of an id, of the first channel that has one.
  private func check(_ json: ParsedJSON, _ id: String) -> ParsedJSON? {
    json["checks"].items.first { $0["id"].string == id }
  }

  @Test func `a project that is ready has no failed check`() async throws {
    let kit = try await LocalKitProcess()
    let project = try kit.project()
    try await project.expect(0, "apply --auto-approve")
    let json = try await project.json(0, "doctor")
    #expect(json["format"].string == "kitform.doctor/v1")
    for id in [
      "project", "secrets", "host", "credentials", "account", "profile.channels", "state", "state.lock", "state.key",
    ] {
      #expect(check(json, id)?["result"].string == "ok", "\(id)")
    }
    #expect(check(json, "tls")?["result"].string == "skipped")
    #expect(check(json, "profile")?["result"].string == "warning")
    #expect(check(json, "callback")?["result"].string == "skipped")
    #expect(json["account"]["name"].string == "acme")
    let calls = try kit.events.compactMap { $0["path"].string }.filter { $0.hasSuffix("Channel") }
    #expect(calls.count == 2, "only the apply's creations wrote: \(calls)")
    let text = try await project.expect(0, "doctor")
    #expect(text.output.contains("ok       state.lock"), "\(text.output)")
    #expect(!text.all.contains("full-token-Zq7vK2"))
    try await kit.stop()
  }

  @Test func `each thing that is wrong is its own check, with a remedy`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project()
    project.environment["KIT_API_TOKEN"] = "wrong-token"
    let wrong = try await project.json(1, "doctor")
    #expect(check(wrong, "credentials")?["result"].string == "failed")
    #expect(check(wrong, "credentials")?["remedy"].string?.isEmpty == false)
    #expect(check(wrong, "profile.channels") == nil, "nothing more is asked without a token")
    #expect(check(wrong, "state")?["result"].string == "ok")

    project.environment["KIT_API_TOKEN"] = nil
    #expect(check(try await project.json(1, "doctor"), "credentials")?["result"].string == "failed")

    project.environment = LocalKitProcess.credentials
    project.environment["OK_COMMUNITY_TOKEN"] = nil
    #expect(check(try await project.json(0, "doctor"), "secrets")?["result"].string == "warning")

    try project.workspace.replace("name: acme", with: "name: other", in: "kitform.yaml")
    #expect(check(try await project.json(1, "doctor"), "credentials")?["result"].string == "failed")

    try await kit.stop()
    #expect(check(try await project.json(1, "doctor"), "host")?["result"].string == "failed")

    try project.workspace.replace("apiHost: \"\(kit.url)\"", with: "apiHost: kit.example.com", in: "kitform.yaml")
    let host = try await project.json(1, "doctor")
    #expect(check(host, "host")?["remedy"].string?.contains("KITFORM_ALLOW_HOSTS") == true)

    try project.workspace.replace("name: Partner bot", with: "name:", in: "kitform.yaml")
    #expect(check(try await project.json(3, "doctor"), "project")?["result"].string == "failed")
  }

  @Test func `a clock that is off and a key of another token are warnings`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project()
    try await project.expect(0, "apply --auto-approve")
    project.environment["KIT_API_TOKEN"] = "reading-token-8Lm3"
    let other = try await project.json(0, "doctor")
    #expect(check(other, "state.key")?["result"].string == "warning")
    #expect(check(other, "state.key")?["remedy"].string?.contains("state.key") == true)
    try await kit.stop()

    let old = "Date: Thu, 01 Jan 2015 00:00:00 GMT"
    try await RawServer.with({ _, _ in
      .write(RawServer.answer("200 OK", [old], body: #"{"success": true, "result": {"domain": "acme"}}"#))
    }) { server in
      try project.workspace.replace(kit.url, with: "http://127.0.0.1:\(server.port)", in: "kitform.yaml")
      let json = try await project.json(1, "doctor")
      #expect(check(json, "clock")?["result"].string == "warning")
      #expect(check(json, "clock")?["message"].string?.contains("ahead of the server's") == true)
    }
  }

  @Test func `probe calls callbacks as Kit does, and shows nothing of their paths`() async throws {
    let answers = [
      ("OK", "200 OK", "ok"), ("ok\n", "200 OK", "failed"), ("", "302 Found", "failed"),
      ("no", "403 Forbidden", "warning"),
      ("", "500 Internal Server Error", "failed"),
    ]
    for (body, status, result) in answers {
      try await RawServer.with({ _, _ in .write(RawServer.answer(status, ["Location: /else"], body: body)) }) {
        server in
        let project = try TestProject(
          Manifests.two.replacing(
            "https://bots.example.com/kit/partner", with: "http://127.0.0.1:\(server.port)/hidden-path"))
        let ended = try await project.run(["doctor", "--probe", "--format", "json"])
        let json = try ParsedJSON(ended.output)
        let found = check(json, "callback")
        #expect(found?["result"].string == result, "\(status): \(ended.output)")
        #expect(found?["address"].string == "custom.partner-bot")
        #expect(!ended.all.contains("hidden-path"))
        #expect(server.log.requests.count == 1)
        #expect(server.log.requests.first?.hasPrefix("GET /hidden-path HTTP/1.1") == true)
        #expect(server.log.requests.first?.contains("uthorization") == false)
      }
    }
  }

  @Test func `the probe of an applied channel is signed as Kit signs`() async throws {
    for (status, result) in [("200 OK", "ok"), ("401 Unauthorized", "failed")] {
      try await RawServer.with({ _, _ in .write(RawServer.answer(status, [], body: "OK")) }) { server in
        let project = try TestProject(
          ChannelCommandTests.manifest.replacing(
            "https://bots.example.com/kit/partner", with: "http://127.0.0.1:\(server.port)/kit"
          ).replacing("https://bots.example.com/kit/silent", with: "http://127.0.0.1:\(server.port)/silent"))
        try await project.expect(0, "apply --auto-approve")
        let signature = try #require(
          try await project.json(0, "channel sign --channel custom.partner-bot")["signature"].string)
        let before = server.log.requests.count
        let json = try ParsedJSON(try await project.run(["doctor", "--probe", "--format", "json"]).output)
        #expect(check(json, "callback")?["result"].string == result)
        let requests = server.log.requests.dropFirst(before)
        let signed = requests.filter { $0.lowercased().contains("authorization: \(signature)") }
        #expect(requests.count == 2 && signed.count == 1, "the silent bot's token is not known")
        #expect(signed.first?.hasPrefix("GET /kit ") == true)
      }
    }
  }
}

import Support
import Synchronization
import TestServers
import Testing
import Transport

/// `doctor`: one line for each thing that an apply relies on, and what to do about it.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
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
      "project", "secrets", "host", "credentials", "account", "state", "state.lock", "state.key",
    ] {
      #expect(check(json, id)?["result"].string == "ok", "\(id)")
    }
    // The path is a guess of the built-in profile, and nothing was written by it.
    #expect(check(json, "channels")?["result"].string == "warning")
    #expect(
      check(json, "channels")?["message"].string
        == "read with this token: 2 channels; creating, updating and deleting them was not tried")
    #expect(check(json, "tls")?["result"].string == "skipped")
    #expect(check(json, "profile")?["result"].string == "warning")
    #expect(check(json, "callback")?["result"].string == "skipped")
    #expect(json["account"]["name"].string == "acme")
    let calls = try kit.events.compactMap { $0["path"].string }.filter { $0.hasSuffix("Channel") }
    #expect(calls.count == 2, "only the apply's creations wrote: \(calls)")
    let text = try await project.expect(0, "doctor")
    #expect(text.output.contains("ok       state.lock"), "\(text.output)")
    #expect(!text.all.contains("full-token-Zq7vK2-of-thirty-two-bytes"))
    try await kit.stop()
  }

  @Test func `each thing that is wrong is its own check, with a remedy`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project()
    project.environment["KIT_API_TOKEN"] = "wrong-token"
    let wrong = try await project.json(1, "doctor")
    #expect(check(wrong, "credentials")?["result"].string == "failed")
    #expect(check(wrong, "credentials")?["remedy"].string?.isEmpty == false)
    #expect(check(wrong, "channels")?["result"].string == "failed")
    #expect(check(wrong, "channels")?["message"].string?.hasPrefix("token not accepted: ") == true)
    #expect(try kit.events.allSatisfy { $0["path"].string?.hasSuffix("searchChannels") != true }, "no more is asked")
    #expect(check(wrong, "state")?["result"].string == "ok")

    project.environment["KIT_API_TOKEN"] = nil
    let none = try await project.json(1, "doctor")
    #expect(check(none, "credentials")?["result"].string == "failed")
    #expect(check(none, "channels")?["message"].string == "the channels were not read: see `credentials`")

    project.environment = LocalKitProcess.credentials
    project.environment["OK_COMMUNITY_TOKEN"] = nil
    #expect(check(try await project.json(0, "doctor"), "secrets")?["result"].string == "warning")

    try project.workspace.replace("name: acme", with: "name: other", in: "kitform.yaml")
    let other = try await project.json(1, "doctor")
    #expect(check(other, "credentials")?["result"].string == "failed")
    #expect(check(other, "channels")?["message"].string?.hasPrefix("token not accepted: ") == true)

    try await kit.stop()
    let unreached = try await project.json(1, "doctor")
    #expect(check(unreached, "host")?["result"].string == "failed")
    #expect(check(unreached, "channels")?["message"].string == "the channels were not read: see `host`")

    try project.workspace.replace("apiHost: \"\(kit.url)\"", with: "apiHost: kit.example.com", in: "kitform.yaml")
    let host = try await project.json(4, "doctor")
    #expect(host["outcome"].string == "refused")
    #expect(check(host, "host")?["remedy"].string?.contains("KITFORM_ALLOW_HOSTS") == true)
    #expect(check(host, "channels")?["result"].string == "skipped")

    try project.workspace.replace("name: Partner bot", with: "name:", in: "kitform.yaml")
    let invalid = try await project.json(3, "doctor")
    #expect(check(invalid, "project")?["result"].string == "failed")
    #expect(check(invalid, "channels")?["result"].string == "skipped")
  }

  @Test func `one part that is missing hides no other`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project()
    try await project.expect(0, "apply --auto-approve")
    func results(_ ids: String..., of json: ParsedJSON) -> [String?] { ids.map { check(json, $0)?["result"].string } }

    // No token: the state is looked at all the same.
    project.environment["KIT_API_TOKEN"] = nil
    let noToken = try await project.json(1, "doctor")
    #expect(
      results("credentials", "account", "channels", "state", "state.lock", "callback", of: noToken)
        == ["failed", "skipped", "skipped", "ok", "ok", "skipped"])
    #expect(check(noToken, "account")?["message"].string == "the account was not asked: see `credentials`")
    project.environment = LocalKitProcess.credentials

    // No key of the state: neither token nor state are hidden.
    try project.workspace.replace(
      "channels:\n", with: "state: {key: {env: STATE_KEY}}\nchannels:\n", in: "kitform.yaml")
    let noKey = try await project.json(1, "doctor")
    #expect(
      results("state.key", "credentials", "account", "channels", "state", of: noKey)
        == ["failed", "ok", "ok", "warning", "ok"])

    // No keys for the state's store.
    try project.workspace.replace(
      "state: {key: {env: STATE_KEY}}", with: "state: {backend: s3, bucket: acme-kitform, path: a.json, region: r}",
      in: "kitform.yaml")
    let noStore = try await project.json(1, "doctor")
    #expect(
      results("state", "state.lock", "credentials", "account", "channels", of: noStore)
        == ["failed", "skipped", "ok", "ok", "warning"])
    #expect(check(noStore, "state")?["remedy"].string?.contains("AWS_ACCESS_KEY_ID") == true)

    // A host that the state's credentials may not go to is no matter of the account's.
    try project.workspace.replace(
      "state: {backend: s3, bucket: acme-kitform, path: a.json, region: r}",
      with: "state: {backend: http, address: \"https://state.example.com/x\"}", in: "kitform.yaml")
    let noHost = try await project.json(4, "doctor")
    #expect(
      results("state", "state.lock", "host", "credentials", of: noHost) == ["failed", "skipped", "ok", "ok"])
    #expect(check(noHost, "state")?["remedy"].string?.contains("KITFORM_ALLOW_HOSTS") == true)

    // What the surroundings say of the network is wrong, with the probe as well.
    project.environment["HTTPS_PROXY"] = "socks5://h:1"
    for command in ["doctor --probe", "doctor"] {
      let noNetwork = try await project.json(1, command)
      #expect(
        results("project", "surroundings", "account", "channels", "state", "callback", of: noNetwork)
          == ["ok", "failed", "skipped", "skipped", "skipped", "skipped"])
    }
    project.environment["HTTPS_PROXY"] = nil
    let noFile = try await project.json(1, "doctor --probe --ca-file /nope")
    #expect(results("surroundings", "callback", of: noFile) == ["failed", "skipped"])
    try await kit.stop()
  }

  @Test func `what keeps a state from being read or locked has a remedy of its own`() async throws {
    let cases = [
      ("GET", 301, "write the address"), ("GET", 401, "TF_HTTP_PASSWORD"), ("GET", 403, "the right to read"),
      ("GET", 413, "the greatest length"), ("GET", 429, "wait"), ("GET", 500, "its log"),
      ("LOCK", 401, "TF_HTTP_PASSWORD"), ("LOCK", 403, "the right to"), ("LOCK", 404, "TF_HTTP_LOCK_METHOD"),
      ("LOCK", 405, "TF_HTTP_LOCK_METHOD"),
    ]
    let answer = Mutex((method: "", status: 0))
    try await StateServer.with(
      .plain,
      disturb: { request in
        let (method, status) = answer.withLock { $0 }
        return request.method == method ? HTTPResponse(status: status, headers: [("Retry-After", "0")]) : nil
      }
    ) { server in
      let project = try TestProject(
        Manifests.header + "state: {backend: http, address: \"\(server.address)\"}\n", options: [])
      for (method, status, words) in cases {
        answer.withLock { $0 = (method, status) }
        let found = check(try await project.json(1, "doctor"), method == "GET" ? "state" : "state.lock")
        #expect(found?["result"].string == "failed", "\(method) \(status)")
        #expect(found?["remedy"].string?.contains(words) == true, "\(method) \(status)")
      }
    }
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

  @Test func `a callback URL that only the manifest has is asked without a signature`() async throws {
    try await RawServer.with({ _, _ in .write(RawServer.answer("401 Unauthorized", [], body: "")) }) { server in
      let project = try TestProject(
        ChannelCommandTests.manifest.replacing(
          "https://bots.example.com/kit/partner", with: "http://127.0.0.1:\(server.port)/kit"
        ).replacing("https://bots.example.com/kit/silent", with: "http://127.0.0.1:\(server.port)/silent"))
      try await project.expect(0, "apply --auto-approve")
      try project.workspace.replace("/kit\n", with: "/other\n", in: "kitform.yaml")
      let before = server.log.requests.count
      let json = try ParsedJSON(try await project.run(["doctor", "--probe", "--format", "json"]).output)
      let found = json["checks"].items.first { $0["address"].string == "custom.partner-bot" }
      #expect(found?["result"].string == "warning")
      #expect(
        found?["message"].string?.hasSuffix(
          "; asked without a signature: the account has another callback URL for the channel") == true)
      let requests = server.log.requests.dropFirst(before)
      #expect(requests.contains { $0.hasPrefix("GET /other ") })
      #expect(!requests.contains { $0.lowercased().contains("authorization") })
    }
  }
}
